/**
 * What pictures need: photos, camera frames, and the way back to their pixels.
 */

import { loadFrame } from "./families_frame.js";
import { loadPicture, plan } from "./families_picture.js";
import { pictureShapes as check } from "./picture_shapes.js";
import { PART as PLACES } from "./readers_places.js";

/** @type {import("./families.js").Family["load"]} */
function load(thing, input) {
  return (thing?.y instanceof Uint8Array ? loadFrame : loadPicture)(thing, input);
}

/** @type {import("./kit.js").Part} */
export const PART = {
  ...PLACES,
  families: { photo: { kind: "photo", check, plan, load }, frame: { kind: "frame", check, plan, load: loadFrame } },
};
