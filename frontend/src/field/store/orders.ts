import type { components } from "../../api";
import { stateHash } from "../core/state";
import { db, getPlain, type HeldRow } from "./database";
import { on, said, tellOthers } from "./news";
import { isUnlocked, openEach, openJson, sealJson } from "./vault";

export type Order = Omit<components["schemas"]["OrderOut"], "days_to_ct0"> & { billing_stops_on: string };
export type Change = components["schemas"]["ChangeOut"];

/** What became of an operation after it was answered. */
export interface OperationNews {
  op: string;
  type: string;
  entity: string;
  status: string;
  result: Record<string, unknown>;
}

const ORDER = "order";
const held = new Map<number, Order>();

/** Orders on this phone, opened once when it is unlocked. */
export const orders = {
  all: (): Order[] => [...held.values()],
  get: (id: number): Order | undefined => held.get(id),
};

export async function loadOrders(): Promise<void> {
  const rows = await db.held.where({ type: ORDER }).toArray();
  const bodies = await openEach(rows, (row) => openJson<Order>(row.sealed));
  held.clear();
  for (const body of bodies) held.set(body.id, body);
}

// Another tab read the feed: what it stored is not told again.
on(["stored"], () => {
  if (isUnlocked()) void loadOrders().then(() => said("orders"));
});

export function forgetOrders(): void {
  held.clear();
}

export interface Taken {
  fresh: number; // orders that were not there before
  gone: string[]; // numbers of orders that were taken away: paid, finished or given to another
  operations: OperationNews[];
}

/**
 * What the feed said, and how far it was read (null: not to its end yet), in one transaction. `anew` replaces all that was
 * held. What is gone leaves with its clues; a visit that is being written, or waits to be sent, stays.
 */
export async function takeChanges(changes: Change[], cursor: string | null, anew = false): Promise<Taken> {
  const upserts = changes.filter((change) => change.kind === "upsert");
  const rows: HeldRow[] = await Promise.all(
    upserts.map(async ({ type, id, seq, body }) => ({ key: `${type}:${id}`, type, id, seq, sealed: await sealJson(body) })),
  );
  const before = new Map(held);
  const goneKeys = anew ? [] : changes.filter((change) => change.kind === "gone").map(({ type, id }) => `${type}:${id}`);
  await db.transaction("rw", db.held, db.plain, db.keeps, async () => {
    if (anew) await db.held.clear();
    await db.held.bulkDelete(goneKeys);
    await db.keeps.bulkDelete(goneKeys.map((key) => `clues:${key}`));
    await db.held.bulkPut(rows);
    if (cursor !== null) await db.plain.put({ name: "cursor", value: cursor });
  });
  if (anew) held.clear();
  for (const { type, id, kind } of changes) if (type === ORDER && kind === "gone") held.delete(Number(id));
  for (const { type, body } of upserts) if (type === ORDER) held.set((body as unknown as Order).id, body as unknown as Order);
  said("orders");
  tellOthers("stored");
  return {
    fresh: [...held.keys()].filter((id) => !before.has(id)).length,
    gone: [...before.values()].filter((order) => !held.has(order.id)).map((order) => order.number),
    operations: upserts.filter(({ type }) => type !== ORDER).map(({ body }) => body as unknown as OperationNews),
  };
}

/** What is held, as the server counts it. */
export async function heldState(): Promise<{ count: number; hash: string }> {
  const rows = await db.held.toArray();
  return { count: rows.length, hash: await stateHash(rows) };
}

export const readCursor = () => getPlain<string>("cursor");

export async function dropCursor(): Promise<void> {
  await db.plain.delete("cursor");
}
