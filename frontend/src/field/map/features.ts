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

/**
 * Other points of each house, its ODP, where earlier visits ended, and where the chosen house was searched for. They are
 * seen from near only, or where they belong to the chosen order.
 */
export function marks(orders: Order[], chosen: number | null, searched: Point[]): FeatureCollection {
  const mark = (at: Point, name: string, order: number | null) => feature(point(at), { mark: name, is_chosen: order === chosen });
  const known = orders.flatMap(({ id, candidates, odp, visits }) => [
    ...candidates
      .filter(({ source, status }) => source !== "ODP" && status !== "REJECTED")
      .map((each) => mark(each, each.status === "REFUTED" ? "searched" : each.source, id)),
    ...(odp?.lat != null && odp.lon != null ? [mark({ lat: odp.lat, lon: odp.lon }, "odp", id)] : []),
    ...visits.flatMap(({ trail }) => (trail?.line.length ? [mark(pair(trail.line.at(-1)!), "visit", id)] : [])),
  ]);
  return collection([...known, ...searched.map((each) => mark(each, "searched", chosen))]);
}

/** Ways of earlier visits, and those of searches that go on now. */
export function trails(orders: Order[], running: Fix[][], chosen: number | null): FeatureCollection {
  const walked = orders.flatMap(({ id, visits }) =>
    visits.flatMap(({ trail }) => (trail ? [lineOf(trail.line.map(pair), { is_now: false, is_chosen: id === chosen })] : [])),
  );
  const now = running.filter((each) => each.length > 1).map((each) => lineOf(each, { is_now: true, is_chosen: true }));
  return collection([...walked, ...now]);
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
