/**
 * Answers: what a model says, in one form for every task.
 */

/** @typedef {import("./ops/reading.js").Class} Class */
/** @typedef {import("./values.js").Mask} Mask */

/** @typedef {{box: [number, number, number, number], index: number, label: string | null, score: number}} Thing */

/** @typedef {{x: number, y: number, score: number | null, name: string | null}} Keypoint */

/** @typedef {{data: Float32Array<ArrayBuffer>, shape: readonly number[]}} Values */

/**
 * Only what the task gives is there. `objects` have a box of left, top, right, bottom; `values` are numbers in the shape of the
 * output without a first axis of 1; `windows` are the answers of each window, where a signal had several: the answer itself is of
 * their mean.
 *
 * @typedef {object} Answer
 * @property {Class[]} [classes] best first unless the steps say otherwise
 * @property {Thing[]} [objects]
 * @property {Keypoint[]} [keypoints]
 * @property {Mask} [mask]
 * @property {Values} [values]
 * @property {(Answer & {start: number})[]} [windows]
 */

/**
 * Gives the answer of what the last reading step gave.
 *
 * @param {any} value classes, Detections, Points, a Mask, or numbers
 * @returns {Answer}
 */
export function answerOf(value) {
  if (Array.isArray(value)) return { classes: value };
  if ("boxes" in value) return { objects: objectsOf(value) };
  if ("xy" in value) return { keypoints: keypointsOf(value) };
  if ("indices" in value) return { mask: value };
  return { values: { data: value.data, shape: value.shape[0] === 1 ? value.shape.slice(1) : value.shape } };
}

/**
 * @param {import("./values.js").Detections} found
 * @returns {Thing[]}
 */
function objectsOf({ boxes, scores, classes, labels }) {
  return Array.from(scores, (score, place) => {
    const [left, top, right, bottom] = boxes.subarray(4 * place, 4 * place + 4);
    return { box: [left, top, right, bottom], index: classes[place], label: labels?.[place] ?? null, score };
  });
}

/**
 * @param {import("./values.js").Points} found
 * @returns {Keypoint[]}
 */
function keypointsOf({ xy, scores, names }) {
  return Array.from({ length: xy.length / 2 }, (_, place) => ({
    x: xy[2 * place],
    y: xy[2 * place + 1],
    score: scores?.[place] ?? null,
    name: names?.[place] ?? null,
  }));
}

/**
 * Gives an answer as JSON values, the same as in every language and without what a run tells beside it: a mask as runs of pixels of one class, row after row (the class
 * of each run and its length), numbers row by row.
 *
 * @param {Answer & {start?: number}} answer
 * @returns {Record<string, any>}
 */
export function answerJson({ start, classes, objects, keypoints, mask, values, windows }) {
  const found = {
    start,
    classes,
    objects,
    keypoints,
    mask: mask && maskJson(mask),
    values: values && Array.from(values.data),
    windows: windows?.map(answerJson),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** @param {Mask} mask */
export function maskJson({ width, height, indices, labels }) {
  /** @type {number[]} */
  const runs = [];
  /** @type {number[]} */
  const counts = [];
  for (let i = 0; i < indices.length; i++) {
    if (i > 0 && indices[i] === indices[i - 1]) counts[counts.length - 1]++;
    else {
      runs.push(indices[i]);
      counts.push(1);
    }
  }
  return { width, height, indices: runs, counts, ...(labels && { labels }) };
}
