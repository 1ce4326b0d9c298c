/// <reference lib="webworker" />
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";

/**
 * The app's own files, so that it opens without a network. It never queues what was written (the outbox does) and never
 * answers for the API: what the app knows of people lies encrypted in its store, not in a cache.
 */
declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
const shell = createHandlerBoundToURL("/app/");

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.mode === "navigate" && url.pathname === "/app/") {
    event.respondWith(shell({ event, request: event.request, url } as never));
  }
});

// A new version waits until the agent agrees, or all pages are closed: it is never forced on a form.
self.addEventListener("message", (event) => {
  if (event.data === "activate") void self.skipWaiting();
});
