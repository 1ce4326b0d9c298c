import { describe, expect, test } from "vitest";
import { fieldsOf, isFoundAfterRescue, lacks, visitBody, withTrailPoint, TRAIL_MOST, type Disposition, type Draft, type Step } from "./form";
import { distanceM, pointAt, type Fix } from "./geo";

const code = (name: string, requires: string[] = [], verdict = "?") =>
  ({ code: name, group: name.split("-")[0], requires, verdict, is_active: true }) as unknown as Disposition;
const draft = (given: Partial<Draft> = {}): Draft => ({
  visit: "v", order: 7, customer: 3, number: "WO7", name: "Ibu Siti", started_at: "2026-11-27T08:00:00+07:00", fields: {}, note: "", photos: [], steps: [], trail: [], ...given,
});
const step = (kind: string): Step => ({ id: kind, kind, outcome: "NOT_FOUND", done_at: "2026-11-27T08:10:00+07:00" });
const TODAY = "2026-11-27";

describe("what is missing", () => {
  const promise = code("MET-PTP", ["amount", "promised_on"], "+");

  test("a result comes first", () => expect(lacks(draft(), undefined, [], TODAY)).toEqual(["code"]));

  test("only the fields of the result are asked for, in the order of the form", () => {
    expect(fieldsOf(code("X", ["promised_on", "note", "amount"]))).toEqual(["amount", "promised_on"]);
    expect(lacks(draft(), promise, [], TODAY)).toEqual(["amount", "promised_on"]);
  });

  test("an amount is a whole number above zero, a day not in the past", () => {
    expect(lacks(draft({ fields: { amount: "0", promised_on: "2026-11-26" } }), promise, [], TODAY)).toEqual(["amount_wrong", "promised_on_past"]);
    expect(lacks(draft({ fields: { amount: "387500", promised_on: TODAY } }), promise, [], TODAY)).toEqual([]);
  });

  test("ATK needs every required step, whatever came of it", () => {
    const atk = code("ATK-NONUM");
    expect(lacks(draft({ steps: [step("ODP")] }), atk, ["ODP", "CALL"], TODAY)).toEqual(["rescue"]);
    expect(lacks(draft({ steps: [step("ODP"), step("CALL")] }), atk, ["ODP", "CALL"], TODAY)).toEqual([]);
    expect(lacks(draft(), code("UN-UNSAFE"), ["ODP"], TODAY)).toEqual([]);
  });
});

describe("the visit that is sent", () => {
  test("has only what its result needs: a field of a result left again stays behind", () => {
    const given = draft({ fields: { amount: "100000", promised_on: "2026-11-30", reason: "lupa" }, note: " ya " });
    const body = visitBody(given, code("MET-PTP", ["amount", "promised_on"], "+"), [], null, false);
    expect(body).toEqual({ order: 7, disposition: "MET-PTP", started_at: given.started_at, is_found_after_rescue: false, amount: 100000, promised_on: "2026-11-30", note: "ya" });
  });

  test("says that the search found the house", () => {
    expect(isFoundAfterRescue(draft({ steps: [step("ODP")] }), code("MET-PTP", [], "+"))).toBe(true);
    expect(isFoundAfterRescue(draft({ steps: [step("ODP")] }), code("ATK-COORD", [], "-"))).toBe(false);
    expect(isFoundAfterRescue(draft(), code("MET-PTP", [], "+"))).toBe(false);
  });

  test("carries the way of the search with its seconds", () => {
    const trail = [0, 1].map((n): Fix => ({ lat: -6.9, lon: 107.6 + n / 1000, accuracy_m: 8, at: n * 90_000 }));
    const body = visitBody(draft({ trail }), code("ATK-COORD"), [], trail[1]!, false);
    expect(body.trail).toEqual({ points: [{ lat: -6.9, lon: 107.6, accuracy_m: 8 }, { lat: -6.9, lon: 107.601, accuracy_m: 8 }], seconds: 90 });
    expect(body.fix).toEqual({ lat: -6.9, lon: 107.601, accuracy_m: 8 });
  });
});

describe("a trail", () => {
  const at = (metres: number, accuracy_m = 8): Fix => ({ ...pointAt({ lat: -6.9, lon: 107.6 }, metres, 90), accuracy_m, at: metres });

  test("takes steps, and neither standing still nor a coarse fix", () => {
    const begun = withTrailPoint([], at(0), distanceM);
    expect(withTrailPoint(begun, at(1), distanceM)).toBe(begun);
    expect(withTrailPoint(begun, at(50, 200), distanceM)).toBe(begun);
    expect(withTrailPoint(begun, at(10), distanceM)).toHaveLength(2);
  });

  test("stays within what a visit takes, from its beginning to its end", () => {
    let trail: Fix[] = [];
    for (let n = 0; n < 4 * TRAIL_MOST; n += 1) trail = withTrailPoint(trail, at(n * 5), distanceM);
    expect(trail.length).toBeLessThanOrEqual(TRAIL_MOST);
    expect(trail[0]).toEqual(at(0));
    expect(trail.at(-1)).toEqual(at((4 * TRAIL_MOST - 1) * 5));
  });
});
