/**
 * Forms of boxes into each other.
 */

/** @typedef {import("./box_rows.js").Floats} Floats */
/** @typedef {"corners" | "center" | "corner_size"} Form */

const f32 = Math.fround;

/**
 * Gives boxes [n, 4] in another form, in the same unit; between two others it goes by way of `corners`.
 *
 * `corners` is left, top, right, bottom (Pascal VOC); `corner_size` is left, top, width, height (COCO); `center` is centre x, centre
 * y, width, height (YOLO). Source: torchvision.ops.box_convert.
 *
 * @param {Floats} boxes
 * @param {Form} source
 * @param {Form} target
 * @returns {Floats}
 */
export function convert(boxes, source, target) {
  if (source === target) return boxes;
  const out = new Float32Array(boxes.length);
  for (let at = 0; at < boxes.length; at++) {
    if (at & 2) continue;
    let first = boxes[at];
    let second = boxes[at + 2];
    if (source === "center") {
      const half = f32(second * 0.5);
      [first, second] = [f32(first - half), f32(first + half)];
    } else if (source === "corner_size") second = f32(first + second);
    out[at] = target === "center" ? f32(first + second) * 0.5 : first;
    out[at + 2] = target === "corners" ? second : second - first;
  }
  return out;
}

/**
 * Gives the boxes of a head as corners.
 *
 * @param {{order?: "xy" | "yx", form?: Form}} step
 * @param {Floats} boxes
 */
export function corners({ order, form = "corners" }, boxes) {
  const ordered = order === "yx" ? boxes.map((_, i) => boxes[i ^ 1]) : boxes;
  return convert(ordered, form, "corners");
}
