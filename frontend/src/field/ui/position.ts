import { distanceM, type Fix } from "../core/geo";
import { said } from "../store/news";

/**
 * Where the phone is. Measured only while the page is shown: a web app is not let to do more, and the battery thanks.
 * A browser does not say whether a position is faked either; the server judges by physics.
 */

export type Permission = "asking" | "granted" | "denied" | "unavailable";

let fix: Fix | null = null;
let permission: Permission = "asking";
let heading: number | null = null;
let watch: number | null = null;

export const position = () => fix;
export const positionPermission = () => permission;
/** Degrees clockwise from north in which the phone points or walks; null where nothing tells. */
export const phoneHeading = () => heading;

export function freshFix(mostAgeMs: number, now = Date.now()): Fix | null {
  return fix && now - fix.at <= mostAgeMs ? fix : null;
}

export function startPosition(): void {
  if (!("geolocation" in navigator)) {
    permission = "unavailable";
    return;
  }
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? begin() : end()));
  begin();
}

function begin(): void {
  if (watch !== null) return;
  const how: PositionOptions = { enableHighAccuracy: true, maximumAge: 5_000, timeout: 60_000 };
  watch = navigator.geolocation.watchPosition(take, refuse, how);
}

function end(): void {
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  watch = null;
}

/** Ask once more, after a person has changed the phone's settings. */
export function askAgain(): void {
  end();
  permission = "asking";
  begin();
  said("position");
}

function take({ coords, timestamp }: GeolocationPosition): void {
  const before = fix;
  fix = { lat: coords.latitude, lon: coords.longitude, accuracy_m: coords.accuracy, at: timestamp };
  permission = "granted";
  const speed = coords.speed ?? 0;
  if (coords.heading !== null && !Number.isNaN(coords.heading) && speed > 0.7) heading = coords.heading;
  if (!before || distanceM(before, fix) > 1 || Math.abs(before.accuracy_m - fix.accuracy_m) > 1 || fix.at - before.at > 4000) {
    said("position");
  }
}

function refuse(error: GeolocationPositionError): void {
  if (error.code === error.PERMISSION_DENIED) permission = "denied";
  else if (!fix) permission = "unavailable";
  said("position");
}

type Oriented = DeviceOrientationEvent & { webkitCompassHeading?: number };

/** Let the compass turn the arrow, while a screen needs it; returns how to stop. */
export function useCompass(): () => void {
  const turn = (event: Oriented) => {
    const degrees = event.webkitCompassHeading ?? (event.absolute && event.alpha !== null ? 360 - event.alpha : null);
    if (degrees === null) return;
    const turned = (degrees + (screen.orientation?.angle ?? 0)) % 360;
    if (heading !== null && Math.abs(turned - heading) < 2) return;
    heading = turned;
    said("position");
  };
  const name = "ondeviceorientationabsolute" in window ? "deviceorientationabsolute" : "deviceorientation";
  window.addEventListener(name, turn as EventListener);
  return () => {
    window.removeEventListener(name, turn as EventListener);
    heading = null;
  };
}
