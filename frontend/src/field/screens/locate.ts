import type { components } from "../../api";
import { noteSeen, seenToday, type CustomerRow } from "../store/seen";
import { getJson, Lost } from "../sync/api";
import { zone } from "../sync/session";
import { h, put } from "../ui/dom";
import { button, empty, grade, notice, way } from "../ui/parts";
import { position } from "../ui/position";
import { go, type Screen } from "../ui/screen";
import { spinner } from "../ui/shell";
import { said, words } from "../words";

type Page = components["schemas"]["CustomerPage"];

const TYPING_MS = 350;

/** The technician's door: find a customer's point, nearest first. No bills are asked for, none come. */
export async function show(): Promise<Screen> {
  const w = words().locate;
  const results = h("div", { class: "stack" });
  const search = h("input", { type: "search", placeholder: w.placeholder, "aria-label": w.title, enterkeyhint: "search", oninput: () => wait() });
  let timer = 0;
  let turn = 0;

  function wait() {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void find(), TYPING_MS);
  }

  async function find(cursor = "") {
    const typed = search.value.trim();
    const mine = (turn += 1);
    if (!typed) return drawRecent();
    if (!cursor) put(results, spinner("…"));
    const here = position();
    const query = new URLSearchParams({ q: typed, limit: "20", ...(here ? { near: `${here.lat},${here.lon}` } : {}), ...(cursor ? { cursor } : {}) });
    try {
      const page = await getJson<Page>(`/customers/?${query}`);
      if (mine === turn) draw(page, !cursor);
    } catch (error) {
      if (mine !== turn) return;
      put(results, notice("warn", error instanceof Lost ? w.offline : (error as Error).message), rows(await seenToday(zone())));
    }
  }

  function draw(page: Page, isFirst: boolean) {
    if (isFirst) put(results);
    else results.lastChild?.remove();
    results.append(page.results.length || !isFirst ? rows(page.results) : empty(w.no_match, w.no_match_text));
    if (page.next) results.append(button(w.more, () => void find(page.next!)));
  }

  async function drawRecent() {
    const seen = await seenToday(zone());
    put(results, seen.length ? [h("h2", null, w.recent), rows(seen)] : empty(w.none, w.none_text));
  }

  await drawRecent();
  return { title: w.title, place: "locate", content: [h("div", { class: "finder" }, search), results], leave: () => window.clearTimeout(timer) };
}

function rows(found: CustomerRow[]): HTMLElement {
  return h("ol", { class: "orders" }, found.map(customerRow));
}

function customerRow(row: CustomerRow): HTMLElement {
  const to = row.lat === null || row.lon === null ? null : way({ lat: row.lat, lon: row.lon });
  const open = async () => {
    await noteSeen(row, zone());
    go(`/house/${row.id}`);
  };
  const lacking = row.address.missing.map((part) => said(words().missing, part)).join(", ");
  return h(
    "li",
    null,
    h(
      "button",
      { type: "button", class: "card order", onclick: () => void open() },
      to?.element ?? h("span", { class: "way" }, h("b", null, "–"), h("small", null, words().grades.none)),
      h(
        "span",
        { class: "order-text" },
        h("b", null, row.name),
        h("span", { class: "address" }, row.address.raw, lacking && [" ", h("span", { class: "missing" }, words().orders.without(lacking))]),
        h("span", { class: "row" }, grade(row.grade), h("small", null, row.service_number)),
      ),
    ),
  );
}
