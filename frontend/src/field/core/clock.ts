import { uuid7 } from "./ids";

/** What the phone's clocks say, for the server to judge: the wall clock, and milliseconds since a boot of this id. */
export interface Stamp {
  wall: string;
  boot: string;
  mono_ms: number;
  tz: string;
}

// A browser's monotonic clock begins with the page, so that each page is a boot of its own.
const BOOT = uuid7();

export function stamp(): Stamp {
  return {
    wall: isoLocal(new Date()),
    boot: BOOT,
    mono_ms: Math.round(performance.now()),
    tz: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
  };
}

/** `2026-11-23T14:32:05.120+07:00`: the instant with its offset, as the API wants it. */
export function isoLocal(at: Date): string {
  const offset = -at.getTimezoneOffset();
  const two = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, "0");
  const shifted = new Date(at.getTime() + offset * 60_000).toISOString().slice(0, -1);
  return `${shifted}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}

/** The day at a place, `2026-11-23`. */
export function dayAt(zone: string, at = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** The hour at a place, 0-23. */
export function hourAt(zone: string, at = new Date()): number {
  return Number(new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", hourCycle: "h23" }).format(at));
}

/** Days from one day to another (`2026-11-23`), negative where it has passed. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00Z`) - Date.parse(`${from}T00:00Z`)) / 86_400_000);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
