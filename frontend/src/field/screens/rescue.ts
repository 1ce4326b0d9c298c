import { isoLocal } from "../core/clock";
import { missingSteps, withTrailPoint, type Draft, type Outcome } from "../core/form";
import { distanceM } from "../core/geo";
import { uuid7 } from "../core/ids";
import { place } from "../core/ranking";
import { getDraft, newDraft, saveDraft } from "../store/drafts";
import { on } from "../store/news";
import { orders, type Order } from "../store/orders";
import { touch } from "../store/vault";
import { preferences } from "../store/preferences";
import { keptClues, requiredSteps, stepKinds, type Clues, type StepKind } from "../sync/reference";
import { h, put, write, type Child } from "../ui/dom";
import { metres } from "../ui/format";
import { button, choices, empty, link, pill } from "../ui/parts";
import { position } from "../ui/position";
import { go, type Screen } from "../ui/screen";
import { said, words } from "../words";
import { navigate } from "./order";
import { pinPanel } from "./pin_panel";

/** Before an address counts as not found: the steps that find it, one tap each, while the way of the search is kept. */
export async function show(id: string): Promise<Screen> {
  const w = words().rescue;
  const order = orders.get(Number(id));
  const begun = await getDraft(Number(id));
  const draft = begun ?? (order && newDraft(order));
  if (!draft) return { title: w.title, back: "/orders", content: [empty(words().order.gone, words().order.gone_text)] };
  const clues = order ? await keptClues(order) : null;
  const progress = h("p", { class: "progress", role: "status" });
  const trail = h("p", { class: "quiet" });

  let isBegun = begun !== undefined;

  function keep() {
    isBegun = true;
    return saveDraft(draft!);
  }

  function update() {
    const needed = requiredSteps();
    write(progress, w.done(needed.length - missingSteps(needed, draft!.steps).length, needed.length));
    const length = draft!.trail.slice(1).reduce((sum, point, index) => sum + distanceM(draft!.trail[index]!, point), 0);
    write(trail, draft!.trail.length > 1 ? w.trail(metres(length), draft!.trail.length) : w.trail_off);
  }

  function follow() {
    const fix = position();
    const longer = fix ? withTrailPoint(draft!.trail, fix, distanceM) : draft!.trail;
    if (longer === draft!.trail) return;
    draft!.trail = longer;
    touch(); // who walks and searches is there, though the screen is not tapped
    if (isBegun || longer.length > 1) void keep(); // looking at the steps alone begins no visit
    update();
  }

  async function tap(kind: StepKind, outcome: Outcome) {
    const step = { id: uuid7(), kind: kind.code, outcome, done_at: isoLocal(new Date()) };
    draft!.steps = [...draft!.steps.filter((each) => each.kind !== kind.code), step];
    await keep();
    update();
    if (outcome === "FOUND") put(found, foundPanel());
  }

  const found = h("div", { class: "stack", "aria-live": "polite" });
  const foundPanel = (): Child => [
    order && pinPanel({ customer: order.customer.id, name: order.customer.name, point: order.lat === null ? null : place(order) }, () => pinned()),
    link(w.found_go, `#/order/${draft.order}/result`, { class: "button" }),
  ];
  async function pinned() {
    draft!.isPinned = draft!.isAtHouse = true;
    await keep();
    go(`/order/${draft!.order}/result`);
  }

  update();
  follow();
  const stop = on(["position"], follow);
  return {
    title: w.title,
    back: order ? `/order/${order.id}` : "/orders",
    content: [
      h("p", { class: "quiet" }, w.intro),
      progress,
      h("ol", { class: "steps" }, stepKinds().map((kind) => stepCard(kind, draft, order, clues, tap))),
      trail,
      found,
    ],
    actions: [
      button(w.here, here, { class: "button primary wide" }),
      button(w.continue_atk, () => void toAtk(), { class: "button wide" }),
    ],
    is_form: true,
    leave: stop,
  };

  function here() {
    put(found, foundPanel());
    found.scrollIntoView();
  }

  async function toAtk() {
    draft!.group = "ATK";
    await keep();
    go(`/order/${draft!.order}/result`);
  }
}

function stepCard(kind: StepKind, draft: Draft, order: Order | undefined, clues: Clues | null, tap: (kind: StepKind, outcome: Outcome) => Promise<void>): HTMLElement {
  const w = words().rescue;
  const label = preferences().language === "en" ? kind.label_en : kind.label_id;
  const done = draft.steps.find((step) => step.kind === kind.code)?.outcome;
  const outcomes: [Outcome, string][] = [["FOUND", w.found], ["NOT_FOUND", w.not_found], ["NOT_POSSIBLE", w.impossible]];
  return h(
    "li",
    { class: "card" },
    h("h2", null, label, kind.is_required && [" ", pill("plain", w.required)]),
    h("div", { class: "help" }, said(w.help, kind.code), order && helpOf(kind.code, order, clues)),
    choices(label, outcomes, done, (outcome) => void tap(kind, outcome), "three"),
  );
}

/** What is known that helps with a step, where it is needed. */
function helpOf(kind: string, order: Order, clues: Clues | null): Child {
  const w = words().rescue;
  const row = (text: string, to?: { lat: number; lon: number }) =>
    h("li", null, h("span", null, text), to && button(words().order.navigate_here, () => void navigate(to, order.number), { class: "button slim" }));
  const list = (rows: HTMLElement[]) => (rows.length ? h("ul", { class: "rows" }, rows) : ` ${w.nothing}.`);
  if (kind === "OTHER_POINTS") {
    return list(order.candidates.filter(({ source }) => source !== "ODP").map((each) => row(`${said(words().sources, each.source)} ± ${metres(each.accuracy_m)}`, each)));
  }
  const { odp } = order;
  if (kind === "ODP" && odp) return list([row(odp.code, odp.lat != null && odp.lon != null ? { lat: odp.lat, lon: odp.lon } : undefined)]);
  if (kind === "NEIGHBOURS") {
    const near = (clues?.neighbours ?? []).slice(0, 4);
    return list(near.map((each) => row([words().order.house, each.house_number && `No. ${each.house_number}`, each.rt && `RT ${each.rt}`].filter(Boolean).join(" "), each)));
  }
  if (kind === "LANDMARK") {
    const marks = [order.notes.landmark, order.address?.landmark, clues?.landmark].filter(Boolean);
    return ` ${[...new Set(marks)].join(", ") || w.nothing}.`;
  }
  if (kind === "CALL") return link(words().order.contact, `#/order/${order.id}`, { class: "button slim" });
  return null;
}
