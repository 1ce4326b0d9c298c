import { dayAt } from "../core/clock";
import { legend } from "../map/legend";
import { paced } from "../map/pace";
import type { View } from "../map/view";
import { on } from "../store/news";
import { orders } from "../store/orders";
import { zone } from "../sync/session";
import { h, put, write } from "../ui/dom";
import { age, metres } from "../ui/format";
import { icon } from "../ui/icons";
import { button, empty } from "../ui/parts";
import { position } from "../ui/position";
import type { Screen } from "../ui/screen";
import { spinner } from "../ui/shell";
import { words } from "../words";
import { orderRow } from "./order_row";

const EVERY_MS = 1000; // at most so often the map is drawn anew
const AGE_MS = 10_000;

/** All own orders on a map that needs no network: true radii, other points, ODP, trails, and the agent. */
export function show(id?: string): Screen {
  const w = words().map;
  const first = id ? Number(id) : null;
  const box = h("div", { class: "map", role: "application", "aria-label": w.title });
  const card = h("div", { class: "map-card", "aria-live": "polite" });
  const me = h("p", { class: "pill plain map-age" });
  const key = legend(() => choose([]));
  const frame = h("div", { class: "map-frame" }, box, spinner(w.loading), controls(), h("div", { class: "map-top" }, me, key.element), card);
  let view: View | null = null;
  let isLeft = false;
  let shown: number[] = [];
  let rows: (() => void)[] = [];

  // The map is a third of the app: it is fetched when it is first wanted, and kept by the worker then.
  void import("../map/view").then(({ openMap }) => openMap(box, first, showCard)).then(opened, failed);

  function opened(ready: View) {
    if (isLeft) return ready.close();
    frame.querySelector(".waiting")?.remove();
    view = ready;
    if (first !== null) showCard([first]);
  }

  function failed(error: unknown) {
    console.warn(error);
    put(frame, empty(words().places.map, hasWebGl() ? w.not_loaded : w.no_webgl));
  }

  function choose(which: number[]) {
    view?.choose(which[0] ?? null);
    showCard(which);
  }

  function showCard(which: number[]) {
    shown = which;
    const found = which.map((each) => orders.get(each)).filter((order) => order !== undefined).map((order) => orderRow(order, dayAt(zone())));
    rows = found.map(({ update }) => update);
    put(card, found.length > 0 && h("ol", null, found.map(({ element }) => element)));
    if (found.length) key.element.open = false;
  }

  function controls() {
    const one = (text: string | Node, label: string, run: () => void) => button(text, run, { class: "button round", "aria-label": label });
    return h("div", { class: "map-controls" }, one("+", w.zoom_in, () => view?.zoomBy(1)), one("−", w.zoom_out, () => view?.zoomBy(-1)), one("⤢", w.all, () => view?.toAll()), one(icon("target"), w.centre, () => view?.toMe()));
  }

  function follow() {
    const fix = position();
    write(me, fix ? words().position.accuracy(metres(fix.accuracy_m), age(Date.now() - fix.at)) : words().position.waiting);
    rows.forEach((update) => update());
    view?.follow();
  }

  /** Orders came or went: an order that was taken away leaves the card, too. */
  function redraw() {
    key.draw();
    const left = shown.filter((each) => orders.get(each));
    if (left.length < shown.length) choose(left);
    else view?.redraw();
  }

  function restyle() {
    key.draw();
    view?.restyle();
  }

  follow();
  const [moved, changed] = [paced(EVERY_MS, follow), paced(EVERY_MS, redraw)];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", restyle);
  const stops = [on(["position"], moved.call), on(["orders", "drafts"], changed.call), on(["preferences"], restyle), moved.stop, changed.stop];
  const timer = window.setInterval(moved.call, AGE_MS);
  return {
    title: w.title,
    place: "map",
    is_full: true,
    content: [frame],
    leave: () => {
      isLeft = true;
      view?.close();
      window.clearInterval(timer);
      dark.removeEventListener("change", restyle);
      stops.forEach((stop) => stop());
    },
  };
}

const hasWebGl = () => !!document.createElement("canvas").getContext("webgl2");
