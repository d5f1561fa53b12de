/**
 * What the first bytes of a photo file say: its format, its size before it is decoded, and what browsers leave to the reader.
 */

/**
 * @typedef {object} Header
 * @property {string} format JPEG, PNG, GIF, BMP, WEBP or AVIF
 * @property {number} [width] undefined where only the decoder knows
 * @property {number} [height]
 * @property {boolean} alpha whether some pixel may be partly transparent
 * @property {boolean} profile whether there may be a colour profile
 * @property {boolean} whole whether everything before the pixels is there
 */

/**
 * Gives the header of a file, or undefined where it is no picture that browsers read.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Header | undefined}
 */
export function readHeader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const readers = /** @type {const} */ ([
    [begins(bytes, [0xff, 0xd8, 0xff]), jpegHeader],
    [begins(bytes, [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), pngHeader],
    [text(bytes, 0, 4) === "GIF8", gifHeader],
    [text(bytes, 0, 2) === "BM", bmpHeader],
    [text(bytes, 0, 4) === "RIFF" && text(bytes, 8, 4) === "WEBP", webpHeader],
    [text(bytes, 4, 4) === "ftyp" && /avi[fs]/.test(text(bytes, 8, 32)), avifHeader],
  ]);
  const reader = readers.find(([matches]) => matches)?.[1];
  try {
    return reader?.(view, bytes);
  } catch (error) {
    if (error instanceof RangeError) return { format: "", alpha: false, profile: false, whole: false };
    throw error;
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {readonly number[]} magic
 */
function begins(bytes, magic) {
  return magic.every((each, i) => bytes[i] === each);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} length
 */
function text(bytes, at, length) {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/**
 * @param {DataView} view
 * @param {Uint8Array} bytes
 * @returns {Header}
 */
function jpegHeader(view, bytes) {
  let size = {};
  let profile = false;
  for (let at = 2; ; at += 2 + view.getUint16(at + 2)) {
    while (view.getUint16(at) === 0xffff) at++;
    const marker = view.getUint8(at + 1);
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    profile ||= marker === 0xe2 && text(bytes, at + 4, 11) === "ICC_PROFILE";
    if (marker === 0xda) return { format: "JPEG", ...size, alpha: false, profile, whole: "width" in size };
  }
}

/**
 * @param {DataView} view
 * @param {Uint8Array} bytes
 * @returns {Header}
 */
function pngHeader(view, bytes) {
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  let alpha = (view.getUint8(25) & 4) !== 0;
  if (width === 0 || height === 0) return { format: "PNG", width, height, alpha, profile: true, whole: true };
  for (let at = 8; ; at += 12 + view.getUint32(at)) {
    const kind = text(bytes, at + 4, 4);
    alpha ||= kind === "tRNS";
    if (kind === "IDAT") return { format: "PNG", width, height, alpha, profile: true, whole: true };
    if (at + 8 > bytes.length) return { format: "PNG", width, height, alpha, profile: true, whole: false };
  }
}

/**
 * @param {DataView} view
 * @returns {Header}
 */
function gifHeader(view) {
  return {
    format: "GIF",
    width: view.getUint16(6, true),
    height: view.getUint16(8, true),
    alpha: false,
    profile: false,
    whole: true,
  };
}

/**
 * @param {DataView} view
 * @returns {Header}
 */
function bmpHeader(view) {
  const old = view.getUint32(14, true) === 12;
  const width = old ? view.getUint16(18, true) : Math.abs(view.getInt32(18, true));
  const height = old ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true));
  return { format: "BMP", width, height, alpha: true, profile: true, whole: true };
}

/**
 * @param {DataView} view
 * @param {Uint8Array} bytes
 * @returns {Header}
 */
function webpHeader(view, bytes) {
  const whole = view.getUint32(4, true) + 8 <= bytes.length;
  const kind = text(bytes, 12, 4);
  if (kind === "VP8X") {
    const side = (/** @type {number} */ at) => 1 + (view.getUint32(at, true) & 0xffffff);
    return {
      format: "WEBP",
      width: side(24),
      height: side(27),
      alpha: (view.getUint8(20) & 16) !== 0,
      profile: true,
      whole,
    };
  }
  return { format: "WEBP", alpha: kind === "VP8L", profile: true, whole };
}

/** @returns {Header} */
function avifHeader() {
  return { format: "AVIF", alpha: true, profile: true, whole: true };
}

/**
 * Hides the EXIF block of a WebP, which some browsers heed and some do not, and gives the orientation it holds.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes changed in place
 * @returns {number} 1 to 8
 */
export function takeWebpOrientation(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    if (text(bytes, at, 4) === "EXIF") {
      bytes.set([0x4e, 0x4f, 0x4e, 0x45], at);
      return exifOrientation(bytes.subarray(at + 8, at + 8 + length));
    }
    at += 8 + length + (length % 2);
  }
  return 1;
}

/**
 * Gives the orientation of an EXIF block, 1 where there is none or it is damaged.
 *
 * @param {Uint8Array<ArrayBuffer>} block TIFF, with or without the "Exif" before it
 * @returns {number}
 */
function exifOrientation(block) {
  const tiff = text(block, 0, 4) === "Exif" ? block.subarray(6) : block;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  try {
    const little = text(tiff, 0, 2) === "II";
    const first = view.getUint32(4, little);
    for (let i = 0; i < view.getUint16(first, little); i++) {
      const entry = first + 2 + 12 * i;
      if (view.getUint16(entry, little) !== 0x0112) continue;
      const found = view.getUint16(entry + 8, little);
      return found >= 1 && found <= 8 ? found : 1;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return 1;
}
