import { svg } from "./dom";

/** Drawn here, on a grid of 24, in the colour of the text. */
const PATHS = {
  back: "M15 5l-7 7 7 7",
  orders: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  map: "M9 4 3 6.5v13.5L9 17.5l6 2.5 6-2.5V4L15 6.5 9 4zM9 4v13.5M15 6.5V20",
  day: "M12 8v4.5l3 1.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  me: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
  locate: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20.5 20.5",
  pin: "M12 21.5s-7-7.5-7-12.5a7 7 0 0 1 14 0c0 5-7 12.5-7 12.5zM12 11.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  close: "M6 6l12 12M18 6 6 18",
  call: "M6 3.5h3l1.5 4.5-2 1.5a12 12 0 0 0 6 6l1.5-2 4.5 1.5v3c0 1-1 2-2 2A16 16 0 0 1 4 5.5c0-1 1-2 2-2z",
  camera: "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  target: "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM12 2v4M12 18v4M2 12h4M18 12h4",
  check: "M5 12.5l4.5 4.5L19 7.5",
} as const;

export type Icon = keyof typeof PATHS;

export function icon(name: Icon): SVGSVGElement {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));
}
