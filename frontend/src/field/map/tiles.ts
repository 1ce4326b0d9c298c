import type { Point } from "../core/geo";

/** Which tiles of a base map an agent needs for a day. */

export type Tile = readonly [z: number, x: number, y: number];

const SHALLOWEST = 10;
/** Of what is drawn and of what is kept: deeper zooms stretch these tiles, so that a house has its map without a network. */
export const DEEPEST = 17;
const BETWEEN_MOST_ZOOM = 13; // deeper, the way between two houses is more tiles than it is worth
const BETWEEN_MOST_TILES = 64; // at one zoom: a house on another island must not fetch the sea
const AROUND_M = 400;
const METRES_PER_DEGREE = 111_320;

/** Tiles around each point, and coarse ones of the way between, without repetition, coarse zooms first. */
export function tilesAround(points: Point[], deepest = DEEPEST): Tile[] {
  const found = new Map<string, Tile>();
  const add = (tiles: Tile[]) => tiles.forEach((tile) => found.set(tile.join("/"), tile));
  for (let z = SHALLOWEST; z <= Math.min(deepest, DEEPEST); z += 1) {
    for (const point of points) add(tilesOf([point], z));
    const between = z <= BETWEEN_MOST_ZOOM && points.length ? tilesOf(points, z, BETWEEN_MOST_TILES) : [];
    add(between);
  }
  return [...found.values()];
}

/** Tiles that cover all of these points and some hundred metres around; none where they would be more than `most`. */
function tilesOf(points: Point[], z: number, most = Infinity): Tile[] {
  const [lats, lons] = [points.map(({ lat }) => lat), points.map(({ lon }) => lon)];
  const reach = AROUND_M / METRES_PER_DEGREE;
  const [left, top] = tileAt({ lat: Math.max(...lats) + reach, lon: Math.min(...lons) - reach }, z);
  const [right, bottom] = tileAt({ lat: Math.min(...lats) - reach, lon: Math.max(...lons) + reach }, z);
  if ((right - left + 1) * (bottom - top + 1) > most) return [];
  const tiles: Tile[] = [];
  for (let x = left; x <= right; x += 1) for (let y = top; y <= bottom; y += 1) tiles.push([z, x, y]);
  return tiles;
}

/** Column and row of the tile that holds a point (Web Mercator, rows from the north). */
export function tileAt({ lat, lon }: Point, z: number): [x: number, y: number] {
  const sin = Math.sin((lat * Math.PI) / 180);
  const side = 2 ** z;
  const row = (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * side;
  return [Math.floor(((lon + 180) / 360) * side), Math.floor(row)];
}
