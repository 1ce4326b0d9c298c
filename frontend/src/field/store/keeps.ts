import { db } from "./database";
import { openJson, sealJson } from "./vault";

/** Small sealed things by name: who is signed in, tokens, reference data, clues. */
export async function getKeep<T>(name: string): Promise<T | undefined> {
  const row = await db.keeps.get(name);
  return row && openJson<T>(row.value);
}

export async function putKeep(name: string, value: unknown): Promise<void> {
  await db.keeps.put({ name, value: await sealJson(value) });
}
