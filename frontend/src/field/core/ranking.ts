import type { Order } from "../store/orders";
import { daysBetween } from "./clock";
import { distanceM, type Point } from "./geo";

export const MODES = ["nearest", "route", "due", "promise"] as const;
export type Mode = (typeof MODES)[number];

/** Orders in the order of a mode. Those that nobody has located come last where distance decides. */
export function rank(orders: Order[], mode: Mode, from: Point | null): Order[] {
  if (mode === "due") return sorted(orders, (order) => [order.billing_stops_on, -order.balance]);
  if (mode === "promise") {
    return sorted(orders.filter(openPromise), (order) => [openPromise(order)!.due_on, -order.balance]);
  }
  if (!from) return sorted(orders, (order) => [-order.priority, order.id]);
  const placed = orders.filter((order) => order.lat !== null);
  const lost = orders.filter((order) => order.lat === null);
  const near = mode === "route" ? route(placed, from) : sorted(placed, (order) => [distanceM(from, place(order))]);
  return [...near, ...sorted(lost, (order) => [-order.priority])];
}

export function openPromise(order: Order) {
  return order.promises.find((promise) => promise.state === "OPEN");
}

export function place(order: Order): Point {
  return { lat: order.lat!, lon: order.lon! };
}

/** Days until billing stops (CT0), negative once it has. */
export function daysLeft(order: Order, today: string): number {
  return daysBetween(today, order.billing_stops_on);
}

/** Orders that may be worked today: an appointment for a later day keeps an order for that day. */
export function isForToday(order: Order, today: string): boolean {
  return !order.next_on || order.next_on <= today;
}

/**
 * A short open way through all points: always to the nearest next, then 2-opt (Croes 1958) until no crossing is left.
 * 300 points take some 10 ms. It knows no streets; the day's plan of the server does.
 */
export function route<T extends Order>(orders: T[], from: Point): T[] {
  const left = [...orders];
  const way: T[] = [];
  for (let at = from; left.length; ) {
    const next = left.reduce((best, order) => (distanceM(at, place(order)) < distanceM(at, place(best)) ? order : best));
    left.splice(left.indexOf(next), 1);
    way.push(next);
    at = place(next);
  }
  return untangle(way, from);
}

function untangle<T extends Order>(way: T[], from: Point): T[] {
  const at = (index: number) => (index < 0 ? from : place(way[index]!));
  const leg = (a: number, b: number) => (b >= way.length ? 0 : distanceM(at(a), at(b)));
  for (let better = true, rounds = 0; better && rounds < 50; rounds += 1) {
    better = false;
    for (let i = 0; i < way.length - 1; i += 1) {
      for (let j = i + 1; j < way.length; j += 1) {
        const before = leg(i - 1, i) + leg(j, j + 1);
        const after = leg(i - 1, j) + (j + 1 < way.length ? distanceM(at(i), at(j + 1)) : 0);
        if (after < before - 0.5) {
          way.splice(i, j - i + 1, ...way.slice(i, j + 1).reverse());
          better = true;
        }
      }
    }
  }
  return way;
}

function sorted<T>(items: T[], by: (item: T) => (number | string)[]): T[] {
  return items
    .map((item) => ({ item, key: by(item) }))
    .sort((a, b) => {
      const at = a.key.findIndex((value, index) => value !== b.key[index]);
      return at < 0 ? 0 : a.key[at]! < b.key[at]! ? -1 : 1;
    })
    .map(({ item }) => item);
}

/** Does the order answer to what is typed: name, number, address, landmark; every word somewhere. */
export function matches(order: Order, typed: string): boolean {
  const { customer, address, notes } = order;
  const text = [order.number, customer.name, customer.service_number, address?.raw, notes.landmark].join(" ").toLowerCase();
  return typed.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
