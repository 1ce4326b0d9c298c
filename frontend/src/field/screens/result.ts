import { dayAt } from "../core/clock";
import { fieldsOf, groupsOf, lacks, missingSteps, type Draft } from "../core/form";
import { dropDraft, finish, getDraft, newDraft, NoDraft, saveDraft } from "../store/drafts";
import { orders } from "../store/orders";
import { preferences } from "../store/preferences";
import { dispositionOf, dispositions, requiredSteps } from "../sync/reference";
import { may, zone } from "../sync/session";
import { sync } from "../sync/sync";
import { h, put, write } from "../ui/dom";
import { clock } from "../ui/format";
import { icon } from "../ui/icons";
import { ask, button, choices, empty, link, notice, pill, toast } from "../ui/parts";
import { freshFix } from "../ui/position";
import { goInstead, type Screen } from "../ui/screen";
import { said, words } from "../words";
import { photoPart } from "./photo_part";
import { resultField } from "./result_field";

const FRESH_MS = 120_000; // a position older than this is not where the result was taken

/** The coded result: group, code, and only what that code needs. Every keystroke is kept. */
export async function show(id: string): Promise<Screen> {
  const w = words().result;
  const order = orders.get(Number(id));
  const draft = (await getDraft(Number(id))) ?? (order && newDraft(order));
  if (!draft) return { title: w.title, back: "/orders", content: [empty(words().order.gone, words().order.gone_text)] };
  const today = dayAt(zone());
  const label = (code: string) => {
    const row = dispositionOf(code)!;
    return preferences().language === "en" ? row.label_en : row.label_id;
  };
  const kept = h("span", { class: "quiet", role: "status" });
  const codes = h("div");
  const fields = h("div", { class: "stack" });
  const message = h("div", { "aria-live": "assertive" });

  async function keep() {
    try {
      await saveDraft(draft!);
      write(kept, w.kept);
    } catch (error) {
      write(kept, "");
      put(message, notice("act", error instanceof NoDraft ? w.sent_elsewhere : words().storage_full));
    }
  }

  function pickGroup(group: string) {
    if (draft!.group !== group) delete draft!.code;
    draft!.group = group;
    void keep();
    drawCodes();
    drawFields();
  }

  function drawCodes() {
    const rows = dispositions().filter((row) => row.group === draft!.group);
    put(codes, rows.length > 0 && choices(w.code, rows.map((row): [string, string] => [row.code, label(row.code)]), undefined, pickCode, "codes"));
    if (!draft!.code) return;
    // The others make room for the fields.
    const again = () => {
      delete draft!.code;
      drawCodes();
      drawFields();
      codes.querySelector<HTMLElement>(".choice")?.focus();
    };
    put(codes, h("div", { class: "picked" }, h("span", { class: "choice taken" }, icon("check"), label(draft!.code)), button(w.other_code, again, { class: "button quiet" })));
  }

  function pickCode(code: string) {
    draft!.code = code;
    void keep();
    drawCodes();
    drawFields();
    codes.querySelector<HTMLElement>(".picked .button")?.focus({ preventScroll: true }); // the keyboard stays hidden
  }

  function drawFields() {
    put(message);
    const disposition = draft!.code ? dispositionOf(draft!.code) : undefined;
    put(
      fields,
      draft!.group === "ATK" && rescueCard(draft!),
      disposition && fieldsOf(disposition).map((name) => resultField(name, draft!, order?.balance ?? null, today, () => void keep())),
      disposition && noteField(disposition.requires.includes("note")),
    );
  }

  function noteField(isRequired: boolean) {
    const input = h("textarea", { rows: 2, maxlength: 2000, placeholder: w.note_hint, value: draft!.note });
    input.addEventListener("input", () => {
      draft!.note = input.value;
      void keep();
    });
    return h("label", { class: "field" }, w.note, isRequired && " *", input);
  }

  async function send(event: Event) {
    const disposition = draft!.code ? dispositionOf(draft!.code) : undefined;
    const missing = lacks(draft!, disposition, requiredSteps(), today);
    if (missing.length || !disposition) {
      put(message, notice("act", missing.map((name) => h("p", null, said(w.lacks, name)))));
      message.scrollIntoView({ block: "center" });
      return;
    }
    (event.currentTarget as HTMLButtonElement).disabled = true;
    try {
      await finish(draft!, disposition, freshFix(FRESH_MS), `${draft!.name}: ${label(disposition.code)}`);
    } catch (error) {
      (event.target as HTMLElement).closest("button")!.disabled = false;
      return put(message, notice("act", error instanceof NoDraft ? w.sent_elsewhere : words().storage_full));
    }
    toast(w.sent);
    void sync();
    goInstead("/orders");
  }

  async function discard() {
    if (!(await ask(w.discard_sure, w.discard_text, [["yes", w.discard, "act"]]))) return;
    await dropDraft(draft!);
    goInstead(order ? `/order/${order.id}` : "/orders");
  }

  drawCodes();
  drawFields();
  const groups = groupsOf(dispositions()).map((group): [string, string] => [group, said(w.groups, group)]);
  return {
    title: w.title,
    back: order ? `/order/${order.id}` : "/orders",
    content: [
      h("h2", { class: "who" }, draft.name),
      arrivedLine(draft),
      choices(w.group, groups, draft.group, pickGroup, "groups"),
      codes,
      message,
      fields,
      may("write_visits") && photoPart(draft, keep),
      atHouse(draft, keep),
      button(w.discard, () => void discard(), { class: "button quiet" }),
    ],
    actions: [h("p", { class: "quiet wide" }, w.first, kept), button(w.send, (event) => void send(event), { class: "button primary wide" })],
    is_form: true,
  };
}

function arrivedLine(draft: Draft): HTMLElement {
  if (draft.arrived_at) return h("p", { class: "quiet" }, words().arrive.recorded(clock(Date.parse(draft.arrived_at))));
  return h("p", { class: "quiet" }, words().result.not_arrived, " ", link(words().order.arrive, `#/order/${draft.order}/arrive`, { class: "button slim" }));
}

function rescueCard(draft: Draft): HTMLElement {
  const w = words().result;
  const left = missingSteps(requiredSteps(), draft.steps).length;
  return h(
    "div",
    { class: "card" },
    h("h2", null, w.rescue_first, " ", left ? pill("warn", w.steps_left(left)) : pill("good", "✓")),
    link(words().rescue.title, `#/order/${draft.order}/rescue`),
  );
}

function atHouse(draft: Draft, keep: () => Promise<void>): HTMLElement {
  const w = words().result;
  const chosen = draft.isAtHouse === undefined ? undefined : draft.isAtHouse ? "yes" : "no";
  const pick = (value: "yes" | "no") => {
    draft.isAtHouse = value === "yes";
    void keep();
  };
  const answers: ["yes" | "no", string][] = [["yes", w.yes], ["no", w.no]];
  return h("div", { class: "field" }, h("span", null, w.at_house), choices(w.at_house, answers, chosen, pick, "two"));
}
