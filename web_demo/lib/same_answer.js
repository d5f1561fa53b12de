/**
 * Says whether an answer is the expected one. With a bound of 0 it is identical; else scores may differ by twice the bound of the
 * largest, coordinates by a hundred times the bound of the largest, and one pixel in a thousand of a mask may be of another class.
 */

/** @typedef {import("./golden.js").GoldenAnswer} GoldenAnswer */
/** @typedef {Readonly<Record<string, any>>} Found of answerJson */

const SCORE = 2;
const PLACE = 100;
const PIXELS = 1000;

/**
 * @param {Omit<GoldenAnswer, "windows"> & {windows?: readonly any[]}} wanted
 * @param {Found} found
 * @param {number} bound
 * @returns {boolean}
 */
export function sameAnswer(wanted, found, bound) {
  const kinds = /** @type {const} */ (["classes", "objects", "keypoints", "mask", "values", "windows"]);
  return kinds.every((kind) => {
    if (wanted[kind] === undefined || found[kind] === undefined) return wanted[kind] === found[kind];
    return SAME[kind](/** @type {any} */ (wanted[kind]), found[kind], bound);
  });
}

/** @type {Record<string, (wanted: any, found: any, bound: number) => boolean>} */
const SAME = {
  classes: sameRanking,
  objects: sameObjects,
  keypoints: sameKeypoints,
  mask: sameMask,
  values: (wanted, found, bound) => alike(wanted, found, SCORE * bound),
  windows: (wanted, found, bound) =>
    wanted.length === found.length &&
    wanted.every(
      (/** @type {any} */ each, /** @type {number} */ i) =>
        each.start === found[i].start && sameAnswer(each, found[i], bound),
    ),
};

/**
 * Says whether two rankings are one, where scores nearer than the bound may change places.
 *
 * @param {readonly {index: number, score: number}[]} wanted
 * @param {readonly {index: number, score: number}[]} found
 * @param {number} bound
 */
function sameRanking(wanted, found, bound) {
  if (wanted.length !== found.length) return false;
  const near = SCORE * bound * largestOf(wanted.map(({ score }) => score));
  const scores = new Map(wanted.map(({ index, score }) => [index, score]));
  return found.every(({ index, score }, i) => {
    const { index: place, score: expected } = wanted[i];
    const swapped = bound > 0 && Math.abs((scores.get(index) ?? expected) - expected) <= near;
    return Math.abs(score - expected) <= near && (index === place || swapped);
  });
}

/**
 * Each object has one of its class, near in score and place, that no other has.
 *
 * @param {readonly {box: readonly number[], index: number, score: number}[]} wanted
 * @param {readonly {box: readonly number[], index: number, score: number}[]} found
 * @param {number} bound
 */
function sameObjects(wanted, found, bound) {
  if (wanted.length !== found.length) return false;
  const near = SCORE * bound * largestOf(wanted.map(({ score }) => score));
  const away = PLACE * bound * largestOf(wanted.flatMap(({ box }) => box));
  const left = bound === 0 ? undefined : [...found];
  return wanted.every((one, i) => {
    const fits = (/** @type {typeof one} */ other) =>
      other.index === one.index &&
      Math.abs(other.score - one.score) <= near &&
      other.box.every((each, side) => Math.abs(each - one.box[side]) <= away);
    if (left === undefined) return fits(found[i]);
    const place = left.findIndex(fits);
    if (place !== -1) left.splice(place, 1);
    return place !== -1;
  });
}

/**
 * @param {readonly {x: number, y: number, score?: number}[]} wanted
 * @param {readonly {x: number, y: number, score: number | null}[]} found
 * @param {number} bound
 */
function sameKeypoints(wanted, found, bound) {
  const places = (/** @type {readonly {x: number, y: number}[]} */ points) => points.flatMap(({ x, y }) => [x, y]);
  const scores = (/** @type {readonly {score?: number | null}[]} */ points) => points.map(({ score }) => score ?? 0);
  return alike(places(wanted), places(found), PLACE * bound) && alike(scores(wanted), scores(found), SCORE * bound);
}

/**
 * @param {readonly number[]} wanted
 * @param {readonly number[]} found
 * @param {number} share of the largest magnitude
 */
function alike(wanted, found, share) {
  const near = share * largestOf(wanted);
  return wanted.length === found.length && wanted.every((each, i) => Math.abs(each - found[i]) <= near);
}

/**
 * @param {{width: number, height: number, indices: readonly number[], counts: readonly number[]}} wanted
 * @param {{width: number, height: number, indices: readonly number[], counts: readonly number[]}} found
 * @param {number} bound
 */
function sameMask(wanted, found, bound) {
  if (wanted.width !== found.width || wanted.height !== found.height) return false;
  const allowed = bound === 0 ? 0 : (wanted.width * wanted.height) / PIXELS;
  const [a, b] = [pixelsOf(wanted), pixelsOf(found)];
  return a.reduce((total, each, i) => total + (each === b[i] ? 0 : 1), 0) <= allowed;
}

/** @param {{width: number, height: number, indices: readonly number[], counts: readonly number[]}} runs */
function pixelsOf({ width, height, indices, counts }) {
  const pixels = new Int32Array(width * height);
  let place = 0;
  counts.forEach((count, i) => pixels.fill(indices[i], place, (place += count)));
  return pixels;
}

/** @param {readonly number[]} values */
function largestOf(values) {
  return values.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
}
