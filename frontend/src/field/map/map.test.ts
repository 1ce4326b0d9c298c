import { describe, expect, test } from "vitest";
import { distanceM } from "../core/geo";
import { tileAt, tilesAround } from "./basemap";
import { boundsOf, circle, self } from "./features";

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
});

test("a circle has its true radius all around", () => {
  const ring = (circle(bandung, 120) as GeoJSON.Polygon).coordinates[0]!;
  expect(ring[0]).toEqual(ring.at(-1));
  for (const [lon = 0, lat = 0] of ring) expect(distanceM(bandung, { lat, lon })).toBeCloseTo(120, 0);
});

test("without a position nobody is drawn, without points nothing is framed", () => {
  expect(self(null, false).features).toEqual([]);
  expect(boundsOf([])).toBeNull();
  expect(boundsOf([bandung, { lat: -7, lon: 107 }])).toEqual([[107, -7], [107.6098, -6.9147]]);
});
