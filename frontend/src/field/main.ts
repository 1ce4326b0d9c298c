import "../../../dashboard/static/dashboard/tokens.css";
import "./app.css";
import { on, tellOthers } from "./store/news";
import { loadOrders, forgetOrders } from "./store/orders";
import { isIdle, isUnlocked, lock, Locked, resume, touch, vaultState } from "./store/vault";
import { loadReference } from "./sync/reference";
import { applyLockRules, forgetMe, isLeaseOver, loadMe } from "./sync/session";
import { startSync, sync } from "./sync/sync";
import { startPosition } from "./ui/position";
import { applyPreferences, showBare, versionReady } from "./ui/shell";
import { enter, route, startRouter } from "./router";
import { showSignIn } from "./screens/signin";
import { showUnlock } from "./screens/unlock";
import { words } from "./words";
import { button } from "./ui/parts";
import { h } from "./ui/dom";

const IDLE_CHECK_MS = 20_000;
let isStarted = false;

/** Whatever the state of the copy: sign in, open it, or go on. */
async function begin(): Promise<void> {
  applyPreferences();
  const rules = await applyLockRules();
  if (!(await vaultState()).exists) return showSignIn({ then: open });
  if (await isLeaseOver()) return showSignIn({ why: words().signin.lease(rules!.lease_hours), username: rules!.username, then: open });
  if (isUnlocked() || (await resume())) return open();
  showUnlock({ then: open, forgot: () => showSignIn({ why: words().signin.forgot, username: rules?.username ?? "", then: open }) });
}

/** The copy is open: show the agent's day, then ask the server. */
async function open(): Promise<void> {
  await Promise.all([loadMe(), loadReference(), loadOrders()]);
  touch();
  enter(relock);
  if (!isStarted) {
    isStarted = true;
    startPosition();
    startSync((why) => ended(words().signin[why]));
    keepLocked();
    void navigator.storage.persist(); // the browser's promise not to clear the copy when the phone is full
    void watchVersion();
  }
  await route();
  void sync();
}

/** Ask for the PIN again: by hand, or after the phone lay untouched. */
export async function relock(): Promise<void> {
  tellOthers("locked");
  await lockHere();
}

async function lockHere(): Promise<void> {
  await lock();
  forgetOrders();
  forgetMe();
  await begin();
}

function ended(why: string): void {
  location.hash = "";
  forgetOrders();
  forgetMe();
  showSignIn({ why, then: open });
}

function keepLocked(): void {
  for (const name of ["pointerdown", "keydown", "scroll"]) window.addEventListener(name, () => touch(), { capture: true, passive: true });
  const check = async () => {
    if (isUnlocked() && ((await isIdle()) || (await isLeaseOver()))) await relock();
  };
  window.setInterval(() => void check(), IDLE_CHECK_MS);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void check());
  on(["wiped"], () => location.reload());
  on(["locked"], () => void (isUnlocked() && lockHere()));
  on(["session"], async () => {
    // Another tab wiped the copy.
    if (isUnlocked() && !(await vaultState()).exists) location.reload();
  });
}

/** The worker keeps the app's files. It is asked for once the first list is there, so that it takes no bandwidth from it. */
async function watchVersion(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/app/sw.js", { scope: "/app/" }).catch(() => undefined);
  if (!registration) return; // private browsing, or forbidden by policy: the app works, while there is a network to open it
  const hadOne = !!navigator.serviceWorker.controller;
  const offer = (worker: ServiceWorker | null) => {
    if (worker?.state === "installed" && hadOne) versionReady(() => take(worker));
  };
  let isTaken = false;
  const take = (worker: ServiceWorker) => {
    isTaken = true;
    worker.postMessage("activate");
  };
  offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => offer(worker));
  });
  if (!hadOne) return;
  // Taken in another tab: this one may be in the middle of a form, so it is offered here as well.
  navigator.serviceWorker.addEventListener("controllerchange", () => (isTaken ? location.reload() : versionReady(() => location.reload())));
}

function broken(error: unknown): void {
  console.error(error);
  if (document.querySelector("#app .shell")) return;
  showBare("Find&Go", h("p", null, words().broken), button(words().reload, () => location.reload(), { class: "button primary" }));
}

// A screen that was being drawn while the copy was locked has nothing to show any more.
window.addEventListener("unhandledrejection", (event) => event.reason instanceof Locked && event.preventDefault());
on(["preferences"], () => applyPreferences());
startRouter();
begin().catch(broken);
