import type { Child } from "./dom";

export type Place = "orders" | "map" | "day" | "me" | "locate";

/** What a screen gives to the shell: its title, its content, its one row of actions, and where back leads. */
export interface Screen {
  title: string;
  /** Of the browser's window and history, where the title is a person's name: that outlives a wipe. */
  window_title?: string;
  content: Child[];
  actions?: Child[];
  back?: string;
  place?: Place;
  /** The content fills all of the room and scrolls by itself. */
  is_full?: boolean;
  /** Something is being written here: do not offer a new version now. */
  is_form?: boolean;
  /** The screen is left: stop listening. */
  leave?: () => void;
}

export type Show = (...params: string[]) => Screen | Promise<Screen>;

/** Go to another screen. */
export function go(path: string): void {
  location.hash = path;
}

/** Go there without leaving the present one in the history: a form that was sent is not gone back to. */
export function goInstead(path: string): void {
  location.replace(`#${path}`);
}
