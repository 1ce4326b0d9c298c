import { APPS, type NavigationApp } from "../core/handover";
import { BUDGET_BYTES, dropArea, keepArea, keptBytes } from "../map/basemap";
import { getPlain } from "../store/database";
import { drafts } from "../store/drafts";
import { on } from "../store/news";
import { orders } from "../store/orders";
import { countUnsent } from "../store/outbox";
import { prefer, preferences, type Preferences } from "../store/preferences";
import { changePin, wipe } from "../store/vault";
import { leave } from "../sync/signin";
import { isSignedOut, may, whoAmI } from "../sync/session";
import { sync } from "../sync/sync";
import { h, put, write, type Child } from "../ui/dom";
import { megabytes } from "../ui/format";
import { ask, button, card, choices, facts, notice, toast } from "../ui/parts";
import { canInstall, install } from "../ui/install";
import type { Screen } from "../ui/screen";
import { words } from "../words";
import { showSignIn } from "./signin";
import { pinProblem } from "./unlock";

/** What belongs to the agent: looks, storage, the phone, the way out. */
export async function meScreen(relock: () => Promise<void>): Promise<Screen> {
  const w = words().me;
  const me = whoAmI();
  const storage = h("div");
  const map = h("div");
  void drawStorage(storage);
  if (may("write_visits")) void drawMap(map);
  const again = async () => showSignIn({ why: words().signin.again, username: me.username, then: async () => location.reload() });
  const ended = await isSignedOut();
  const stop = on(["preferences"], () => dispatchEvent(new HashChangeEvent("hashchange"))); // drawn anew in the other language
  return {
    title: w.title,
    place: "me",
    content: [
      ended && notice("act", words().signin.again, button(words().signin.go, () => void again(), { class: "button primary" })),
      card(
        h("h2", null, me.name),
        facts([
          [w.signed, me.username],
          [w.witel, me.witel?.name ?? me.region?.name ?? "–"],
          [w.access, w.hours(me.rules.offline.lease_hours)],
        ]),
        h("div", { class: "two" }, button(w.lock, () => void relock()), button(w.change_pin, () => put(pinBox, pinForm(pinBox)))),
      ),
      looks(),
      may("write_visits") && card(h("h2", null, w.map), map),
      card(h("h2", null, w.storage), storage),
      card(h("h2", null, w.limits), h("ul", { class: "plain-list" }, w.limits_text.map((text) => h("li", null, text)))),
      card(h("h2", null, w.device), facts([[w.device_id, h("small", null, (await getPlain<string>("device")) ?? "–")]]), canInstall() && button(w.install, () => void install())),
      button(w.sign_out, () => void signOut(relock), { class: "button" }),
    ],
    leave: stop,
  };
}

const pinBox = h("div");

function looks(): HTMLElement {
  const w = words().me;
  const { language, theme, navigation } = preferences();
  const row = (label: string, part: HTMLElement) => h("div", { class: "field" }, h("span", null, label), part);
  const themes = (Object.keys(w.themes) as Preferences["theme"][]).map((name): [Preferences["theme"], string] => [name, w.themes[name]]);
  const apps: [NavigationApp | "ask", string][] = [["ask", w.ask], ...APPS.map((name): [NavigationApp, string] => [name, words().order.apps[name]])];
  return card(
    pinBox,
    row(w.language, choices(w.language, [["id", "Indonesia"], ["en", "English"]], language, (value) => prefer({ language: value }), "two")),
    row(w.theme, choices(w.theme, themes, theme, (value) => prefer({ theme: value }), "three")),
    row(w.navigation, choices(w.navigation, apps, navigation ?? "ask", (value) => prefer({ navigation: value === "ask" ? null : value }), "pills wrap")),
  );
}

function pinForm(box: HTMLElement): Child {
  const w = words().pin;
  const least = whoAmI().rules.offline.pin_min_length;
  const inputs = ["old", "next", "again"].map((name) => h("input", { name, type: "password", inputmode: "numeric", autocomplete: "off", class: "pin", required: true }));
  const [old, next, again] = inputs as [HTMLInputElement, HTMLInputElement, HTMLInputElement];
  const message = h("div", { "aria-live": "assertive" });
  const change = async () => {
    const outcome = await changePin(old.value, next.value);
    return { open: null, wrong: w.wrong, wait: w.wait_more, spent: w.spent }[outcome];
  };
  const save = async (event: Event) => {
    event.preventDefault();
    const wrong = pinProblem(next.value, again.value, least) ?? (await change());
    if (wrong) return put(message, notice("act", wrong));
    put(box);
    toast(w.changed);
  };
  const field = (label: string, input: HTMLInputElement) => h("label", { class: "field" }, label, input);
  return h("form", { class: "stack", novalidate: true, onsubmit: save }, message, field(w.old, old), field(w.next, next), field(w.again, again), h("button", { class: "button primary" }, w.save));
}

/** Whether the phone may throw the copy away when it is full. */
async function drawStorage(box: HTMLElement): Promise<void> {
  const w = words().me;
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  const isSafe = await navigator.storage.persisted();
  put(
    box,
    h("p", null, w.used(megabytes(usage), megabytes(quota)), " · ", isSafe ? w.persistent : w.not_persistent),
    !isSafe && button(w.persist, () => void navigator.storage.persist().then(() => drawStorage(box))),
  );
}

async function drawMap(box: HTMLElement): Promise<void> {
  const w = words().map;
  if (!whoAmI().rules.basemap) return put(box, h("p", { class: "quiet" }, w.keep_none));
  const state = h("p", { class: "quiet", role: "status" }, w.kept(megabytes(await keptBytes())), " · ", w.budget(megabytes(BUDGET_BYTES)));
  const keep = async () => {
    const points = orders.all().filter((order) => order.lat !== null).map(({ lat, lon }) => ({ lat: lat!, lon: lon! }));
    const { is_complete } = await keepArea(points, (done, of) => write(state, w.keeping(done, of)));
    if (!is_complete) toast(w.keep_failed);
    await drawMap(box);
  };
  put(box, state, h("div", { class: "two" }, button(w.keep, () => void keep()), button(w.drop, () => void dropArea().then(() => drawMap(box)))));
}

/** Out, and the copy deleted; never while something of the agent's work lies here alone. */
async function signOut(relock: () => Promise<void>): Promise<void> {
  const w = words().me;
  const [count, open] = [await countUnsent(), await drafts()];
  if (count) {
    const answer = await ask(w.unsent(count), [w.unsent_text, open.length > 0 && ` ${w.drafts(open.length)}.`], [["send", w.send_first]]);
    if (answer) await sync();
    return;
  }
  if (!(await ask(w.sign_out_sure, w.sign_out_text, [["yes", w.sign_out, "act"]]))) return;
  await leave().catch(() => undefined); // without a network the tokens go with the copy, and end by themselves
  await wipe();
  location.hash = "";
  await relock();
}
