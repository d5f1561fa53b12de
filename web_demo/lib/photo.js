/**
 * From what a person has to an upright picture: a File, Blob, ImageData, or bare pixels.
 *
 * Browsers decode with the bits that Pillow gives, when asked to leave colours, alpha and orientation alone. A canvas keeps colours
 * multiplied by alpha, which loses bits: where there may be alpha, the pixels are read through WebGL, which does not.
 */

import { SatchelError } from "./errors.js";
import { oriented, picture } from "./ops/picture.js";
import { readHeader, takeWebpOrientation } from "./photo_header.js";
import { fromPixels, refuseSize } from "./photo_pixels.js";

export { fromPixels, ofImageData } from "./photo_pixels.js";

/** @typedef {import("./photo_header.js").Header} Header */
/** @typedef {import("./photo_pixels.js").Photo} Photo */

/** Rows that a canvas has. */
const BAND = 64;

/** Bytes of the largest memory that is kept for the next photo: of one of 16 megapixels. */
const MAX_SPARE = 2 ** 26;

/** @type {Uint8Array<ArrayBuffer> | undefined} of a photo that was closed */
let spare;

/** @type {Promise<boolean> | undefined} */
let ordering;

/** The largest file that is read. */
const MAX_BYTES = 2 ** 29;
const AGAIN = "Copy or save the photo again.";

/**
 * Gives the upright picture of a photo file.
 *
 * @param {Blob} source
 * @param {readonly number[]} [background] what shows through where the photo is transparent
 * @returns {Promise<Photo>}
 * @throws {SatchelError} input/not-a-picture, input/not-readable, input/truncated, input/empty, input/too-large
 */
export async function loadPhoto(source, background = [0, 0, 0]) {
  const name = "name" in source && source.name ? String(source.name) : "photo";
  try {
    const bytes = await bytesOf(source);
    const header = await checkedHeader(bytes);
    const orientation = header.format === "WEBP" ? takeWebpOrientation(bytes) : 1;
    const bitmap = await decoded(orientation === 1 ? source : new Blob([bytes]), header);
    const photo =
      header.alpha || header.format === "GIF"
        ? ofTransparent(bitmap, header.alpha, background, name)
        : await ofBitmap(bitmap, name);
    bitmap.close();
    const upright = oriented(photo.picture, orientation);
    return { ...photo, picture: upright, width: upright.width, height: upright.height };
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    throw new SatchelError(error.code, error.detail, { where: name, hint: error.hint });
  }
}

/**
 * @param {Blob} source
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function bytesOf(source) {
  if (source.size > MAX_BYTES) {
    throw new SatchelError("input/too-large", `the file is larger than ${MAX_BYTES / 2 ** 20} MB`, {
      hint: "Save the photo smaller first.",
    });
  }
  try {
    return new Uint8Array(await source.arrayBuffer());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SatchelError("input/not-readable", `the file cannot be read (${reason})`, { hint: "Choose it again." });
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<Header>}
 */
async function checkedHeader(bytes) {
  if (bytes.length === 0) throw new SatchelError("input/empty", "the file holds nothing", { hint: AGAIN });
  const header = readHeader(bytes);
  if (header?.width !== undefined && header.height !== undefined) refuseSize(header.width, header.height);
  if (header?.whole) return header;
  const { found, hint } = header
    ? { found: "what looks like a damaged picture", hint: AGAIN }
    : (await import("./photo_foreign.js")).foreign(bytes);
  throw new SatchelError("input/not-a-picture", `expected a photo, found ${found}`, { hint });
}

/**
 * @param {Blob} source
 * @param {Header} header
 */
async function decoded(source, { format, alpha, profile }) {
  try {
    // Each of these costs a copy of the picture, also where it changes nothing.
    return await createImageBitmap(source, {
      imageOrientation: "from-image",
      premultiplyAlpha: alpha ? "none" : "default",
      colorSpaceConversion: profile ? "none" : "default",
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (format === "AVIF") {
      const message = "expected a photo, found an AVIF file that is damaged, or newer than this browser";
      throw new SatchelError("input/not-a-picture", message, { hint: "Save the photo as JPEG or PNG, and give that." });
    }
    if (format === "WEBP") {
      // It states its whole length up front, so that its readers know before they decode.
      const message = "expected a photo, found what looks like a damaged picture";
      throw new SatchelError("input/not-a-picture", message, { hint: AGAIN });
    }
    throw new SatchelError("input/truncated", `the picture is truncated or damaged (${reason})`, { hint: AGAIN });
  }
}

/**
 * Gives the photo of a bitmap that is opaque. Its memory is that of a photo that was closed before, where one was.
 *
 * @param {ImageBitmap} bitmap
 * @param {string} [name]
 * @returns {Promise<Photo>}
 */
export async function ofBitmap(bitmap, name = "photo") {
  const { width, height } = bitmap;
  refuseSize(width, height);
  const size = width * height * 4;
  /** @type {Uint8Array<ArrayBuffer> | undefined} */
  let pixels = spare?.length === size ? spare : new Uint8Array(size);
  spare = undefined;
  if (!(await copied(bitmap, pixels))) drawn(bitmap, pixels);
  const close = () => {
    if (size <= MAX_SPARE && pixels) spare = pixels;
    pixels = undefined;
  };
  return { name, picture: picture(pixels, width, height, 3, 4), width, height, hadAlpha: false, close };
}

/**
 * Copies a bitmap's pixels as they lie in memory, in the order of RGB: one pass, where a canvas takes three.
 *
 * @param {ImageBitmap} bitmap
 * @param {Uint8Array<ArrayBuffer>} pixels
 * @returns {Promise<boolean>} false where the browser cannot, or would change colours, or would leave the photo unturned
 */
async function copied(bitmap, pixels) {
  if (!(await ordersColours())) return false;
  const frame = /** @type {VideoFrame & {rotation?: number, flip?: boolean}} */ (
    new VideoFrame(bitmap, { timestamp: 0, alpha: "discard" })
  );
  const { rotation, flip, colorSpace } = frame;
  try {
    if (rotation !== 0 || flip !== false || colorSpace.transfer !== "iec61966-2-1") return false;
    const [{ offset, stride }] = await frame.copyTo(pixels, { format: "RGBX" });
    return offset === 0 && stride === bitmap.width * 4;
  } catch {
    return false;
  } finally {
    frame.close();
  }
}

/** Says whether a copy of a frame heeds the order that is asked for: browsers that do not know that option pass it over. */
export function ordersColours() {
  ordering ??= (async () => {
    try {
      const init = /** @type {const} */ ({ format: "BGRX", codedWidth: 1, codedHeight: 1, timestamp: 0 });
      const frame = new VideoFrame(Uint8Array.of(1, 2, 3, 255), init);
      const found = new Uint8Array(4);
      await frame.copyTo(found, { format: "RGBX" });
      frame.close();
      return found[0] === 3 && found[2] === 1;
    } catch {
      return false;
    }
  })();
  return ordering;
}

/**
 * Draws a bitmap on a canvas, pixel on pixel, some rows at a time: the canvas is small, and so is what is read from it.
 *
 * @param {ImageBitmap} bitmap
 * @param {Uint8Array<ArrayBuffer>} pixels RGBA, which a canvas keeps multiplied by alpha
 */
function drawn(bitmap, pixels) {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, BAND).getContext("2d", { willReadFrequently: true });
  if (context === null)
    throw new SatchelError("env/no-canvas", "the browser gives no canvas to read a photo with", {
      hint: "Use another browser.",
    });
  context.globalCompositeOperation = "copy";
  for (let top = 0; top < height; top += BAND) {
    context.drawImage(bitmap, 0, -top);
    const { data } = context.getImageData(0, 0, width, Math.min(BAND, height - top));
    pixels.set(data, top * width * 4);
  }
}

/**
 * Gives the photo of a bitmap whose pixels may be transparent: partly, or in a GIF wholly.
 *
 * @param {ImageBitmap} bitmap
 * @param {boolean} partly
 * @param {readonly number[]} background
 * @param {string} name
 */
function ofTransparent(bitmap, partly, background, name) {
  const { width, height } = bitmap;
  refuseSize(width, height);
  const pixels = new Uint8Array(width * height * 4);
  (partly ? readByGl : drawn)(bitmap, pixels);
  return fromPixels(pixels, width, height, { channels: 4, background, name });
}

/**
 * Reads the straight RGBA of a picture that may be partly transparent.
 *
 * @param {ImageBitmap} bitmap
 * @param {Uint8Array<ArrayBuffer>} pixels
 */
function readByGl(bitmap, pixels) {
  const { width, height } = bitmap;
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (gl === null || Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) {
    throw new SatchelError(
      "env/no-webgl",
      "the browser cannot read the exact pixels of a transparent picture of this size",
      {
        hint: "Turn WebGL on, or save the picture without transparency.",
      },
    );
  }
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  const texture = gl.getParameter(gl.TEXTURE_BINDING_2D);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
}
