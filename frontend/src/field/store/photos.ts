import { isoLocal } from "../core/clock";
import type { DeclaredPhoto } from "../core/form";
import { toHex, uuid7 } from "../core/ids";
import { sha256 } from "../core/state";
import { db, type PhotoRow } from "./database";
import { openBytes, openJson, sealBytes, sealJson } from "./vault";

export const KINDS = ["HOUSE", "ADDRESS", "PROOF", "OTHER"] as const;
export type Kind = (typeof KINDS)[number];

export interface PhotoFacts extends Omit<DeclaredPhoto, "id"> {
  reason?: string; // why it was refused
}

/** Keep a photo of a visit that is being written; its id. */
export async function addPhoto(visit: string, jpeg: Blob, kind: Kind): Promise<string> {
  const bytes = await jpeg.arrayBuffer();
  const id = uuid7();
  const facts: PhotoFacts = {
    sha256: toHex(await sha256(bytes)),
    size: bytes.byteLength,
    kind,
    taken_at: isoLocal(new Date()),
  };
  const row: PhotoRow = { id, visit, state: "draft", facts: await sealJson(facts), bytes: await sealBytes(bytes) };
  await db.photos.put(row);
  return id;
}

export async function declared(ids: string[]): Promise<DeclaredPhoto[]> {
  const rows = (await db.photos.bulkGet(ids)).filter((row) => row !== undefined);
  return Promise.all(rows.map(async (row) => ({ id: row.id, ...(await openJson<PhotoFacts>(row.facts)) })));
}

export async function pictureOf(id: string): Promise<Blob | null> {
  const row = await db.photos.get(id);
  return row ? new Blob([await openBytes(row.bytes)], { type: "image/jpeg" }) : null;
}

/** Photos that the server does not take, with its reason. */
export async function refusedPhotos(): Promise<(PhotoFacts & { id: string })[]> {
  const rows = await db.photos.where({ state: "refused" }).toArray();
  return Promise.all(rows.map(async (row) => ({ id: row.id, ...(await openJson<PhotoFacts>(row.facts)) })));
}

export async function removePhoto(id: string): Promise<void> {
  await db.photos.delete(id);
}
