import { addProtocol, AttributionControl, Map, ScaleControl, setWorkerUrl, type GeoJSONSource, type MapMouseEvent } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { FeatureCollection } from "geojson";
import { place } from "../core/ranking";
import type { Point } from "../core/geo";
import { drafts } from "../store/drafts";
import { orders } from "../store/orders";
import { keptClues } from "../sync/reference";
import { position } from "../ui/position";
import { words } from "../words";
import { about, basemap, tileFor } from "./basemap";
import { readColours } from "./colours";
import { boundsOf, circle, line, located, marks, orderCircles, orderPoints, self, trails } from "./features";
import { DENSITY, drawMark } from "./marks";
import { chosenIs, styleOf } from "./style";
import { ordersAt, THUMB_PX } from "./tap";
import type { Tile } from "./tiles";

setWorkerUrl(worker);
addProtocol("basemap", async ({ url }, abort) => {
  const tile = url.slice("basemap://".length).split("/").map(Number) as unknown as Tile;
  return { data: await tileFor(tile, abort.signal) };
});

const OLD_MS = 60_000;
const HOUSE_ZOOM = 17;
const FIRST_ZOOM_MOST = 16;
const COUNTRY = { center: [117, -2] as [number, number], zoom: 3.4 };

export interface View {
  /** Orders or drafts are other ones. */
  redraw(): void;
  /** The agent moved, or time passed. */
  follow(): void;
  restyle(): void;
  choose(order: number | null): void;
  toMe(): void;
  toAll(): void;
  zoomBy(steps: number): void;
  close(): void;
}

/** The map in `box`; `chosen` hears which orders were tapped, several where they lie on one point. Raises without WebGL. */
export async function openMap(box: HTMLElement, first: number | null, chosen: (orders: number[]) => void): Promise<View> {
  const base = await about();
  let colours = readColours();
  const style = () => styleOf((colours = readColours()), base, basemap()?.attribution ?? "");
  let aim = first;
  let searched: Point[] = [];
  let isClosed = false;
  const one = first === null ? undefined : orders.get(first);
  const bounds = boundsOf(one?.lat != null ? [place(one)] : everything());
  const map = new Map({
    container: box,
    style: style(),
    ...(bounds ? { bounds, fitBoundsOptions: { padding: padding(!!one), maxZoom: one ? HOUSE_ZOOM : FIRST_ZOOM_MOST } } : COUNTRY),
    maxZoom: 19,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    fadeDuration: 0,
    locale: { "Map.Title": words().map.title },
  });
  map.addControl(new ScaleControl({ unit: "metric" }), "top-right");
  if (base) map.addControl(new AttributionControl({ compact: false }), "bottom-left");
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.setMissingStyleImageResolver((id) => void map.addImage(id, drawMark(id, colours), { pixelRatio: DENSITY }));
  map.on("error", () => undefined); // tiles that are not there offline: the land below is
  map.on("click", (event) => void tapped(event));

  async function tapped({ point }: MapMouseEvent) {
    const reach: [[number, number], [number, number]] = [[point.x - THUMB_PX, point.y - THUMB_PX], [point.x + THUMB_PX, point.y + THUMB_PX]];
    const hits = map.queryRenderedFeatures(reach, { layers: ["orders", "clusters"] });
    const spots = hits.map(({ geometry, properties }) => {
      const at = (geometry as GeoJSON.Point).coordinates as [number, number];
      return { at, properties, ...map.project(at) };
    });
    const cluster = spots.find(({ properties }) => properties.cluster_id !== undefined);
    const found = ordersAt(point, spots.filter((spot) => spot !== cluster && spot.properties.id !== undefined).map(({ x, y, properties }) => ({ x, y, order: Number(properties.id) })));
    if (cluster && !found.length) {
      const zoom = await source("orders").getClusterExpansionZoom(Number(cluster.properties.cluster_id));
      return void map.easeTo({ center: cluster.at, zoom });
    }
    choose(found[0] ?? null);
    chosen(found);
  }

  function choose(order: number | null) {
    aim = order;
    searched = [];
    void redraw();
    const row = order === null ? undefined : orders.get(order);
    if (!row) return;
    void keptClues(row).then((clues) => {
      if (!clues || aim !== order) return;
      searched = clues.searched;
      void redraw();
    });
  }

  const source = (name: string) => map.getSource(name) as GeoJSONSource;
  const set = (name: string, data: FeatureCollection) => void source(name).setData(data);
  const isReady = () => !isClosed && !!map.getSource("orders");

  async function redraw() {
    const running = (await drafts()).map((draft) => draft.trail);
    if (!isReady()) return;
    const all = orders.all();
    set("orders", orderPoints(all));
    set("circles", orderCircles(all));
    set("marks", marks(all, aim, searched));
    set("trails", trails(all, running, aim));
    map.setFilter("chosen", chosenIs(aim));
    follow();
  }

  function follow() {
    if (!isReady()) return;
    const fix = position();
    set("self", self(fix, !!fix && Date.now() - fix.at > OLD_MS));
    const to = aim === null ? undefined : orders.get(aim);
    set("aim", line(fix && to?.lat != null ? [fix, place(to)] : []));
  }

  function everything() {
    const here = position();
    return [...located(orders.all()).map(place), ...(here ? [here] : [])];
  }

  /** Room for what lies over the map: the legend, the buttons, the card of an order. */
  function padding(isCard: boolean) {
    if (box.clientHeight < 480) return 40;
    return { top: 120, right: 84, bottom: isCard ? 230 : 48, left: 40 };
  }

  function fit(points: Point[], maxZoom: number) {
    const wanted = boundsOf(points);
    if (wanted) map.fitBounds(wanted, { padding: padding(aim !== null), maxZoom });
  }

  map.on("style.load", () => void redraw());
  choose(first);
  return {
    redraw: () => void redraw(),
    follow,
    restyle: () => void map.setStyle(style(), { diff: false }),
    choose,
    toMe: () => {
      const fix = position();
      const round = fix && (circle(fix, Math.max(60, fix.accuracy_m)) as GeoJSON.Polygon).coordinates[0]!;
      if (round) fit(round.map(([lon = 0, lat = 0]) => ({ lat, lon })), HOUSE_ZOOM);
    },
    toAll: () => fit(located(orders.all()).map(place), FIRST_ZOOM_MOST),
    zoomBy: (steps) => void map.zoomTo(map.getZoom() + steps),
    close: () => {
      isClosed = true;
      map.remove();
    },
  };
}
