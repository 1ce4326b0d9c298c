import { wind, type Point, bearingDeg, distanceM } from "../core/geo";
import { phoneHeading, position } from "./position";
import { words } from "../words";
import { h, put, svg, write, type Child, type Props } from "./dom";
import { metres } from "./format";

/** Pieces that several screens are made of. */

export function grade(letter: string): HTMLElement {
  const { grades } = words();
  const name = letter || "none";
  return h("span", { class: `grade ${name.toLowerCase()}`, role: "img", "aria-label": grades[name] ?? letter }, letter || "?");
}

export type Tone = "plain" | "act" | "warn" | "good" | "info";

export function pill(tone: Tone, ...text: Child[]): HTMLElement {
  return h("span", { class: `pill ${tone}` }, text);
}

export function button(text: Child, run: (event: Event) => void, props: Props = {}): HTMLButtonElement {
  return h("button", { type: "button", class: "button", onclick: run, ...props }, text);
}

export function link(text: Child, href: string, props: Props = {}): HTMLAnchorElement {
  return h("a", { class: "button", href, ...props }, text);
}

export function card(...children: Child[]): HTMLElement {
  return h("section", { class: "card" }, children);
}

/** Something that the agent should read: `warn` in amber, `act` in red, else plain. */
export function notice(tone: Tone, ...children: Child[]): HTMLElement {
  return h("div", { class: `notice ${tone}`, role: tone === "act" ? "alert" : "status" }, children);
}

export function empty(title: string, text: string, ...more: Child[]): HTMLElement {
  return h("div", { class: "empty" }, h("h2", null, title), h("p", null, text), more);
}

export function facts(rows: [Child, Child][]): HTMLElement {
  return h("dl", { class: "facts" }, rows.map(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
}

/** An arrow to a place and how far it is, which follow the phone. */
export function way(to: Point): { element: HTMLElement; update: () => void } {
  const far = h("b");
  const where = h("small");
  const arrow = svg("svg", { class: "arrow", viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: "M12 2 20 21l-8-4-8 4z" }));
  const element = h("div", { class: "way" }, far, where, arrow);
  const update = () => {
    const from = position();
    if (!from) {
      write(far, "–");
      write(where, words().position.none);
      arrow.style.visibility = "hidden";
      return;
    }
    const degrees = bearingDeg(from, to);
    write(far, metres(distanceM(from, to)));
    write(where, words().winds[wind(degrees)]!);
    arrow.style.visibility = "";
    arrow.style.transform = `rotate(${Math.round(degrees - (phoneHeading() ?? 0))}deg)`;
  };
  update();
  return { element, update };
}

/** A row of choices of which one is taken. */
export function choices<T extends string>(
  label: string,
  options: [T, Child][],
  chosen: T | undefined,
  choose: (value: T) => void,
  className = "pills",
): HTMLElement {
  const buttons = options.map(([value, text]) =>
    h("button", { type: "button", class: "choice", "aria-pressed": String(value === chosen), "data-value": value, onclick: () => pick(value) }, text),
  );
  const pick = (value: T) => {
    for (const each of buttons) each.setAttribute("aria-pressed", String(each.dataset.value === value));
    choose(value);
  };
  return h("div", { class: className, role: "group", "aria-label": label }, buttons);
}

/** A question that has to be answered. Resolves with what was chosen, or null. */
export function ask<T extends string>(title: string, text: Child, answers: [T, string, Tone?][]): Promise<T | null> {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "sheet", "aria-labelledby": "sheet-title" });
    const close = (value: T | null) => {
      dialog.close();
      dialog.remove();
      resolve(value);
    };
    const buttons = answers.map(([value, label, tone]) =>
      button(label, () => close(value), { class: `button ${tone === "act" ? "primary" : ""}` }),
    );
    put(dialog, h("h2", { id: "sheet-title" }, title), h("div", { class: "sheet-text" }, text), buttons, button(words().cancel, () => close(null)));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(null);
    });
    dialog.addEventListener("click", (event) => event.target === dialog && close(null));
    document.body.append(dialog);
    dialog.showModal();
  });
}

const TOAST_MS = 4000;

/** A short message on top that goes by itself; a screen reader says it. */
export function toast(text: string): void {
  const old = document.querySelector(".toast");
  old?.remove();
  const said = h("div", { class: "toast", role: "status", onclick: () => said.remove() }, text);
  document.body.append(said);
  setTimeout(() => said.remove(), TOAST_MS);
}
