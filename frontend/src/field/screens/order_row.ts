import { daysLeft, openPromise, place } from "../core/ranking";
import type { Order } from "../store/orders";
import { h } from "../ui/dom";
import { day, percent, rupiah } from "../ui/format";
import { grade, pill, way } from "../ui/parts";
import { said, words } from "../words";

export interface Row {
  element: HTMLElement;
  /** Distance and arrow from where the phone is now. */
  update: () => void;
}

const SOON_DAYS = 7;
const RISKY = 0.3; // above the one in five that is usual

/** One order in a list: what decides whether to go there next, large. */
export function orderRow(order: Order, today: string, first?: string): Row {
  const to = order.lat === null ? null : way(place(order));
  const element = h(
    "li",
    null,
    h(
      "a",
      { class: "card order", href: `#/order/${order.id}` },
      to?.element ?? h("div", { class: "way" }, h("b", null, "–"), h("small", null, words().grades.none)),
      h(
        "div",
        { class: "order-text" },
        h("h2", null, order.customer.name),
        addressLine(order),
        h("p", { class: "row" }, grade(order.grade), h("b", { class: "money" }, rupiah(order.balance)), first && pill("info", first), ...marks(order, today)),
      ),
    ),
  );
  return { element, update: to?.update ?? (() => undefined) };
}

export function addressLine(order: Order): HTMLElement {
  const { address } = order;
  if (!address?.raw) return h("p", { class: "address missing" }, words().orders.no_address);
  const parts = address.missing.filter((part) => part === "house_number" || part === "rt" || part === "rw" || part === "street");
  const lacking = parts.length ? h("span", { class: "missing" }, words().orders.without(parts.map((part) => said(words().missing, part)).join(", "))) : null;
  return h("p", { class: "address" }, address.street ? shortened(order) : address.raw, lacking && [" ", lacking]);
}

/** Street, number, RT and RW: the part of an address that finds a house; as it is written where that was not read. */
function shortened({ address }: Order): string {
  const { street, house_number, block, rt, rw, raw } = address!;
  const named = [capital(street), block && `Blok ${block.toUpperCase()}`, house_number && `No. ${house_number}`, rt && `RT ${rt.padStart(2, "0")}`, rw && `RW ${rw.padStart(2, "0")}`];
  return named.filter(Boolean).join(" ") || raw;
}

const ROMAN = /^(?=[ivx])x{0,3}(ix|iv|v?i{0,3})$/;

/** `Gang Mawar II`: words begin large, Roman numbers are large. */
const capital = (text: string) =>
  text.split(" ").map((word) => (ROMAN.test(word) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1))).join(" ");

function marks(order: Order, today: string): HTMLElement[] {
  const w = words().orders;
  const found: HTMLElement[] = [];
  const left = daysLeft(order, today);
  const promise = openPromise(order);
  if (promise) {
    const text = promise.due_on === today ? w.promise_today : promise.due_on < today ? w.promise_late : w.promise_on(day(promise.due_on));
    found.push(pill(promise.due_on <= today ? "warn" : "plain", text));
  }
  found.push(pill(left <= SOON_DAYS ? "act" : "plain", w.days(left)));
  if (order.attempts) found.push(pill("plain", w.attempt(order.attempts + 1)));
  if (order.atk_risk !== null && order.atk_risk >= RISKY) found.push(pill("warn", w.risk(percent(order.atk_risk))));
  return found;
}
