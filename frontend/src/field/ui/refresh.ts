import { words } from "../words";
import { h, write } from "./dom";

const FAR_ENOUGH_PX = 70;

/** Pull the list down to sync: the gesture that phones have taught. Returns how to stop. */
export function pullToRefresh(main: HTMLElement, run: () => Promise<void>): () => void {
  const hint = h("p", { class: "pull", "aria-hidden": "true" });
  main.before(hint);
  let from: number | null = null;
  let by = 0;
  const start = (event: TouchEvent) => {
    from = main.scrollTop <= 0 && event.touches.length === 1 ? event.touches[0]!.clientY : null;
    by = 0;
  };
  const move = (event: TouchEvent) => {
    if (from === null) return;
    by = Math.max(0, event.touches[0]!.clientY - from) / 2;
    hint.style.height = `${Math.min(by, FAR_ENOUGH_PX + 10)}px`;
    write(hint, by > FAR_ENOUGH_PX ? words().sync.release : words().sync.pull);
  };
  const end = () => {
    if (from !== null && by > FAR_ENOUGH_PX) void run();
    from = null;
    hint.style.height = "0";
  };
  main.addEventListener("touchstart", start, { passive: true });
  main.addEventListener("touchmove", move, { passive: true });
  main.addEventListener("touchend", end);
  main.addEventListener("touchcancel", end);
  return () => hint.remove();
}
