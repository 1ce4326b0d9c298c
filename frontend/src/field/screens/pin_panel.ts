import { distanceM, type Fix, type Point } from "../core/geo";
import { uuid7 } from "../core/ids";
import { on } from "../store/news";
import { put as putAction } from "../store/outbox";
import { may } from "../sync/session";
import { h, put, write } from "../ui/dom";
import { metres } from "../ui/format";
import { button, notice, toast } from "../ui/parts";
import { position } from "../ui/position";
import { words } from "../words";

const COARSEST_M = 50; // the server takes no pin that cannot tell houses apart
const NOTE_MOST = 200;

export interface House {
  customer: number;
  name: string;
  point: Point | null;
}

/** "The house is here": one tap at the door. Every agent after this one is led to it. */
export function pinPanel(house: House, done: () => void): HTMLElement {
  const w = words().pin_house;
  const state = h("p", { class: "quiet", role: "status" });
  const note = h("input", { maxlength: NOTE_MOST, placeholder: w.note, "aria-label": w.note });
  const message = h("div");
  const set = button(w.go, () => void pin(), { class: "button good wide" });
  const panel = h("section", { class: "card" }, h("h2", null, w.title), h("p", null, w.text), state, message, note, set);
  const update = () => {
    const fix = position();
    set.disabled = !fix || fix.accuracy_m > COARSEST_M;
    write(state, !fix ? w.none : fix.accuracy_m > COARSEST_M ? w.coarse(metres(fix.accuracy_m)) : `± ${metres(fix.accuracy_m)} · ${house.point ? w.moved(metres(distanceM(house.point, fix))) : w.first}`);
  };
  update();
  const stop = on(["position"], () => (panel.isConnected ? update() : stop()));

  async function pin() {
    const fix = position();
    if (!fix) return put(message, notice("act", w.none));
    set.disabled = true;
    await storePin(house, fix, note.value.trim());
    stop();
    toast(w.done);
    done();
  }
  return panel;
}

/** By the sync for an agent; a technician's goes to the address of pins, with the same id each time. */
async function storePin(house: House, fix: Fix, note: string): Promise<void> {
  const id = uuid7();
  if (may("write_visits")) {
    const body = { customer: house.customer, is_at_house: true, by_hand: false, note };
    return putAction({ type: "pin.create", entity: id, body, fix, title: house.name });
  }
  const { lat, lon, accuracy_m } = fix;
  const direct = { method: "PUT" as const, path: `/customers/${house.customer}/pin/` };
  return putAction({ type: "pin.create", entity: id, direct, body: { id, lat, lon, accuracy_m, is_at_house: true, note }, fix, title: house.name });
}
