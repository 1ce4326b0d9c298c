import { sha256 } from "../core/state";
import { db, type PhotoRow } from "../store/database";
import { saidEverywhere } from "../store/news";
import type { PhotoFacts } from "../store/photos";
import { openBytes, openJson, sealJson } from "../store/vault";
import { call, Lost, Refused, type Answered } from "./api";
import { whoAmI } from "./session";

/** Photos by tus 1.0: from where the server has them, in chunks that grow while they arrive (docs/api.md). */

// Answers that will be the same tomorrow. Every other refusal is tried again: a photo is evidence.
const FINAL = new Set(["upload_changed", "photo_changed", "too_many_photos", "too_large"]);

const TUS = { "Tus-Resumable": "1.0.0" };
const CHUNK = "application/offset+octet-stream";
const UPLOAD_TIMEOUT_MS = 120_000;
const WRONG_MOST = 8; // offsets or checksums in a row that do not fit; then later

/** This photo later; the others do not wait for it. */
class Later extends Lost {
  constructor(what: string) {
    super(what, null, true);
  }
}

export async function uploadAll(): Promise<void> {
  let later: Lost | null = null;
  for (const row of await db.photos.where({ state: "waiting" }).toArray()) {
    try {
      await upload(row);
    } catch (error) {
      if (!(error instanceof Lost && error.is_answered)) throw error;
      later = error;
    }
    saidEverywhere("outbox");
  }
  if (later) throw later;
}

async function upload(row: PhotoRow): Promise<void> {
  const facts = await openJson<PhotoFacts>(row.facts);
  try {
    const bytes = await openBytes(row.bytes);
    const there = await sendChunks(row, facts, bytes);
    if (there !== facts.sha256) throw new Later(`photo ${row.id}: the server has other bytes`);
    await db.photos.delete(row.id);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (!FINAL.has(error.code)) throw new Later(`photo ${row.id}: ${error.code || error.status}`);
    const told = await sealJson({ ...facts, reason: error.code });
    await db.photos.update(row.id, { state: "refused", facts: told });
  }
}

/** Hash that the server echoes once all bytes are on its disk; the copy here may go only then. */
async function sendChunks(row: PhotoRow, facts: PhotoFacts, bytes: ArrayBuffer): Promise<string | null> {
  const { upload_first_chunk_bytes: smallest, upload_most_chunk_bytes: biggest } = whoAmI().rules.offline;
  const path = `/uploads/${row.id}/`;
  let answer = await begin(row, facts, path);
  let size = smallest;
  let wrong = 0;
  for (let at = offsetOf(answer); at < bytes.byteLength; at = offsetOf(answer)) {
    const chunk = bytes.slice(at, at + size);
    const digest = btoa(String.fromCharCode(...(await sha256(chunk))));
    const headers = { ...TUS, "Upload-Offset": String(at), "Upload-Checksum": `sha256 ${digest}`, "Content-Type": CHUNK };
    try {
      answer = await call("PATCH", path, { headers, bytes: chunk, timeout_ms: UPLOAD_TIMEOUT_MS });
      size = Math.min(2 * size, biggest);
      wrong = 0;
    } catch (error) {
      // Another tab's chunk, one that came twice, or one that was damaged on its way: ask where the server is.
      const isMixup = error instanceof Refused && (error.code === "wrong_offset" || error.code === "upload_complete" || error.status === 460);
      if (!isMixup) throw error;
      if ((wrong += 1) > WRONG_MOST || error.code === "wrong_hash") throw new Later(`photo ${row.id}: ${error.code}`);
      answer = await call("HEAD", path, { headers: TUS });
      size = smallest;
    }
  }
  return answer.headers.get("Upload-Sha256");
}

async function begin(row: PhotoRow, facts: PhotoFacts, path: string): Promise<Answered> {
  try {
    return await call("HEAD", path, { headers: TUS });
  } catch (error) {
    if (!(error instanceof Refused && (error.status === 404 || error.status === 410))) throw error;
  }
  const words = { id: row.id, visit: row.visit, sha256: facts.sha256, kind: facts.kind };
  const named = Object.entries(words).map(([name, word]) => `${name} ${btoa(word)}`);
  const headers = { ...TUS, "Upload-Length": String(facts.size), "Upload-Metadata": named.join(",") };
  return call("POST", "/uploads/", { headers });
}

const offsetOf = (answer: Answered) => Number(answer.headers.get("Upload-Offset") ?? 0);
