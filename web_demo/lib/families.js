/**
 * The families of inputs, by kind: what one is made from, how its steps are checked, and how they are carried out.
 */

/** @typedef {import("./spec.js").Input} Input */
/** @typedef {import("./spec.js").Tensor} Tensor */
/** @typedef {import("./trace.js").Trace} Trace */

/**
 * A tensor as an engine takes it and gives it: row by row, batch of 1.
 *
 * @typedef {{data: import("./ops/quantize.js").Values | BigInt64Array<ArrayBuffer>, shape: readonly number[]}} TensorValue
 */

/**
 * Is given the picture as the model sees it, before the arithmetic.
 *
 * @typedef {{onView?: (view: import("./ops/picture.js").Picture, colours: "RGB" | "BGR" | "GRAY") => void}} Watch
 */

/**
 * How one input is prepared for one artefact. Signals have windows, each with its first sample; pictures have a trace.
 *
 * @typedef {object} Plan
 * @property {(value: any, watch?: Watch) => TensorValue} prepare a tensor is valid until the next call
 * @property {(value: any) => {start: number, tensor: TensorValue}[]} [windows]
 * @property {(value: any) => Trace} [trace]
 */

/**
 * What the steps of an input prepare, without the batch axis: a side is undefined where it depends on the input.
 *
 * @typedef {{sides: (number | undefined)[], dtype: "uint8" | "float32", layout?: string}} Prepares
 */

/**
 * @typedef {object} Family
 * @property {string} kind photo, frame, row or signal
 * @property {(steps: any, where: string, kit: import("./kit.js").Kit) => readonly any[]} check gives what each step gives, or throws a SatchelError
 * @property {(last: any, taken: readonly number[]) => Prepares} prepares gives what the last step gives, for a tensor of these sides
 * @property {(answer: import("./readers_base.js").Read, steps: readonly {op: string}[], where: string) => void} [checkAnswer]
 *   refuses an answer that cannot be read where the input has these steps
 * @property {(input: Input, shapes: any, tensor: Tensor | undefined, kit: import("./kit.js").Kit) => Plan} plan without a tensor:
 *   binary32
 * @property {(thing: any, input: Input) => any} load gives the value that the steps take, or a promise of it
 */

export {};
