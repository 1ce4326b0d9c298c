import { on } from "../store/news";
import { preferences } from "../store/preferences";
import { countWaiting } from "../store/outbox";
import { sync, syncStatus, takeTidings } from "../sync/sync";
import { may } from "../sync/session";
import { words } from "../words";
import { add, h, put, svg, write } from "./dom";
import { clock } from "./format";
import { icon } from "./icons";
import { button, toast } from "./parts";
import type { Place, Screen } from "./screen";
import { pullToRefresh } from "./refresh";

/** What stays around every screen: title, state of the sync, places at the bottom. */

const root = () => document.getElementById("app")!;
let leave: (() => void) | undefined;
let isForm = false;
let waitingVersion: (() => void) | null = null;

export function applyPreferences(): void {
  const { theme, language } = preferences();
  document.documentElement.lang = language;
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Show a screen of somebody who is in. */
export function showScreen(screen: Screen): void {
  const main = h("main", { id: "main", tabindex: "-1", class: screen.is_full ? "full" : "" });
  add(main, screen.content);
  const state = syncPill();
  const header = h(
    "header",
    { class: "top" },
    screen.back && h("a", { class: "back", href: `#${screen.back}`, "aria-label": words().back }, icon("back")),
    h("h1", null, screen.title),
    state.element,
  );
  const actions = screen.actions?.length ? h("div", { class: "actions" }, screen.actions) : null;
  const stopPull = screen.is_full || screen.is_form ? null : pullToRefresh(main, sync);
  replace(h("a", { class: "skip", href: "#main", onclick: (event: Event) => skipTo(event, main) }, words().skip), header, main, actions, screen.place && places(screen.place));
  document.title = `${screen.window_title ?? screen.title} · Find&Go`;
  main.focus({ preventScroll: true }); // a screen reader goes on here, and so does the keyboard
  leave = () => {
    state.stop();
    stopPull?.();
    screen.leave?.();
  };
  isForm = screen.is_form ?? false;
  offerVersion();
}

/** Show a screen of somebody who is not in yet: no places, no sync. */
export function showBare(title: string, ...content: Node[]): void {
  replace(h("main", { id: "main", class: "bare" }, brand(), h("h1", null, title), content));
  document.title = `${title} · Find&Go`;
  isForm = true;
}

function brand(): HTMLElement {
  return h("p", { class: "brand" }, icon("pin"), "Find&Go");
}

function replace(...parts: (Node | null | undefined | false)[]): void {
  leave?.();
  leave = undefined;
  put(root(), h("div", { class: "shell" }, ...parts));
}

function skipTo(event: Event, main: HTMLElement): void {
  event.preventDefault(); // the hash is the router's
  main.focus();
}

function places(current: Place): HTMLElement {
  const all: Place[] = may("write_visits") ? ["orders", "map", "day", "me"] : ["locate", "day", "me"];
  return h(
    "nav",
    { class: "places", "aria-label": "Find&Go" },
    all.map((place) =>
      h("a", { href: `#/${place}`, "aria-current": place === current ? "page" : null }, icon(place), h("span", null, words().places[place])),
    ),
  );
}

/** Online or not, what waits, and when the server last had everything: one pill, which leads to the day. */
function syncPill(): { element: HTMLElement; stop: () => void } {
  const text = h("span");
  const shown = h("span", { class: "pill" }, h("i", { class: "dot", "aria-hidden": "true" }), text);
  const element = h("a", { class: "state", href: "#/day", "aria-label": words().sync.open }, shown);
  const update = async () => {
    const [left, { phase, trouble, done_at }] = [await countWaiting(), syncStatus()];
    const count = left.ops + left.photos;
    const w = words().sync;
    const offline = !navigator.onLine || trouble === "offline";
    const tone = offline || trouble ? "warn" : count || phase !== "idle" ? "info" : "good";
    const state = trouble === "signed_out" ? w.signed_out : offline ? w.offline : trouble ? w[trouble] : phase === "idle" ? "" : w[phase];
    const rest = count ? w.queue(count) : state ? "" : done_at ? w.received(clock(done_at)) : w.online;
    shown.className = `pill ${tone}`;
    write(text, [state, rest].filter(Boolean).join(" · "));
    element.setAttribute("aria-label", `${text.textContent}. ${w.open}`);
    const came = takeTidings();
    if (came) toast(w.tidings(came.fresh, came.gone.length));
  };
  void update();
  return { element, stop: on(["sync", "outbox", "session"], () => void update()) };
}

/** A new version is there: offered, and never put over a form that is being filled. */
export function versionReady(activate: () => void): void {
  waitingVersion = activate;
  offerVersion();
}

function offerVersion(): void {
  if (!waitingVersion || isForm || document.querySelector(".update")) return;
  const { update } = words();
  const activate = waitingVersion;
  const bar = h("div", { class: "update", role: "status" }, h("span", null, update.ready));
  add(bar, [button(update.go, activate, { class: "button primary" }), button(update.later, () => later(bar))]);
  root().querySelector(".top")?.after(bar);
}

function later(bar: HTMLElement): void {
  waitingVersion = null; // until the app is opened anew
  bar.remove();
}

export function spinner(label: string): HTMLElement {
  return h("p", { class: "waiting", role: "status" }, svg("svg", { viewBox: "0 0 24 24", class: "spin", "aria-hidden": "true" }, svg("circle", { cx: 12, cy: 12, r: 9 })), label);
}
