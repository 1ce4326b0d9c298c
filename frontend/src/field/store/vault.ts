import { db, getPlain, putPlain, type Sealed } from "./database";
import { tellOthers } from "./news";

/**
 * The lock of the phone's copy. A random data key encrypts everything; it is kept twice, wrapped by a key from the PIN and
 * by one from the account's password, so that a forgotten PIN costs no unsent work.
 *
 * A PIN of six digits delays somebody who holds the phone; it does not resist somebody who copies the storage and tries
 * all of them elsewhere. docs/field-app.md says so.
 */

const ROUNDS = 600_000; // PBKDF2 with HMAC-SHA-256: OWASP Password Storage Cheat Sheet, 2023
const FREE_TRIES = 3;
const FIRST_DELAY_S = 5;
const MOST_DELAY_S = 900;

interface Wrapped {
  salt: Uint8Array;
  iv: Uint8Array;
  data: ArrayBuffer;
}

interface Vault {
  by_pin: Wrapped | null; // null: too many wrong PINs, only the password opens it
  by_password: Wrapped;
  wrong: number;
  not_before: number; // epoch ms
}

/** While open: the key as an object that no script can read, so that a page that Android ended opens again without a PIN. */
interface Open {
  key: CryptoKey;
  since: number;
  until: number;
}

export type Unlocking = "open" | "wrong" | "wait" | "spent";

let key: CryptoKey | null = null;
let lockAfterMs = 15 * 60_000;
let wrongMost = 10;

export const isUnlocked = () => key !== null;

export function setLockRules(minutes: number, wrongPins: number): void {
  lockAfterMs = minutes * 60_000;
  wrongMost = wrongPins;
}

/** Whether there is a copy on this phone, how it can be opened, and when the next PIN may be tried. */
export async function vaultState(): Promise<{ exists: boolean; has_pin: boolean; not_before: number; wrong: number }> {
  const vault = await getPlain<Vault>("vault");
  return { exists: !!vault, has_pin: !!vault?.by_pin, not_before: vault?.not_before ?? 0, wrong: vault?.wrong ?? 0 };
}

/** A data key that the password opens; nothing of it is kept yet. */
export interface NewVault {
  key: Promise<CryptoKey>;
  by_password: Promise<Wrapped>;
}

/** Made while the agent thinks of a PIN: deriving a key takes a phone half a second. */
export function beginVault(password: string): NewVault {
  const key = crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  return { key, by_password: key.then((fresh) => wrap(fresh, password)) };
}

export async function createVault(begun: NewVault, pin: string): Promise<void> {
  const fresh = await begun.key;
  const [by_password, by_pin] = await Promise.all([begun.by_password, wrap(fresh, pin)]);
  await putPlain("vault", { by_pin, by_password, wrong: 0, not_before: 0 } satisfies Vault);
  await open(await sealedOff(fresh));
}

/** Open the copy with a PIN. */
export async function unlock(pin: string): Promise<Unlocking> {
  const tried = await tryPin(pin);
  if (typeof tried === "string") return tried;
  await open(await sealedOff(tried));
  return "open";
}

/**
 * The data key by the PIN, for whatever it is wanted. The try is counted before it is made, in one transaction, so that
 * neither closing the app nor another tab saves anybody the pause.
 */
async function tryPin(pin: string, now = Date.now()): Promise<CryptoKey | Exclude<Unlocking, "open">> {
  const counted = await db.transaction("rw", db.plain, async () => {
    const vault = await getPlain<Vault>("vault");
    if (!vault?.by_pin) return "spent";
    if (now < vault.not_before) return "wait";
    const wrong = vault.wrong + 1;
    const by_pin = wrong < wrongMost ? vault.by_pin : null;
    await putPlain("vault", { ...vault, wrong, not_before: now + delayS(wrong) * 1000, by_pin });
    return vault;
  });
  if (typeof counted === "string") return counted;
  const opened = await unwrap(counted.by_pin!, pin, true);
  if (opened) {
    await putPlain("vault", { ...counted, wrong: 0, not_before: 0 });
    return opened;
  }
  if (counted.wrong + 1 < wrongMost) return "wrong";
  await db.plain.delete("open");
  return "spent";
}

/** Open with the account's password, which the server has just checked, and take a new PIN. False where it was changed. */
export async function reopen(password: string, pin: string): Promise<boolean> {
  const vault = await getPlain<Vault>("vault");
  const opened = vault && (await unwrap(vault.by_password, password, true));
  if (!opened) return false;
  await putPlain("vault", { ...vault, by_pin: await wrap(opened, pin), wrong: 0, not_before: 0 });
  await open(await sealedOff(opened));
  return true;
}

/** Whether the account's password opens the copy. */
export async function opensWith(password: string): Promise<boolean> {
  const vault = await getPlain<Vault>("vault");
  return !!vault && (await unwrap(vault.by_password, password)) !== null;
}

export async function changePin(old: string, next: string): Promise<Unlocking> {
  const tried = await tryPin(old);
  if (typeof tried === "string") return tried;
  const by_pin = await wrap(tried, next);
  await putPlain("vault", { ...(await getPlain<Vault>("vault"))!, by_pin });
  return "open";
}

/** The account has a new password: the PIN opens the copy, and from now on the new password does, too. */
export async function takePassword(password: string, pin: string): Promise<Unlocking> {
  const tried = await tryPin(pin);
  if (typeof tried === "string") return tried;
  const by_password = await wrap(tried, password);
  await putPlain("vault", { ...(await getPlain<Vault>("vault"))!, by_password });
  await open(await sealedOff(tried));
  return "open";
}

/** Go on where the page was left, if that was not long ago. */
export async function resume(now = Date.now()): Promise<boolean> {
  const kept = await getPlain<Open>("open");
  if (!kept) return false;
  if (now > kept.until || now < kept.since) {
    await db.plain.delete("open");
    return false;
  }
  key = kept.key;
  return true;
}

let touchedAt = 0;

/** The agent is there: stay open. */
export function touch(now = Date.now()): void {
  if (!key || now - touchedAt < 20_000) return;
  touchedAt = now;
  void putPlain("open", { key, since: now - 60_000, until: now + lockAfterMs } satisfies Open);
}

export async function isIdle(now = Date.now()): Promise<boolean> {
  const kept = await getPlain<Open>("open");
  return !kept || now > kept.until;
}

export async function lock(): Promise<void> {
  key = null;
  await db.plain.delete("open");
}

/** First the key, then everything else: what is left of an interrupted wipe opens to nobody. */
export async function wipe(): Promise<void> {
  key = null;
  await db.plain.bulkDelete(["open", "vault"]);
  await db.delete();
  await db.open();
  for (const name of await caches.keys()) if (name.startsWith("basemap")) await caches.delete(name);
  tellOthers("wiped"); // they hold a key of what is no more
}

export async function sealJson(value: unknown): Promise<Sealed> {
  return sealBytes(new TextEncoder().encode(JSON.stringify(value)));
}

export async function openJson<T>(sealed: Sealed): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await openBytes(sealed))) as T;
}

/** Open what can be opened. A row that cannot (of another key, or damaged) keeps back none of the others. */
export async function openEach<R, T>(rows: R[], opener: (row: R) => Promise<T>): Promise<T[]> {
  const tried = await Promise.allSettled(rows.map(opener));
  if (!key) throw new Locked("The copy is locked.");
  return tried.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
}

export async function sealBytes(bytes: BufferSource): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, held(), bytes) };
}

export async function openBytes({ iv, data }: Sealed): Promise<ArrayBuffer> {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: iv as BufferSource }, held(), data);
}

export class Locked extends Error {}

function held(): CryptoKey {
  if (!key) throw new Locked("The copy is locked.");
  return key;
}

async function open(opened: CryptoKey): Promise<void> {
  key = opened;
  const now = Date.now();
  touchedAt = now;
  await putPlain("open", { key, since: now - 60_000, until: now + lockAfterMs } satisfies Open);
}

export function delayS(wrong: number): number {
  return wrong < FREE_TRIES ? 0 : Math.min(MOST_DELAY_S, FIRST_DELAY_S * 2 ** (wrong - FREE_TRIES));
}

async function derive(secret: string, salt: Uint8Array): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: salt as BufferSource, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

async function wrap(fresh: CryptoKey, secret: string): Promise<Wrapped> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { salt, iv, data: await crypto.subtle.wrapKey("raw", fresh, await derive(secret, salt), { name: "AES-GCM", iv }) };
}

async function unwrap(wrapped: Wrapped, secret: string, extractable = false): Promise<CryptoKey | null> {
  const by = await derive(secret, wrapped.salt);
  try {
    const how = { name: "AES-GCM", iv: wrapped.iv as BufferSource };
    return await crypto.subtle.unwrapKey("raw", wrapped.data, by, how, "AES-GCM", extractable, ["encrypt", "decrypt"]);
  } catch {
    return null; // the wrong secret: GCM's tag does not fit
  }
}

async function sealedOff(extractable: CryptoKey): Promise<CryptoKey> {
  const raw = await crypto.subtle.exportKey("raw", extractable);
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}
