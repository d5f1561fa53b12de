/**
 * Carries out a spec: photo, row or signal -> prepared tensors, and a model's outputs -> answer. Runs in a page, in a worker and in
 * Node. What one input is made from, and how, is its family's matter (families.js); what a reading step does stands in readers.js.
 * The kit (kit.js) brings those that are needed.
 */

import { answerOf } from "./answers.js";
import { placed, SatchelError } from "./errors.js";
import { answerOutput, checkSteps, ranks } from "./infer_base.js";
import { kindOf, references } from "./kit.js";
import { dequantize } from "./ops/quantize.js";
import { nanOutput, wrongOutput } from "./ops/reading.js";
import { inBrackets, sizeOf } from "./ops/shapes.js";
import { rowValues } from "./readers_base.js";
import { ranked } from "./readers_scores.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./families.js").TensorValue} TensorValue */
/** @typedef {import("./families.js").Watch} Watch */
/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./readers_base.js").Context} Context */
/** @typedef {import("./readers_base.js").Numbers} Numbers */
/** @typedef {import("./spec.js").OutputStep} OutputStep */
/** @typedef {import("./spec.js").Spec} Spec */
/** @typedef {import("./trace.js").Trace} Trace */

/**
 * A model's output: its values row by row; with their shape where no artefact says it. Without any shape it is one row [1, n].
 *
 * @typedef {ArrayLike<number | bigint>} RawValues
 * @typedef {RawValues | {data: RawValues, shape: readonly number[]}} RawOutput
 * @typedef {Readonly<Record<string, RawOutput>>} Outputs by the name of the spec's output
 */

/**
 * The tensors of one thing, or of one window of it: `start` is the first sample of the window; `trace` says how each picture was
 * prepared, by the name of its input: `read` takes it for uncrop.
 *
 * @typedef {{tensors: Record<string, TensorValue>, trace: Record<string, Trace>, start?: number}} Prepared
 */

/** Steps that give numbers as they take numbers: those before the first other one make the scores. */
const NUMBERS = ["softmax", "sigmoid", "denormalize", "round"];

/**
 * One spec with its label lists, for one artefact, and the kit that carries it out.
 *
 * It keeps its working memory from one photo to the next: a prepared tensor is valid until the next `prepare`.
 */
export class PipelineBase {
  #kit;
  #inputs;
  #labels;
  #output;
  #ranks;
  #scoring;
  #ranking;
  /** @type {Record<string, import("./spec.js").Tensor | undefined>} of the outputs that are read */
  #tensors;

  /**
   * @param {Kit} kit
   * @param {Spec} spec
   * @param {Readonly<Record<string, readonly string[]>>} labels each list of the spec, read from its file
   * @param {string} [artefact] `int8/tflite`; without it tensors stay binary32 and outputs are read as they come
   * @throws {SatchelError} the steps do not fit together
   */
  constructor(kit, spec, labels, artefact) {
    const tensorOf = (/** @type {{tensor: Record<string, import("./spec.js").Tensor>}} */ { tensor }) =>
      artefact === undefined ? undefined : tensor[artefact];
    const shapes = checkSteps(kit, spec);
    this.#inputs = spec.inputs.map((input, place) => {
      const family = kit.families[kindOf(input)];
      return { input, family, plan: family.plan(input, shapes[place], tensorOf(input), kit) };
    });
    this.#kit = kit;
    this.#labels = labels;
    this.#output = answerOutput(spec);
    this.#ranks = ranks(spec);
    const { name, steps } = this.#output;
    const wanted = [name, ...steps.flatMap((step) => references(kit, step))];
    const read = spec.outputs.filter((each) => wanted.includes(each.name));
    this.#tensors = Object.fromEntries(read.map((each) => [each.name, tensorOf(each)]));
    const first = steps.findIndex((step) => !NUMBERS.includes(step.op));
    this.#scoring = first === -1 ? steps : steps.slice(0, first);
    this.#ranking = first === -1 ? [] : steps.slice(first);
  }

  /** Gives the kind of each input: photo, frame, row or signal. */
  get kinds() {
    return this.#inputs.map(({ family }) => family.kind);
  }

  /**
   * Gives what the steps of each input take, by its name: read once, prepared any number of times.
   *
   * @param {any} thing a photo (Blob, ImageData, Photo), a Frame, a Row or a Signal; for several inputs that are made from different
   *   things, an object of these by the names of all inputs
   * @returns {Promise<Record<string, any>>}
   */
  async load(thing) {
    const apart = this.#givenApart(thing);
    /** @type {Record<string, any>} */
    const loaded = {};
    for (const { input, family } of this.#inputs) {
      loaded[input.name] = await family.load(apart ? thing[input.name] : thing, input);
    }
    return loaded;
  }

  /**
   * Says whether a thing is an object of what each of several inputs is made from, by their names.
   *
   * @param {any} thing
   * @throws {SatchelError} input/wrong-type, where it is none and the inputs are made from different things
   */
  #givenApart(thing) {
    const names = this.#inputs.map(({ input }) => input.name);
    const found = Object.keys(thing ?? {});
    const all = found.length === names.length && names.every((name) => found.includes(name));
    if (names.length > 1 && all) return true;
    if (new Set(this.kinds).size === 1) return false;
    const wanted = names.map((name, place) => `${name} (a ${this.kinds[place]})`).join(", ");
    throw new SatchelError("input/wrong-type", `expected ${wanted}, found ${found.join(", ") || typeof thing}`, {
      hint: "The inputs are made from different things: give an object of them by their names.",
    });
  }

  /**
   * Gives the tensor of each input.
   *
   * @param {any} value a Photo, a Row or a Signal, for all inputs
   * @param {Watch} [watch]
   * @returns {Record<string, TensorValue>} by input name; binary32, or the artefact's integers
   */
  prepare(value, watch = {}) {
    return Object.fromEntries(this.#inputs.map(({ input, plan }) => [input.name, plan.prepare(value, watch)]));
  }

  /**
   * Gives the tensors of every window of a signal, in their order; of anything else, of the one thing it is.
   *
   * @param {Readonly<Record<string, any>>} loaded what `load` gave
   * @param {Watch} [watch]
   * @returns {Prepared[]}
   */
  windows(loaded, watch = {}) {
    const trace = Object.fromEntries(
      this.#inputs.flatMap(({ input: { name }, plan }) => (plan.trace ? [[name, plan.trace(loaded[name])]] : [])),
    );
    const sliding = this.#inputs.find(({ plan }) => plan.windows);
    const others = Object.fromEntries(
      this.#inputs
        .filter((each) => each !== sliding)
        .map(({ input: { name }, plan }) => [name, plan.prepare(loaded[name], watch)]),
    );
    if (!sliding?.plan.windows) return [{ tensors: others, trace }];
    const { name } = sliding.input;
    const windows = sliding.plan.windows(loaded[name]);
    return windows.map(({ start, tensor }) => ({ tensors: { ...others, [name]: tensor }, trace, start }));
  }

  /**
   * Gives the answer of a model's outputs.
   *
   * @param {Outputs} outputs by output name, as the artefact gives them
   * @param {Readonly<Record<string, Trace>>} [trace] how the picture was prepared; uncrop needs it
   * @returns {Answer}
   */
  read(outputs, trace = {}) {
    return this.readWindows([{ outputs }], trace);
  }

  /**
   * Gives the answer of the outputs of several windows: that of their mean, and each window's own. The mean is of the numbers
   * before they become classes: summed in the order of the windows in binary32, then divided by their count.
   *
   * @param {readonly {outputs: Outputs, start?: number}[]} windows
   * @param {Readonly<Record<string, Trace>>} [trace]
   * @returns {Answer}
   */
  readWindows(windows, trace = {}) {
    const read = windows.map(({ outputs, start = 0 }) => {
      const context = this.#context(outputs, trace);
      return { start, context, numbers: this.#run(this.#scoring, context.outputs[this.#output.name], context) };
    });
    const answer = this.#answer(
      this.#placed(() => mean(read.map(({ numbers }) => numbers))),
      read[0].context,
    );
    if (read.length === 1) return answer;
    return {
      ...answer,
      windows: read.map(({ start, numbers, context }) => ({ start, ...this.#answer(numbers, context) })),
    };
  }

  /**
   * Gives the score of every class: what the steps make of the output before they rank it.
   *
   * @param {Outputs} outputs
   * @returns {Float32Array<ArrayBuffer>}
   */
  scores(outputs) {
    const context = this.#context(outputs, {});
    const value = this.#run(this.#scoring, context.outputs[this.#output.name], context);
    return this.#placed(() => rowValues(value));
  }

  /**
   * @param {Numbers} numbers
   * @param {Context} context
   * @returns {Answer}
   */
  #answer(numbers, context) {
    const value = this.#run(this.#ranking, numbers, context);
    if (Array.isArray(value) || !("shape" in value)) return answerOf(value);
    if (this.#ranks) return answerOf(this.#placed(() => ranked(value)));
    if (value.data.some(Number.isNaN)) throw nanOutput(this.#output.name);
    return answerOf(value);
  }

  /**
   * @param {readonly OutputStep[]} steps
   * @param {any} value
   * @param {Context} context
   */
  #run(steps, value, context) {
    return this.#placed(() =>
      steps.reduce((found, step) => this.#kit.readOps[step.op].run(step, found, context), value),
    );
  }

  /**
   * Gives what is read; an error about the model's output names it.
   *
   * @template T
   * @param {() => T} reading
   * @returns {T}
   */
  #placed(reading) {
    return placed(reading, (where, code) => where || (code.startsWith("model/") ? this.#output.name : ""));
  }

  /**
   * @param {Outputs} outputs
   * @param {Readonly<Record<string, Trace>>} traces
   * @returns {Context}
   */
  #context(outputs, traces) {
    const read = Object.entries(this.#tensors).map(([name, tensor]) => [name, numbersOf(outputs, name, tensor)]);
    return { outputs: Object.fromEntries(read), labels: this.#labels, traces, heads: this.#kit.heads };
  }
}

/**
 * @param {Outputs} outputs
 * @param {string} name
 * @param {import("./spec.js").Tensor} [tensor]
 * @returns {Numbers}
 */
function numbersOf(outputs, name, tensor) {
  const raw = outputs?.[name];
  if (typeof raw !== "object" || raw === null) {
    const there = Object.keys(outputs ?? {}).sort();
    const message = `the model gave no output '${name}'; it gave ${there.join(", ") || "none"}`;
    throw new SatchelError("model/missing-output", message);
  }
  const values = "data" in raw ? raw.data : raw;
  const shape = tensor?.shape ?? ("data" in raw ? raw.shape : [1, values.length]);
  if (sizeOf(shape) !== values.length)
    throw wrongOutput(name, `expected ${inBrackets(shape)}, found ${values.length} numbers`);
  return { data: dequantize(values, tensor ?? {}), shape };
}

/**
 * @param {readonly Numbers[]} numbers
 * @returns {Numbers}
 */
function mean(numbers) {
  const [first, ...others] = numbers;
  if (others.length === 0) return first;
  const total = Float32Array.from(first.data);
  for (const { data, shape } of others) {
    if (shape.join() !== first.shape.join())
      throw wrongOutput("", `the windows gave ${inBrackets(first.shape)} and ${inBrackets(shape)}, expected one shape`);
    data.forEach((each, i) => (total[i] += each));
  }
  return { ...first, data: total.map((each) => each / numbers.length) };
}
