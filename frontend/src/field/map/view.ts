import { addProtocol, Map, ScaleControl, setWorkerUrl, type GeoJSONSource, type MapMouseEvent } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { FeatureCollection } from "geojson";
import { place } from "../core/ranking";
import { drafts } from "../store/drafts";
import { orders } from "../store/orders";
import { position } from "../ui/position";
import { basemap, isVector, tileFor, type Tile } from "./basemap";
import { boundsOf, circle, line, located, marks, orderCircles, orderPoints, self, trails } from "./features";
import { DENSITY, drawMark } from "./marks";
import { readColours, styleOf } from "./style";

setWorkerUrl(worker);
addProtocol("basemap", async ({ url }, abort) => {
  const tile = url.slice("basemap://".length).split("/").map(Number) as unknown as Tile;
  return { data: await tileFor(tile, abort.signal) };
});

const OLD_MS = 60_000;
const HOUSE_ZOOM = 17;
const FIRST_ZOOM_MOST = 16;

export interface View {
  redraw(): void;
  restyle(): void;
  toMe(): void;
  toAll(): void;
  zoomBy(steps: number): void;
  close(): void;
}

/** The map in `box`; `choose` is called with the order that was tapped, or null. Raises where there is no WebGL. */
export async function openMap(box: HTMLElement, first: number | null, choose: (order: number | null) => void): Promise<View> {
  const base = basemap() ? ((await isVector()) ? "vector" : "raster") : "none";
  let colours = readColours();
  const style = () => styleOf((colours = readColours()), base, basemap()?.attribution ?? "");
  const chosen = first === null ? undefined : orders.get(first);
  let aim = first;
  const bounds = boundsOf(chosen?.lat != null ? [place(chosen)] : everything());
  const map = new Map({
    container: box,
    style: style(),
    ...(bounds ? { bounds, fitBoundsOptions: { padding: 60, maxZoom: chosen ? HOUSE_ZOOM : FIRST_ZOOM_MOST } } : { center: [117, -2], zoom: 3.4 }),
    maxZoom: 19,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: base === "none" ? false : { compact: true },
    fadeDuration: 0,
  });
  map.addControl(new ScaleControl({ unit: "metric" }), "top-right");
  map.touchZoomRotate.disableRotation();
  map.setMissingStyleImageResolver((id) => void map.addImage(id, drawMark(id, colours), { pixelRatio: DENSITY }));
  map.on("error", () => undefined); // tiles that are not there offline: the land below is
  map.on("click", (event) => void tapped(event));

  async function tapped({ point }: MapMouseEvent) {
    const reach = 22; // a thumb
    const [hit] = map.queryRenderedFeatures([[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]], { layers: ["orders", "clusters"] });
    if (!hit) return pick(null);
    const at = (hit.geometry as GeoJSON.Point).coordinates as [number, number];
    if (hit.properties.id !== undefined) return pick(Number(hit.properties.id));
    const zoom = await source("orders").getClusterExpansionZoom(Number(hit.properties.cluster_id));
    map.easeTo({ center: at, zoom });
  }

  function pick(order: number | null) {
    aim = order;
    follow();
    choose(order);
  }

  const source = (name: string) => map.getSource(name) as GeoJSONSource;
  const set = (name: string, data: FeatureCollection) => void source(name)?.setData(data);

  async function redraw() {
    const all = orders.all();
    const running = (await drafts()).map((draft) => draft.trail);
    if (!map.isStyleLoaded() && !source("orders")) return;
    set("orders", orderPoints(all));
    set("circles", orderCircles(all));
    set("marks", marks(all));
    set("trails", trails(all, running));
    follow();
  }

  function follow() {
    const fix = position();
    set("self", self(fix, !!fix && Date.now() - fix.at > OLD_MS));
    const to = aim === null ? undefined : orders.get(aim);
    set("aim", line(fix && to?.lat != null ? [fix, place(to)] : []));
  }

  function everything() {
    const here = position();
    return [...located(orders.all()).map(place), ...(here ? [here] : [])];
  }

  function toAll() {
    const wanted = boundsOf(located(orders.all()).map(place));
    if (wanted) map.fitBounds(wanted, { padding: 60, maxZoom: FIRST_ZOOM_MOST });
  }

  map.on("style.load", () => void redraw());
  return {
    redraw: () => void redraw(),
    restyle: () => {
      map.setStyle(style(), { diff: false });
    },
    toMe: () => {
      const fix = position();
      const round = fix && (circle(fix, Math.max(60, fix.accuracy_m)) as GeoJSON.Polygon).coordinates[0]!;
      if (round) map.fitBounds(boundsOf(round.map(([lon = 0, lat = 0]) => ({ lat, lon })))!, { maxZoom: HOUSE_ZOOM });
    },
    toAll,
    zoomBy: (steps) => void map.zoomTo(map.getZoom() + steps),
    close: () => map.remove(),
  };
}
