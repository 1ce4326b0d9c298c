import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import outline from "virtual:outline";

/** How the map looks: colours of the roles, read from the page, so that dark is dark here, too. No fonts are fetched. */

const ROLES = ["ground", "surface", "sunken", "line", "edge", "ink", "ink-2", "ink-3", "act", "info", "good", "warn", "grade-a", "grade-b", "grade-c", "grade-d", "grade-ink"] as const;
export type Colours = Record<(typeof ROLES)[number], string>;

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(ROLES.map((role) => [role, style.getPropertyValue(`--${role}`).trim()])) as Colours;
}

const NEAR_ZOOM = 14;
const FONT = ["system-ui", "Noto Sans", "sans-serif"];
const EMPTY: SourceSpecification = { type: "geojson", data: { type: "FeatureCollection", features: [] } };

function byGrade(colours: Colours): ExpressionSpecification {
  return ["match", ["get", "grade"], "A", colours["grade-a"], "B", colours["grade-b"], "C", colours["grade-c"], colours["grade-d"]];
}

export function styleOf(colours: Colours, base: "none" | "raster" | "vector", attribution: string): StyleSpecification {
  const sources: StyleSpecification["sources"] = {
    outline: { type: "geojson", data: new URL(outline, location.href).href, ...(base === "none" ? {} : { attribution }) },
    circles: EMPTY,
    orders: { ...EMPTY, cluster: true, clusterRadius: 42, clusterMaxZoom: 13 } as SourceSpecification,
    marks: EMPTY,
    trails: EMPTY,
    aim: EMPTY,
    self: EMPTY,
  };
  if (base === "raster") sources.base = { type: "raster", tiles: ["basemap://{z}/{x}/{y}"], tileSize: 256, maxzoom: 19 };
  if (base === "vector") sources.base = { type: "vector", tiles: ["basemap://{z}/{x}/{y}"], maxzoom: 15 };
  return { version: 8, sources, layers: [...land(colours), ...baseLayers(colours, base), ...ours(colours)] };
}

function land(colours: Colours): LayerSpecification[] {
  return [
    { id: "sea", type: "background", paint: { "background-color": colours.sunken } },
    { id: "land", type: "fill", source: "outline", paint: { "fill-color": ["case", ["get", "own"], colours.surface, colours.ground] } },
    { id: "coast", type: "line", source: "outline", paint: { "line-color": colours.edge, "line-width": 1 } },
  ];
}

/** The operator's raster as it is; vector tiles of the Protomaps schema in our own few colours. */
function baseLayers(colours: Colours, base: "none" | "raster" | "vector"): LayerSpecification[] {
  if (base === "raster") return [{ id: "base", type: "raster", source: "base", paint: { "raster-saturation": -0.35 } }];
  if (base === "none") return [];
  const width = (at16: number): ExpressionSpecification => ["interpolate", ["exponential", 1.6], ["zoom"], 10, 0.5, 16, at16];
  return [
    { id: "earth", type: "fill", source: "base", "source-layer": "earth", paint: { "fill-color": colours.surface } },
    { id: "water", type: "fill", source: "base", "source-layer": "water", paint: { "fill-color": colours.sunken } },
    { id: "buildings", type: "fill", source: "base", "source-layer": "buildings", minzoom: 15, paint: { "fill-color": colours.line } },
    { id: "paths", type: "line", source: "base", "source-layer": "roads", filter: ["==", ["get", "kind"], "path"], minzoom: 14, paint: { "line-color": colours.edge, "line-width": 1, "line-dasharray": [2, 2] } },
    { id: "streets", type: "line", source: "base", "source-layer": "roads", filter: ["==", ["get", "kind"], "minor_road"], paint: { "line-color": colours.line, "line-width": width(6) } },
    { id: "roads", type: "line", source: "base", "source-layer": "roads", filter: ["in", ["get", "kind"], ["literal", ["major_road", "highway"]]], paint: { "line-color": colours.edge, "line-width": width(9) } },
    { id: "road-names", type: "symbol", source: "base", "source-layer": "roads", minzoom: 15, layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": FONT, "text-size": 12 }, paint: { "text-color": colours["ink-2"], "text-halo-color": colours.surface, "text-halo-width": 1.5 } },
    { id: "places", type: "symbol", source: "base", "source-layer": "places", layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 13 }, paint: { "text-color": colours["ink-2"], "text-halo-color": colours.surface, "text-halo-width": 1.5 } },
  ];
}

function ours(colours: Colours): LayerSpecification[] {
  const tone = byGrade(colours);
  const own: ExpressionSpecification = ["case", ["get", "is_old"], colours["ink-3"], colours.act];
  return [
    { id: "circles", type: "fill", source: "circles", paint: { "fill-color": tone, "fill-opacity": 0.16 } },
    { id: "circle-edges", type: "line", source: "circles", paint: { "line-color": tone, "line-width": 2 } },
    { id: "trails", type: "line", source: "trails", minzoom: 12, paint: { "line-color": ["case", ["get", "now"], colours.act, colours["ink-3"]], "line-width": 3, "line-dasharray": [1.5, 1] } },
    { id: "aim", type: "line", source: "aim", paint: { "line-color": colours.act, "line-width": 2.5, "line-dasharray": [3, 2] } },
    { id: "doubt", type: "fill", source: "self", filter: ["==", ["get", "kind"], "doubt"], paint: { "fill-color": own, "fill-opacity": 0.12 } },
    { id: "marks", type: "symbol", source: "marks", minzoom: NEAR_ZOOM, layout: { "icon-image": ["concat", "mark-", ["get", "mark"]], "icon-allow-overlap": true } },
    { id: "clusters", type: "circle", source: "orders", filter: ["has", "point_count"], paint: { "circle-color": colours.ink, "circle-radius": ["step", ["get", "point_count"], 18, 10, 22, 50, 28], "circle-stroke-color": colours.surface, "circle-stroke-width": 3 } },
    { id: "counts", type: "symbol", source: "orders", filter: ["has", "point_count"], layout: { "text-field": ["get", "point_count_abbreviated"], "text-font": FONT, "text-size": 15, "text-allow-overlap": true }, paint: { "text-color": colours.ground } },
    { id: "orders", type: "symbol", source: "orders", filter: ["!", ["has", "point_count"]], layout: { "icon-image": ["concat", "grade-", ["get", "grade"]], "icon-allow-overlap": true } },
    { id: "self", type: "circle", source: "self", filter: ["==", ["get", "kind"], "self"], paint: { "circle-color": own, "circle-radius": 8, "circle-stroke-color": colours.surface, "circle-stroke-width": 3 } },
  ];
}
