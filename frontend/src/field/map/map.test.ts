import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { distanceM } from "../core/geo";
import type { Order } from "../store/orders";
import { boundsOf, circle, marks, self, trails } from "./features";
import { tooMuch } from "./kept";
import { paced } from "./pace";
import { ordersAt } from "./tap";
import { tileAt, tilesAround } from "./tiles";

const bandung = { lat: -6.9147, lon: 107.6098 };

describe("tiles of the day", () => {
  test("are those of Web Mercator", () => {
    expect(tileAt({ lat: 0.0001, lon: -0.0001 }, 1)).toEqual([0, 0]);
    expect(tileAt({ lat: -0.0001, lon: 0.0001 }, 1)).toEqual([1, 1]);
    expect(tileAt(bandung, 16)).toEqual([52357, 34029]); // by the formula of the OpenStreetMap wiki, "Slippy map tilenames"
  });

  test("come coarse first, each once, with some hundred metres around each house", () => {
    const tiles = tilesAround([bandung, { ...bandung, lat: bandung.lat + 0.0005 }]);
    expect(new Set(tiles.map(String)).size).toBe(tiles.length);
    expect(tiles.map(([z]) => z)).toEqual(tiles.map(([z]) => z).sort((a, b) => a - b));
    expect(tiles.filter(([z]) => z === 16).length).toBeGreaterThanOrEqual(4);
    expect(tiles.length).toBeLessThan(60);
  });

  test("cover the way between two houses coarsely, but not the sea between two islands", () => {
    const apart = [bandung, { ...bandung, lon: bandung.lon + 0.2 }];
    const between = { ...bandung, lon: bandung.lon + 0.1 };
    const has = (tiles: readonly (readonly number[])[], z: number) => tiles.some((tile) => String(tile) === String([z, ...tileAt(between, z)]));
    expect(has(tilesAround(apart), 13)).toBe(true);
    expect(has(tilesAround(apart), 15)).toBe(false);
    expect(tilesAround([bandung, { lat: -2.5, lon: 140.7 }]).length).toBeLessThan(100);
  });

  test("go no deeper than the map does, and there are none without houses", () => {
    expect(Math.max(...tilesAround([bandung], 14).map(([z]) => z))).toBe(14);
    expect(tilesAround([])).toEqual([]);
  });
});

describe("room on the phone", () => {
  const tile = (name: string) => ({ name: `/basemap/a/${name}`, bytes: 10 });

  test("another map goes, then the oldest near tile, never one of today; coarse ones last", () => {
    const kept = [tile("10/1/1"), tile("16/1/1"), tile("16/2/2"), tile("16/3/3"), { name: "/basemap/b/16/1/1", bytes: 10 }];
    const today = new Set(["/basemap/a/16/1/1"]);
    expect(tooMuch(kept, "/basemap/a/", today, 30)).toEqual(["/basemap/b/16/1/1", "/basemap/a/16/2/2"]);
    expect(tooMuch(kept, "/basemap/a/", today, 10).at(-1)).toBe("/basemap/a/10/1/1");
    expect(tooMuch(kept, "/basemap/a/", today, 0)).not.toContain("/basemap/a/16/1/1");
  });
});

describe("what is drawn", () => {
  const order = {
    id: 7,
    candidates: [
      { ...bandung, source: "INSTALL", status: "ACTIVE" },
      { ...bandung, source: "AGENT_PIN", status: "REJECTED" },
      { ...bandung, source: "VISIT", status: "REFUTED" },
      { ...bandung, source: "ODP", status: "ACTIVE" },
    ],
    odp: { code: "ODP-1", ...bandung },
    visits: [{ trail: { line: [[-6.9, 107.6], [-6.91, 107.61]] } }, { trail: null }],
  } as unknown as Order;

  test("a circle has its true radius all around", () => {
    const ring = (circle(bandung, 120) as GeoJSON.Polygon).coordinates[0]!;
    expect(ring[0]).toEqual(ring.at(-1));
    for (const [lon = 0, lat = 0] of ring) expect(distanceM(bandung, { lat, lon })).toBeCloseTo(120, 0);
  });

  test("each source has a mark of its own, and a rejected point none", () => {
    const drawn = marks([order], 7, [bandung]).features.map(({ properties }) => properties);
    expect(drawn.map((each) => each!.mark)).toEqual(["INSTALL", "searched", "odp", "visit", "searched"]);
    expect(drawn.every((each) => each!.is_chosen)).toBe(true);
    expect(marks([order], null, []).features.some(({ properties }) => properties!.is_chosen)).toBe(false);
  });

  test("a trail is the way of an earlier visit, or of a search that goes on", () => {
    const fix = { ...bandung, accuracy_m: 8, at: 0 };
    const drawn = trails([order], [[fix], [fix, { ...fix, lat: -6.91 }]], null).features;
    expect(drawn.map(({ properties }) => properties!.is_now)).toEqual([false, true]);
    expect((drawn[0]!.geometry as GeoJSON.LineString).coordinates[0]).toEqual([107.6, -6.9]);
  });

  test("without a position nobody is drawn, without points nothing is framed", () => {
    expect(self(null, false).features).toEqual([]);
    expect(boundsOf([])).toBeNull();
    expect(boundsOf([bandung, { lat: -7, lon: 107 }])).toEqual([[107, -7], [107.6098, -6.9147]]);
  });
});

test("a tap means the nearest order, with all that lie on its point", () => {
  const spots = [{ x: 20, y: 0, order: 1 }, { x: 3, y: 0, order: 2 }, { x: 5, y: 0, order: 3 }, { x: 3, y: 0, order: 2 }];
  expect(ordersAt({ x: 0, y: 0 }, spots)).toEqual([2, 3]);
  expect(ordersAt({ x: 0, y: 60 }, spots)).toEqual([]);
});

describe("pace", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("runs at once, once more after a burst, and not after it is stopped", () => {
    const run = vi.fn();
    const slow = paced(1000, run);
    for (let n = 0; n < 5; n += 1) slow.call();
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    expect(run).toHaveBeenCalledTimes(2);
    slow.call();
    slow.stop();
    vi.advanceTimersByTime(5000);
    expect(run).toHaveBeenCalledTimes(2);
  });
});
