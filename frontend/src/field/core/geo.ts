/** Degrees. */
export interface Point {
  lat: number;
  lon: number;
}

/** A position that a phone measured; `accuracy_m` is the radius that holds it in 68 of 100 cases, `at` in epoch ms. */
export interface Fix extends Point {
  accuracy_m: number;
  at: number;
}

const EARTH_M = 6_371_008.8; // mean radius, IUGG
const rad = (degrees: number) => (degrees * Math.PI) / 180;

/** Metres along the sphere (haversine): within 0.6 % of the ellipsoid, far below any fix's own error. */
export function distanceM(a: Point, b: Point): number {
  const dLat = rad(b.lat - a.lat);
  const dLon = rad(b.lon - a.lon);
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Degrees clockwise from north, of the way from `a` to `b`. */
export function bearingDeg(a: Point, b: Point): number {
  const dLon = rad(b.lon - a.lon);
  const y = Math.sin(dLon) * Math.cos(rad(b.lat));
  const x = Math.cos(rad(a.lat)) * Math.sin(rad(b.lat)) - Math.sin(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.cos(dLon);
  return ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
}

/** Metres east and north of `origin`: a plane that is true for some kilometres. */
export function planeM(origin: Point, point: Point): [east: number, north: number] {
  return [rad(point.lon - origin.lon) * Math.cos(rad(origin.lat)) * EARTH_M, rad(point.lat - origin.lat) * EARTH_M];
}

/** A point `metres` away at a bearing. */
export function pointAt(origin: Point, metres: number, degrees: number): Point {
  const north = (metres * Math.cos(rad(degrees))) / EARTH_M;
  const east = (metres * Math.sin(rad(degrees))) / (EARTH_M * Math.cos(rad(origin.lat)));
  return { lat: origin.lat + (north * 180) / Math.PI, lon: origin.lon + (east * 180) / Math.PI };
}

/** Index of one of eight winds, 0 = north, clockwise. */
export function wind(degrees: number): number {
  return Math.round((((degrees % 360) + 360) % 360) / 45) % 8;
}

export interface Nearness {
  distance_m: number;
  margin_m: number;
  /** Farther than the fence even where both errors are taken in the agent's favour. */
  is_beyond: boolean;
}

/** How far the agent is from the house, and how wrong that may be: honest bad GPS is never blamed. */
export function nearness(fix: Fix, house: Point, radius_m: number | null, fence_m: number): Nearness {
  const distance_m = distanceM(fix, house);
  const margin_m = Math.hypot(fix.accuracy_m, radius_m ?? 0);
  return { distance_m, margin_m, is_beyond: distance_m - margin_m > fence_m };
}
