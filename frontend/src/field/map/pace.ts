/**
 * `run` at most once in so many ms, and once more after the last call of a burst: positions come faster than a map should
 * be drawn.
 */
export function paced(ms: number, run: () => void): { call: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ranAt = -Infinity;
  const now = () => {
    timer = undefined;
    ranAt = Date.now();
    run();
  };
  return {
    call: () => {
      if (timer !== undefined) return;
      const left = ranAt + ms - Date.now();
      if (left <= 0) now();
      else timer = setTimeout(now, left);
    },
    stop: () => clearTimeout(timer),
  };
}
