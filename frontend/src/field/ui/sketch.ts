import { distanceM, planeM, type Fix, type Point } from "../core/geo";
import { svg, type Child } from "./dom";
import { metres } from "./format";

/**
 * A drawing of a house and what is around it, true to scale, north up: no tiles, no network, drawn at once. The point is
 * a circle of its true radius.
 */

export interface Mark extends Point {
  kind: "candidate" | "odp" | "neighbour" | "visit" | "searched";
  label?: string;
}

export interface Sketched {
  house: (Point & { radius_m: number | null; grade: string }) | null;
  marks: Mark[];
  trails: [number, number][][];
  me: Fix | null;
}

const WIDTH = 336;
const HEIGHT = 210;
const EDGE = 26;
const NEAR_M = 150; // what is farther away stands at the edge, or the house would shrink to a dot

export function sketch({ house, marks, trails, me }: Sketched, label: string): SVGSVGElement {
  const centre = house ?? marks[0] ?? me;
  const box = svg("svg", { class: "sketch", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label });
  if (!centre) return box;
  const isNear = (point: Point) => distanceM(point, centre) <= NEAR_M;
  const self = me && isNear(me) ? me : null;
  const around = [...marks.filter(isNear), ...(self ? [self] : [])];
  const plane = around.map((point) => planeM(centre, point));
  const reach = Math.max(house?.radius_m ?? 0, 20);
  const east = Math.max(reach, ...plane.map(([x]) => Math.abs(x)));
  const north = Math.max(reach, ...plane.map(([, y]) => Math.abs(y)));
  const scale = Math.min((WIDTH / 2 - EDGE) / east, (HEIGHT / 2 - EDGE) / north);
  const at = (point: Point): [number, number] => {
    const [x, y] = planeM(centre, point);
    return [WIDTH / 2 + x * scale, HEIGHT / 2 - y * scale];
  };
  box.append(
    ...grid(),
    ...trails.map((line) => svg("polyline", { class: "trail", points: line.map(([lat, lon]) => at({ lat, lon }).join(",")).join(" ") })),
    ...(house ? circle(house, at, scale) : []),
    ...(house && self ? [svg("line", { class: "line", ...ends(at(self), at(house)) })] : []),
    ...marks.filter(isNear).map((mark) => drawn(mark, at(mark))),
    ...marks.filter((mark) => mark.kind === "odp" && !isNear(mark)).flatMap((mark) => atEdge(mark, centre, "mark odp", mark.label ?? "")),
    ...(self ? agent(self, at, scale) : me ? atEdge(me, centre, "me", "") : []),
    ruler(scale),
  );
  return box;
}

function grid(): SVGElement[] {
  const lines = [0.25, 0.5, 0.75].flatMap((share) => [
    svg("line", { class: "grid", x1: WIDTH * share, x2: WIDTH * share, y1: 0, y2: HEIGHT }),
    svg("line", { class: "grid", y1: HEIGHT * share, y2: HEIGHT * share, x1: 0, x2: WIDTH }),
  ]);
  return [...lines, text("U", WIDTH - 14, 18, "north"), svg("path", { class: "north-mark", d: `M${WIDTH - 14} 22l4 9-4-2-4 2z` })];
}

function circle(house: NonNullable<Sketched["house"]>, at: (point: Point) => [number, number], scale: number): SVGElement[] {
  const [cx, cy] = at(house);
  const tone = `grade-${(house.grade || "d").toLowerCase()}`;
  return [
    svg("circle", { class: `radius ${tone}`, cx, cy, r: Math.max(4, (house.radius_m ?? 0) * scale) }),
    svg("circle", { class: `centre ${tone}`, cx, cy, r: 4 }),
  ];
}

function drawn(mark: Mark, [x, y]: [number, number]): SVGElement {
  const shapes: Record<Mark["kind"], () => SVGElement> = {
    candidate: () => svg("path", { d: `M${x} ${y - 6}l6 6-6 6-6-6z` }),
    odp: () => svg("rect", { x: x - 5, y: y - 5, width: 10, height: 10, rx: 2 }),
    neighbour: () => svg("path", { d: `M${x - 6} ${y + 5}v-6l6-5 6 5v6z` }),
    visit: () => svg("circle", { cx: x, cy: y, r: 4 }),
    searched: () => svg("path", { d: `M${x - 5} ${y - 5}l10 10M${x + 5} ${y - 5}l-10 10` }),
  };
  return svg("g", { class: `mark ${mark.kind}` }, shapes[mark.kind](), mark.label && text(mark.label, x + 8, y + 4, "mark-text"));
}

function agent(fix: Fix, at: (point: Point) => [number, number], scale: number): SVGElement[] {
  const [cx, cy] = at(fix);
  return [svg("circle", { class: "me-radius", cx, cy, r: Math.max(6, fix.accuracy_m * scale) }), svg("circle", { class: "me", cx, cy, r: 7 })];
}

/** Something far away: a mark at the edge in its direction, with how far it is. */
function atEdge(point: Point, centre: Point, name: string, label: string): SVGElement[] {
  const [east, north] = planeM(centre, point);
  const shrink = Math.min((WIDTH / 2 - 14) / Math.abs(east || 1), (HEIGHT / 2 - 14) / Math.abs(north || 1));
  const [x, y] = [WIDTH / 2 + east * shrink, HEIGHT / 2 - north * shrink];
  const far = [label, metres(distanceM(point, centre))].filter(Boolean).join(" ");
  const isRight = x > WIDTH / 2;
  const note = svg("text", { class: "far-text", x: x + (isRight ? -12 : 12), y: y + 4, "text-anchor": isRight ? "end" : "start" }, far);
  return [svg("circle", { class: name, cx: x, cy: y, r: 6 }), note];
}

function ruler(scale: number): SVGElement {
  const wanted = 70 / scale;
  const step = 10 ** Math.floor(Math.log10(wanted));
  const length = [5, 2, 1].map((times) => times * step).find((m) => m <= wanted) ?? step;
  const width = length * scale;
  return svg("g", { class: "ruler" }, svg("path", { d: `M10 9v5h${width}v-5` }), text(metres(length), 16 + width, 16, "ruler-text"));
}

function text(content: Child, x: number, y: number, name: string): SVGElement {
  return svg("text", { class: name, x, y }, content);
}

const ends = ([x1, y1]: [number, number], [x2, y2]: [number, number]) => ({ x1, y1, x2, y2 });
