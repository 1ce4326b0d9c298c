import { unlock, vaultState, type Unlocking } from "../store/vault";
import { Lost } from "../sync/api";
import { h, put, write } from "../ui/dom";
import { age } from "../ui/format";
import { button, notice } from "../ui/parts";
import { showBare } from "../ui/shell";
import { words } from "../words";

const pinInput = (name: string, extra = {}) =>
  h("input", { name, type: "password", inputmode: "numeric", pattern: "[0-9]*", autocomplete: "off", class: "pin", required: true, ...extra });

/** The PIN, with a pause after wrong ones. */
export function showUnlock({ then, forgot }: { then: () => Promise<void>; forgot: () => void }): void {
  const w = words().pin;
  const message = h("div", { "aria-live": "assertive" });
  const pin = pinInput("pin", { "aria-label": w.label });
  const submit = h("button", { class: "button primary", type: "submit" }, w.go);
  const form = h("form", { class: "stack", onsubmit: (event: Event) => void tryPin(event) }, message, pin, submit, button(w.forgot, forgot, { class: "button quiet" }));
  showBare(w.unlock, form);
  pin.focus();
  void vaultState().then(({ has_pin, not_before }) => (has_pin ? pause(not_before) : spent()));

  async function tryPin(event: Event) {
    event.preventDefault();
    pin.disabled = submit.disabled = true; // a second tap is no second try
    write(submit, w.busy);
    const outcome = await unlock(pin.value);
    write(submit, w.go);
    pin.value = "";
    if (outcome === "open") return then();
    if (outcome === "spent") return spent();
    put(message, notice("act", w.wrong));
    pause((await vaultState()).not_before);
  }

  function spent() {
    put(message, notice("act", w.spent));
    pin.disabled = submit.disabled = true;
  }

  function pause(until: number) {
    const left = until - Date.now();
    pin.disabled = submit.disabled = left > 0;
    if (left <= 0) return pin.focus();
    put(message, notice("act", w.wrong, " ", w.wait(age(left))));
    window.setTimeout(() => {
      if (!form.isConnected) return;
      pause(until);
      if (!pin.disabled) {
        put(message);
        pin.focus();
      }
    }, Math.min(left, 1000));
  }
}

/** The PIN of a copy whose password has changed. */
export function showOldPin(why: string, giveUp: HTMLElement, take: (pin: string) => Promise<Unlocking>): void {
  const w = words().pin;
  const message = h("div", { "aria-live": "assertive" });
  const pin = pinInput("pin", { "aria-label": w.old });
  const save = async (event: Event) => {
    event.preventDefault();
    pin.disabled = true;
    const outcome = await take(pin.value);
    pin.disabled = false;
    pin.value = "";
    if (outcome !== "open") put(message, notice("act", { wrong: w.wrong, wait: w.wait_more, spent: w.spent }[outcome]));
  };
  showBare(w.unlock, h("form", { class: "stack", onsubmit: save }, notice("warn", why), message, pin, h("button", { class: "button primary", type: "submit" }, w.go), giveUp));
  pin.focus();
}

/** Choose a PIN, typed twice. */
export function showNewPin(least: Promise<number>, take: (pin: string) => Promise<void>): void {
  const w = words().pin;
  const message = h("div", { "aria-live": "assertive" });
  const first = pinInput("pin");
  const second = pinInput("again");
  const submit = h("button", { class: "button primary", type: "submit" }, w.save);
  const form = h(
    "form",
    { class: "stack", novalidate: true, onsubmit: (event: Event) => void save(event) },
    h("p", { class: "quiet" }, w.why),
    message,
    h("label", { class: "field" }, w.label, first),
    h("label", { class: "field" }, w.again, second),
    submit,
  );
  showBare(w.choose, form);
  first.focus();

  async function save(event: Event) {
    event.preventDefault();
    submit.disabled = true;
    write(submit, w.busy);
    try {
      const wrong = pinProblem(first.value, second.value, await least);
      if (wrong) return put(message, notice("act", wrong));
      await take(first.value);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      put(message, notice("warn", words().signin.offline));
    } finally {
      submit.disabled = false;
      write(submit, w.save);
    }
  }
}

/** What is wrong with a new PIN, in words; null where nothing is. */
export function pinProblem(pin: string, again: string, least: number): string | null {
  const w = words().pin;
  if (!/^\d+$/.test(pin) || pin.length < least) return w.short(least);
  if (isSimple(pin)) return w.simple;
  return pin === again ? null : w.differs;
}

/** One digit over and over, or counting up or down. */
function isSimple(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index])));
  return steps.size === 1 && [0, 1, -1].includes([...steps][0]!);
}
