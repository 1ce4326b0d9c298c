/** The browser's own offer to put the app on the home screen, kept until the agent asks for it. */
interface Offer extends Event {
  prompt(): Promise<void>;
}

let offer: Offer | null = null;

window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = event as Offer;
});

export const canInstall = () => offer !== null;

export async function install(): Promise<void> {
  await offer?.prompt();
  offer = null;
}
