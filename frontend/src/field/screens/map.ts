import { dayAt } from "../core/clock";
import { basemap } from "../map/basemap";
import { unlocated } from "../map/features";
import { on } from "../store/news";
import { orders } from "../store/orders";
import { zone } from "../sync/session";
import { h, put, write } from "../ui/dom";
import { age, metres } from "../ui/format";
import { icon } from "../ui/icons";
import { button, empty, grade } from "../ui/parts";
import { position } from "../ui/position";
import type { Screen } from "../ui/screen";
import { spinner } from "../ui/shell";
import type { View } from "../map/view";
import { words } from "../words";
import { orderRow } from "./order_row";

const EVERY_MS = 1000; // at most so often the map is drawn anew for a position

/** All own orders on a map that needs no network: true radii, other points, ODP, trails, and the agent. */
export function show(id?: string): Screen {
  const w = words().map;
  const box = h("div", { class: "map", role: "application", "aria-label": w.title });
  const card = h("div", { class: "map-card", "aria-live": "polite" });
  const me = h("p", { class: "pill plain map-age" });
  const legend = legendOf();
  const frame = h("div", { class: "map-frame" }, box, spinner(w.loading), controls(), h("div", { class: "map-top" }, me, legend), card);
  let view: View | null = null;
  let isLeft = false;
  let drawnAt = 0;

  // The map is a third of the app: it is fetched when it is first wanted, and kept by the worker then.
  void import("../map/view").then(({ openMap }) => openMap(box, id ? Number(id) : null, choose)).then(opened, failed);

  function opened(ready: View) {
    frame.querySelector(".waiting")?.remove();
    view = ready;
    if (isLeft) view.close();
    else if (id) choose(Number(id));
  }

  function failed(error: unknown) {
    console.warn(error);
    put(frame, empty(words().places.map, w.no_webgl));
  }

  function choose(which: number | null) {
    const order = which === null ? undefined : orders.get(which);
    put(card, order && h("ol", null, orderRow(order, dayAt(zone())).element));
  }

  function controls() {
    const one = (text: string, label: string, run: () => void) => button(text, run, { class: "button round", "aria-label": label });
    return h("div", { class: "map-controls" }, one("+", w.zoom_in, () => view?.zoomBy(1)), one("−", w.zoom_out, () => view?.zoomBy(-1)), one("⤢", w.all, () => view?.toAll()), button(icon("target"), () => view?.toMe(), { class: "button round", "aria-label": w.centre }));
  }

  function follow() {
    const fix = position();
    write(me, fix ? words().position.accuracy(metres(fix.accuracy_m), age(Date.now() - fix.at)) : words().position.waiting);
    if (Date.now() - drawnAt < EVERY_MS) return;
    drawnAt = Date.now();
    view?.redraw();
  }

  follow();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const restyle = () => view?.restyle();
  dark.addEventListener("change", restyle);
  const stops = [on(["position"], follow), on(["orders", "drafts"], () => view?.redraw()), on(["preferences"], restyle)];
  const timer = window.setInterval(follow, 10_000);
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

/** What the marks mean, and always how many orders the map cannot show. */
function legendOf(): HTMLElement {
  const w = words();
  const lost = unlocated(orders.all());
  const mark = (name: string, label: string) => h("li", null, h("i", { class: `legend-${name}`, "aria-hidden": "true" }), label);
  return h(
    "details",
    { class: "legend" },
    h("summary", null, w.map.legend, lost.length > 0 && h("b", null, ` · ${w.map.without(lost.length)}`)),
    h("ul", null, ["A", "B", "C", "D"].map((letter) => h("li", null, grade(letter), w.grades[letter]))),
    h("ul", null, mark("candidate", w.map.layers.candidates), mark("odp", w.map.layers.odp), mark("trail", w.map.layers.trails), mark("searched", w.map.layers.searched), mark("me", w.map.layers.me)),
    h("p", { class: "quiet" }, w.map.circle, " ", !basemap() && w.map.offline),
    lost.length > 0 && h("ol", { class: "orders" }, lost.map((order) => orderRow(order, dayAt(zone())).element)),
  );
}
