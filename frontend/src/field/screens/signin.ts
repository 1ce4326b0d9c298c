import { countUnsent } from "../store/outbox";
import { wipe } from "../store/vault";
import { Lost, Refused, Retired, Wiped } from "../sync/api";
import { enter, OtherPerson, settle, settleByPin, type Entry } from "../sync/signin";
import { h, put } from "../ui/dom";
import { ask, button, notice } from "../ui/parts";
import { showBare } from "../ui/shell";
import { said, words } from "../words";
import { showNewPin, showOldPin } from "./unlock";

interface How {
  why?: string;
  username?: string;
  then: () => Promise<void>;
}

const LEAST_PIN = 6; // where the rules could not be fetched: the server's own default

/** Name and password, then a PIN for the copy on this phone. */
export function showSignIn({ why, username = "", then }: How): void {
  const w = words().signin;
  const message = h("div", { "aria-live": "assertive" });
  const name = h("input", { name: "username", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true, value: username });
  const password = h("input", { name: "password", type: "password", autocomplete: "current-password", required: true });
  const otp = h("input", { name: "otp", inputmode: "numeric", autocomplete: "one-time-code" });
  const otpField = h("label", { class: "field", hidden: true }, w.otp, otp);
  const submit = h("button", { class: "button primary", type: "submit" }, w.go);
  const tell = (text: string, ...more: Node[]) => put(message, notice("act", text, more));
  const form = h(
    "form",
    { class: "stack", onsubmit: (event: Event) => void send(event) },
    why && notice("warn", why),
    !why && h("p", { class: "quiet" }, w.intro),
    message,
    h("label", { class: "field" }, w.username, name),
    h("label", { class: "field" }, w.password, password),
    otpField,
    submit,
  );
  showBare(w.title, form);
  (username ? password : name).focus();

  async function send(event: Event) {
    event.preventDefault();
    put(message);
    submit.disabled = true;
    submit.textContent = w.busy;
    try {
      const entry = await enter(name.value.trim(), password.value, otp.value.trim());
      if (!entry.user.verbs.some((verb) => verb === "write_visits" || verb === "write_pins")) {
        return tell(w.role, h("a", { class: "button", href: "/" }, w.dashboard));
      }
      if (entry.needs_old_pin) await byOldPin(entry);
      else choosePin(entry);
    } catch (error) {
      explain(error);
    } finally {
      submit.disabled = false;
      submit.textContent = w.go;
    }
  }

  function explain(error: unknown) {
    if (error instanceof Lost) return tell(w.offline);
    if (error instanceof OtherPerson) return void offerErasing(w.other);
    if (error instanceof Refused) {
      if (error.code === "otp_required" || error.code === "otp_wrong") {
        otpField.hidden = false;
        otp.focus();
      }
      return tell(w.problems[error.code] ?? error.message);
    }
    if (error instanceof Wiped || error instanceof Retired) return tell(said(w.problems, error instanceof Wiped ? "device_lost" : "device_retired"));
    throw error;
  }

  /** A copy that nobody here can open is deleted only if nothing of anybody's work is in it. */
  async function offerErasing(why: string) {
    const unsent = await countUnsent();
    if (unsent) return tell(`${why} ${w.unsent_there(unsent)}`);
    tell(why, button(w.erase, () => void erase(w.erase_text)));
  }

  async function erase(text: string) {
    if (!(await ask(w.erase_sure, text, [["yes", w.erase, "act"]]))) return;
    await wipe();
    location.hash = "";
    showSignIn({ then });
  }

  /** The server has accepted the new password; the copy knows the old one and the PIN. */
  async function byOldPin(entry: Entry) {
    const unsent = await countUnsent();
    const giveUp = button(w.erase, () => void erase(unsent ? `${w.erase_text_unsent(unsent)}` : w.erase_text), { class: "button quiet" });
    showOldPin(w.unreadable, giveUp, async (pin) => {
      const outcome = await settleByPin(entry, pin);
      if (outcome === "open") await then();
      return outcome;
    });
  }

  function choosePin(entry: Entry) {
    const least = entry.me.then((me) => me.rules.offline.pin_min_length).catch(() => LEAST_PIN);
    showNewPin(least, async (pin) => {
      await settle(entry, pin);
      await then();
    });
  }
}
