import type { components } from "../../api";
import type { Point } from "../core/geo";
import { whoAmI } from "../sync/session";
import { forget, forgetAll, keep, listKept, readKept, tooMuch } from "./kept";
import type { Base } from "./style";
import { DEEPEST, tilesAround, type Tile } from "./tiles";

/**
 * The operator's base map, if there is one: raster tiles or a PMTiles file. Each tile is looked for on the phone first, and
 * kept once it came, within a budget: the area of the day is there when the signal is not.
 */

export type Basemap = NonNullable<components["schemas"]["RulesOut"]["basemap"]>;

export const BUDGET_BYTES = 60_000_000;
const TILES_MOST = 3000;
const AT_ONCE = 6;
const FAILURES_MOST = 20; // then there is no signal: what came is kept, and the next try goes on from there
const LOOK_EVERY_BYTES = 4_000_000;
const HEADER_WAIT_MS = 5_000;

export const basemap = (): Basemap | null => whoAmI().rules.basemap;

/** The tile of the phone, or of the network, which is then kept; empty where the map has none. Raises without either. */
export async function tileFor(tile: Tile, signal?: AbortSignal): Promise<ArrayBuffer> {
  return (await readKept(nameOf(tile))) ?? (await fetchAndKeep(tile, new Set(), signal)).bytes;
}

let unseenBytes = 0;

async function fetchAndKeep(tile: Tile, wanted: Set<string>, signal?: AbortSignal): Promise<{ bytes: ArrayBuffer; isKept: boolean }> {
  const bytes = await fetchTile(tile, signal);
  if (!bytes) return { bytes: new ArrayBuffer(0), isKept: true };
  const isKept = await keep(nameOf(tile), bytes);
  unseenBytes += bytes.byteLength;
  if (unseenBytes > LOOK_EVERY_BYTES) await makeRoom(wanted);
  return { bytes, isKept };
}

async function makeRoom(wanted: Set<string>): Promise<void> {
  unseenBytes = 0;
  await forget(tooMuch(await listKept(), prefix(), wanted, BUDGET_BYTES));
}

/** Null: the map has nothing there, such as the open sea. */
async function fetchTile([z, x, y]: Tile, signal?: AbortSignal): Promise<ArrayBuffer | null> {
  const { url, kind } = basemap()!;
  if (kind === "pmtiles") return fromArchive(async (archive) => (await archive.getZxy(z, x, y, signal))?.data ?? null);
  const address = url.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
  const answer = await fetch(address, { signal: signal ?? null, credentials: "omit" });
  if (answer.status === 404 || answer.status === 204) return null;
  if (!answer.ok) throw new Error(`tile: ${answer.status}`);
  return answer.arrayBuffer();
}

type Archive = import("pmtiles").PMTiles;
let opened: Promise<Archive> | null = null;

/** Ask the file. It is opened anew after a failure, since the library would remember that for as long as the page lives. */
async function fromArchive<T>(ask: (archive: Archive) => Promise<T>): Promise<T> {
  opened ??= import("pmtiles").then(({ PMTiles }) => new PMTiles(new URL(basemap()!.url, location.href).href));
  const mine = opened;
  try {
    return await ask(await mine);
  } catch (error) {
    if (opened === mine) opened = null;
    throw error;
  }
}

/** What the phone knows of the map, or else the network; null where neither does, and the map does without. */
export async function about(): Promise<Base> {
  if (basemap()?.kind !== "pmtiles") return basemap() && { kind: "raster", deepest: DEEPEST };
  const name = `${prefix()}about`;
  const fresh = fromArchive(async (archive) => {
    const { tileType, maxZoom } = await archive.getHeader();
    const found: Base = { kind: tileType === 1 ? "vector" : "raster", deepest: Math.min(maxZoom, DEEPEST) }; // 1: MVT
    await keep(name, JSON.stringify(found));
    return found;
  }).catch(() => null);
  const kept = await readKept(name);
  if (kept) return JSON.parse(new TextDecoder().decode(kept)) as Base;
  return Promise.race([fresh, new Promise<null>((resolve) => setTimeout(resolve, HEADER_WAIT_MS, null))]);
}

const nameOf = (tile: Tile) => prefix() + tile.join("/");

/** Tiles of another address are another map. The address itself may hold a key, so that only a sum of it is kept. */
function prefix(): string {
  let sum = 0x811c9dc5; // FNV-1a
  for (const letter of basemap()!.url) sum = Math.imul(sum ^ letter.codePointAt(0)!, 0x01000193);
  return `/basemap/${(sum >>> 0).toString(36)}/`;
}

/** Fetch the tiles around these points that are not there yet, coarse ones first, until all are or the budget is used. */
export async function keepArea(
  points: Point[],
  progress: (done: number, of: number) => void,
  signal?: AbortSignal,
): Promise<{ bytes: number; is_complete: boolean }> {
  const known = await about();
  if (!known) return { bytes: await keptBytes(), is_complete: false };
  const all = tilesAround(points, known.deepest);
  const area = all.slice(0, TILES_MOST);
  const wanted = new Set(area.map(nameOf));
  const there = new Map((await listKept()).map(({ name, bytes }) => [name, bytes]));
  const queue = area.filter((tile) => !there.has(nameOf(tile)));
  let bytes = area.reduce((sum, tile) => sum + (there.get(nameOf(tile)) ?? 0), 0);
  let done = area.length - queue.length;
  let failures = 0;
  const goesOn = () => bytes < BUDGET_BYTES && failures < FAILURES_MOST && !signal?.aborted;
  const work = async () => {
    while (queue.length && goesOn()) {
      try {
        const got = await fetchAndKeep(queue.shift()!, wanted, signal);
        bytes += got.bytes.byteLength;
        if (got.isKept) done += 1;
        else failures += 1;
      } catch {
        failures += 1;
      }
      progress(done, area.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await makeRoom(wanted);
  return { bytes: await keptBytes(), is_complete: done === all.length };
}

export async function keptBytes(): Promise<number> {
  return (await listKept()).reduce((sum, { bytes }) => sum + bytes, 0);
}

export const dropArea = forgetAll;
