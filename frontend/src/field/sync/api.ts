import type { components } from "../../api";
import { uuid7 } from "../core/ids";
import { getPlain, putPlain } from "../store/database";
import { readSession, writeSession, type Session } from "./session";

/** No answer, or one that says: later. Nothing is known of what was asked. */
export class Lost extends Error {
  /** `is_answered`: the server is there, and this one thing did not go. */
  constructor(what: string, readonly after_s: number | null = null, readonly is_answered = false) {
    super(what);
  }
}

/** An answer that refuses, with its word code. */
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly details: Record<string, unknown> = {}) {
    super(message);
  }
}

/** The sign-in has ended; what is on the phone stays until somebody signs in again. */
export class SignedOut extends Error {}
/** The phone was reported lost: delete the key, then everything. */
export class Wiped extends Error {}
/** Another phone took its place: hand in what is left, then wipe. */
export class Retired extends Error {}

let answers = 0;

/** Answers that have come on this page: where it grows, the network is bad and not gone. */
export const answersSoFar = () => answers;

const AGAIN = new Set([408, 425, 429, 502, 503, 504]);
const TIMEOUT_MS = 30_000;
const RENEWALS = 3;

export interface Answered {
  status: number;
  headers: Headers;
  json: unknown;
}

export interface Asking {
  body?: unknown;
  bytes?: ArrayBuffer;
  headers?: Record<string, string>;
  timeout_ms?: number;
}

/** One question with our token, which is renewed where it has ended. Raises Lost, SignedOut, Wiped, Retired, Refused. */
export async function call(method: string, path: string, asking: Asking = {}): Promise<Answered> {
  for (let tries = 0; tries < RENEWALS; tries += 1) {
    const session = await readSession();
    if (!session) throw new SignedOut();
    const answered = await ask(method, path, asking, session.access);
    if (answered.status !== 401) return accept(answered);
    obey(answered);
    await renew(session);
  }
  throw new Lost(`${method} ${path}: 401`);
}

export async function getJson<T>(path: string): Promise<T> {
  return (await call("GET", path)).json as T;
}

/** Without a token: sign-in and renewal. */
export async function callOpenly(path: string, body: unknown): Promise<Answered> {
  return accept(await ask("POST", path, { body }, null));
}

/** With a token that is not kept yet. */
export async function callAs(access: string, path: string): Promise<Answered> {
  return accept(await ask("GET", path, {}, access));
}

/** The next tokens. One tab asks at a time; the same question again gets the same answer for ten minutes. */
async function renew(old: Session): Promise<void> {
  await navigator.locks.request("findgo-session", async () => {
    const now = await readSession();
    if (!now || now.access !== old.access) return;
    const body = { refresh: now.refresh, device: await deviceId() };
    const answered = await ask("POST", "/auth/refresh/", { body }, null);
    if (answered.status === 401 || answered.status === 403) {
      obey(answered);
      throw new SignedOut();
    }
    const pair = accept(answered).json as components["schemas"]["PairOut"];
    await writeSession({ ...now, access: pair.access, refresh: pair.refresh });
  });
}

async function ask(method: string, path: string, asking: Asking, access: string | null): Promise<Answered> {
  const headers: Record<string, string> = { ...asking.headers };
  if (access) headers.Authorization = `Bearer ${access}`;
  let body: BodyInit | null = asking.bytes ?? null;
  if (asking.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(asking.body);
  }
  const what = `${method} ${path}`;
  let answer: Response;
  try {
    const signal = AbortSignal.timeout(asking.timeout_ms ?? TIMEOUT_MS);
    answer = await fetch(`/api/v1${path}`, { method, headers, body, signal, cache: "no-store", credentials: "omit" });
  } catch {
    throw new Lost(what);
  }
  const wait = Number(answer.headers.get("Retry-After")) || null;
  if (AGAIN.has(answer.status) || answer.status >= 500) throw new Lost(`${what}: ${answer.status}`, wait, true);
  let text: string;
  try {
    text = await answer.text();
  } catch {
    throw new Lost(what); // cut off in the middle
  }
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  // A portal of a hotel or a mall answers 200 with its own page: that is no answer of ours.
  if (text && !isJson) throw new Lost(`${what}: no JSON`);
  if (answer.status < 400) answers += 1;
  if (answer.status < 400) void putPlain("contact", Date.now()); // who is refused has no lease
  return { status: answer.status, headers: answer.headers, json: text ? JSON.parse(text) : null };
}

function accept(answered: Answered): Answered {
  if (answered.status < 400) return answered;
  obey(answered);
  const problem = answered.json as components["schemas"]["ProblemOut"] | null; // a HEAD has no body
  throw new Refused(answered.status, problem?.code ?? "", problem?.message ?? "", problem?.details ?? {});
}

function obey(answered: Answered): void {
  const code = (answered.json as { code?: string } | null)?.code;
  if (code === "device_lost") throw new Wiped();
  if (code === "device_retired") throw new Retired();
}

/** The phone's own id, made once and kept until it is wiped. */
export async function deviceId(): Promise<string> {
  const kept = await getPlain<string>("device");
  if (kept) return kept;
  const made = uuid7();
  await putPlain("device", made);
  return made;
}
