import { dayAt, hourAt, isoLocal } from "../core/clock";
import { APPS, callLink, linkTo, maskPhone, smsLink, whatsappLink, type NavigationApp } from "../core/handover";
import { uuid7 } from "../core/ids";
import { distanceM, type Point } from "../core/geo";
import { daysLeft, openPromise, place } from "../core/ranking";
import { getDraft } from "../store/drafts";
import { on } from "../store/news";
import { orders, type Order } from "../store/orders";
import { put as putAction } from "../store/outbox";
import { prefer, preferences } from "../store/preferences";
import { dispositionOf, fetchClues, keptClues, type Clues } from "../sync/reference";
import { may, whoAmI, zone } from "../sync/session";
import { h, put, type Child } from "../ui/dom";
import { day, longDay, metres, moment, percent, period, rupiah } from "../ui/format";
import { ask, button, card, empty, facts, grade, link, pill, toast, way } from "../ui/parts";
import { position, useCompass } from "../ui/position";
import type { Screen } from "../ui/screen";
import { sketch, type Mark } from "../ui/sketch";
import { said, saidWithNumber, words } from "../words";
import { askForPin, notesCard } from "./order_field";

const REDRAW_M = 5;

/** Everything of one order: where the house is, how sure we are, and what leads there. */
export async function show(id: string): Promise<Screen> {
  const order = orders.get(Number(id));
  if (!order) return gone(id);
  const [draft, kept] = [await getDraft(order.id), await keptClues(order)];
  const w = words().order;
  const head = h("div", { class: "house" });
  const clues = h("div");
  const toHouse = order.lat === null ? null : way(place(order));
  let drawnFrom = position();
  let known = kept;
  const draw = (now: Clues | null) => {
    put(head, sketch(sketched(order, now), w.sketch(order.customer.name)), link(w.on_map, `#/map/${order.id}`, { class: "button slim on-map" }));
    put(clues, cluesCard(now));
  };
  draw(kept);
  const learn = (fetched: Clues) => draw((known = fetched));
  if (!kept) void fetchClues(order).then(learn, () => undefined); // without a network there are none: the card says so
  const stopCompass = useCompass();
  const follow = () => {
    toHouse?.update();
    const here = position();
    if (here && (!drawnFrom || distanceM(drawnFrom, here) > REDRAW_M)) {
      drawnFrom = here;
      draw(known);
    }
  };
  const stop = on(["position"], follow);
  return {
    title: order.customer.name,
    window_title: order.number,
    back: "/orders",
    content: [
      head,
      toHouse && h("div", { class: "card compass" }, h("span", { class: "quiet" }, w.compass), toHouse.element),
      pointCard(order),
      addressCard(order),
      clues,
      billsCard(order),
      candidatesCard(order),
      notesCard(order),
      historyCard(order),
    ],
    actions: [
      order.lat === null
        ? link(w.house_here, `#/order/${order.id}/rescue`, { class: "button primary wide" })
        : button(w.navigate, () => void navigate(place(order), order.number), { class: "button primary wide" }),
      button(w.contact, () => void contact(order)),
      link(draft ? w.resume : w.arrive, `#/order/${order.id}/${draft?.arrived_at ? "result" : "arrive"}`),
    ],
    leave: () => {
      stopCompass();
      stop();
    },
  };
}

async function gone(id: string): Promise<Screen> {
  const w = words().order;
  const draft = await getDraft(Number(id));
  const content = [empty(w.gone, w.gone_text, draft && link(w.resume, `#/order/${id}/result`, { class: "button primary" }), link(words().places.orders, "#/orders"))];
  return { title: draft?.name ?? w.number, window_title: w.number, back: "/orders", content };
}

function sketched(order: Order, clues: Clues | null) {
  const marks: Mark[] = order.candidates.filter(({ source }) => source !== "ODP").map(({ lat, lon }) => ({ lat, lon, kind: "candidate" }));
  if (order.odp?.lat != null && order.odp.lon != null) marks.push({ lat: order.odp.lat, lon: order.odp.lon, kind: "odp", label: "ODP" });
  for (const { lat, lon, house_number } of clues?.neighbours ?? []) marks.push({ lat, lon, kind: "neighbour", label: house_number });
  for (const { lat, lon } of clues?.searched ?? []) marks.push({ lat, lon, kind: "searched" });
  const trails = order.visits.flatMap((visit) => (visit.trail ? [visit.trail.line as [number, number][]] : []));
  const house = order.lat === null ? null : { ...place(order), radius_m: order.radius_m, grade: order.grade };
  return { house, marks, trails, me: position() };
}

function pointCard(order: Order): HTMLElement {
  const w = words().order;
  const { point } = order;
  if (!point) return card(h("h2", { class: "with-grade" }, grade(""), w.no_point), h("p", null, w.no_point_text));
  const reasons = point.reasons.map((code) => saidWithNumber(words().reasons, code, (value) => said(words().sources, value.toUpperCase())));
  const risks = order.atk_reasons.map((code) => said(words().risks, code));
  return card(
    h("h2", { class: "with-grade" }, grade(point.grade), w.within(metres(point.radius_m))),
    h("p", null, sentence(reasons)),
    order.atk_risk !== null && h("p", { class: "quiet" }, `${w.risk} ${percent(order.atk_risk)}${risks.length ? `: ${risks.join(", ")}` : ""}. ${order.advice ? said(words().advices, order.advice) : ""}`),
  );
}

export function sentence(parts: string[]): string {
  const text = parts.join("; ");
  return text ? `${text[0]!.toUpperCase()}${text.slice(1)}.` : "";
}

function addressCard(order: Order): HTMLElement {
  const w = words().order;
  const { address, notes } = order;
  const lacking = (address?.missing ?? []).map((part) => said(words().missing, part));
  const copy = button(w.copy, () => void navigator.clipboard.writeText(address?.raw ?? "").then(() => toast(w.copied)), { class: "button slim" });
  return card(
    h("h2", null, w.address),
    h("p", { class: "raw" }, address?.raw || words().orders.no_address),
    facts([
      [w.lacking, lacking.length ? h("span", { class: "missing" }, lacking.join(" · ")) : w.complete],
      [w.landmark, notes.landmark || address?.landmark || "–"],
      [w.odp, order.odp ? order.odp.code : "–"],
      [w.service, order.customer.service_number],
      [w.number, order.number],
    ]),
    copy,
  );
}

function cluesCard(clues: Clues | null): Child {
  const w = words().order;
  if (!clues) return card(h("h2", null, w.clues), h("p", { class: "quiet" }, w.clues_offline));
  const near = clues.neighbours.slice(0, 5).map(({ house_number, block, rt, distance_m }) => {
    const label = [w.house, block && `Blok ${block}`, house_number && `No. ${house_number}`, rt && `RT ${rt}`].filter(Boolean).join(" ");
    return h("li", null, w.neighbour(label, metres(distance_m)));
  });
  return near.length > 0 && card(h("h2", null, w.clues), h("ul", { class: "plain-list" }, near));
}

function billsCard(order: Order): Child {
  if (!may("see_bills")) return null;
  const w = words().order;
  const today = dayAt(zone());
  const promise = openPromise(order);
  const status = (bill: Order["bills"][number]) => (bill.status === "PAID" ? w.paid : bill.paid_amount ? w.part : w.due(day(bill.due_on)));
  const left = daysLeft(order, today);
  return card(
    h("h2", null, w.bills),
    facts([
      [w.balance, h("b", { class: "money" }, rupiah(order.balance))],
      [w.ct0, h("span", { class: left <= 7 ? "missing" : "" }, words().orders.days(left))],
      ...(promise ? [[w.promise, `${rupiah(promise.amount)}, ${day(promise.due_on)}`] as [Child, Child]] : []),
      ...order.bills.map((bill): [Child, Child] => [period(bill.period), [h("b", null, rupiah(bill.amount)), h("small", null, ` ${status(bill)}`)]]),
    ]),
  );
}

function candidatesCard(order: Order): Child {
  const w = words().order;
  if (!order.candidates.length) return null;
  const rows = order.candidates.map((candidate) => {
    const state = words().candidate_status[candidate.status];
    const faults = candidate.faults.map((fault) => said(words().faults, fault)).join(", ");
    const about = [candidate.observed_on && longDay(candidate.observed_on), `± ${metres(candidate.accuracy_m)}`, faults].filter(Boolean).join(" · ");
    return h(
      "li",
      null,
      h("div", null, h("b", null, said(words().sources, candidate.source)), state && [" ", pill("warn", state)], h("small", null, about)),
      button(w.navigate_here, () => void navigate(candidate, order.number), { class: "button slim" }),
    );
  });
  return card(h("h2", null, w.candidates), h("p", { class: "quiet" }, w.candidates_note), h("ul", { class: "rows" }, rows));
}

function historyCard(order: Order): HTMLElement {
  const w = words().order;
  const label = (code: string) => {
    const row = dispositionOf(code);
    return row ? (preferences().language === "en" ? row.label_en : row.label_id) : code;
  };
  const rows = order.visits.map((visit) =>
    h(
      "li",
      null,
      h(
        "div",
        null,
        h("b", null, label(visit.disposition)),
        h("small", null, [moment(Date.parse(visit.visited_at)), visit.agent && w.by(visit.agent)].filter(Boolean).join(" · ")),
        visit.note && h("p", null, visit.note),
        visit.trail && h("small", null, w.trail(metres(visit.trail.metres), `${Math.max(1, Math.round(visit.trail.seconds / 60))} ${words().units.minute}`)),
      ),
    ),
  );
  return card(h("h2", null, w.history), rows.length ? h("ul", { class: "rows" }, rows) : h("p", { class: "quiet" }, w.no_history));
}

/** Hand the point over to the phone's maps; which app is asked once and remembered. */
export async function navigate(to: Point, label: string): Promise<void> {
  const w = words().order;
  let app: NavigationApp | null = preferences().navigation;
  if (!app) {
    app = await ask(w.ask_app, w.remember, APPS.map((name): [NavigationApp, string] => [name, w.apps[name]]));
    if (!app) return;
    prefer({ navigation: app });
  }
  window.open(linkTo(app, to, label), app === "geo" ? "_self" : "_blank", "noopener");
}

/** How one greets at an hour, in the customer's language. */
function partOfDay(hour: number): string {
  return hour < 11 ? "pagi" : hour < 15 ? "siang" : hour < 18 ? "sore" : "malam";
}

/** Numbers are masked until they are tapped; each look is told to the server, now or later. */
async function contact(order: Order): Promise<void> {
  const w = words().order;
  const text = words().texts.greeting(whoAmI().name, partOfDay(hourAt(zone())));
  const phones = [...new Set([...order.customer.phones, order.notes.phone].filter(Boolean))];
  const panel = h("div", { class: "stack" });
  const numbers = phones.map((phone) => h("div", { class: "stack" }, button(`${w.show} ${maskPhone(phone)}`, (event) => void reveal(event, phone))));
  put(panel, numbers.length ? numbers : h("p", null, w.no_phone), may("send_pin_links") && askForPin(order, phones));
  await ask(w.contact_title, panel, []);

  async function reveal(event: Event, phone: string) {
    const id = uuid7();
    const direct = { method: "POST" as const, path: `/customers/${order.customer.id}/phone-views/` };
    await putAction({ type: "phone.view", entity: id, direct, body: { id, viewed_at: isoLocal(new Date()) }, title: order.number });
    const shown = [
      h("b", { class: "phone" }, phone),
      h("div", { class: "three" }, link(w.call, callLink(phone)), link(w.whatsapp, whatsappLink(phone, text), { target: "_blank", rel: "noopener" }), link(w.sms, smsLink(phone, text))),
    ];
    (event.target as HTMLElement).closest("button")!.replaceWith(...shown);
  }
}
