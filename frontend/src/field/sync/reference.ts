import type { components } from "../../api";
import type { Disposition } from "../core/form";
import { getKeep, putKeep } from "../store/keeps";
import { orders, type Order } from "../store/orders";
import { getJson, Refused } from "./api";
import { keepMe, may, type Me } from "./session";

export type StepKind = components["schemas"]["KindOut"];
export type Clues = components["schemas"]["CluesOut"];

/** What forms are made of: results of a visit, and the rescue steps. */
interface Reference {
  dispositions: Disposition[];
  steps: StepKind[];
}

let reference: Reference = { dispositions: [], steps: [] };

export const dispositions = () => reference.dispositions.filter((row) => row.is_active);
export const dispositionOf = (code: string) => reference.dispositions.find((row) => row.code === code);
export const stepKinds = () => reference.steps.filter((row) => row.is_active);
export const requiredSteps = () => stepKinds().filter((row) => row.is_required).map((row) => row.code);

export async function loadReference(): Promise<void> {
  reference = (await getKeep<Reference>("reference")) ?? reference;
}

const FRESH_MS = 6 * 3_600_000;
let fetchedAt = 0;

/** Rules, results and steps: at the first sync of a page, and some times a day. */
export async function fetchReference(now = Date.now()): Promise<void> {
  if (now - fetchedAt < FRESH_MS) return;
  await keepMe(await getJson<Me>("/me/"));
  if (may("write_visits")) {
    const [dispositions, steps] = await Promise.all([
      getJson<Disposition[]>("/dispositions/"),
      getJson<StepKind[]>("/rescue-steps/"),
    ]);
    reference = { dispositions, steps };
    await putKeep("reference", reference);
  }
  fetchedAt = now;
}

const PREFETCHED_MOST = 40;

/** Clues of houses that will be hard to find, while there is a network: they are wanted where there is none. */
export async function prefetchClues(): Promise<void> {
  const hard = orders.all().filter((order) => order.advice !== "GO" || order.grade > "B" || !order.grade);
  for (const order of hard.sort((a, b) => b.priority - a.priority).slice(0, PREFETCHED_MOST)) {
    const kept = await getKeep<KeptClues>(nameOf(order));
    if (kept?.version !== order.version) await fetchClues(order).catch(unlessRefused);
  }
}

/** An order that was taken away meanwhile has no clues, and that keeps nothing else back. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof Refused)) throw error;
}

interface KeptClues {
  version: number;
  clues: Clues;
}

const nameOf = (order: Order) => `clues:order:${order.id}`;

export async function fetchClues(order: Order): Promise<Clues> {
  const clues = await getJson<Clues>(`/workorders/${order.id}/clues/`);
  await putKeep(nameOf(order), { version: order.version, clues } satisfies KeptClues);
  return clues;
}

export async function keptClues(order: Order): Promise<Clues | null> {
  return (await getKeep<KeptClues>(nameOf(order)))?.clues ?? null;
}
