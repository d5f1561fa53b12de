/**
 * What a model is asked about of a picture that somebody chose: the file, or the frame that a camera might have given of the photo in it.
 */

/**
 * @param {Blob} blob
 * @param {import("./spec.js").Spec} spec of one input
 * @returns {Promise<Blob | {frame: import("./values.js").Frame}>}
 * @throws {import("./errors.js").SatchelError} input/..., when the file is no picture
 */
export async function givenOfPicture(blob, { inputs: [{ steps }] }) {
  const [first] = steps;
  if (first?.op !== "yuv_to_rgb") return blob;
  const [{ loadPhoto }, { frameOfPhoto }] = await Promise.all([import("./photo.js"), import("./frame_of_photo.js")]);
  const photo = await loadPhoto(blob);
  try {
    return { frame: frameOfPhoto(photo, first) };
  } finally {
    photo.close();
  }
}
