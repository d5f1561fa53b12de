/**
 * The steps that make a tensor of a picture.
 */

import { defaulted, exactly, list, need, number, oneOf, optional } from "./schema.js";
import { channel, margin, needFields, step, rounding, side } from "./steps_base.js";

const RESIZE_METHODS = /** @type {const} */ ([
  "pillow.nearest",
  "pillow.box",
  "pillow.bilinear",
  "pillow.hamming",
  "pillow.bicubic",
  "pillow.lanczos",
  "tf.bilinear",
  "tf.bilinear_antialias",
  "tf.nearest",
  "tf.bicubic",
  "tf.area",
  "opencv.linear",
  "opencv.area",
  "opencv.nearest",
]);

/** The fields that each fit uses, of those that are not common to all. */
const FITS = /** @type {const} */ ({
  stretch: ["width", "height"],
  cover: ["width", "height", "side_rounding", "offset_rounding"],
  contain: ["width", "height", "side_rounding", "pad_value"],
  shorter_side: ["side", "side_rounding"],
});

const FIT_FIELDS = /** @type {const} */ (["width", "height", "side", "side_rounding", "offset_rounding", "pad_value"]);

const decode = step("decode", { background: defaulted(exactly(channel, 3), [0, 0, 0]) });

const yuvToRgb = step("yuv_to_rgb", {
  format: oneOf(/** @type {const} */ (["NV21", "YUV_420_888"])),
  range: oneOf(/** @type {const} */ (["full", "limited"])),
  rotation: oneOf(/** @type {const} */ ([0, 90, 180, 270])),
});

const color = step("color", { to: oneOf(/** @type {const} */ (["RGB", "BGR", "GRAY"])) });

const resize = step(
  "resize",
  {
    method: oneOf(RESIZE_METHODS),
    fit: oneOf(/** @type {const} */ (["stretch", "cover", "contain", "shorter_side"])),
    width: optional(side),
    height: optional(side),
    side: optional(side),
    side_rounding: optional(rounding),
    offset_rounding: optional(rounding),
    pad_value: optional(list(channel)),
  },
  (found, path) => {
    needFields(found, "fit", FIT_FIELDS, FITS[found.fit], path);
    const count = found.pad_value?.length ?? 1;
    need(count === 1 || count === 3, path, "pad_value has one value, or one a channel");
  },
);

const crop = step(
  "crop",
  {
    width: optional(side),
    height: optional(side),
    offset_rounding: optional(rounding),
    central_fraction: optional(number({ above: 0, max: 1 })),
  },
  ({ width, height, offset_rounding: offset, central_fraction: fraction }, path) => {
    const given = [width, height, offset].filter((each) => each !== undefined).length;
    if (fraction === undefined) {
      need(given === 3, path, "a crop needs width, height and offset_rounding, or central_fraction");
    } else need(given === 0, path, "a crop takes central_fraction, or width, height and offset_rounding");
  },
);

const cropContent = step("crop_content", { threshold: number() });

const centerOfMass = step("center_of_mass", { width: side, height: side });

const pad = step(
  "pad",
  { left: margin, top: margin, right: margin, bottom: margin, value: list(channel) },
  ({ value }, path) => need(value.length === 1 || value.length === 3, path, "value has one number, or one a channel"),
);

const rescale = step(
  "rescale",
  { factor: optional(number()), divisor: optional(number()), offset: defaulted(number(), 0) },
  ({ factor, divisor }, path) => {
    const one = (factor === undefined) !== (divisor === undefined);
    need(one, path, "rescale takes exactly one of factor and divisor");
    need(factor !== 0, path, "the factor is 0, which leaves nothing of the picture");
    need(divisor !== 0, path, "the divisor is 0");
  },
);

const normalize = step(
  "normalize",
  {
    mean: list(number(), { min: 1, max: 4 }),
    std: list(number(), { min: 1, max: 4 }),
    range: oneOf(/** @type {const} */ (["0..255", "0..1", "-1..1"])),
  },
  ({ std }, path) => need(!std.includes(0), path, "std holds a 0, by which nothing can be divided"),
);

const layout = step("layout", { to: oneOf(/** @type {const} */ (["NHWC", "NCHW", "NLC", "NCL", "NL"])) });

const flip = step("flip", { axis: oneOf(/** @type {const} */ (["horizontal", "vertical"])) });

/**
 * @typedef {ReturnType<typeof yuvToRgb>} YuvToRgb
 * @typedef {ReturnType<typeof resize>} Resize
 * @typedef {ReturnType<typeof crop>} Crop
 * @typedef {ReturnType<typeof decode> | YuvToRgb | ReturnType<typeof color> | Resize | Crop | ReturnType<typeof pad> |
 *   ReturnType<typeof cropContent> | ReturnType<typeof centerOfMass> |
 *   ReturnType<typeof rescale> | ReturnType<typeof normalize> | ReturnType<typeof layout> | ReturnType<typeof flip>} ImageStep
 */

/** Those that version 1.1 brought. */
export const LATER = { crop_content: cropContent, center_of_mass: centerOfMass };

export const IMAGE_STEPS = {
  decode,
  yuv_to_rgb: yuvToRgb,
  color,
  resize,
  crop,
  pad,
  rescale,
  normalize,
  layout,
  flip,
  ...LATER,
};
