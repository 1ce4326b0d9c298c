/** What a thumb means. */

export const THUMB_PX = 22;
const SAME_PX = 6;

interface Spot {
  x: number;
  y: number;
  order: number;
}

/** The nearest order under the thumb, and those that lie on the same point: a stack of customers hides nobody. */
export function ordersAt(tap: { x: number; y: number }, spots: Spot[]): number[] {
  const far = (spot: Spot) => Math.hypot(spot.x - tap.x, spot.y - tap.y);
  const sorted = spots.toSorted((a, b) => far(a) - far(b));
  const [nearest] = sorted;
  if (!nearest || far(nearest) > THUMB_PX) return [];
  const isSame = (spot: Spot) => Math.hypot(spot.x - nearest.x, spot.y - nearest.y) <= SAME_PX;
  return [...new Set(sorted.filter(isSame).map(({ order }) => order))];
}
