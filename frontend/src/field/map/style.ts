import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import outline from "virtual:outline";
import type { Colours } from "./colours";

/** How the map looks, in the colours of the page. No fonts are fetched: without `glyphs`, the phone's own are used. */

const NEAR_ZOOM = 14;
const FONT = ["system-ui", "Noto Sans", "sans-serif"];
const ROUND = { "line-join": "round", "line-cap": "round" } as const;
const EMPTY: SourceSpecification = { type: "geojson", data: { type: "FeatureCollection", features: [] } };

function byGrade(colours: Colours): ExpressionSpecification {
  return ["match", ["get", "grade"], "A", colours["grade-a"], "B", colours["grade-b"], "C", colours["grade-c"], colours["grade-d"]];
}

/** The operator's tiles, if any. */
export type Base = { kind: "raster" | "vector"; deepest: number } | null;

export function styleOf(colours: Colours, base: Base, attribution: string): StyleSpecification {
  const sources: StyleSpecification["sources"] = {
    outline: { type: "geojson", data: new URL(outline, location.href).href },
    circles: EMPTY,
    orders: { ...EMPTY, cluster: true, clusterRadius: 42, clusterMaxZoom: NEAR_ZOOM - 1 } as SourceSpecification,
    marks: EMPTY,
    trails: EMPTY,
    aim: EMPTY,
    self: EMPTY,
  };
  const tiles = { tiles: ["basemap://{z}/{x}/{y}"], attribution };
  if (base) sources.base = base.kind === "vector" ? { type: "vector", ...tiles, maxzoom: base.deepest } : { type: "raster", ...tiles, tileSize: 256, maxzoom: base.deepest };
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
function baseLayers(colours: Colours, base: Base): LayerSpecification[] {
  if (!base) return [];
  if (base.kind === "raster") {
    // Paler than our own marks, and at night no torch in the face: it may be a photo, so it is dimmed, not inverted.
    const paint = { "raster-saturation": -0.35, "raster-brightness-max": colours.is_dark ? 0.5 : 1, "raster-fade-duration": 0 };
    return [{ id: "base", type: "raster", source: "base", paint }];
  }
  const width = (at16: number): ExpressionSpecification => ["interpolate", ["exponential", 1.6], ["zoom"], 10, 0.5, 16, at16];
  return [
    { id: "earth", type: "fill", source: "base", "source-layer": "earth", paint: { "fill-color": colours.surface } },
    { id: "water", type: "fill", source: "base", "source-layer": "water", paint: { "fill-color": colours.sunken } },
    { id: "buildings", type: "fill", source: "base", "source-layer": "buildings", minzoom: 15, paint: { "fill-color": colours.line } },
    { id: "paths", type: "line", source: "base", "source-layer": "roads", filter: ["==", ["get", "kind"], "path"], minzoom: 14, paint: { "line-color": colours.edge, "line-width": 1, "line-dasharray": [2, 2] } },
    { id: "streets", type: "line", source: "base", "source-layer": "roads", filter: ["==", ["get", "kind"], "minor_road"], paint: { "line-color": colours.line, "line-width": width(6) } },
    { id: "roads", type: "line", source: "base", "source-layer": "roads", filter: ["in", ["get", "kind"], ["literal", ["medium_road", "major_road", "highway"]]], paint: { "line-color": colours.edge, "line-width": width(9) } },
    { id: "road-names", type: "symbol", source: "base", "source-layer": "roads", minzoom: 15, layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": FONT, "text-size": 12 }, paint: { "text-color": colours["ink-2"], "text-halo-color": colours.surface, "text-halo-width": 1.5 } },
    { id: "places", type: "symbol", source: "base", "source-layer": "places", layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 13 }, paint: { "text-color": colours["ink-2"], "text-halo-color": colours.surface, "text-halo-width": 1.5 } },
  ];
}

function ours(colours: Colours): LayerSpecification[] {
  const tone = byGrade(colours);
  const own: ExpressionSpecification = ["case", ["get", "is_old"], colours["ink-3"], colours.act];
  const seen: ExpressionSpecification = ["any", ["get", "is_chosen"], [">=", ["zoom"], NEAR_ZOOM]];
  const one: ExpressionSpecification = ["!", ["has", "point_count"]];
  return [
    { id: "circles", type: "fill", source: "circles", paint: { "fill-color": tone, "fill-opacity": 0.18 } },
    { id: "circle-edges", type: "line", source: "circles", paint: { "line-color": tone, "line-width": 2.5 } },
    { id: "doubt", type: "fill", source: "self", filter: ["==", ["get", "kind"], "doubt"], paint: { "fill-color": own, "fill-opacity": 0.14 } },
    { id: "trail-edges", type: "line", source: "trails", filter: seen, layout: ROUND, paint: { "line-color": colours.surface, "line-width": 6, "line-opacity": 0.7 } },
    { id: "trails", type: "line", source: "trails", filter: seen, paint: { "line-color": ["case", ["get", "is_now"], colours.act, colours["ink-2"]], "line-width": 3, "line-dasharray": [1.5, 1] } },
    { id: "aim", type: "line", source: "aim", layout: ROUND, paint: { "line-color": colours.act, "line-width": 2.5, "line-dasharray": [3, 2] } },
    { id: "marks", type: "symbol", source: "marks", filter: seen, layout: { "icon-image": ["concat", "mark-", ["get", "mark"]], "icon-allow-overlap": true } },
    { id: "chosen", type: "circle", source: "orders", filter: chosenIs(null), paint: { "circle-radius": 19, "circle-color": colours.surface, "circle-stroke-color": colours.act, "circle-stroke-width": 3 } },
    { id: "orders", type: "symbol", source: "orders", filter: one, layout: { "icon-image": ["concat", "grade-", ["get", "grade"]], "icon-allow-overlap": true } },
    { id: "self", type: "circle", source: "self", filter: ["==", ["get", "kind"], "self"], paint: { "circle-color": own, "circle-radius": 8, "circle-stroke-color": colours.surface, "circle-stroke-width": 3 } },
    { id: "clusters", type: "circle", source: "orders", filter: ["has", "point_count"], paint: { "circle-color": colours.ink, "circle-radius": ["step", ["get", "point_count"], 18, 10, 22, 50, 28], "circle-stroke-color": colours.surface, "circle-stroke-width": 3 } },
    { id: "counts", type: "symbol", source: "orders", filter: ["has", "point_count"], layout: { "text-field": ["get", "point_count_abbreviated"], "text-font": FONT, "text-size": 15, "text-allow-overlap": true }, paint: { "text-color": colours.ground } },
  ];
}

/** The one order that is looked at; none for null. */
export const chosenIs = (order: number | null): ExpressionSpecification => ["==", ["get", "id"], order ?? -1];
