import { isoLocal } from "../core/clock";
import { isFoundAfterRescue, visitBody, type Disposition, type Draft } from "../core/form";
import type { Fix } from "../core/geo";
import { uuid7 } from "../core/ids";
import { db } from "./database";
import { saidEverywhere } from "./news";
import type { Order } from "./orders";
import { prepare } from "./outbox";
import { declared } from "./photos";
import { openEach, openJson, sealJson } from "./vault";

export function newDraft(order: Order): Draft {
  return {
    visit: uuid7(),
    order: order.id,
    customer: order.customer.id,
    number: order.number,
    name: order.customer.name,
    started_at: isoLocal(new Date()),
    fields: {},
    note: "",
    photos: [],
    steps: [],
    trail: [],
  };
}

export async function getDraft(order: number): Promise<Draft | undefined> {
  await busy?.catch(() => undefined); // a screen that was just left may still be writing
  const row = await db.drafts.get(order);
  if (row) written.add(row.visit);
  return row && openJson<Draft>(row.sealed);
}

export async function drafts(): Promise<Draft[]> {
  return openEach(await db.drafts.toArray(), (row) => openJson<Draft>(row.sealed));
}

const writing = new Map<number, Draft>();
const written = new Set<string>(); // visits whose draft this page has read or stored
let busy: Promise<void> | null = null;

/** Another tab sent or discarded it, or writes another visit of this order. */
export class NoDraft extends Error {}

/** Keep a draft as it is now. Keystrokes that come while one is being written go together with the next. */
export function saveDraft(draft: Draft): Promise<void> {
  writing.set(draft.order, structuredClone(draft));
  busy ??= writeAll().finally(() => (busy = null));
  return busy;
}

async function writeAll(): Promise<void> {
  for (let next = [...writing.values()]; next.length; next = [...writing.values()]) {
    writing.clear();
    try {
      for (const draft of next) await putDraft(draft);
    } catch (error) {
      if (!(error instanceof NoDraft)) for (const draft of next) if (!writing.has(draft.order)) writing.set(draft.order, draft);
      throw error; // what a full phone did not take goes with the next keystroke
    }
  }
  saidEverywhere("drafts");
}

async function putDraft({ order, visit, ...rest }: Draft): Promise<void> {
  const sealed = await sealJson({ order, visit, ...rest });
  await db.transaction("rw", db.drafts, async () => {
    const there = await db.drafts.get(order);
    if (there ? there.visit !== visit : written.has(visit)) throw new NoDraft();
    await db.drafts.put({ order, visit, sealed });
  });
  written.add(visit);
}

export async function dropDraft(draft: Draft): Promise<void> {
  await busy?.catch(() => undefined);
  await db.transaction("rw", db.drafts, db.photos, async () => {
    await db.drafts.delete(draft.order);
    await db.photos.where({ visit: draft.visit }).filter(({ state }) => state === "draft").delete();
  });
  saidEverywhere("drafts");
}

/** The visit is done: it leaves the drafts and enters the outbox in one transaction, and its photos wait to be sent. */
export async function finish(draft: Draft, disposition: Disposition, fix: Fix | null, title: string): Promise<void> {
  await busy?.catch(() => undefined);
  const body = visitBody(draft, disposition, await declared(draft.photos), fix, isFoundAfterRescue(draft, disposition));
  const row = await prepare({ type: "visit.create", entity: draft.visit, body, fix, title });
  await db.transaction("rw", db.drafts, db.outbox, db.photos, async () => {
    if ((await db.drafts.get(draft.order))?.visit !== draft.visit) throw new NoDraft();
    await db.outbox.add(row);
    await db.photos.where({ visit: draft.visit }).filter(({ id }) => !draft.photos.includes(id)).delete();
    await db.photos.where({ visit: draft.visit }).modify({ state: "waiting" });
    await db.drafts.delete(draft.order);
  });
  saidEverywhere("outbox");
  saidEverywhere("drafts");
}
