import { stamp, type Stamp } from "../core/clock";
import type { Fix } from "../core/geo";
import { uuid7 } from "../core/ids";
import { db, type OpState, type OutboxRow } from "./database";
import { saidEverywhere } from "./news";
import type { OperationNews } from "./orders";
import { openEach, openJson, sealJson } from "./vault";

/** Something that the agent did, as it will be sent. `direct` goes to an address of its own and not by the push. */
export interface Action {
  type: string;
  entity: string;
  base?: number;
  at: Stamp;
  fix: Record<string, unknown> | null;
  body: Record<string, unknown>;
  direct?: { method: "PUT" | "POST"; path: string };
  /** For the list of the day. */
  title: string;
}

/** What the server said of it. */
export interface Answer {
  code: string;
  message: string;
  result: Record<string, unknown>;
}

export interface Item {
  seq: number;
  op: string;
  state: OpState;
  made_at: number;
  answered_at?: number;
  action: Action;
  answer?: Answer;
}

export type Doing = Omit<Action, "at" | "fix"> & { fix?: Fix | null };

/** A row that is ready to be put, so that it can be stored in one transaction with what it ends. */
export async function prepare({ fix = null, ...doing }: Doing): Promise<OutboxRow> {
  const action: Action = { ...doing, at: stamp(), fix: fix && fixOut(fix) };
  return { op: uuid7(), state: "waiting", made_at: Date.now(), sealed: await sealJson(action) };
}

/** Keep it. Nothing else is a queue: what is here is sent until the server has answered. */
export async function put(doing: Doing): Promise<void> {
  await db.outbox.add(await prepare(doing));
  saidEverywhere("outbox");
}

export function fixOut(fix: Fix): Record<string, unknown> {
  const { lat, lon, accuracy_m } = fix;
  return { lat, lon, accuracy_m, age_ms: Math.max(0, Date.now() - fix.at) };
}

export async function items(): Promise<Item[]> {
  return openEach(await db.outbox.orderBy("seq").toArray(), itemOf);
}

export async function waiting(): Promise<Item[]> {
  const rows = await db.outbox.where({ state: "waiting" }).sortBy("seq");
  const found = await openEach(rows, itemOf);
  const readable = new Set(found.map(({ seq }) => seq));
  const others = rows.filter(({ seq }) => !readable.has(seq!)).map(({ seq }) => seq!);
  if (others.length) await db.outbox.where("seq").anyOf(others).modify({ state: "unreadable" });
  return found;
}

async function itemOf({ sealed, answer, ...row }: OutboxRow): Promise<Item> {
  const item: Item = { ...row, seq: row.seq!, action: await openJson<Action>(sealed) };
  if (answer) item.answer = await openJson<Answer>(answer);
  return item;
}

/**
 * How many wait, without opening any. Photos count: the visit is whole only with them. `refused` lie on this phone alone:
 * the server has not taken them.
 */
export async function countWaiting(): Promise<{ ops: number; photos: number; refused: number }> {
  const [ops, photos, refused, refusedPhotos] = await Promise.all([
    db.outbox.where({ state: "waiting" }).count(),
    db.photos.where({ state: "waiting" }).count(),
    db.outbox.where({ state: "refused" }).count(),
    db.photos.where({ state: "refused" }).count(),
  ]);
  return { ops, photos, refused: refused + refusedPhotos };
}

/** All that would be gone with this copy: unsent, refused, unfinished. */
export async function countUnsent(): Promise<number> {
  const [{ ops, photos, refused }, open] = [await countWaiting(), await db.drafts.count()];
  return ops + photos + refused + open;
}

export async function answer(op: string, state: OpState, said: Answer, at: number): Promise<void> {
  const sealed = await sealJson(said);
  await db.outbox.where({ op }).modify({ state, answer: sealed, answered_at: at });
}

/** What the feed tells of operations that were answered before: held ones applied, quarantined ones decided. */
export async function takeNews(news: OperationNews[], at: number): Promise<void> {
  for (const { op, status, result } of news) {
    await answer(op, stateOf(status), { code: String(result.code ?? ""), message: "", result }, at);
  }
  if (news.length) saidEverywhere("outbox");
}

export function stateOf(status: string): OpState {
  const word = status.toLowerCase();
  return word === "held" || word === "conflict" || word === "quarantined" ? word : "applied";
}

/** After a restore the server may lack what it had answered for: send what is still here once more. */
export async function unseal(): Promise<void> {
  await db.outbox.where("state").anyOf("applied", "held", "conflict", "quarantined").modify({ state: "waiting" });
}

/** Answered for, and kept long enough. */
export async function forgetSealed(days: number, now = Date.now()): Promise<void> {
  const until = now - days * 86_400_000;
  await db.outbox.filter((row) => row.state === "applied" && (row.answered_at ?? now) < until).delete();
}

/** The agent has read it. What is quarantined or in conflict the server keeps; what it refused is gone with this. */
export async function dismiss(op: string): Promise<void> {
  await db.outbox.where({ op }).delete();
  saidEverywhere("outbox");
}
