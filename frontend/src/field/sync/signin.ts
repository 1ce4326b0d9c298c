import type { components } from "../../api";
import { getPlain, putPlain } from "../store/database";
import { beginVault, createVault, opensWith, reopen, takePassword, vaultState, type NewVault, type Unlocking } from "../store/vault";
import { call, callAs, callOpenly, deviceId } from "./api";
import { FIRST_PAGE, foreseeOrders, type FirstPage } from "./pull";
import { keepMe, readSession, signedInAgain, writeSession, type LockRules, type Me, type Session } from "./session";

type SignInOut = components["schemas"]["SignInOut"];

/** The copy on this phone is somebody else's: it has to be sent and deleted before. */
export class OtherPerson extends Error {}

/** Signed in, with nothing of it kept yet. What is needed next is on its way while the agent types a PIN. */
export interface Entry {
  session: Session;
  user: SignInOut["user"];
  password: string;
  me: Promise<Me>;
  vault: NewVault | null; // null: there is a copy on this phone
  /** The password was changed since the copy was made: the PIN opens it once more, and then this password does, too. */
  needs_old_pin: boolean;
}

/** Ask the server. Nothing is kept yet: that needs the PIN. */
export async function enter(username: string, password: string, otp: string): Promise<Entry> {
  const rules = await getPlain<LockRules>("lock_rules");
  const { exists } = await vaultState();
  if (exists && rules && rules.username.toLowerCase() !== username.toLowerCase()) throw new OtherPerson();
  const device = { id: await deviceId(), name: phoneName(), app_version: "web" };
  const body = { username, password, device, ...(otp ? { otp } : {}) };
  const { user, access, refresh } = (await callOpenly("/auth/login/", body)).json as SignInOut;
  const needs_old_pin = exists && !(await opensWith(password));
  const me = callAs(access, "/me/").then(({ json }) => json as Me);
  me.catch(() => undefined); // told when it is waited for
  if (user.verbs.includes("write_visits")) foreseeOrders(callAs(access, FIRST_PAGE).then(({ json }) => json as FirstPage));
  return { session: { username: user.username, access, refresh }, user, password, me, vault: exists ? null : beginVault(password), needs_old_pin };
}

/** Lock a new copy with the PIN, or open the one that is here with the password, and sign in. May be tried again. */
export async function settle(entry: Entry, pin: string): Promise<void> {
  const { exists } = await vaultState();
  if (entry.vault && !exists) await createVault(entry.vault, pin);
  else await reopen(entry.password, pin);
  await keepEntry(entry);
}

/** The copy is open by its old PIN: sign in. */
export async function settleByPin(entry: Entry, pin: string): Promise<Unlocking> {
  const outcome = await takePassword(entry.password, pin);
  if (outcome === "open") await keepEntry(entry);
  return outcome;
}

async function keepEntry(entry: Entry): Promise<void> {
  await writeSession(entry.session);
  await signedInAgain();
  await keepMe(await entry.me.catch(() => call("GET", "/me/").then(({ json }) => json as Me)));
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
