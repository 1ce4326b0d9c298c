import type { Colours } from "./style";

/** Marks of the map, drawn on the spot: a grade is told by colour, letter and shape, as in the lists. */

export const DENSITY = 2;
const SIDE = 30 * DENSITY;

export function drawMark(name: string, colours: Colours): ImageData {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const pen = canvas.getContext("2d")!;
  pen.scale(DENSITY, DENSITY);
  pen.lineJoin = "round";
  const [kind, which = ""] = name.split("-");
  if (kind === "grade") drawGrade(pen, which, colours);
  else drawOther(pen, which, colours);
  return pen.getImageData(0, 0, SIDE, SIDE);
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
  pen.fillStyle = colours[`grade-${letter.toLowerCase()}` as keyof Colours] ?? colours["grade-d"];
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

function drawOther(pen: Pen, which: string, colours: Colours): void {
  pen.lineWidth = 2.5;
  pen.fillStyle = colours.surface;
  pen.strokeStyle = colours["ink-2"];
  pen.beginPath();
  if (which === "candidate") polygon(pen, [[15, 8], [22, 15], [15, 22], [8, 15]]);
  else if (which === "odp") {
    pen.roundRect(9, 9, 12, 12, 3);
    pen.fillStyle = colours["ink-2"];
  } else if (which === "visit") pen.arc(15, 15, 6, 0, 2 * Math.PI);
  else {
    pen.strokeStyle = colours.act;
    pen.moveTo(9, 9);
    pen.lineTo(21, 21);
    pen.moveTo(21, 9);
    pen.lineTo(9, 21);
  }
  if (which !== "searched") pen.fill();
  pen.stroke();
}

function polygon(pen: Pen, points: [number, number][]): void {
  points.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
}
