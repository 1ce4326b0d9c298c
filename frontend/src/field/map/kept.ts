/** Tiles that lie on the phone, in Cache Storage: they are public, so they need no lock, and go with the copy. */

const CACHE = "basemap-1";
const NAME_HEADER = "X-Name"; // so that one look at all answers tells their names, too
const NEAR_ZOOM = 14;

/** Name of a tile: `/basemap/MAP/z/x/y`. */
export interface Kept {
  name: string;
  bytes: number;
}

export async function readKept(name: string): Promise<ArrayBuffer | undefined> {
  return (await (await caches.open(CACHE)).match(name))?.arrayBuffer();
}

/** Keep it; false where the phone has no room left. */
export async function keep(name: string, bytes: ArrayBuffer | string): Promise<boolean> {
  const size = typeof bytes === "string" ? bytes.length : bytes.byteLength;
  const answer = new Response(bytes, { headers: { "Content-Length": String(size), [NAME_HEADER]: name } });
  try {
    await (await caches.open(CACHE)).put(name, answer);
    return true;
  } catch {
    return false;
  }
}

/** All that is kept, the oldest first. */
export async function listKept(): Promise<Kept[]> {
  const answers = await (await caches.open(CACHE)).matchAll();
  return answers.map(({ headers }) => ({ name: headers.get(NAME_HEADER) ?? "", bytes: Number(headers.get("Content-Length") ?? 0) }));
}

export async function forget(names: string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(names.map((name) => cache.delete(name)));
}

export const forgetAll = () => caches.delete(CACHE);

/**
 * What has to go so that the rest fits: all of another map, then the oldest. Coarse tiles go last, since they are few and
 * every day needs the same ones; what is wanted today stays.
 */
export function tooMuch(kept: Kept[], map: string, wanted: Set<string>, budget: number): string[] {
  const going = kept.filter(({ name }) => !name.startsWith(map));
  const own = kept.filter(({ name }) => name.startsWith(map));
  let bytes = own.reduce((sum, each) => sum + each.bytes, 0);
  const isNear = ({ name }: Kept) => Number(name.slice(map.length).split("/")[0]) >= NEAR_ZOOM;
  const spare = own.filter(({ name }) => !wanted.has(name));
  for (const each of [...spare.filter(isNear), ...spare.filter((one) => !isNear(one))]) {
    if (bytes <= budget) break;
    bytes -= each.bytes;
    going.push(each);
  }
  return going.map(({ name }) => name);
}
