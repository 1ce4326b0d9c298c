import type { components } from "../../api";
import { dropCursor, heldState, orders, readCursor, takeChanges, type OperationNews, type Taken } from "../store/orders";
import { takeNews, unseal } from "../store/outbox";
import { getJson, Refused } from "./api";

type PullOut = components["schemas"]["PullOut"];
type SnapshotOut = components["schemas"]["SnapshotOut"];

/** Asked for at sign-in, so that it comes while the agent chooses a PIN. */
export type FirstPage = SnapshotOut;
export const FIRST_PAGE = "/sync/snapshot/";
let foreseen: Promise<FirstPage> | null = null;

export function foreseeOrders(page: Promise<FirstPage>): void {
  page.catch(() => undefined); // it is asked for once more
  foreseen = page;
}

/** The phone holds something else than the server thinks, also after fetching all anew. */
export class Mismatch extends Error {}

const RESYNCS = 3; // in a row; then the difference is told and tried again at the next sync

/** Follow the feed to its end; fetch all anew where the server says so, or where we hold something else than it thinks. */
export async function pull(): Promise<Taken> {
  const sum: Taken = { fresh: 0, gone: [], operations: [] };
  const add = async (taken: Taken, serverTime: string) => {
    sum.fresh += taken.fresh;
    sum.gone.push(...taken.gone);
    await takeNews(taken.operations, Date.parse(serverTime));
  };
  for (let resyncs = 0; ; ) {
    const cursor = await readCursor();
    if (cursor === undefined) {
      await add(...(await fetchAll()));
      continue;
    }
    let page: PullOut;
    try {
      page = await getJson<PullOut>(`/sync/pull/?cursor=${encodeURIComponent(cursor)}`);
    } catch (error) {
      if (!(error instanceof Refused && error.code === "resync")) throw error;
      await unseal(); // another past: a restored backup may lack what it had answered for
      await dropCursor();
      continue;
    }
    await add(await takeChanges(page.changes, page.cursor), page.server_time);
    if (page.more) continue;
    const held = await heldState();
    if (held.count === page.scope.count && held.hash === page.scope.hash) return sum;
    if ((resyncs += 1) > RESYNCS) throw new Mismatch();
    await dropCursor();
  }
}

/**
 * Everything anew, page by page, each shown as it comes; what changes meanwhile comes with the pull that follows, from the
 * first page's cursor. That is kept last: a phone that was cut off before begins once more.
 */
async function fetchAll(): Promise<[Taken, string]> {
  const before = new Map(orders.all().map((order) => [order.id, order.number]));
  const operations: OperationNews[] = [];
  let first: SnapshotOut | null = null;
  for (let next: string | null = ""; next !== null; ) {
    const page: SnapshotOut = next ? await getJson<SnapshotOut>(`${FIRST_PAGE}?cursor=${encodeURIComponent(next)}`) : await firstPage();
    const isFirst = first === null;
    first ??= page;
    next = page.next;
    operations.push(...(await takeChanges(page.items, next === null ? first.cursor : null, isFirst)).operations);
  }
  const fresh = orders.all().filter((order) => !before.delete(order.id)).length;
  return [{ fresh, gone: [...before.values()], operations }, first!.server_time];
}

async function firstPage(): Promise<FirstPage> {
  const asked = foreseen;
  foreseen = null;
  return (await asked?.catch(() => null)) ?? getJson<FirstPage>(FIRST_PAGE);
}
