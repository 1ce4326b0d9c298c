import type { components } from "../../api";
import { getPlain, putPlain } from "../store/database";
import { createVault, opensWith, reopen, vaultState } from "../store/vault";
import { call, callAs, callOpenly, deviceId } from "./api";
import { keepMe, readSession, signedInAgain, writeSession, type LockRules, type Me, type Session } from "./session";

type SignInOut = components["schemas"]["SignInOut"];

/** The copy on this phone is somebody else's: it has to be sent and deleted before. */
export class OtherPerson extends Error {
  constructor(readonly username: string) {
    super(username);
  }
}

/** The password was changed since the copy was made, so that it opens nothing here. */
export class CopyUnreadable extends Error {}

/** Signed in, with nothing of it kept yet. */
export interface Entry {
  session: Session;
  password: string;
  me: Me;
}

/** Ask the server. Nothing is kept yet: that needs the PIN. */
export async function enter(username: string, password: string, otp: string): Promise<Entry> {
  const rules = await getPlain<LockRules>("lock_rules");
  const { exists } = await vaultState();
  if (exists && rules && rules.username.toLowerCase() !== username.toLowerCase()) throw new OtherPerson(rules.username);
  const device = { id: await deviceId(), name: phoneName(), app_version: "web" };
  const body = { username, password, device, ...(otp ? { otp } : {}) };
  const said = (await callOpenly("/auth/login/", body)).json as SignInOut;
  if (exists && !(await opensWith(password))) throw new CopyUnreadable();
  const me = (await callAs(said.access, "/me/")).json as Me;
  return { session: { username: said.user.username, access: said.access, refresh: said.refresh }, password, me };
}

/** Lock a new copy with the PIN, or open the one that is here with the password, and sign in. */
export async function settle({ session, password, me }: Entry, pin: string): Promise<void> {
  const { exists } = await vaultState();
  if (!exists) await createVault(password, pin);
  else if (!(await reopen(password, pin))) throw new CopyUnreadable();
  await writeSession(session);
  await signedInAgain();
  await keepMe(me);
  await putPlain("contact", Date.now());
}

/** End the sign-in at the server, as well as that can be reached. */
export async function leave(): Promise<void> {
  if (await readSession()) await call("POST", "/auth/logout/");
}

/** What a supervisor sees in the list of phones. */
function phoneName(): string {
  const brands = (navigator as { userAgentData?: { platform?: string } }).userAgentData?.platform;
  const model = /;\s*([^;)]+?)\s+Build\//.exec(navigator.userAgent)?.[1];
  return [model ?? brands ?? navigator.platform, "web"].filter(Boolean).join(" · ").slice(0, 120);
}
