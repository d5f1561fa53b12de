/**
 * What is made of answers for other programs: boxes in data sets' forms, photos with another background.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { blurred, withBackdrop } from "../../web_demo/lib/background.js";
import { cocoJson, vocXml, yoloText } from "../../web_demo/lib/export_boxes.js";

globalThis.ImageData ??= class {
  constructor(width, height) {
    Object.assign(this, { width, height, data: new Uint8ClampedArray(width * height * 4) });
  }
};

const PHOTO = { name: "cat & dog.jpg", width: 200, height: 100 };
const CAT = { box: [10, 20, 60, 70], index: 2, label: "cat", score: 0.75 };
const EDGE = { box: [-4, -2, 200.4, 99.6], index: 0, label: "<dog>\u0007", score: 0.5 };

test("YOLO's line is class, middle and sides as shares of the photo", () => {
  assert.equal(yoloText(PHOTO, [CAT]), "2 0.175000 0.450000 0.250000 0.500000\n");
  assert.equal(yoloText(PHOTO, []), "");
});

test("VOC counts pixels from 1, keeps boxes within the photo, and escapes names", () => {
  const xml = vocXml(PHOTO, [CAT, EDGE]);
  assert.match(xml, /<xmin>11<\/xmin>\s*<ymin>21<\/ymin>\s*<xmax>60<\/xmax>\s*<ymax>70<\/ymax>/);
  assert.match(xml, /<xmin>1<\/xmin>\s*<ymin>1<\/ymin>\s*<xmax>200<\/xmax>\s*<ymax>100<\/ymax>/);
  assert.match(xml, /<filename>cat &amp; dog\.jpg<\/filename>/);
  assert.match(xml, /<name>&lt;dog&gt;\ufffd<\/name>/);
  assert.ok(!xml.includes("\u0007"));
});

test("a box thinner than a pixel is still a pixel wide in VOC", () => {
  const xml = vocXml(PHOTO, [{ ...CAT, box: [30.1, 40, 30.3, 50] }]);
  assert.match(xml, /<xmin>31<\/xmin>\s*<ymin>41<\/ymin>\s*<xmax>31<\/xmax>/);
});

test("COCO's box is left, top, width, height, its categories are counted from 1", () => {
  const found = JSON.parse(cocoJson(PHOTO, [CAT], ["dog", "bird", "cat"]));
  assert.deepEqual(found.annotations[0].bbox, [10, 20, 50, 50]);
  assert.equal(found.annotations[0].category_id, 3);
  assert.equal(found.annotations[0].area, 2500);
  assert.deepEqual(found.categories[2], { id: 3, name: "cat" });
  assert.deepEqual(found.images, [{ id: 1, file_name: "cat & dog.jpg", width: 200, height: 100 }]);
});

test("a blur leaves a plain colour as it is and keeps the sum of a spot", () => {
  const plain = { data: new Uint8ClampedArray(70 * 50 * 4).fill(77), width: 70, height: 50 };
  assert.deepEqual([...new Set(blurred(plain, 9))], [77]);
  const spot = { data: new Uint8ClampedArray(9 * 4), width: 9, height: 1 };
  spot.data[16] = 243; // three boxes of 3: 243 / 27 = 9 times 1, 3, 6, 7, 6, 3, 1
  assert.deepEqual(
    [...blurred(spot, 1)].filter((_, i) => i % 4 === 0),
    [0, 9, 27, 54, 63, 54, 27, 9, 0],
  );
});

/**
 * @param {number} width
 * @param {number} height
 * @param {(i: number) => number[]} colour
 */
function pixels(width, height, colour) {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) data.set(colour(i), 4 * i);
  return { data, width, height };
}

test("a background is replaced where the mask says, with a soft edge of a pixel", () => {
  const photo = pixels(8, 4, () => [200, 100, 0, 255]);
  const mask = { width: 8, height: 4, indices: Uint8Array.from({ length: 32 }, (_, i) => (i % 8 < 4 ? 0 : 1)) };
  const { data } = withBackdrop(photo, mask, { colour: [0, 0, 0, 255] });
  const red = Array.from({ length: 8 }, (_, x) => data[4 * x]);
  assert.deepEqual([red.slice(0, 3), red.slice(5)], [[0, 0, 0], [200, 200, 200]]); // prettier-ignore
  assert.ok(red[3] > 40 && red[3] < 60 && red[4] > 140 && red[4] < 160, `a quarter and three quarters, found ${red}`);
});

test("a background that is taken away leaves colour out of it and alpha 0", () => {
  const photo = pixels(8, 1, () => [200, 100, 0, 255]);
  const mask = { width: 8, height: 1, indices: Uint8Array.from([0, 0, 0, 0, 1, 1, 1, 1]) };
  const { data } = withBackdrop(photo, mask, { colour: [0, 0, 0, 0] });
  assert.deepEqual([data[3], data[31]], [0, 255]);
  assert.ok(data[15] > 40 && data[15] < 80, "the edge is partly there");
  assert.equal(data[12], 200, "and has the photo's colour");
});

test("a mask or a backdrop of another size is refused", () => {
  const photo = pixels(4, 4, () => [1, 2, 3, 255]);
  const mask = { width: 4, height: 3, indices: new Uint8Array(12) };
  assert.throws(() => withBackdrop(photo, mask, { blur: 3 }), /the mask is 4 x 3, the photo 4 x 4/);
  const whole = { width: 4, height: 4, indices: new Uint8Array(16) };
  const other = pixels(2, 2, () => [0, 0, 0, 255]);
  assert.throws(() => withBackdrop(photo, whole, { picture: other }), /the backdrop is 2 x 2/);
});
