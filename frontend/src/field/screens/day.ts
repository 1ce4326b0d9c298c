import { dayAt, hourAt } from "../core/clock";
import { figuresOf, isOf, isTold } from "../core/summary";
import { isForToday } from "../core/ranking";
import { drafts } from "../store/drafts";
import { on } from "../store/news";
import { orders } from "../store/orders";
import { countWaiting, dismiss, items, type Item } from "../store/outbox";
import { refusedPhotos, removePhoto, type PhotoFacts } from "../store/photos";
import { dispositionOf } from "../sync/reference";
import { isSignedOut, may, zone } from "../sync/session";
import { sync, syncStatus } from "../sync/sync";
import { h, put, type Child } from "../ui/dom";
import { age, clock, moment, percent, rupiah } from "../ui/format";
import { ask, button, card, empty, link, notice, pill, type Tone } from "../ui/parts";
import type { Screen } from "../ui/screen";
import { said, words } from "../words";

const EVENING = 16;

/** What was done, and how far each of it has come: on the phone, at the server, or in the hands of the supervisor. */
export async function show(): Promise<Screen> {
  const w = words().day;
  const box = h("div", { class: "stack" });
  const draw = async () => {
    const [all, left, open, ended, refused] = await Promise.all([items(), countWaiting(), drafts(), isSignedOut(), refusedPhotos()]);
    const told = all.filter(isTold).reverse();
    const today = dayAt(zone());
    const waiting = told.filter(({ state }) => state === "waiting");
    const unread = told.filter(({ state }) => state === "quarantined" || state === "refused" || state === "conflict");
    const received = told.filter(({ state }) => state === "applied");
    const count = left.ops + left.photos;
    put(
      box,
      contactCard(ended),
      open.map((draft) => notice("info", words().orders.unfinished(draft.name), link(words().orders.resume, `#/order/${draft.order}/result`))),
      told.length > 0 && figuresCard(all, today),
      section(w.attention, [...unread.map((item) => row(item, read(item.state === "refused", () => dismiss(item.op)))), ...refused.map((photo) => refusedPhoto(photo, read(true, () => removePhoto(photo.id))))]),
      section(w.unsent, [...waiting.map((item) => row(item)), left.photos > 0 && h("li", null, pill("info", w.photos_left(left.photos)))]),
      section(w.held, told.filter(({ state }) => state === "held").map((item) => row(item))),
      section(w.received, received.filter((item) => isOf(item, today, zone())).map((item) => row(item))),
      earlier(received.filter((item) => !isOf(item, today, zone()))),
      told.length === 0 && !open.length && empty(w.empty, w.empty_text),
      closeCard(count, open.length, today, told.length === 0),
    );
  };
  const read = (isOnlyCopy: boolean, forget: () => Promise<void>) => {
    const run = async () => {
      if (isOnlyCopy && !(await ask(w.delete_sure, w.delete_text, [["yes", w.delete, "act"]]))) return;
      await forget();
      await draw();
    };
    return button(isOnlyCopy ? w.delete : w.dismiss, () => void run(), { class: "button slim" });
  };
  await draw();
  const stops = [on(["outbox", "sync", "drafts", "session"], () => void draw())];
  return { title: w.title, place: "day", content: [box], leave: () => stops.forEach((stop) => stop()) };
}

function refusedPhoto({ kind, reason }: PhotoFacts, more: Child): HTMLElement {
  const w = words();
  const about = [said(w.result.photo_kinds, kind), reason && said(w.day.photo_reasons, reason)].filter(Boolean).join(" · ");
  return h("li", null, h("div", null, h("b", null, w.day.photo_refused), h("small", null, about)), more);
}

function contactCard(ended: boolean): HTMLElement {
  const w = words();
  const { phase, trouble, done_at, next_at } = syncStatus();
  const state = ended || trouble === "signed_out" ? w.sync.signed_out : !navigator.onLine || trouble === "offline" ? w.sync.offline : trouble ? w.sync[trouble] : phase === "idle" ? w.sync.online : w.sync[phase];
  const tone: Tone = trouble || ended || !navigator.onLine ? "warn" : "good";
  const next = trouble && next_at && next_at > Date.now() && navigator.onLine ? w.sync.next(age(next_at - Date.now())) : "";
  return card(
    h("p", { class: "row" }, pill(tone, state), h("span", { class: "quiet" }, done_at ? w.day.last(moment(done_at)) : w.sync.never)),
    next && h("p", { class: "quiet" }, next),
    trouble && h("p", { class: "quiet" }, w.day.background),
    ended || trouble === "signed_out" ? link(w.signin.go, "#/me", { class: "button primary" }) : button(w.sync.now, () => void sync()),
  );
}

function figuresCard(all: Item[], today: string): HTMLElement {
  const w = words().day;
  const figures = figuresOf(all, today, zone(), dispositionOf);
  const one = (value: Child, label: string, broad = "") => h("div", { class: `figure ${broad}` }, h("b", null, value), h("span", null, label));
  const pins = [one(figures.pins, w.pins), figures.corrected > 0 && h("p", { class: "quiet" }, w.corrected(figures.corrected))];
  if (!may("write_visits")) return card(h("h2", null, w.figures), h("div", { class: "figures" }, pins));
  return card(
    h("h2", null, w.figures),
    h(
      "div",
      { class: "figures" },
      one(figures.visits, w.visits),
      one(figures.met, w.met),
      one(figures.not_found, w.atk),
      one(figures.rescued, w.rescued),
      one(rupiah(figures.promised), w.promised, "broad"),
      pins,
    ),
    figures.found_share !== null && h("p", { class: "quiet" }, w.found_rate(percent(figures.found_share))),
  );
}

function section(title: string, rows: Child[]): Child {
  const there = rows.filter(Boolean);
  return there.length > 0 && card(h("h2", null, title, " ", pill("plain", there.length)), h("ul", { class: "rows" }, there));
}

function earlier(rows: Item[]): Child {
  return rows.length > 0 && h("details", { class: "later" }, h("summary", null, `${words().day.earlier} (${rows.length})`), card(h("ul", { class: "rows" }, rows.map((item) => row(item)))));
}

function row(item: Item, more?: Child): HTMLElement {
  const w = words().day;
  const tones: Record<Item["state"], Tone> = { waiting: "info", held: "warn", applied: "good", conflict: "warn", quarantined: "act", refused: "act", unreadable: "act" };
  const state = item.state === "applied" ? `✓ ${w.got(stampOf(item.answered_at ?? item.made_at))}` : said(w.states, item.state);
  return h(
    "li",
    { "data-op": item.op, "data-state": item.state },
    h("div", null, h("b", null, title(item)), h("small", null, w.saved(stampOf(item.made_at))), h("p", { class: "row" }, pill(tones[item.state], state)), why(item)),
    more,
  );
}

function title({ action }: Item): string {
  const type = said(words().day.types, action.type);
  return action.type === "visit.create" ? action.title : `${type}: ${action.title}`;
}

/** Why something was not simply taken, and what stands beside what was proposed. */
function why(item: Item): Child {
  const w = words().day;
  const { answer } = item;
  if (!answer) return null;
  if (item.state === "quarantined" || item.state === "refused") {
    const details = answer.code === "invalid" ? answer.message : "";
    return h("p", { class: "quiet" }, said(w.codes, answer.code), details && ` ${details}`, item.state === "quarantined" && ` ${w.supervisor}`);
  }
  if (item.state !== "conflict") return null;
  const conflicts = (answer.result.conflicts ?? {}) as Record<string, string>;
  return Object.entries(conflicts).map(([name, stands]) => h("p", { class: "quiet" }, `${w.theirs}: ${stands || "–"} · ${w.yours}: ${String(item.action.body[name] ?? "–")}`));
}

/** The time alone today, with the day before that. */
function stampOf(at: number): string {
  return dayAt(zone(), new Date(at)) === dayAt(zone()) ? clock(at) : moment(at);
}

/** At 17:00: is everything there, and what is left for tomorrow? */
function closeCard(unsent: number, unfinished: number, today: string, isEmpty: boolean): HTMLElement {
  const w = words().day;
  const left = may("write_visits") ? orders.all().filter((order) => isForToday(order, today)).length : 0;
  const isLate = hourAt(zone()) >= EVENING;
  return card(
    h("h2", null, w.close),
    unsent + unfinished ? notice("warn", unsent > 0 && w.not_ready(unsent), unfinished > 0 && ` ${words().me.drafts(unfinished)}.`) : notice("good", isLate && !isEmpty ? w.ready : w.unsent_none),
    left > 0 && h("p", { class: "quiet" }, isLate ? w.tomorrow(left) : w.left_today(left)),
  );
}
