import type { components } from "../../api";
import { db, getPlain, putPlain } from "../store/database";
import { getKeep, putKeep } from "../store/keeps";
import { saidEverywhere } from "../store/news";
import { Locked, setLockRules } from "../store/vault";

export type Me = components["schemas"]["MeOut"];
export type Rules = Me["rules"];

export interface Session {
  username: string;
  access: string;
  refresh: string;
}

let me: Me | null = null;

/** Who is signed in, and their rules; raises Locked where the copy has been closed, as for anything else of it. */
export function whoAmI(): Me {
  if (!me) throw new Locked("Nobody is signed in.");
  return me;
}

export const may = (verb: Me["verbs"][number]) => !!me?.verbs.includes(verb);
/** The zone of the witel, for days and times; of the phone where somebody works in several. */
export const zone = () => me?.witel?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

export const readSession = () => getKeep<Session>("session");
export const writeSession = (session: Session) => putKeep("session", session);

export async function loadMe(): Promise<boolean> {
  me = (await getKeep<Me>("me")) ?? null;
  return me !== null;
}

export async function keepMe(fresh: Me): Promise<void> {
  me = fresh;
  const { lease_hours, lock_minutes, pin_min_length, wipe_after_wrong_pins } = fresh.rules.offline;
  // What has to be known while the copy is locked.
  await putPlain("lock_rules", { lease_hours, lock_minutes, pin_min_length, wipe_after_wrong_pins, username: fresh.username });
  await putKeep("me", fresh);
  await applyLockRules();
  saidEverywhere("session");
}

export interface LockRules {
  lease_hours: number;
  lock_minutes: number;
  pin_min_length: number;
  wipe_after_wrong_pins: number;
  username: string;
}

export async function applyLockRules(): Promise<LockRules | undefined> {
  const rules = await getPlain<LockRules>("lock_rules");
  if (rules) setLockRules(rules.lock_minutes, rules.wipe_after_wrong_pins);
  return rules;
}

const CLOCK_BACK_MS = 3_600_000; // a clock that was set back does not make the lease longer

/** Too long without a word from the server: the copy opens only with a sign-in. */
export async function isLeaseOver(now = Date.now()): Promise<boolean> {
  const rules = await getPlain<LockRules>("lock_rules");
  const contact = await getPlain<number>("contact");
  if (!rules || contact === undefined) return false;
  return now - contact > rules.lease_hours * 3_600_000 || now < contact - CLOCK_BACK_MS;
}

export async function isSignedOut(): Promise<boolean> {
  return (await getPlain<boolean>("signed_out")) ?? false;
}

export async function signedInAgain(): Promise<void> {
  await db.plain.delete("signed_out");
  saidEverywhere("session");
}

export function forgetMe(): void {
  me = null;
}
