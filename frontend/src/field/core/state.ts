/** Something that the phone holds, as the server counts it. */
export interface Held {
  type: string;
  id: string;
  seq: number;
}

/** XOR of the first 64 bits of SHA-256("type:id:seq") of all that is held, as 16 hex digits (docs/api.md). */
export async function stateHash(held: Iterable<Held>): Promise<string> {
  const encoder = new TextEncoder();
  const digests = await Promise.all(
    [...held].map(({ type, id, seq }) => crypto.subtle.digest("SHA-256", encoder.encode(`${type}:${id}:${seq}`))),
  );
  const state = digests.reduce((sum, digest) => sum ^ new DataView(digest).getBigUint64(0), 0n);
  return state.toString(16).padStart(16, "0");
}

export async function sha256(bytes: BufferSource): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
