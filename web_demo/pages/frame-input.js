/**
 * What a model is asked about of what a visitor chose: the file, or the frame that a camera might have given of the photo in it.
 */

/** @typedef {import("../lib/spec.js").Spec} Spec */

/**
 * @param {Blob} blob
 * @param {Spec} spec
 * @returns {Promise<Blob | {frame: import("../lib/values.js").Frame}>}
 */
export async function givenOf(blob, { inputs: [{ steps }] }) {
  const [first] = steps;
  if (first?.op !== "yuv_to_rgb") return blob;
  const [{ loadPhoto }, { frameOfPhoto }] = await Promise.all([
    import("../lib/photo.js"),
    import("../lib/frame_of_photo.js"),
  ]);
  const photo = await loadPhoto(blob);
  try {
    return { frame: frameOfPhoto(photo, first) };
  } finally {
    photo.close();
  }
}
