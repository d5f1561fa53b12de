/**
 * From what a person has to an upright picture: a File, Blob, ImageData, or bare pixels.
 *
 * Browsers decode with the bits that Pillow gives, when asked to leave colours, alpha and orientation alone. A canvas keeps colours
 * multiplied by alpha, which loses bits: where there may be alpha, the pixels are read through WebGL, which does not.
 */

import { SatchelError } from "./errors.js";
import { oriented, picture } from "./ops/picture.js";
import { foreignFormat, readHeader, takeWebpOrientation } from "./photo_header.js";
import { fromPixels, refuseSize } from "./photo_pixels.js";

export { fromPixels, ofImageData } from "./photo_pixels.js";

/** @typedef {import("./ops/picture.js").Picture} Picture */
/** @typedef {import("./photo_header.js").Header} Header */
/** @typedef {import("./photo_pixels.js").Photo} Photo */

const READABLE = "Readable here are JPEG, PNG, WebP, GIF, BMP and AVIF.";

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
    const header = checkedHeader(bytes);
    const orientation = header.format === "WEBP" ? takeWebpOrientation(bytes) : 1;
    const bitmap = await decoded(orientation === 1 ? source : new Blob([bytes]), header);
    refuseSize(bitmap.width, bitmap.height);
    const { width, height } = bitmap;
    const opaque = unread(bitmap);
    if (header.format === "JPEG") {
      return { name, picture: opaque, width, height, hadAlpha: false, close: () => bitmap.close() };
    }
    const pixels = header.alpha ? glPixels(bitmap) : opaque.read(0, 0, width, height).data;
    bitmap.close();
    const photo = fromPixels(/** @type {Uint8Array<ArrayBuffer>} */ (pixels), width, height, {
      channels: 4,
      background,
      name,
    });
    const upright = oriented(/** @type {Picture} */ (photo.picture), orientation);
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
  try {
    return new Uint8Array(await source.arrayBuffer());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SatchelError("input/not-readable", `the file cannot be read (${reason})`);
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Header}
 */
function checkedHeader(bytes) {
  if (bytes.length === 0) throw new SatchelError("input/empty", "the file holds nothing");
  const header = readHeader(bytes);
  if (header?.width !== undefined && header.height !== undefined) refuseSize(header.width, header.height);
  if (header?.whole) return header;
  const foreign = foreignFormat(bytes);
  const start = JSON.stringify(String.fromCharCode(...bytes.subarray(0, 8)));
  const found = header
    ? "what looks like a damaged picture"
    : foreign
      ? `a ${foreign} file`
      : `a file that begins ${start}`;
  throw new SatchelError("input/not-a-picture", `expected a photo, found ${found}`, { hint: READABLE });
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
    // These two state their whole length up front, so that their readers know before they decode.
    if (format === "WEBP" || format === "AVIF") {
      const message = "expected a photo, found what looks like a damaged picture";
      throw new SatchelError("input/not-a-picture", message, { hint: READABLE });
    }
    throw new SatchelError("input/truncated", `the picture is truncated or damaged (${reason})`);
  }
}

/**
 * Gives a picture whose pixels are all opaque, or wholly transparent. Parts of it are drawn on a canvas of their own size, pixel on
 * pixel, for a large photo is not copied twice when little of it is needed at a time.
 *
 * @param {ImageBitmap} bitmap
 * @returns {import("./ops/picture.js").Unread}
 */
function unread(bitmap) {
  let canvas = new OffscreenCanvas(1, 1);
  /** @type {OffscreenCanvasRenderingContext2D | null} */
  let context = null;
  return {
    width: bitmap.width,
    height: bitmap.height,
    channels: 3,
    read(left, top, width, height) {
      if (context === null || canvas.width !== width || canvas.height !== height) {
        canvas = new OffscreenCanvas(width, height);
        context = canvas.getContext("2d", { willReadFrequently: true });
      }
      if (context === null) throw new SatchelError("env/no-canvas", "the browser gives no canvas to read a photo with");
      context.globalCompositeOperation = "copy";
      context.drawImage(bitmap, -left, -top);
      const { data } = context.getImageData(0, 0, width, height);
      return picture(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (data), width, height, 3, 4);
    },
  };
}

/**
 * Gives the straight RGBA of a picture that may be partly transparent.
 *
 * @param {ImageBitmap} bitmap
 * @returns {Uint8Array<ArrayBuffer>}
 */
function glPixels(bitmap) {
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
  const pixels = new Uint8Array(width * height * 4);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return pixels;
}
