import type { components } from "../../api";
import { whatsappLink } from "../core/handover";
import type { Order } from "../store/orders";
import { put as putAction } from "../store/outbox";
import { call } from "../sync/api";
import { h, put, type Child } from "../ui/dom";
import { button, card, facts, link, notice, toast } from "../ui/parts";
import { position } from "../ui/position";
import { words } from "../words";

/** What the field knows of a house beyond the records: landmark, another number, the best time. */

type Notes = Order["notes"];
const NAMES = ["landmark", "phone", "best_time"] as const;
const PHONE = /^\+?[0-9][0-9 ()-]{5,18}$/; // as the API wants it

export function notesCard(order: Order): HTMLElement {
  const w = words().order;
  const labels = { landmark: w.landmark, phone: w.phone, best_time: w.best_time };
  const box = card();
  const view = (notes: Notes) =>
    put(
      box,
      h("h2", null, w.notes),
      facts(NAMES.filter((name) => name !== "phone").map((name): [Child, Child] => [labels[name], notes[name] || "–"])),
      button(w.notes_edit, () => edit(notes), { class: "button slim" }),
    );
  const edit = (notes: Notes) => {
    const inputs = NAMES.map((name) =>
      h("input", { name, value: notes[name], maxlength: name === "landmark" ? 200 : name === "phone" ? 20 : 100, inputmode: name === "phone" ? "tel" : "text" }),
    );
    const message = h("div", { "aria-live": "polite" });
    const save = async (event: Event) => {
      event.preventDefault();
      const now = { ...notes, ...Object.fromEntries(inputs.map((input) => [input.name, input.value.trim()])) };
      if (now.phone && !PHONE.test(now.phone)) return put(message, notice("act", w.phone_bad));
      const changed = Object.fromEntries(NAMES.filter((name) => now[name] !== notes[name]).map((name) => [name, now[name]]));
      if (Object.keys(changed).length) {
        await putAction({ type: "customer.note", entity: String(order.customer.id), base: notes.version, body: changed, fix: position(), title: order.customer.name });
        order.notes = now; // shown so until the feed says how it was merged
        toast(w.notes_saved);
      }
      view(now);
    };
    put(
      box,
      h("h2", null, w.notes),
      h("form", { class: "stack", onsubmit: save }, message, inputs.map((input) => h("label", { class: "field" }, labels[input.name as keyof typeof labels], input)), h("button", { class: "button" }, words().save)),
    );
    inputs[0]!.focus();
  };
  view(order.notes);
  return box;
}

type PinLink = components["schemas"]["PinLinkOut"];

/** Ask the customer to show the house: a link that works once. It needs a network. */
export function askForPin(order: Order, phones: string[]): HTMLElement {
  const w = words().order;
  const box = h("div", { class: "stack" });
  const offer = (made: PinLink) => {
    const text = made.message;
    const to = phones[0] ? whatsappLink(phones[0], text) : `https://wa.me/?text=${encodeURIComponent(text)}`;
    put(box, h("p", { class: "quiet" }, text), link(w.whatsapp, to, { target: "_blank", rel: "noopener" }));
  };
  const make = async () => {
    try {
      offer((await call("POST", `/customers/${order.customer.id}/pin-links/`)).json as PinLink);
    } catch {
      put(box, notice("warn", w.ask_pin_offline), button(w.ask_pin, () => void make()));
    }
  };
  put(box, h("p", { class: "quiet" }, w.ask_pin_note), button(w.ask_pin, () => void make()));
  return box;
}
