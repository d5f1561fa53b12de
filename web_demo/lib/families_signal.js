/**
 * Stretches of a signal: what each step makes of them, and how they become tensors, one a window.
 */

import { refusal, SatchelError } from "./errors.js";
import { asTensor } from "./ops/as_tensor.js";
import { checked, detrend, resample, signalValues, standardize, window } from "./ops/signals.js";
import { ratio } from "./ops/ratio.js";
import { inBrackets } from "./ops/shapes.js";

/** @typedef {import("./families.js").Family} Family */
/** @typedef {import("./families.js").TensorValue} TensorValue */
/** @typedef {import("./ops/signals.js").Samples} Samples */
/** @typedef {import("./spec.js").Input} Input */
/** @typedef {import("./steps.js").InputStep} InputStep */
/** @typedef {import("./values.js").Signal} Signal */

/** @typedef {"NLC" | "NCL" | "NL"} Order */

/**
 * What a step gives: samples, channels and samples a second are undefined while no step says them; `to` is the order of the axes,
 * undefined until a layout step; `windowed` when a window step has cut it.
 *
 * @typedef {{length?: number, channels?: number, rate?: number, to?: Order, windowed?: boolean}} SignalShape
 */

/** @typedef {{start: number, samples: Samples}} Cut */

const ORDERS = /** @type {readonly string[]} */ (["NLC", "NCL", "NL"]);

/** @type {import("./kit.js").Part} */
export const PART = {
  families: { signal: { kind: "signal", check: signalShapes, prepares, checkAnswer, plan, load } },
};

/**
 * What each step gives.
 *
 * @type {Record<string, (step: any, before: SignalShape, where: string, place: number) => SignalShape>}
 */
const RULES = {
  columns: afterColumns,
  resample: afterResample,
  detrend: (_step, before) => before,
  window: afterWindow,
  standardize: afterStandardize,
  layout: afterLayout,
};

/**
 * Gives what each step of a signal gives.
 *
 * @param {readonly InputStep[]} steps
 * @param {string} where
 * @returns {SignalShape[]}
 * @throws {SatchelError} spec/impossible-step, spec/channel-count, spec/column-kind or spec/inconsistent, with its path
 */
export function signalShapes(steps, where) {
  /** @type {SignalShape[]} */
  const shapes = [];
  steps.forEach((step, place) => shapes.push(after(step, shapes[place - 1] ?? {}, `${where}.steps[${place}]`, place)));
  return shapes;
}

/**
 * @param {InputStep} step
 * @param {SignalShape} before
 * @param {string} where
 * @param {number} place
 * @returns {SignalShape}
 */
function after(step, before, where, place) {
  if (before.to !== undefined) {
    const message = `${step.op} cannot come behind layout, which ends the steps of a signal`;
    throw refusal("impossible-step", message, where, "Move layout to the end.");
  }
  if (step.op in RULES) return RULES[step.op](step, before, where, place);
  const hint = "A signal's steps are columns, resample, detrend, window, standardize and layout.";
  throw refusal("impossible-step", `${step.op} is no step of a signal`, where, hint);
}

/**
 * @param {import("./steps_tables.js").Columns} step
 * @param {SignalShape} _before
 * @param {string} where
 * @param {number} place
 * @returns {SignalShape}
 */
function afterColumns({ columns }, _before, where, place) {
  if (place > 0) throw refusal("impossible-step", "columns can only be the first step", where, "Move it to the front.");
  const text = columns.find(({ kind }) => kind !== "number");
  if (text === undefined) return { channels: columns.length };
  const message = `a signal takes columns of kind number, '${text.name}' is of kind category`;
  throw refusal("column-kind", message, where, "Leave the column out, or make it a number.");
}

/**
 * @param {import("./steps_signals.js").Resample} step
 * @param {SignalShape} before
 * @param {string} where
 * @returns {SignalShape}
 */
function afterResample({ from_rate: from, to_rate: to }, before, where) {
  if (before.rate !== undefined && before.rate !== from) {
    const message = `resample takes ${from} samples a second, the step before gives ${before.rate}`;
    throw refusal("inconsistent", message, where, "Change from_rate, or remove one resample.");
  }
  const [up, down] = ratio(from, to);
  const length = before.length && Math.floor((before.length * up + down - 1) / down);
  return { ...before, length, rate: to };
}

/**
 * @param {import("./steps_signals.js").Window} step
 * @param {SignalShape} before
 * @param {string} where
 * @returns {SignalShape}
 */
function afterWindow({ length }, before, where) {
  if (!before.windowed) return { ...before, length, windowed: true };
  throw refusal("impossible-step", "the signal is cut into windows already", where, "Remove one window.");
}

/**
 * @param {import("./steps_tables.js").Standardize} step
 * @param {SignalShape} before
 * @param {string} where
 * @returns {SignalShape}
 */
function afterStandardize({ columns, mean, scale }, before, where) {
  if (columns !== undefined) {
    const message = "standardize names columns, which only a row has behind its columns step";
    throw refusal("impossible-step", message, where, "Leave columns out: mean and scale go by channel.");
  }
  let { channels } = before;
  for (const [what, values] of Object.entries({ mean, scale })) {
    const count = values?.length ?? 0;
    if (count > 1 && channels !== undefined && channels !== count) {
      const message = `${what} has ${count} numbers, the signal has ${channels} channels`;
      throw refusal("channel-count", message, where, `Give one number, or ${channels}.`);
    }
    if (count > 1) channels = count;
  }
  return { ...before, channels };
}

/**
 * @param {{to: string}} step
 * @param {SignalShape} before
 * @param {string} where
 * @returns {SignalShape}
 */
function afterLayout({ to }, before, where) {
  if (!ORDERS.includes(to)) {
    const message = `layout to ${to} is for pictures, found a signal`;
    throw refusal("impossible-step", message, where, `Use one of ${ORDERS.join(", ")}.`);
  }
  if (to === "NL" && before.channels !== undefined && before.channels !== 1) {
    const message = `layout to NL takes one channel, the signal has ${before.channels}`;
    throw refusal("impossible-step", message, where, "Use NLC or NCL.");
  }
  return { ...before, to: /** @type {Order} */ (to), channels: to === "NL" ? 1 : before.channels };
}

/**
 * Gives the first sample, the values and the shape of every window, or of the whole when no step cuts it.
 *
 * @param {readonly InputStep[]} steps
 * @param {Signal} signal
 */
export function prepared(steps, { values, channels }) {
  /** @type {Cut[]} */
  let cuts = [{ start: 0, samples: checked(values, channels) }];
  /** @type {Order} */
  let to = "NLC";
  for (const step of steps) {
    if (step.op === "layout") to = /** @type {Order} */ (step.to);
    else cuts = applied(step, cuts);
  }
  return cuts.map(({ start, samples }) => ({ start, ...signalValues(samples, to) }));
}

/**
 * Gives what one step makes of the whole signal, or of each of its windows.
 *
 * @param {InputStep} step
 * @param {readonly Cut[]} cuts
 * @returns {Cut[]}
 */
function applied(step, cuts) {
  if (step.op === "window") return cuts.flatMap(({ samples }) => window(samples, step));
  return cuts.map(({ start, samples }) => ({ start, samples: changed(step, samples) }));
}

/**
 * @param {InputStep} step
 * @param {Samples} samples
 * @returns {Samples}
 */
function changed(step, samples) {
  if (step.op === "resample") return resample(samples, step);
  if (step.op === "detrend") return detrend(samples, step.kind);
  return step.op === "standardize" ? standardize(samples, step.mean, step.scale) : samples;
}

/**
 * Gives the signal that is given, or that of a CSV file (a Blob) with one sample a row: where the steps begin with columns, these
 * by name.
 *
 * @param {any} thing
 * @param {Input} input
 * @returns {Promise<Signal> | Signal}
 * @throws {SatchelError} input/wrong-array, input/wrong-rate, or what the file is not
 */
function load(thing, { steps }) {
  const wanted = steps.find((step) => step.op === "resample")?.from_rate;
  if (thing instanceof Blob) return readChannels(thing, steps, wanted);
  given(thing);
  if (wanted !== undefined && (thing.rate ?? wanted) !== wanted) {
    const message = `the steps take ${wanted} samples a second, the signal has ${thing.rate}`;
    const hint = "Resample it before, or give the resample step this rate.";
    throw new SatchelError("input/wrong-rate", message, { hint });
  }
  return thing;
}

/** @param {any} thing */
function given(thing) {
  if (thing?.values?.length !== undefined && Number.isInteger(thing.channels)) return;
  const hint = "Give {values, channels, rate}, the values sample by sample.";
  throw new SatchelError("input/wrong-array", `expected a signal, found ${typeof thing}`, { hint });
}

/**
 * @param {Blob} file
 * @param {readonly InputStep[]} steps
 * @param {number | undefined} rate
 * @returns {Promise<Signal>}
 */
async function readChannels(file, [first], rate) {
  const names = first.op === "columns" ? first.columns.map(({ name }) => name) : undefined;
  const { readSignal } = await import("./csv.js");
  const { data, channels } = await readSignal(file, names);
  return { values: data, channels, rate };
}

/**
 * @param {Input} input
 * @param {readonly SignalShape[]} shapes
 * @param {import("./spec.js").Tensor} [tensor]
 * @returns {import("./families.js").Plan}
 */
function plan({ steps }, shapes, tensor) {
  const { channels } = shapes[shapes.length - 1];
  const windows = (/** @type {Signal} */ signal) => {
    given(signal);
    needChannels(signal, channels);
    const found = prepared(steps, signal);
    if (tensor) needShape(found[0].shape, tensor.shape.slice(1));
    return found.map(({ start, data, shape }) => ({ start, tensor: asTensor(data, shape, tensor) }));
  };
  return { windows, prepare: (/** @type {Signal} */ signal) => onlyOne(windows(signal)) };
}

/** @param {{tensor: TensorValue}[]} found */
function onlyOne(found) {
  if (found.length === 1) return found[0].tensor;
  const message = `expected a signal of one window, found ${found.length}`;
  const hint = "Prepare them with windows, or cut the signal.";
  throw new SatchelError("input/several-windows", message, { hint });
}

/**
 * @param {Signal} signal
 * @param {number | undefined} channels
 */
function needChannels(signal, channels) {
  if (channels === undefined || signal.channels === channels) return;
  const message = `the steps take ${channels} channels, the signal has ${signal.channels}`;
  const hint = "Give [samples, channels], in the order of training.";
  throw new SatchelError("input/wrong-channels", message, { hint });
}

/**
 * @param {readonly number[]} found
 * @param {readonly number[]} wanted
 */
function needShape(found, wanted) {
  if (found.length === wanted.length && found.every((side, place) => side === wanted[place])) return;
  const message = `the model takes ${inBrackets(wanted)}, the signal became ${inBrackets(found)}`;
  const hint = "Give as many samples and channels as the model takes.";
  throw new SatchelError("input/wrong-length", message, { hint });
}

/**
 * Gives what the last step of a signal prepares; its channels are those of the tensor where no step says them.
 *
 * @param {SignalShape} last
 * @param {readonly number[]} taken
 * @returns {import("./families.js").Prepares}
 */
function prepares({ length, to, channels }, taken) {
  const width = channels ?? (taken.length === 2 ? taken[to === "NCL" ? 0 : 1] : undefined);
  if (to === "NL") return { sides: [length], dtype: "float32" };
  return { sides: to === "NCL" ? [width, length] : [length, width], dtype: "float32" };
}

/**
 * Refuses a window where the answer is no numbers: that of several windows is read from the mean of theirs.
 *
 * @type {NonNullable<Family["checkAnswer"]>}
 */
function checkAnswer({ kind }, steps, where) {
  const at = steps.findIndex((step) => step.op === "window");
  if (at < 0 || !["objects", "points", "mask"].includes(kind)) return;
  const message = `the answers of several windows make one by the mean of their numbers, ${kind} have none`;
  const hint = "Remove the window, and give stretches of the length that the model takes; or read numbers.";
  throw refusal("impossible-step", message, `${where}.steps[${at}]`, hint);
}
