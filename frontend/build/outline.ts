import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Plugin } from "vite";

const INDONESIA = "360"; // ISO 3166-1 numeric
// Around them the map needs some land, but not at the scale of a coast.
const NEIGHBOURS = new Set(["458", "626", "598", "096", "702", "764", "608", "036"]);
const NAME = "virtual:outline";

/**
 * `import url from "virtual:outline"`: address of a GeoJSON file with the country at 1:10,000,000 and its neighbours at
 * 1:50,000,000 (Natural Earth, by way of the npm package world-atlas), coordinates rounded to some 100 m.
 */
export function outline(): Plugin {
  let file = "";
  return {
    name: "outline",
    apply: "build",
    buildStart() {
      file = this.emitFile({ type: "asset", name: "outline.json", source: JSON.stringify(readOutline()) });
    },
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? `export default import.meta.ROLLUP_FILE_URL_${file}` : undefined),
  };
}

function readOutline() {
  const country = countries("10m").filter((shape) => shape.id === INDONESIA);
  const around = countries("50m").filter((shape) => NEIGHBOURS.has(String(shape.id)));
  const features = [...country, ...around].map(({ id, geometry }) => ({
    type: "Feature" as const,
    properties: { own: id === INDONESIA },
    geometry,
  }));
  return JSON.parse(JSON.stringify({ type: "FeatureCollection", features }), round);
}

function countries(scale: "10m" | "50m") {
  const path = createRequire(import.meta.url).resolve(`world-atlas/countries-${scale}.json`);
  const topology = JSON.parse(readFileSync(path, "utf8")) as Topology<{ countries: GeometryCollection }>;
  return feature(topology, topology.objects.countries).features;
}

function round(_key: string, value: unknown) {
  return typeof value === "number" ? Math.round(value * 1000) / 1000 : value;
}
