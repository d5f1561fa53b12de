/**
 * What a file is that is no photo which every browser reads alike, and what can be done with it.
 */

/** @typedef {{found: string, hint: string}} Foreign */

const READABLE = "Readable here are JPEG, PNG, WebP, GIF, BMP and AVIF.";
const EXPORT = "Export the photo as JPEG with the camera's program or a photo program, and give that.";
const SAVE = "Save it as JPEG or PNG, and give that.";

const RAW = { found: "a RAW photo, as it left the camera's sensor", hint: EXPORT };

/** The tag that says by which DNG a TIFF is one. */
const DNG_VERSION = 0xc612;

/** Files by what stands at a place of them; of several the first. */
const KINDS = /** @type {readonly (readonly [number, string, Foreign])[]} */ ([
  [4, "ftypcrx", RAW],
  [0, "II*\0\x10\0\0\0CR", RAW],
  [0, "FUJIFILMCCD-RAW", RAW],
  [0, "IIRO", RAW],
  [0, "IIRS", RAW],
  [0, "IIU\0", RAW],
  [0, "II*\0", { found: "a TIFF file", hint: SAVE }],
  [0, "MM\0*", { found: "a TIFF file", hint: SAVE }],
  [4, "jP  ", { found: "a JPEG 2000 file", hint: SAVE }],
  [0, "P6", { found: "a PPM file", hint: SAVE }],
  [0, "qoif", { found: "a QOI file", hint: SAVE }],
  [0, "8BPS", { found: "a Photoshop file", hint: SAVE }],
  [0, "%PDF", { found: "a PDF", hint: "Save the picture out of it as JPEG or PNG, and give that." }],
  [0, "PK\x03\x04", { found: "a ZIP archive", hint: `Unpack it, and give a photo out of it. ${READABLE}` }],
]);

/** Brands of HEIF files whose pictures are HEVC, or may be. */
const HEIC = /ftyp.*(hei[cxms]|hev[cx]|mif1|msf1)/s;

/**
 * Gives what a file is, in words that go behind "found", and what to do with it.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Foreign}
 */
export function foreign(bytes) {
  const begin = text(bytes, 0, 40);
  if (HEIC.test(begin)) {
    return {
      found: "a HEIC file, which most browsers cannot read",
      hint: "Share or export the photo as JPEG, or set the phone's camera to JPEG (“most compatible”).",
    };
  }
  if (isDng(bytes)) return RAW;
  const kind = KINDS.find(([at, magic]) => begin.startsWith(magic, at))?.[2];
  if (kind) return kind;
  if (begin.startsWith("ftyp", 4)) return { found: "a film", hint: "Give a photo, or one picture of the film." };
  return { found: `a file that begins ${JSON.stringify(begin.slice(0, 8))}`, hint: READABLE };
}

/**
 * Says whether a TIFF bears the tag of Adobe's RAW photos.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
function isDng(bytes) {
  const little = text(bytes, 0, 4) === "II*\0";
  if (!little && text(bytes, 0, 4) !== "MM\0*") return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const first = view.getUint32(4, little);
    const tags = Array.from({ length: view.getUint16(first, little) }, (_, i) =>
      view.getUint16(first + 2 + 12 * i, little),
    );
    return tags.includes(DNG_VERSION);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} length
 */
function text(bytes, at, length) {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
