import Dexie, { type Table } from "dexie";

/** Bytes that only the data key opens (AES-GCM, 256 bit, an IV for each). */
export interface Sealed {
  iv: Uint8Array;
  data: ArrayBuffer;
}

/** Something of the agent's feed, as the server last said it. */
export interface HeldRow {
  key: string; // type:id
  type: string;
  id: string;
  seq: number;
  sealed: Sealed;
}

export type OpState = "waiting" | "held" | "applied" | "conflict" | "quarantined" | "refused" | "unreadable";

/** Something that the agent did. `seq` is its number on this phone; what it says is sealed. */
export interface OutboxRow {
  seq?: number;
  op: string;
  state: OpState;
  made_at: number; // epoch ms
  sealed: Sealed; // Action
  answered_at?: number; // by the server's clock
  answer?: Sealed; // Answer
}

export interface PhotoRow {
  id: string;
  visit: string;
  state: "draft" | "waiting" | "refused";
  facts: Sealed; // PhotoFacts
  bytes: Sealed; // the row goes once the server has them
}

export interface NamedRow<T> {
  name: string;
  value: T;
}

/**
 * All that the app keeps. Everything that says something of people is sealed; ids, sequence numbers and times are not.
 * Durability is strict: what was saved is on the flash before the screen says so, also when the battery ends.
 */
class Database extends Dexie {
  held!: Table<HeldRow, string>;
  outbox!: Table<OutboxRow, number>;
  drafts!: Table<{ order: number; visit: string; sealed: Sealed }, number>;
  photos!: Table<PhotoRow, string>;
  keeps!: Table<NamedRow<Sealed>, string>; // session, me, reference data, clues
  plain!: Table<NamedRow<unknown>, string>; // device, vault, cursor

  constructor() {
    super("findgo", { chromeTransactionDurability: "strict" });
    this.version(1).stores({
      held: "key, type",
      outbox: "++seq, &op, state",
      drafts: "order",
      photos: "id, visit, state",
      keeps: "name",
      plain: "name",
    });
  }
}

export const db = new Database();

export async function getPlain<T>(name: string): Promise<T | undefined> {
  return (await db.plain.get(name))?.value as T | undefined;
}

export async function putPlain(name: string, value: unknown): Promise<void> {
  await db.plain.put({ name, value });
}
