import type { Item } from "../store/outbox";
import { dayAt } from "./clock";
import type { Disposition } from "./form";

/** The agent's own figures of a day. */
export interface Figures {
  visits: number;
  met: number;
  not_found: number;
  rescued: number;
  promised: number; // rupiah
  pins: number;
  corrected: number;
  /** Of the visits that were attempts, the share in which the house was found. */
  found_share: number | null;
}

export function figuresOf(items: Item[], day: string, zone: string, dispositionOf: (code: string) => Disposition | undefined): Figures {
  const todays = items.filter((item) => isOf(item, day, zone));
  const visits = todays.filter(({ action }) => action.type === "visit.create");
  const results = visits.map(({ action }) => dispositionOf(String(action.body.disposition)));
  const attempts = results.filter((result) => result?.is_attempt).length;
  const not_found = results.filter((result) => result?.group === "ATK").length;
  const pins = todays.filter(({ action }) => action.type === "pin.create");
  return {
    visits: visits.length,
    met: results.filter((result) => result?.is_right_party).length,
    not_found,
    rescued: visits.filter(({ action }) => action.body.is_found_after_rescue === true).length,
    promised: visits.reduce((sum, { action }) => sum + (action.body.promised_on ? Number(action.body.amount ?? 0) : 0), 0),
    pins: pins.length,
    corrected: pins.filter(isAccepted).length,
    found_share: attempts ? (attempts - not_found) / attempts : null,
  };
}

export function isOf(item: Item, day: string, zone: string): boolean {
  return dayAt(zone, new Date(item.made_at)) === day;
}

/** A pin that the server took as the house's point at once. */
function isAccepted({ answer }: Item): boolean {
  const said = answer?.result.correction as string | { state?: string } | null | undefined;
  return (typeof said === "string" ? said : said?.state) === "AUTO_ACCEPTED";
}

/** What an agent reads about: looks at numbers are sent, too, but tell nothing. */
export const isTold = ({ action }: Item) => action.type !== "phone.view";
