import { dayAt } from "../core/clock";
import { orders } from "../store/orders";
import { zone } from "../sync/session";
import { orderRow } from "../screens/order_row";
import { h, put } from "../ui/dom";
import { grade } from "../ui/parts";
import { words } from "../words";
import { basemap } from "./basemap";
import { unlocated } from "./features";
import { markPicture } from "./marks";

const SOURCES = ["INSTALL", "AGENT_PIN", "CUSTOMER_PIN", "NEIGHBOUR", "VILLAGE"] as const;

/** What the marks mean, and always how many orders the map cannot show; `draw` when orders or colours are other ones. */
export function legend(opened: () => void): { element: HTMLDetailsElement; draw: () => void } {
  const title = h("summary");
  const rest = h("div");
  const element = h("details", { class: "legend", ontoggle: () => element.open && opened() }, title, rest);
  const draw = () => {
    const w = words();
    const lost = unlocated(orders.all());
    const row = (picture: Node, label: string | undefined) => h("li", null, picture, label);
    const swatch = (name: string) => h("i", { class: `legend-${name}`, "aria-hidden": "true" });
    put(title, w.map.legend, lost.length > 0 && h("b", null, `· ${w.map.without(lost.length)}`));
    put(
      rest,
      lost.length > 0 && h("ol", { class: "orders" }, lost.map((order) => orderRow(order, dayAt(zone())).element)),
      h("ul", null, ["A", "B", "C", "D"].map((letter) => row(grade(letter), w.grades[letter]))),
      h("p", { class: "quiet" }, w.map.circle, " ", !basemap() && w.map.offline),
      h("ul", null, SOURCES.map((source) => row(markPicture(`mark-${source}`), w.sources[source]))),
      h(
        "ul",
        null,
        row(markPicture("mark-odp"), w.map.layers.odp),
        row(markPicture("mark-visit"), w.map.layers.visits),
        row(markPicture("mark-searched"), w.map.layers.searched),
        row(swatch("trail"), w.map.layers.trails),
        row(swatch("me"), w.map.layers.me),
      ),
    );
  };
  draw();
  return { element, draw };
}
