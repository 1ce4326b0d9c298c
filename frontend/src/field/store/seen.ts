import type { components } from "../../api";
import { dayAt } from "../core/clock";
import { getKeep, putKeep } from "./keeps";

export type CustomerRow = components["schemas"]["CustomerRow"];

const MOST = 30;

/** Houses that a technician opened today, for where there is no signal; yesterday's are forgotten. */
export async function seenToday(zone: string): Promise<CustomerRow[]> {
  const kept = await getKeep<{ day: string; rows: CustomerRow[] }>("seen");
  return kept?.day === dayAt(zone) ? kept.rows : [];
}

export async function noteSeen(row: CustomerRow, zone: string): Promise<void> {
  const rows = [row, ...(await seenToday(zone)).filter((each) => each.id !== row.id)].slice(0, MOST);
  await putKeep("seen", { day: dayAt(zone), rows });
}
