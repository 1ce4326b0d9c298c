import type { Draft } from "../core/form";
import { addPhoto, KINDS, pictureOf, removePhoto, type Kind } from "../store/photos";
import { NotAPicture, shrink } from "../ui/camera";
import { h, put } from "../ui/dom";
import { megabytes } from "../ui/format";
import { icon } from "../ui/icons";
import { button, choices, notice, toast } from "../ui/parts";
import { words } from "../words";

const MOST = 10; // of a visit, as the API takes them

/** Photos of a visit: from the camera into the sealed store, smaller, before anything else happens. */
export function photoPart(draft: Draft, keep: () => Promise<void>): HTMLElement {
  const w = words().result;
  let kind: Kind = "HOUSE";
  const message = h("div", { "aria-live": "polite" });
  const pictures = h("ul", { class: "photos" });
  const input = h("input", { type: "file", accept: "image/*", capture: "environment", class: "unseen", id: "photo", onchange: () => void take() });
  const kinds = KINDS.map((each): [Kind, string] => [each, w.photo_kinds[each]!]);

  async function take() {
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    if (draft.photos.length >= MOST) return put(message, notice("warn", w.photo_most(MOST)));
    try {
      const jpeg = await shrink(file);
      draft.photos.push(await addPhoto(draft.visit, jpeg, kind));
      await keep();
      put(message);
      toast(w.photo_saved(megabytes(jpeg.size)));
      await draw();
    } catch (error) {
      put(message, notice("act", error instanceof NotAPicture ? w.photo_bad : words().storage_full));
    }
  }

  async function remove(id: string) {
    draft.photos = draft.photos.filter((each) => each !== id);
    await keep();
    await removePhoto(id);
    await draw();
  }

  async function draw() {
    const found = await Promise.all(draft.photos.map(async (id) => [id, await pictureOf(id)] as const));
    put(pictures, found.map(([id, picture]) => picture && h("li", null, thumbnail(picture), button(icon("close"), () => void remove(id), { "aria-label": w.remove_photo, class: "button round" }))));
  }

  void draw();
  return h(
    "section",
    { class: "card" },
    h("h2", null, w.photo),
    choices(w.photo_kind, kinds, kind, (chosen) => (kind = chosen), "pills wrap"),
    pictures,
    message,
    h("label", { class: "button wide", for: "photo" }, icon("camera"), w.add_photo),
    input,
  );
}

function thumbnail(picture: Blob): HTMLImageElement {
  const url = URL.createObjectURL(picture);
  return h("img", { src: url, alt: words().result.photo, onload: () => URL.revokeObjectURL(url) });
}
