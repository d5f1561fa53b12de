/**
 * What pictures need: photos, camera frames, and the way back to their pixels.
 */

import { loadFrame } from "./families_frame.js";
import { loadPicture, plan } from "./families_picture.js";
import { pictureShapes as check } from "./picture_shapes.js";
import { PART as PLACES } from "./readers_places.js";
import { isVideo } from "./values.js";

/**
 * Gives how the picture of an input is loaded: of a camera's frame, or of what it takes else.
 *
 * @param {import("./families.js").Family["load"]} otherwise
 * @returns {import("./families.js").Family["load"]}
 */
function loader(otherwise) {
  return (thing, input) => {
    if (isVideo(thing)) return import("./camera_frame.js").then((module) => module.loadVideoFrame(thing, input));
    return (thing?.y instanceof Uint8Array ? loadFrame : otherwise)(thing, input);
  };
}

/**
 * @param {import("./picture_shapes.js").PictureShape} last
 * @returns {import("./families.js").Prepares}
 */
function prepares({ width, height, channels, dtype, layout }) {
  return { sides: layout === "NCHW" ? [channels, height, width] : [height, width, channels], dtype, layout };
}

const SHARED = { check, prepares, plan };

/** @type {import("./kit.js").Part} */
export const PART = {
  ...PLACES,
  families: {
    photo: { kind: "photo", ...SHARED, load: loader(loadPicture) },
    frame: { kind: "frame", ...SHARED, load: loader(loadFrame) },
  },
};
