import { h } from "../ui/dom";
import { readColours, type Colours } from "./colours";

/** Marks of the map, drawn on the spot: what a mark says is told by shape, not by colour alone. */

export const DENSITY = 2;
const SIDE = 30 * DENSITY;

/** `grade-A`, or `mark-` and the source of a candidate, `odp`, `visit` or `searched`. */
export function drawMark(name: string, colours: Colours): ImageData {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const pen = canvas.getContext("2d")!;
  pen.scale(DENSITY, DENSITY);
  pen.lineJoin = "round";
  pen.lineCap = "round";
  const [kind, which = ""] = name.split("-");
  if (kind === "grade") drawGrade(pen, which, colours);
  else drawOther(pen, which, colours);
  return pen.getImageData(0, 0, SIDE, SIDE);
}

/** The same mark for the legend, which so cannot say anything else than the map. */
export function markPicture(name: string): HTMLCanvasElement {
  const canvas = h("canvas", { class: "legend-mark", width: SIDE, height: SIDE, "aria-hidden": "true" });
  canvas.getContext("2d")!.putImageData(drawMark(name, readColours()), 0, 0);
  return canvas;
}

type Pen = OffscreenCanvasRenderingContext2D;

function drawGrade(pen: Pen, letter: string, colours: Colours): void {
  const shapes: Record<string, () => void> = {
    A: () => pen.arc(15, 15, 12, 0, 2 * Math.PI),
    B: () => pen.roundRect(3.5, 3.5, 23, 23, 5),
    C: () => polygon(pen, [[15, 1], [29, 15], [15, 29], [1, 15]]),
    D: () => polygon(pen, [[15, 2], [29, 27], [1, 27]]),
  };
  pen.beginPath();
  (shapes[letter] ?? shapes.D!)();
  pen.fillStyle = colours[`grade-${letter.toLowerCase()}` as "grade-a"] ?? colours["grade-d"];
  pen.strokeStyle = colours.surface;
  pen.lineWidth = 2.5;
  pen.fill();
  pen.stroke();
  pen.fillStyle = colours["grade-ink"];
  pen.font = "700 13px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(letter, 15, letter === "D" ? 20 : 16);
}

/** Where a point comes from: the technician's GPS, an agent, the customer, a neighbour, the village. */
const SHAPES: Record<string, (pen: Pen) => void> = {
  INSTALL: (pen) => polygon(pen, [[15, 7], [23, 15], [15, 23], [7, 15]]),
  AGENT_PIN: (pen) => star(pen),
  VISIT: (pen) => star(pen),
  CUSTOMER_PIN: (pen) => {
    pen.arc(15, 10.5, 3.8, 0, 2 * Math.PI);
    pen.moveTo(22, 23);
    pen.arc(15, 23, 7, 0, Math.PI, true);
    pen.closePath();
  },
  NEIGHBOUR: (pen) => polygon(pen, [[7, 15], [15, 7.5], [23, 15], [20.5, 15], [20.5, 22.5], [9.5, 22.5], [9.5, 15]]),
  VILLAGE: (pen) => polygon(pen, [[15, 7], [22, 11], [22, 19], [15, 23], [8, 19], [8, 11]]),
  odp: (pen) => pen.roundRect(9, 9, 12, 12, 3),
  visit: (pen) => pen.arc(15, 15, 5.5, 0, 2 * Math.PI),
  searched: (pen) => {
    pen.moveTo(9.5, 9.5);
    pen.lineTo(20.5, 20.5);
    pen.moveTo(20.5, 9.5);
    pen.lineTo(9.5, 20.5);
  },
};

function drawOther(pen: Pen, which: string, colours: Colours): void {
  const tone = which === "searched" ? colours.act : which === "NEIGHBOUR" ? colours.good : colours["ink-2"];
  pen.beginPath();
  (SHAPES[which] ?? SHAPES.INSTALL!)(pen);
  pen.strokeStyle = colours.surface; // an edge that stands out from any base map
  pen.lineWidth = 6;
  pen.stroke();
  pen.fillStyle = which === "odp" ? tone : colours.surface;
  if (which !== "searched") pen.fill();
  pen.strokeStyle = tone;
  pen.lineWidth = 2.5;
  pen.stroke();
}

function star(pen: Pen): void {
  const corners = Array.from({ length: 10 }, (_none, n): [number, number] => {
    const [reach, turn] = [n % 2 ? 4.2 : 9, (n * Math.PI) / 5];
    return [15 + reach * Math.sin(turn), 15.5 - reach * Math.cos(turn)];
  });
  polygon(pen, corners);
}

function polygon(pen: Pen, points: [number, number][]): void {
  points.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
}
