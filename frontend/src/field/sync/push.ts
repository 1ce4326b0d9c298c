import type { components } from "../../api";
import { stamp } from "../core/clock";
import type { Fix } from "../core/geo";
import { uuid7 } from "../core/ids";
import type { OpState } from "../store/database";
import { saidEverywhere } from "../store/news";
import { answer, fixOut, stateOf, waiting, type Item } from "../store/outbox";
import { call, deviceId, Lost, Refused } from "./api";
import { whoAmI } from "./session";

type PushOut = components["schemas"]["PushOut"];

const SCHEMA = 1;
const ENVELOPE_BYTES = 2000;

/** Send what waits, in its order. One result for each; what says `retry` waits on. True where the server wants more. */
export async function push(): Promise<{ commands: string[]; is_left: boolean }> {
  const all = await waiting();
  const rules = whoAmI().rules.offline;
  let commands: string[] = [];
  let is_left = false;
  for (const some of batches(all.filter((item) => !item.action.direct), rules.push_most_operations, rules.push_most_bytes)) {
    for (const said of await sendOrSplit(some)) {
      commands = said.commands;
      is_left ||= said.results.some((result) => result.status === "retry");
    }
    saidEverywhere("outbox");
  }
  for (const item of all.filter(({ action }) => action.direct)) is_left = !(await sendDirectly(item)) || is_left;
  return { commands, is_left };
}

/**
 * Tell the clocks, so that each visit of this page has its time, and where the phone is, if it knows. A position is no
 * item of the outbox: the last one counts, and one that could not be sent is none any more.
 */
export async function greet(fix: Fix | null): Promise<void> {
  const report = { op: uuid7(), seq: 0, type: "position.report", entity: uuid7(), at: stamp(), fix: fix && fixOut(fix), body: {} };
  await exchange(fix ? [report] : []);
}

const UNREADABLE = new Set([400, 413, 415, 422]);

/** Where a push is refused as a whole, the one operation that spoils it is found by halving and put aside; the rest goes. */
async function sendOrSplit(some: Item[]): Promise<PushOut[]> {
  try {
    return [await send(some)];
  } catch (error) {
    if (!(error instanceof Refused && UNREADABLE.has(error.status))) throw error;
    await exchange([]); // refused as well? Then it is the envelope, and no operation's fault
    if (some.length === 1) {
      await answer(some[0]!.op, "refused", { code: error.code, message: error.message, result: {} }, Date.now());
      return [];
    }
    const half = Math.ceil(some.length / 2);
    return [...(await sendOrSplit(some.slice(0, half))), ...(await sendOrSplit(some.slice(half)))];
  }
}

async function send(some: Item[]): Promise<PushOut> {
  const said = await exchange(some.map(opOf));
  const at = Date.parse(said.server_time);
  for (const [index, { status, code, message, result }] of said.results.entries()) {
    if (status === "retry") continue;
    const was = status === "duplicate" ? String(result.was ?? "applied") : status;
    await answer(some[index]!.op, stateOf(was), { code, message, result }, at);
  }
  return said;
}

async function exchange(ops: unknown[]): Promise<PushOut> {
  const body = { schema: SCHEMA, device: await deviceId(), batch: uuid7(), sent: stamp(), ops };
  return (await call("POST", "/sync/push/", { body })).json as PushOut;
}

/** Not of the sync protocol: what has an address of its own, safe to repeat since its id is ours. False: later. */
async function sendDirectly(item: Item): Promise<boolean> {
  const { method, path } = item.action.direct!;
  let state: OpState = "applied";
  let said = { code: "", message: "", result: {} as Record<string, unknown> };
  try {
    const { json } = await call(method, path, { body: item.action.body });
    said.result = (json ?? {}) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof Lost && error.is_answered) return false;
    if (!(error instanceof Refused)) throw error;
    state = "refused";
    said = { code: error.code, message: error.message, result: {} };
  }
  await answer(item.op, state, said, Date.now());
  saidEverywhere("outbox");
  return true;
}

export function opOf({ op, seq, action }: Item) {
  const { type, entity, base, at, fix, body } = action;
  return { op, seq, type, entity, base: base ?? null, after: [], at, fix, body };
}

/** As many together as one push takes, by number and by size. */
export function* batches(items: Item[], most: number, mostBytes: number): Generator<Item[]> {
  const encoder = new TextEncoder();
  let some: Item[] = [];
  let size = ENVELOPE_BYTES;
  for (const item of items) {
    const more = encoder.encode(JSON.stringify(opOf(item))).length + 2;
    if (some.length && (some.length === most || size + more > mostBytes)) {
      yield some;
      [some, size] = [[], ENVELOPE_BYTES];
    }
    some.push(item);
    size += more;
  }
  if (some.length) yield some;
}
