import { nearness, type Fix, type Nearness, type Point } from "../core/geo";
import { h, write } from "../ui/dom";
import { age, metres } from "../ui/format";
import { position } from "../ui/position";
import { words } from "../words";

const GOOD_M = 20;
const FAIR_M = 50;

/** How good the GPS is now, and how far the house is, with the margin of both. */
export function gauge(house: (Point & { radius_m: number | null }) | null, fence_m: number) {
  const accuracy = h("b", null, "–");
  const quality = h("small");
  const meter = h("meter", { min: 0, max: 100, low: 40, high: 75, optimum: 100, "aria-label": words().arrive.accuracy });
  const distance = h("b", null, "–");
  const margin = h("small");
  const element = h(
    "div",
    { class: "card gauge" },
    h("div", null, distance, margin),
    h("div", null, accuracy, quality, meter),
  );
  const update = (): { fix: Fix | null; near: Nearness | null } => {
    const w = words().arrive;
    const fix = position();
    if (!fix) {
      write(quality, words().position.waiting);
      return { fix, near: null };
    }
    write(accuracy, `± ${metres(fix.accuracy_m)}`);
    const old = Date.now() - fix.at > 30_000 ? ` · ${age(Date.now() - fix.at)}` : "";
    write(quality, (fix.accuracy_m <= GOOD_M ? w.good : fix.accuracy_m <= FAIR_M ? w.fair : w.poor) + old);
    meter.value = Math.max(4, Math.min(100, 100 - fix.accuracy_m));
    const near = house && nearness(fix, house, house.radius_m, fence_m);
    if (near) {
      write(distance, metres(near.distance_m));
      write(margin, `${w.distance} · ${w.margin(metres(near.margin_m))}`);
    } else write(margin, w.no_point);
    return { fix, near };
  };
  return { element, update };
}
