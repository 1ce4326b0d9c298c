import type { components } from "../../api";
import type { Point } from "../core/geo";
import { whoAmI } from "../sync/session";

/**
 * The operator's base map, if there is one: raster tiles or a PMTiles file. Each tile is looked for on the phone first, and
 * kept once it came, within a budget: the area of the day is there when the signal is not.
 */

export type Basemap = NonNullable<components["schemas"]["RulesOut"]["basemap"]>;
export type Tile = readonly [z: number, x: number, y: number];

const CACHE = "basemap-1";
export const BUDGET_BYTES = 60_000_000;
const TILES_MOST = 3000;
const DEEPEST = 16;
const SHALLOWEST = 10;
const AROUND_M = 400;
const AT_ONCE = 6;

export const basemap = (): Basemap | null => whoAmI().rules.basemap;

/** The tile of the phone, or of the network, which is then kept. Raises where neither has it. */
export async function tileFor(tile: Tile, signal?: AbortSignal): Promise<ArrayBuffer> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(keyOf(tile));
  if (kept) return kept.arrayBuffer();
  const bytes = await fetchTile(tile, signal);
  await cache.put(keyOf(tile), new Response(bytes, { headers: { "Content-Length": String(bytes.byteLength) } }));
  return bytes;
}

async function fetchTile([z, x, y]: Tile, signal?: AbortSignal): Promise<ArrayBuffer> {
  const { url, kind } = basemap()!;
  if (kind === "pmtiles") {
    const found = await (await archive(url)).getZxy(z, x, y, signal);
    return found?.data ?? new ArrayBuffer(0); // the file has no tile there: sea
  }
  const address = url.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
  const answer = await fetch(address, { signal: signal ?? null, credentials: "omit" });
  if (!answer.ok) throw new Error(`tile: ${answer.status}`);
  return answer.arrayBuffer();
}

let opened: Promise<import("pmtiles").PMTiles> | null = null;

function archive(url: string) {
  opened ??= import("pmtiles").then(({ PMTiles }) => new PMTiles(new URL(url, location.href).href));
  return opened;
}

/** Whether the file holds vector tiles (MVT); raster templates never do. */
export async function isVector(): Promise<boolean> {
  const { url, kind } = basemap()!;
  return kind === "pmtiles" && (await (await archive(url)).getHeader()).tileType === 1;
}

const keyOf = ([z, x, y]: Tile) => `/basemap/${z}/${x}/${y}`;

/** Fetch the tiles around these points, coarse ones first, until all are there or the budget is used. */
export async function keepArea(points: Point[], progress: (done: number, of: number) => void): Promise<{ bytes: number; is_complete: boolean }> {
  const wanted = tilesAround(points).slice(0, TILES_MOST);
  let bytes = await keptBytes();
  let done = 0;
  let missed = 0;
  const queue = [...wanted];
  const work = async () => {
    for (let tile = queue.shift(); tile && bytes < BUDGET_BYTES; tile = queue.shift()) {
      try {
        bytes += (await tileFor(tile)).byteLength;
      } catch {
        missed += 1;
      }
      progress((done += 1), wanted.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { bytes: await keptBytes(), is_complete: missed === 0 && done === wanted.length };
}

export async function keptBytes(): Promise<number> {
  const cache = await caches.open(CACHE);
  const sizes = await Promise.all((await cache.keys()).map(async (key) => Number((await cache.match(key))?.headers.get("Content-Length") ?? 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

export const dropArea = () => caches.delete(CACHE);

/** Tiles that cover some hundred metres around each point, without repetition, coarse zooms first. */
export function tilesAround(points: Point[]): Tile[] {
  const found = new Map<string, Tile>();
  for (let z = SHALLOWEST; z <= DEEPEST; z += 1) {
    for (const point of points) {
      const reach = AROUND_M / 111_320;
      const [left, top] = tileAt({ lat: point.lat + reach, lon: point.lon - reach }, z);
      const [right, bottom] = tileAt({ lat: point.lat - reach, lon: point.lon + reach }, z);
      for (let x = left; x <= right; x += 1) for (let y = top; y <= bottom; y += 1) found.set(`${z}/${x}/${y}`, [z, x, y]);
    }
  }
  return [...found.values()];
}

/** Column and row of the tile that holds a point (Web Mercator, rows from the north). */
export function tileAt({ lat, lon }: Point, z: number): [x: number, y: number] {
  const sin = Math.sin((lat * Math.PI) / 180);
  const side = 2 ** z;
  const row = (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * side;
  return [Math.floor(((lon + 180) / 360) * side), Math.floor(row)];
}
