import type { Point } from "./geo";

/** Apps that a point can be handed to. */
export const APPS = ["geo", "google", "waze"] as const;
export type NavigationApp = (typeof APPS)[number];

/** The address that opens an app at a point; `label` is a number of ours, never a person or a debt. */
export function linkTo(app: NavigationApp, { lat, lon }: Point, label: string): string {
  const point = `${lat.toFixed(6)},${lon.toFixed(6)}`;
  if (app === "google") return `https://www.google.com/maps/dir/?api=1&destination=${point}&dir_action=navigate`;
  if (app === "waze") return `https://waze.com/ul?ll=${point}&navigate=yes`;
  return `geo:${point}?q=${point}(${encodeURIComponent(label)})`;
}

export function callLink(phone: string): string {
  return `tel:${phone}`;
}

export function smsLink(phone: string, text: string): string {
  return `sms:${phone}?body=${encodeURIComponent(text)}`;
}

export function whatsappLink(phone: string, text: string): string {
  return `https://wa.me/${phone.replace(/\D/g, "")}?text=${encodeURIComponent(text)}`;
}

/** `+62 812 ••• 274`: enough to tell two numbers apart, not enough to call one. */
export function maskPhone(phone: string): string {
  return phone.length < 8 ? "•••" : `${phone.slice(0, 3)} ${phone.slice(3, 6)} ••• ${phone.slice(-3)}`;
}
