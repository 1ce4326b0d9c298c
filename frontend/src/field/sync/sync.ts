import { getPlain, putPlain } from "../store/database";
import { said, saidEverywhere } from "../store/news";
import { drafts } from "../store/drafts";
import { readCursor } from "../store/orders";
import { countWaiting, forgetSealed } from "../store/outbox";
import { isUnlocked, Locked, wipe } from "../store/vault";
import { freshFix } from "../ui/position";
import { answersSoFar, Lost, Refused, Retired, SignedOut, Wiped } from "./api";
import { Mismatch, pull } from "./pull";
import { greet, push } from "./push";
import { fetchReference, prefetchClues } from "./reference";
import { may, whoAmI } from "./session";
import { uploadAll } from "./uploads";

/**
 * The one thing that talks to the server about what was done and what changed: at the start, when the network is back, on
 * a timer, when the page is shown again, and by hand. One at a time, also over several tabs.
 */

export type Phase = "idle" | "sending" | "fetching" | "photos";
export type Trouble = "offline" | "server" | "refused" | "retired" | "signed_out" | "mismatch" | "fault" | null;

interface Status {
  phase: Phase;
  trouble: Trouble;
  /** When the server was last told and asked everything, epoch ms. */
  done_at: number | null;
  next_at: number | null;
}

/** What the last syncs brought that the agent should hear of once. */
export interface Tidings {
  fresh: number;
  gone: string[];
}

const EVERY_MS = 120_000;
const GREET_EVERY_MS = 10 * 60_000;
const FRESH_MS = 60_000;

const status: Status = { phase: "idle", trouble: null, done_at: null, next_at: null };
let tidings: Tidings = { fresh: 0, gone: [] };
let failures = 0; // in a row, without any answer between them
let answered = 0;
let timer = 0;
let greetedAt = 0;
let onEnd: (why: "lost" | "retired") => void = () => undefined;

export const syncStatus = (): Readonly<Status> => status;

/** What came, told once. */
export function takeTidings(): Tidings | null {
  const told = tidings;
  tidings = { fresh: 0, gone: [] };
  return told.fresh || told.gone.length ? told : null;
}

/** Begin to sync by itself; `ended` is called where the phone had to be wiped. */
export function startSync(ended: typeof onEnd): void {
  onEnd = ended;
  window.addEventListener("online", () => void sync());
  window.addEventListener("offline", () => setStatus({ trouble: "offline" }));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void sync());
  void getPlain<number>("synced_at").then((at) => at && setStatus({ done_at: at }));
}

let running: Promise<void> | null = null;
let isWantedAgain = false;

/** Send and fetch now. Asked while it runs, it runs once more after. */
export function sync(): Promise<void> {
  if (running) {
    isWantedAgain = true;
    return running;
  }
  running = runOnce().finally(() => {
    running = null;
    if (isWantedAgain) {
      isWantedAgain = false;
      void sync();
    }
  });
  return running;
}

async function runOnce(): Promise<void> {
  if (!isUnlocked()) return;
  window.clearTimeout(timer);
  await navigator.locks.request("findgo-sync", async () => {
    try {
      await everything();
      failures = 0;
      setStatus({ phase: "idle", trouble: null, done_at: Date.now(), next_at: null });
      await putPlain("synced_at", status.done_at);
      plan(EVERY_MS);
    } catch (error) {
      await fail(error);
    }
  });
}

/** What was done goes first; only a phone that holds nothing yet is given its orders before. */
async function everything(): Promise<void> {
  const isNew = (await readCursor()) === undefined;
  const phases: (() => Promise<void>)[] = [handIn, fetchReference, sendPhotos, tidy];
  phases.splice(isNew ? 0 : 1, 0, fetchOrders);
  let first: unknown = null;
  for (const phase of phases) {
    try {
      await phase();
    } catch (error) {
      if (!keepsToItself(error)) throw error;
      first ??= error;
    }
  }
  if (first) throw first;
}

/** A phase that failed by itself: the network is there, and the others have nothing to do with it. */
function keepsToItself(error: unknown): boolean {
  if (error instanceof Wiped || error instanceof Retired || error instanceof SignedOut || error instanceof Locked) return false;
  return !(error instanceof Lost) || error.is_answered;
}

async function sendPhotos(): Promise<void> {
  setStatus({ phase: "photos" });
  await uploadAll();
}

async function tidy(): Promise<void> {
  await forgetSealed(whoAmI().rules.offline.sealed_days);
  if (may("write_visits")) await prefetchClues();
}

async function fetchOrders(): Promise<void> {
  if (!may("write_visits")) return;
  setStatus({ phase: "fetching" });
  const { fresh, gone } = await pull();
  tidings = { fresh: tidings.fresh + fresh, gone: [...tidings.gone, ...gone] };
}

async function handIn(): Promise<void> {
  setStatus({ phase: "sending" });
  if (may("write_visits") && Date.now() - greetedAt > GREET_EVERY_MS) {
    await greet(freshFix(FRESH_MS)); // for the board; only while the app is open: a web app cannot more
    greetedAt = Date.now();
  }
  const { commands, is_left } = await push();
  if (commands.includes("wipe")) throw new Retired();
  if (is_left) throw new Lost("the server asked for later", null, true);
}

async function fail(error: unknown): Promise<void> {
  setStatus({ phase: "idle" });
  if (error instanceof Locked) return;
  if (error instanceof Wiped) return end("lost");
  if (error instanceof Retired) return drain();
  if (error instanceof SignedOut) return signedOut();
  const gotThrough = error instanceof Lost && !error.is_answered && answersSoFar() > answered;
  failures = gotThrough ? 1 : failures + 1; // a bad network: try again soon
  answered = answersSoFar();
  if (!(error instanceof Lost || error instanceof Refused)) console.error(error);
  setStatus({ trouble: troubleOf(error) });
  plan(pauseMs(failures, error instanceof Lost ? error.after_s : null));
}

async function signedOut(): Promise<void> {
  setStatus({ trouble: "signed_out", next_at: null });
  await putPlain("signed_out", true);
  saidEverywhere("session");
}

function troubleOf(error: unknown): Trouble {
  if (!navigator.onLine) return "offline";
  if (error instanceof Refused) return "refused";
  if (error instanceof Lost) return "server";
  return error instanceof Mismatch ? "mismatch" : "fault";
}

/** Another phone took this one's place: what is left goes, forms are finished, then everything is deleted. */
async function drain(): Promise<void> {
  try {
    await push();
    await uploadAll();
    const left = await countWaiting();
    if (!left.ops && !left.photos && !(await drafts()).length) return end("retired");
  } catch (error) {
    if (error instanceof Wiped) return end("lost");
  }
  failures += 1;
  setStatus({ trouble: "retired" });
  plan(pauseMs(failures, null));
}

async function end(why: "lost" | "retired"): Promise<void> {
  await wipe();
  saidEverywhere("session");
  onEnd(why);
}

/** A random time up to first · factorⁿ, so that phones that were cut off together do not come back together. */
export function pauseMs(failed: number, afterS: number | null, random = Math.random()): number {
  const { first_s, factor, most_s } = whoAmI().rules.offline.retry;
  const most = Math.min(most_s, first_s * factor ** Math.min(failed - 1, 20));
  return Math.max(random * most, afterS ?? 0) * 1000;
}

function plan(ms: number): void {
  window.clearTimeout(timer);
  setStatus({ next_at: Date.now() + ms });
  timer = window.setTimeout(() => void sync(), ms);
}

function setStatus(change: Partial<Status>): void {
  Object.assign(status, change);
  said("sync");
}
