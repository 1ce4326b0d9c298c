import { describe, expect, test } from "vitest";
import { bearingDeg, distanceM, nearness, planeM, pointAt, wind } from "./geo";

const bandung = { lat: -6.9147, lon: 107.6098 };

describe("distance and bearing", () => {
  test("one minute of latitude is a nautical mile, within the sphere's 0.6 %", () => {
    expect(distanceM(bandung, { ...bandung, lat: bandung.lat + 1 / 60 })).toBeCloseTo(1853.2, 0);
  });

  test("a point at a distance and bearing is found there again", () => {
    for (const degrees of [0, 45, 123, 270, 359]) {
      const there = pointAt(bandung, 800, degrees);
      expect(distanceM(bandung, there)).toBeCloseTo(800, 0);
      expect(bearingDeg(bandung, there)).toBeCloseTo(degrees, 0);
    }
  });

  test("the plane agrees with the sphere over a kilometre", () => {
    const there = pointAt(bandung, 1000, 60);
    expect(Math.hypot(...planeM(bandung, there))).toBeCloseTo(1000, 0);
  });

  test("winds are eight, and north is both ends", () => {
    expect([0, 22, 23, 180, 337, 338, 359, -90].map(wind)).toEqual([0, 0, 1, 4, 7, 0, 0, 6]);
  });
});

describe("honest bad GPS", () => {
  const house = pointAt(bandung, 340, 90);
  const fix = { ...bandung, at: 0 };

  test("is not beyond the fence where both errors together explain it", () => {
    expect(nearness({ ...fix, accuracy_m: 45 }, house, 20, 300).is_beyond).toBe(false);
  });

  test("a good fix from afar is", () => {
    const near = nearness({ ...fix, accuracy_m: 5 }, house, 10, 300);
    expect(near.is_beyond).toBe(true);
    expect(near.margin_m).toBeCloseTo(11.2, 1);
  });
});
