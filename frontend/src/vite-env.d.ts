/// <reference types="vite/client" />
declare module "virtual:outline" {
  /** Address of the GeoJSON file that build/outline.ts makes. */
  const url: string;
  export default url;
}
