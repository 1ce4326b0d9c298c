import { dayAt } from "../core/clock";
import { distanceM, type Point } from "../core/geo";
import { isForToday, matches, MODES, openPromise, rank, type Mode } from "../core/ranking";
import { drafts } from "../store/drafts";
import { on } from "../store/news";
import { orders, readCursor, type Order } from "../store/orders";
import { prefer, preferences } from "../store/preferences";
import { isSignedOut, zone } from "../sync/session";
import { syncStatus } from "../sync/sync";
import { h, put } from "../ui/dom";
import { day } from "../ui/format";
import { button, choices, empty, link, notice } from "../ui/parts";
import { askAgain, position, positionPermission } from "../ui/position";
import type { Screen } from "../ui/screen";
import { spinner } from "../ui/shell";
import { words } from "../words";
import { orderRow, type Row } from "./order_row";

const MOVED_M = 100; // the order of the list is offered anew, not changed under the thumb

/** The agent's day: nearest first from where he stands. */
export async function show(): Promise<Screen> {
  const w = words().orders;
  const today = dayAt(zone());
  let mode: Mode = preferences().mode;
  let typed = "";
  let ranked: Order[] = [];
  let rankedFrom: Point | null = null;
  let rows: Row[] = [];
  let hasFetched = (await readCursor()) !== undefined;

  const notices = h("div", { class: "notices" });
  const resort = h("div");
  const list = h("ol", { class: "orders" });
  const after = h("div");
  const search = h("input", { type: "search", placeholder: w.search, "aria-label": w.search, enterkeyhint: "search", oninput: () => find() });
  const modes = h("div");

  function find() {
    typed = search.value.trim();
    draw();
  }

  /** Rank anew from where the agent is now. */
  function sort() {
    rankedFrom = position();
    const forToday = orders.all().filter((order) => isForToday(order, today));
    ranked = rank(mode === "promise" ? orders.all() : forToday, mode, rankedFrom);
    put(resort);
    drawModes();
    draw();
  }

  function draw() {
    const shown = typed ? orders.all().filter((order) => matches(order, typed)) : ranked;
    rows = shown.map((order) => orderRow(order, today));
    put(list, rows.map((row) => row.element));
    const later = typed || mode === "promise" ? [] : orders.all().filter((order) => !isForToday(order, today));
    put(after, shown.length || later.length ? laterOnes(later) : nothing());
    if (mode === "route" && shown.length) after.append(h("p", { class: "quiet" }, w.route_note));
  }

  function laterOnes(later: Order[]) {
    if (!later.length) return null;
    const sorted = later.sort((a, b) => a.next_on!.localeCompare(b.next_on!));
    return h(
      "details",
      { class: "later" },
      h("summary", null, w.later_title(later.length)),
      h("ol", { class: "orders" }, sorted.map((order) => orderRow(order, today, w.later(day(order.next_on!))).element)),
    );
  }

  function nothing() {
    if (typed) return empty(w.no_match, w.no_match_text);
    if (mode === "promise") return empty(w.no_promise, w.no_promise_text);
    return hasFetched ? empty(w.none, w.none_text) : spinner(w.loading);
  }

  function drawModes() {
    const promised = orders.all().filter(openPromise).length;
    const names = MODES.map((name): [Mode, string] => [name, name === "promise" && promised ? `${w.modes.promise} ${promised}` : w.modes[name]]);
    put(modes, choices(w.order, names, mode, (chosen) => {
      mode = chosen;
      prefer({ mode });
      sort();
    }));
  }

  async function drawNotices() {
    const unfinished = await drafts();
    const permission = positionPermission();
    put(
      notices,
      (await isSignedOut()) && notice("act", words().signin.again, link(words().signin.go, "#/me")),
      permission === "denied" && notice("warn", words().position.denied, button(words().position.again, askAgain)),
      permission === "unavailable" && notice("warn", words().position.unavailable, button(words().position.again, askAgain)),
      unfinished.map((draft) => notice("info", w.unfinished(draft.name), link(w.resume, `#/order/${draft.order}/result`))),
    );
  }

  function followPosition() {
    const here = position();
    if (!here) return;
    if (!rankedFrom) return sort(); // the first position: the list was by priority until now
    for (const row of rows) row.update();
    const isStale = (mode === "nearest" || mode === "route") && !typed && distanceM(rankedFrom, here) > MOVED_M;
    if (isStale && !resort.firstChild) put(resort, button(w.resort, sort, { class: "button slim" }));
  }

  sort();
  await drawNotices();
  const stops = [
    on(["orders"], () => {
      hasFetched = true;
      sort();
    }),
    on(["position"], () => {
      followPosition();
      if (positionPermission() !== "asking") void drawNotices();
    }),
    on(["drafts", "session"], () => void drawNotices()),
    on(["sync"], () => {
      if (!hasFetched && syncStatus().done_at) {
        hasFetched = true;
        draw();
      }
    }),
  ];
  return {
    title: w.title,
    place: "orders",
    content: [h("div", { class: "finder" }, search), modes, notices, resort, list, after],
    leave: () => stops.forEach((stop) => stop()),
  };
}
