import type { components } from "../../api";
import { seenToday, type CustomerRow } from "../store/seen";
import { getJson } from "../sync/api";
import { zone } from "../sync/session";
import { on } from "../store/news";
import { h, put, type Child } from "../ui/dom";
import { metres } from "../ui/format";
import { button, card, empty, facts, grade, way } from "../ui/parts";
import { position, useCompass } from "../ui/position";
import { goInstead, type Screen } from "../ui/screen";
import { sketch } from "../ui/sketch";
import { said, saidWithNumber, words } from "../words";
import { navigate, sentence } from "./order";
import { pinPanel } from "./pin_panel";

type Where = components["schemas"]["CustomerLocationOut"];

/** A customer's house for a technician: the point, what it rests on, the way to it, and "the house is here". */
export async function show(id: string): Promise<Screen> {
  const w = words();
  const row = (await seenToday(zone())).find((each) => each.id === Number(id));
  if (!row) return { title: w.locate.house, back: "/locate", content: [empty(w.locate.none, w.locate.none_text)] };
  const house = row.lat === null || row.lon === null ? null : { lat: row.lat, lon: row.lon, radius_m: row.radius_m, grade: row.grade };
  const to = house && way(house);
  const drawing = h("div", { class: "house" });
  const more = h("div", { class: "stack" });
  const pin = h("div");
  const draw = () => put(drawing, sketch({ house, marks: [], trails: [], me: position() }, w.order.sketch(row.name)));
  const stopCompass = useCompass();
  const stop = on(["position"], () => {
    to?.update();
    draw();
  });
  draw();
  void getJson<Where>(`/customers/${row.id}/location/`).then((where) => put(more, whereCard(where)), () => undefined);
  const showPin = () => {
    put(pin, pinPanel({ customer: row.id, name: row.name, point: house }, () => goInstead("/day")));
    pin.scrollIntoView();
  };
  return {
    title: row.name,
    window_title: w.locate.house,
    back: "/locate",
    content: [drawing, to && h("div", { class: "card compass" }, h("span", { class: "quiet" }, w.order.compass), to.element), pointCard(row), more, pin],
    actions: [
      house && button(w.order.navigate, () => void navigate(house, row.service_number), { class: "button primary wide" }),
      button(w.order.house_here, showPin, { class: "button wide" }),
    ],
    leave: () => {
      stopCompass();
      stop();
    },
  };
}

function pointCard(row: CustomerRow): HTMLElement {
  const w = words();
  const lacking = row.address.missing.map((part) => said(w.missing, part)).join(" · ");
  return card(
    h("h2", { class: "with-grade" }, grade(row.grade), row.radius_m === null ? w.order.no_point : w.order.within(metres(row.radius_m))),
    h("p", { class: "raw" }, row.address.raw || w.orders.no_address),
    facts([
      [w.order.lacking, lacking ? h("span", { class: "missing" }, lacking) : w.order.complete],
      [w.order.service, row.service_number],
    ]),
  );
}

function whereCard(where: Where): Child {
  const w = words();
  const reasons = (where.point?.reasons ?? []).map((code) => saidWithNumber(w.reasons, code, (value) => said(w.sources, value.toUpperCase())));
  const points = where.candidates.map((each) =>
    h("li", null, h("div", null, h("b", null, said(w.sources, each.source)), h("small", null, `± ${metres(each.accuracy_m)}`)), button(w.order.navigate_here, () => void navigate(each, ""), { class: "button slim" })),
  );
  return [reasons.length > 0 && card(h("p", null, sentence(reasons))), points.length > 0 && card(h("h2", null, w.order.candidates), h("ul", { class: "rows" }, points))];
}
