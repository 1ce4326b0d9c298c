import { preferences } from "../store/preferences";
import { zone } from "../sync/session";
import { words } from "../words";

const ZONES: Record<string, string> = { "Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT" };

const locale = () => (preferences().language === "en" ? "en-GB" : "id-ID");

const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function number(digits: number): Intl.NumberFormat {
  const name = `${locale()} ${digits}`;
  const made = formats.get(name) ?? new Intl.NumberFormat(locale(), { maximumFractionDigits: digits, minimumFractionDigits: digits });
  formats.set(name, made);
  return made as Intl.NumberFormat;
}

function dates(how: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = locale() + JSON.stringify(how);
  const made = formats.get(name) ?? new Intl.DateTimeFormat(locale(), how);
  formats.set(name, made);
  return made as Intl.DateTimeFormat;
}

/** `Rp 387.500` */
export function rupiah(amount: number): string {
  return `Rp ${number(0).format(amount)}`;
}

/** `240 m`, `1,3 km`, `12 km` */
export function metres(m: number): string {
  if (m < 995) return `${number(0).format(m < 100 ? Math.round(m) : Math.round(m / 10) * 10)} m`;
  return `${number(m < 9950 ? 1 : 0).format(m / 1000)} km`;
}

/** `Sen 23 Nov` of a day `2026-11-23` */
export function day(iso: string): string {
  return dates({ weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${iso}T00:00Z`)).replace(",", "");
}

/** `12 Nov 2021` */
export function longDay(iso: string): string {
  return dates({ day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(`${iso}T00:00Z`));
}

/** `14.32` at the witel */
export function clock(at: number | Date): string {
  return dates({ hour: "2-digit", minute: "2-digit", timeZone: zone() }).format(at);
}

/** `Sen 23 Nov, 14.32 WIB` at the witel */
export function moment(at: number | Date): string {
  const date = dates({ weekday: "short", day: "numeric", month: "short", timeZone: zone() }).format(at).replace(",", "");
  return `${date}, ${clock(at)} ${ZONES[zone()] ?? ""}`.trim();
}

/** `Okt 2026` of a period `202610` */
export function period(value: number): string {
  const at = new Date(Date.UTC(Math.floor(value / 100), (value % 100) - 1, 1));
  return dates({ month: "short", year: "numeric", timeZone: "UTC" }).format(at);
}

/** `62 %` */
export function percent(share: number): string {
  return `${number(0).format(share * 100)} %`;
}

/** `3 dtk`, `5 mnt`, `2 jam`, `3 hari`: how old something is. */
export function age(ms: number): string {
  const { units } = words();
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} ${units.second}`;
  if (s < 3600) return `${Math.floor(s / 60)} ${units.minute}`;
  if (s < 86_400) return `${Math.floor(s / 3600)} ${units.hour}`;
  return `${Math.floor(s / 86_400)} ${units.day}`;
}

/** `1,2 MB` */
export function megabytes(bytes: number): string {
  return `${number(1).format(bytes / 1_000_000)} MB`;
}
