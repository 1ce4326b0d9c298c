import { describe, expect, test } from "vitest";
import type { Order } from "../store/orders";
import { distanceM, pointAt, type Point } from "./geo";
import { isForToday, matches, place, rank, route } from "./ranking";

const home = { lat: -6.9147, lon: 107.6098 };
let last = 0;
const order = (given: Partial<Order> = {}, at: Point | null = home): Order =>
  ({
    id: (last += 1), number: `WO${last}`, lat: at?.lat ?? null, lon: at?.lon ?? null, priority: 10, balance: 100, next_on: null, promises: [], billing_stops_on: "2026-12-20",
    customer: { name: "Siti Rahayu", service_number: "131000000001" }, address: { raw: "Gg. Mawar II No. 14" }, notes: { landmark: "" }, ...given,
  }) as unknown as Order;
const away = (metres: number, degrees: number) => pointAt(home, metres, degrees);

describe("the order of the list", () => {
  test("nearest first; who has no point comes last, by priority", () => {
    const [far, near, lost, urgent] = [order({}, away(900, 10)), order({}, away(80, 200)), order({}, null), order({ priority: 90 }, null)];
    expect(rank([lost, far, urgent, near], "nearest", home)).toEqual([near, far, urgent, lost]);
  });

  test("without a position the most important first", () => {
    const [low, high] = [order({ priority: 1 }), order({ priority: 50 })];
    expect(rank([low, high], "nearest", null)).toEqual([high, low]);
  });

  test("by the day on which billing stops, then by amount", () => {
    const [later, small, large] = [order(), order({ billing_stops_on: "2026-12-01" }), order({ billing_stops_on: "2026-12-01", balance: 900 })];
    expect(rank([later, small, large], "due", home)).toEqual([large, small, later]);
  });

  test("promises that run, the earliest first, and nothing else", () => {
    const promise = (due_on: string, state = "OPEN") => order({ promises: [{ amount: 1, due_on, state, settled_on: null }] as Order["promises"] });
    const [late, soon, kept] = [promise("2026-12-05"), promise("2026-11-28"), promise("2026-11-01", "KEPT")];
    expect(rank([late, kept, soon, order()], "promise", home)).toEqual([soon, late]);
  });

  test("an appointment for a later day is not for today", () => {
    expect([null, "2026-11-27", "2026-11-28"].map((next_on) => isForToday(order({ next_on }), "2026-11-27"))).toEqual([true, true, false]);
  });
});

describe("the route", () => {
  const length = (way: Order[], from: Point) => way.reduce((sum, each, index) => sum + distanceM(index ? place(way[index - 1]!) : from, place(each)), 0);

  test("has every order once", () => {
    const orders = Array.from({ length: 40 }, (_none, n) => order({}, away(100 + ((n * 397) % 2000), (n * 137) % 360)));
    const way = route(orders, home);
    expect(new Set(way)).toEqual(new Set(orders));
    expect(way).toHaveLength(40);
  });

  test("walks a street from end to end instead of to and fro", () => {
    const street = [-3, 1, -1, 2, -2, 3].map((n) => order({}, away(Math.abs(n) * 100, n < 0 ? 270 : 90)));
    const from = away(310, 270);
    expect(length(route(street, from), from)).toBeLessThan(615);
  });

  test("is never longer than always the nearest next", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const orders = Array.from({ length: 30 }, (_none, n) => order({}, away(((seed * 7919 + n * 104729) % 3000) + 1, (seed * n * 53) % 360)));
      const greedy: Order[] = [];
      for (let left = [...orders], at: Point = home; left.length; at = place(greedy.at(-1)!)) {
        const next = left.reduce((best, each) => (distanceM(at, place(each)) < distanceM(at, place(best)) ? each : best));
        left = left.filter((each) => each !== next);
        greedy.push(next);
      }
      expect(length(route(orders, home), home)).toBeLessThanOrEqual(length(greedy, home) + 1);
    }
  });
});

test("searching finds every word somewhere", () => {
  const found = order();
  expect(["siti mawar", "131000", found.number.toLowerCase(), "RAHAYU 14"].every((typed) => matches(found, typed))).toBe(true);
  expect(matches(found, "siti melati")).toBe(false);
});
