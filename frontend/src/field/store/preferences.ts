import { said } from "./news";
import type { NavigationApp } from "../core/handover";
import type { Mode } from "../core/ranking";

/** What the agent likes. Says nothing of anybody, so it lies open, and outlives a wipe. */
export interface Preferences {
  language: "id" | "en";
  theme: "auto" | "light" | "dark";
  navigation: NavigationApp | null; // null: ask
  mode: Mode;
}

const NAME = "findgo";
const FIRST: Preferences = { language: "id", theme: "auto", navigation: null, mode: "nearest" };

let current: Preferences = { ...FIRST, ...read() };

export const preferences = (): Readonly<Preferences> => current;

export function prefer(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  localStorage.setItem(NAME, JSON.stringify(current));
  said("preferences");
}

function read(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? "{}") as Partial<Preferences>;
  } catch {
    return {};
  }
}
