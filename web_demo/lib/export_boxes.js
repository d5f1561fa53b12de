/**
 * Boxes in the forms in which detection data sets keep them: Pascal VOC, COCO, YOLO.
 */

/** @typedef {import("./answers.js").Thing} Thing */

/**
 * The photo that boxes lie on, its sides in pixels.
 *
 * @typedef {{name: string, width: number, height: number}} Photo
 */

/**
 * Gives a Pascal VOC annotation: whole pixels counted from 1, the last one inside the box (VOC2007 development kit, section 8.2).
 *
 * @param {Photo} photo
 * @param {readonly Thing[]} objects
 */
export function vocXml({ name, width, height }, objects) {
  const things = objects.flatMap(({ box: [left, top, right, bottom], score, ...thing }) => [
    "  <object>",
    `    <name>${escaped(nameOf(thing))}</name>`,
    `    <score>${score}</score>`,
    "    <bndbox>",
    `      <xmin>${pixel(left, width) + 1}</xmin>`,
    `      <ymin>${pixel(top, height) + 1}</ymin>`,
    `      <xmax>${Math.max(pixel(right, width), pixel(left, width) + 1)}</xmax>`,
    `      <ymax>${Math.max(pixel(bottom, height), pixel(top, height) + 1)}</ymax>`,
    "    </bndbox>",
    "  </object>",
  ]);
  const size = `  <size><width>${width}</width><height>${height}</height><depth>3</depth></size>`;
  return ["<annotation>", `  <filename>${escaped(name)}</filename>`, size, ...things, "</annotation>", ""].join("\n");
}

/**
 * Gives a COCO data set of one image: boxes as left, top, width, height in pixels, categories counted from 1.
 *
 * @param {Photo} photo
 * @param {readonly Thing[]} objects
 * @param {readonly string[]} labels of all classes
 */
export function cocoJson({ name, width, height }, objects, labels) {
  const annotations = objects.map(({ box: [left, top, right, bottom], index, score }, place) => ({
    id: place + 1,
    image_id: 1,
    category_id: index + 1,
    bbox: [left, top, right - left, bottom - top],
    area: (right - left) * (bottom - top),
    iscrowd: 0,
    score,
  }));
  const categories = labels.map((label, index) => ({ id: index + 1, name: label }));
  const images = [{ id: 1, file_name: name, width, height }];
  return `${JSON.stringify({ images, annotations, categories }, null, 2)}\n`;
}

/**
 * Gives a YOLO label file: a line a box of class, middle x, middle y, width, height, as shares of the photo's sides.
 *
 * @param {Photo} photo
 * @param {readonly Thing[]} objects
 */
export function yoloText({ width, height }, objects) {
  return objects
    .map(({ box: [left, top, right, bottom], index }) => {
      const shares = [
        (left + right) / 2 / width,
        (top + bottom) / 2 / height,
        (right - left) / width,
        (bottom - top) / height,
      ];
      return `${[index, ...shares.map((share) => Math.min(1, Math.max(0, share)).toFixed(6))].join(" ")}\n`;
    })
    .join("");
}

/**
 * Gives a side of a box as a whole number of pixels within the photo, 0 to its length.
 *
 * @param {number} place
 * @param {number} length
 */
function pixel(place, length) {
  return Math.min(length, Math.max(0, Math.round(place)));
}

/** @param {Pick<Thing, "index" | "label">} thing */
function nameOf({ index, label }) {
  return label ?? `class ${index}`;
}

/** @param {string} text */
function escaped(text) {
  const marks = /** @type {Record<string, string>} */ ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" });
  // XML 1.0 knows no control characters but tab and line breaks, not even escaped.
  return text.replace(/[&<>"]/g, (mark) => marks[mark]).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd");
}
