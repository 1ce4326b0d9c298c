/** What changed, for the screens that show it, in this tab and in others of the app. */
export type News = "orders" | "stored" | "locked" | "wiped" | "outbox" | "drafts" | "sync" | "session" | "preferences" | "position";

const target = new EventTarget();
const others = new BroadcastChannel("findgo-news");
others.onmessage = ({ data }) => target.dispatchEvent(new Event(data as News));

export function said(news: News): void {
  target.dispatchEvent(new Event(news));
}

/** Tell other tabs only. */
export function tellOthers(news: News): void {
  others.postMessage(news);
}

/** Tell other tabs, too: they hold the same store. */
export function saidEverywhere(news: News): void {
  said(news);
  others.postMessage(news);
}

/** Listen until the returned function is called. */
export function on(names: News[], listen: () => void): () => void {
  for (const name of names) target.addEventListener(name, listen);
  return () => names.forEach((name) => target.removeEventListener(name, listen));
}
