import { preferences } from "../store/preferences";
import { en } from "./en";
import { id, type Words } from "./id";

/** What the app says, in the language that the agent chose. */
export const words = (): Words => (preferences().language === "en" ? en : id);

/** A coded word of the server, in words; the code itself where it is newer than the app. */
export function said(table: Record<string, string>, code: string): string {
  return table[code] ?? code;
}

/** A code with a number behind a colon, such as `fixes_agree:3`. */
export function saidWithNumber(table: Record<string, string>, code: string, fill: (value: string) => string = (value) => value): string {
  if (table[code]) return table[code];
  const [name = "", value = ""] = code.split(":");
  return (table[name] ?? code).replace("{}", fill(value));
}
