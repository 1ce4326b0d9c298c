import type { Feature, FeatureCollection, Geometry } from "geojson";
import { place } from "../core/ranking";
import { pointAt, type Fix, type Point } from "../core/geo";
import type { Order } from "../store/orders";

/** What the map draws, as GeoJSON. */

const CORNERS = 48;

/** A circle of so many metres on the ground: the honest shape of a point that is not exact. */
export function circle(centre: Point, radius_m: number): Geometry {
  const ring = Array.from({ length: CORNERS + 1 }, (_none, n) => coordinates(pointAt(centre, radius_m, ((n % CORNERS) * 360) / CORNERS)));
  return { type: "Polygon", coordinates: [ring] };
}

const coordinates = ({ lat, lon }: Point) => [lon, lat];
const point = (at: Point): Geometry => ({ type: "Point", coordinates: coordinates(at) });
const feature = (geometry: Geometry, properties: Record<string, unknown>): Feature => ({ type: "Feature", geometry, properties });
const collection = (features: Feature[]): FeatureCollection => ({ type: "FeatureCollection", features });

export const located = (orders: Order[]) => orders.filter((order) => order.lat !== null);
export const unlocated = (orders: Order[]) => orders.filter((order) => order.lat === null);

export function orderPoints(orders: Order[]): FeatureCollection {
  return collection(located(orders).map((order) => feature(point(place(order)), { id: order.id, grade: order.grade || "D" })));
}

export function orderCircles(orders: Order[]): FeatureCollection {
  const round = located(orders).filter((order) => order.radius_m !== null);
  return collection(round.map((order) => feature(circle(place(order), order.radius_m!), { id: order.id, grade: order.grade || "D" })));
}

/** Other points of each house, its ODP, and where earlier visits were: seen from near only. */
export function marks(orders: Order[]): FeatureCollection {
  return collection(
    orders.flatMap((order) => [
      ...order.candidates.filter(({ source }) => source !== "ODP").map((each) => feature(point(each), { id: order.id, mark: each.status === "REFUTED" ? "searched" : "candidate" })),
      ...(order.odp?.lat != null && order.odp.lon != null ? [feature(point({ lat: order.odp.lat, lon: order.odp.lon }), { id: order.id, mark: "odp" })] : []),
      ...order.visits.flatMap(({ trail }) => (trail?.line[0] ? [feature(point(pair(trail.line.at(-1)!)), { id: order.id, mark: "visit" })] : [])),
    ]),
  );
}

export function trails(orders: Order[], running: Fix[][]): FeatureCollection {
  const walked = orders.flatMap((order) => order.visits.flatMap(({ trail }) => (trail ? [lineOf(trail.line.map(pair), { id: order.id, now: false })] : [])));
  return collection([...walked, ...running.filter((each) => each.length > 1).map((each) => lineOf(each, { now: true }))]);
}

/** From the agent to the house; nothing where one of them is not known. */
export const line = (points: Point[]): FeatureCollection => collection(points.length > 1 ? [lineOf(points, {})] : []);

const pair = ([lat = 0, lon = 0]: number[]): Point => ({ lat, lon });

function lineOf(points: Point[], properties: Record<string, unknown>): Feature {
  return feature({ type: "LineString", coordinates: points.map(coordinates) }, properties);
}

/** Where the agent is, with the circle of the phone's own doubt; grey once it is old. */
export function self(fix: Fix | null, is_old: boolean): FeatureCollection {
  if (!fix) return collection([]);
  return collection([feature(circle(fix, Math.max(fix.accuracy_m, 3)), { kind: "doubt", is_old }), feature(point(fix), { kind: "self", is_old })]);
}

/** South-west and north-east of what is to be seen. */
export function boundsOf(points: Point[]): [[number, number], [number, number]] | null {
  if (!points.length) return null;
  const [lats, lons] = [points.map(({ lat }) => lat), points.map(({ lon }) => lon)];
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}
