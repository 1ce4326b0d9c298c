import type { components } from "../../api";
import { addDays } from "./clock";
import type { Fix } from "./geo";

export type Disposition = components["schemas"]["DispositionOut"];
export type Outcome = "NOT_FOUND" | "FOUND" | "NOT_POSSIBLE";

/** A rescue step that was taken: one tap. */
export interface Step {
  id: string;
  kind: string;
  outcome: Outcome;
  done_at: string;
}

/** A visit while it is being written. It lies in the store from the first tap, so that a killed browser loses nothing. */
export interface Draft {
  visit: string;
  order: number;
  customer: number;
  /** Kept so that it can be finished though the order is taken away meanwhile. */
  number: string;
  name: string;
  started_at: string;
  arrived_at?: string;
  arrived?: Fix;
  override_reason?: string;
  group?: string;
  code?: string;
  fields: Record<string, string>;
  note: string;
  photos: string[];
  steps: Step[];
  trail: Fix[];
  trailBegan?: number;
  isAtHouse?: boolean;
  /** A pin was set while this visit was written. */
  isPinned?: boolean;
}

export const FIELDS = {
  amount: { kind: "money" },
  promised_on: { kind: "day", from: 0, until: 31 },
  next_on: { kind: "day", from: 1, until: 62 },
  returns_on: { kind: "day", from: 1, until: 366 },
  reason: { kind: "text", most: 400 },
  receipt: { kind: "text", most: 400 },
  proof: { kind: "text", most: 400 },
  relation: { kind: "choice", most: 40 },
  best_time: { kind: "choice", most: 100 },
  new_address: { kind: "text", most: 500 },
  asked: { kind: "choice", most: 400 },
} as const;
export type FieldName = keyof typeof FIELDS;
export type Lack = FieldName | "note" | "code" | "rescue" | "amount_wrong" | `${"promised_on" | "next_on" | "returns_on"}_past`;

export function groupsOf(dispositions: Disposition[]): string[] {
  return [...new Set(dispositions.filter((row) => row.is_active).map((row) => row.group))];
}

/** Fields that a result needs, in the order of the form; its note is always there. */
export function fieldsOf(disposition: Disposition): FieldName[] {
  return (Object.keys(FIELDS) as FieldName[]).filter((name) => disposition.requires.includes(name));
}

export function isAddressNotFound(disposition: Disposition): boolean {
  return disposition.group === "ATK";
}

/** Required rescue steps that were not taken yet. */
export function missingSteps(required: string[], steps: Step[]): string[] {
  return required.filter((kind) => !steps.some((step) => step.kind === kind));
}

/** What is missing or wrong; empty where it can be sent. */
export function lacks(draft: Draft, disposition: Disposition | undefined, requiredSteps: string[], today: string): Lack[] {
  if (!disposition) return ["code"];
  const found: Lack[] = [];
  for (const name of fieldsOf(disposition)) {
    const value = (draft.fields[name] ?? "").trim();
    if (!value) found.push(name);
    else if (name === "amount" && !(Number.isInteger(Number(value)) && Number(value) > 0)) found.push("amount_wrong");
    else if ((name === "promised_on" || name === "next_on" || name === "returns_on") && value < today) found.push(`${name}_past`);
  }
  if (disposition.requires.includes("note") && !draft.note.trim()) found.push("note");
  if (isAddressNotFound(disposition) && missingSteps(requiredSteps, draft.steps).length) found.push("rescue");
  return found;
}

/** Days that are offered as one tap. */
export function offeredDays(today: string): string[] {
  return [1, 3, 7].map((days) => addDays(today, days));
}

/** A photo of a visit as the visit declares it. */
export interface DeclaredPhoto {
  id: string;
  sha256: string;
  size: number;
  kind: string;
  taken_at: string;
}

const fixOut = ({ lat, lon, accuracy_m }: Fix) => ({ lat, lon, accuracy_m });

/** The body of `visit.create`. Only what the result needs goes, so that a field of a result left again is not sent. */
export function visitBody(
  draft: Draft,
  disposition: Disposition,
  photos: DeclaredPhoto[],
  fix: Fix | null,
  foundAfterRescue: boolean,
): Record<string, unknown> {
  const body: Record<string, unknown> = {
    order: draft.order,
    disposition: disposition.code,
    started_at: draft.started_at,
    is_found_after_rescue: foundAfterRescue,
  };
  for (const name of fieldsOf(disposition)) {
    const value = draft.fields[name]!.trim();
    body[name] = name === "amount" ? Number(value) : value;
  }
  if (draft.note.trim()) body.note = draft.note.trim();
  if (draft.arrived_at) body.arrived_at = draft.arrived_at;
  if (draft.arrived) body.arrived = fixOut(draft.arrived);
  if (draft.override_reason) body.override_reason = draft.override_reason;
  if (draft.isAtHouse !== undefined) body.is_at_house = draft.isAtHouse;
  if (fix) body.fix = fixOut(fix);
  if (draft.steps.length) body.rescue = draft.steps;
  if (draft.trail.length > 1) {
    const seconds = Math.round((draft.trail.at(-1)!.at - draft.trail[0]!.at) / 1000);
    body.trail = { points: draft.trail.map(fixOut), seconds: Math.min(seconds, 86_400) };
  }
  if (photos.length) body.photos = photos;
  return body;
}

/** The house was found though steps had been taken to find it. */
export function isFoundAfterRescue(draft: Draft, disposition: Disposition): boolean {
  return draft.steps.length > 0 && disposition.verdict === "+";
}

export const TRAIL_MOST = 500; // points that a visit takes
const TRAIL_STEP_M = 4;

/** The trail with one more position; every second point goes where it would grow beyond what a visit takes. */
export function withTrailPoint(trail: Fix[], fix: Fix, distance: (a: Fix, b: Fix) => number): Fix[] {
  const last = trail.at(-1);
  if (fix.accuracy_m > 50 || (last && distance(last, fix) < TRAIL_STEP_M)) return trail;
  const kept = trail.length < TRAIL_MOST ? trail : trail.filter((_point, index) => index % 2 === 0);
  return [...kept, fix];
}
