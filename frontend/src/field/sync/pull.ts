import type { components } from "../../api";
import { dropCursor, heldState, readCursor, takeChanges, type Change, type Taken } from "../store/orders";
import { takeNews, unseal } from "../store/outbox";
import { getJson, Refused } from "./api";

type PullOut = components["schemas"]["PullOut"];
type SnapshotOut = components["schemas"]["SnapshotOut"];

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
    if ((resyncs += 1) > RESYNCS) throw new Error("The phone holds something else than the server thinks.");
    await dropCursor();
  }
}

/** Everything anew, page by page; what changes meanwhile comes with the pull that follows, from the first page's cursor. */
async function fetchAll(): Promise<[Taken, string]> {
  const items: Change[] = [];
  let first: SnapshotOut | null = null;
  for (let next: string | null = ""; next !== null; ) {
    const path: string = next ? `/sync/snapshot/?cursor=${encodeURIComponent(next)}` : "/sync/snapshot/";
    const page: SnapshotOut = await getJson<SnapshotOut>(path);
    first ??= page;
    items.push(...page.items);
    next = page.next;
  }
  return [await takeChanges(items, first!.cursor, true), first!.server_time];
}
