import { isoLocal } from "../core/clock";
import { place } from "../core/ranking";
import { getDraft, newDraft, saveDraft } from "../store/drafts";
import { on } from "../store/news";
import { orders } from "../store/orders";
import { call } from "../sync/api";
import { whoAmI } from "../sync/session";
import { h, put } from "../ui/dom";
import { metres } from "../ui/format";
import { button, choices, empty, link, notice } from "../ui/parts";
import { askAgain, positionPermission } from "../ui/position";
import { goInstead, type Screen } from "../ui/screen";
import { words } from "../words";
import { gauge } from "./gauge";

/** I am here: how sure that is, and a reason where the phone thinks otherwise. Honest bad GPS is never blocked. */
export async function show(id: string): Promise<Screen> {
  const w = words().arrive;
  const order = orders.get(Number(id));
  if (!order) return { title: w.title, back: "/orders", content: [empty(words().order.gone, words().order.gone_text)] };
  const house = order.lat === null ? null : { ...place(order), radius_m: order.radius_m };
  const meter = gauge(house, whoAmI().rules.geofence_m);
  const doubt = h("div", { class: "stack", "aria-live": "polite" });
  const reason = h("input", { name: "reason", maxlength: 400, "aria-label": w.reason, placeholder: w.reason });
  const record = button(w.go, () => void arrive(), { class: "button primary wide" });
  let doubted: "beyond" | "no_fix" | null = null;

  function update() {
    const { fix, near } = meter.update();
    const now = !fix ? "no_fix" : near?.is_beyond ? "beyond" : null;
    record.textContent = now ? w.anyway : w.go;
    if (now === doubted) return;
    doubted = now;
    if (!now) return put(doubt);
    const denied = positionPermission() === "denied" && notice("warn", words().position.denied, button(words().position.again, askAgain));
    const text = now === "beyond" ? w.beyond(metres(near!.distance_m)) : w.no_fix;
    const offered = choices(w.reason, w.reasons.map((each): [string, string] => [each, each]), undefined, (chosen) => (reason.value = chosen), "pills wrap");
    put(doubt, denied, notice("warn", text), offered, reason);
  }

  async function arrive() {
    const { fix } = meter.update();
    if (doubted && !reason.value.trim()) {
      reason.focus();
      return put(doubt, notice("act", w.need_reason), [...doubt.childNodes]);
    }
    const draft = (await getDraft(order!.id)) ?? newDraft(order!);
    draft.arrived_at = isoLocal(new Date());
    if (fix) draft.arrived = fix;
    if (doubted) draft.override_reason = reason.value.trim();
    await saveDraft(draft);
    // For the supervisor's board, where there is a network; the visit itself says when and where the agent arrived.
    void call("POST", `/workorders/${order!.id}/check-ins/`).catch(() => undefined);
    goInstead(`/order/${order!.id}/result`);
  }

  update();
  const stop = on(["position"], update);
  const timer = window.setInterval(update, 5000);
  return {
    title: w.title,
    back: `/order/${order.id}`,
    content: [h("h2", { class: "who" }, order.customer.name), meter.element, doubt, h("p", { class: "quiet" }, w.mock)],
    actions: [record, link(words().rescue.title, `#/order/${order.id}/rescue`), link(words().order.result, `#/order/${order.id}/result`)],
    is_form: true,
    leave: () => {
      stop();
      window.clearInterval(timer);
    },
  };
}
