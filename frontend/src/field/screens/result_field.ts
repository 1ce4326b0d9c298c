import { addDays } from "../core/clock";
import { FIELDS, offeredDays, type Draft, type FieldName } from "../core/form";
import { h } from "../ui/dom";
import { day, rupiah } from "../ui/format";
import { choices } from "../ui/parts";
import { words } from "../words";

/** One field that a result needs, as few taps as it can be: an amount, a day, or a word that is often said. */
export function resultField(name: FieldName, draft: Draft, owed: number | null, today: string, keep: () => void): HTMLElement {
  const { kind } = FIELDS[name];
  const take = (value: string) => {
    draft.fields[name] = value;
    keep();
  };
  const label = words().result.fields[name]!;
  const now = draft.fields[name] ?? "";
  if (kind === "money") return money(label, now, owed, take);
  if (kind === "day") return dayField(name, label, now, today, take);
  if (kind === "choice") return choiceField(name, label, now, take);
  const input = h("input", { name, maxlength: FIELDS[name].most, value: now });
  input.addEventListener("input", () => take(input.value));
  return h("label", { class: "field" }, `${label} *`, input);
}

/** Rupiah with its dots while it is typed; kept as digits. */
function money(label: string, now: string, owed: number | null, take: (value: string) => void): HTMLElement {
  const w = words().result;
  const shown = (digits: string) => (digits ? rupiah(Number(digits)) : "");
  const input = h("input", { name: "amount", inputmode: "numeric", class: "big", value: shown(now), placeholder: "Rp" });
  input.addEventListener("input", () => {
    const digits = input.value.replace(/\D/g, "").slice(0, 12);
    input.value = shown(digits);
    take(digits);
  });
  const offered: [string, string][] = owed ? [[String(owed), w.full], [String(Math.round(owed / 2 / 1000) * 1000), w.half]] : [];
  const pick = (value: string) => {
    input.value = shown(value);
    take(value);
  };
  return h("div", { class: "field" }, h("label", { class: "field" }, `${label} *`, input), offered.length > 0 && choices(label, offered, now, pick, "pills wrap"));
}

function dayField(name: FieldName, label: string, now: string, today: string, take: (value: string) => void): HTMLElement {
  const field = FIELDS[name] as { from: number; until: number };
  const days = offeredDays(today).filter((each) => each >= addDays(today, field.from));
  const input = h("input", { name, type: "date", class: "big", min: addDays(today, field.from), max: addDays(today, field.until), value: now, "aria-label": label });
  input.addEventListener("input", () => take(input.value));
  const pick = (value: string) => {
    input.value = value;
    take(value);
  };
  return h("div", { class: "field" }, h("span", null, `${label} *`), choices(label, days.map((each): [string, string] => [each, day(each)]), now, pick, "pills wrap"), input);
}

function choiceField(name: FieldName, label: string, now: string, take: (value: string) => void): HTMLElement {
  const field = FIELDS[name] as { most: number };
  const input = h("input", { name, maxlength: field.most, value: now, "aria-label": label });
  input.addEventListener("input", () => take(input.value));
  const pick = (value: string) => {
    input.value = value;
    take(value);
  };
  const offered = (words().result.options[name] ?? []).map((each): [string, string] => [each, each]);
  return h("div", { class: "field" }, h("span", null, `${label} *`), choices(label, offered, now, pick, "pills wrap"), input);
}
