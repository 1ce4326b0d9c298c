import { may } from "./sync/session";
import { isUnlocked } from "./store/vault";
import type { Show } from "./ui/screen";
import { showScreen } from "./ui/shell";
import { show as arrive } from "./screens/arrive";
import { show as day } from "./screens/day";
import { show as house } from "./screens/house";
import { show as locate } from "./screens/locate";
import { show as map } from "./screens/map";
import { meScreen } from "./screens/me";
import { show as order } from "./screens/order";
import { show as orders } from "./screens/orders";
import { show as rescue } from "./screens/rescue";
import { show as result } from "./screens/result";

/** Where an address leads: `#/order/12/result`. The first screen of a role is where an unknown address leads to. */
const SCREENS: [RegExp, Show][] = [
  [/^\/orders$/, orders],
  [/^\/order\/(\d+)$/, order],
  [/^\/order\/(\d+)\/arrive$/, arrive],
  [/^\/order\/(\d+)\/rescue$/, rescue],
  [/^\/order\/(\d+)\/result$/, result],
  [/^\/map(?:\/(\d+))?$/, map],
  [/^\/day$/, day],
  [/^\/locate$/, locate],
  [/^\/house\/(\d+)$/, house],
];

let relock: () => Promise<void> = async () => undefined;

export function enter(lockAgain: typeof relock): void {
  relock = lockAgain;
}

export function startRouter(): void {
  window.addEventListener("hashchange", () => void route());
}

let turn = 0;

export async function route(): Promise<void> {
  if (!isUnlocked()) return;
  const path = location.hash.slice(1);
  const mine = (turn += 1);
  const screen = path === "/me" ? await meScreen(relock) : await find(path);
  if (mine !== turn) screen.leave?.(); // another tap was faster
  else showScreen(screen);
}

function find(path: string) {
  for (const [pattern, show] of SCREENS) {
    const found = pattern.exec(path);
    if (found) return show(...found.slice(1).filter((part) => part !== undefined));
  }
  return may("write_visits") ? orders() : locate();
}
