import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { VitePWA } from "vite-plugin-pwa";
import { outline } from "./build/outline.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const STATIC = "/static/app/"; // Django serves dist/ below STATIC_URL, and the shell and the worker below /app/

export default defineConfig({
  root: here("src/field"),
  base: STATIC,
  publicDir: here("public"),
  build: {
    outDir: here("dist/app"),
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1200, // the map, which is loaded when it is first opened
  },
  plugins: [
    outline(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: ".",
      filename: "sw.ts",
      injectRegister: false,
      manifest: false, // Django writes it, in the language of the country
      injectManifest: {
        globPatterns: ["**/*.{js,css,html,json,svg,png}"],
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
        manifestTransforms: [
          (entries) => ({
            manifest: entries.map((entry) => ({
              ...entry,
              url: entry.url === "index.html" ? "/app/" : STATIC + entry.url,
            })),
            warnings: [],
          }),
        ],
      },
    }),
  ],
  test: { root: here("src"), include: ["**/*.test.ts"] },
});
