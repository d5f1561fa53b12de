/**
 * What each step of a spec makes of what the step before it made: found out, and refused, before anything is read.
 */

import { placed, SatchelError } from "./errors.js";
import { kindOf, references } from "./kit.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./spec.js").Spec} Spec */
/** @typedef {import("./spec.js").Output} Output */
/** @typedef {import("./readers_base.js").Read} Read */

/**
 * Gives, for each input, what each of its steps gives.
 *
 * @param {Kit} kit
 * @param {Spec} spec
 * @returns {(readonly any[])[]}
 * @throws {SatchelError} spec/impossible-step, spec/no-answer, or what the family of an input refuses; it names the step by its
 *   JSON path
 */
export function checkSteps(kit, spec) {
  const inputs = spec.inputs.map(({ steps }, place) => {
    const where = `$.inputs[${place}]`;
    const family = kit.families[kindOf({ steps }, where)];
    return { family, steps, where, shapes: family.check(steps, where, kit) };
  });
  const unknown = Object.fromEntries(
    spec.outputs.map(({ name }) => [name, { kind: /** @type {const} */ ("numbers") }]),
  );
  const reads = spec.outputs.map((output, place) => readShapes(kit, spec, output, unknown, `$.outputs[${place}]`));
  const answer = reads[spec.outputs.indexOf(answerOutput(spec))].at(-1);
  if (answer) for (const { family, steps, where } of inputs) family.checkAnswer?.(answer, steps, where);
  return inputs.map(({ shapes }) => shapes);
}

/**
 * Gives the output that the answer is read from: the only one with steps, or the only one.
 *
 * @param {Spec} spec
 * @returns {Output}
 */
export function answerOutput(spec) {
  const stepped = spec.outputs.filter((each) => each.steps.length > 0);
  const read = stepped.length > 0 ? stepped : spec.outputs;
  if (read.length === 1) return read[0];
  const names = read.map((each) => each.name).join(", ");
  throw new SatchelError("spec/no-answer", `one output makes the answer, found ${names}`, {
    where: "$.outputs",
    hint: "Give steps to one output only.",
  });
}

/**
 * Says whether numbers that no step makes anything else of are the scores of classes.
 *
 * @param {Spec} spec
 */
export function ranks({ task }) {
  return task.endsWith("_classification");
}

/**
 * Gives what an output is, and then what each of its steps gives.
 *
 * @param {Kit} kit
 * @param {Spec} spec
 * @param {Output} output
 * @param {Readonly<Record<string, Read>>} known what each output of the spec is, by its name
 * @param {string} where the JSON path of the output
 * @returns {Read[]}
 */
export function readShapes(kit, spec, output, known, where) {
  const reads = [known[output.name]];
  output.steps.forEach((step, place) => {
    const path = `${where}.steps[${place}]`;
    const making = () => {
      namesResolve(kit, spec, step);
      reads.push(after(kit, output, place, reads[place], known));
    };
    placed(making, (own) => (own === "$" ? where : path + own));
  });
  return reads;
}

/**
 * @param {Kit} kit
 * @param {Output} output
 * @param {number} place
 * @param {Read} before
 * @param {Readonly<Record<string, Read>>} known
 * @returns {Read}
 */
function after(kit, { steps }, place, before, known) {
  const step = steps[place];
  const rule = kit.readOps[step.op];
  if (rule.takes.includes(before.kind)) return rule.after(step, before, known, kit);
  const earlier = place > 0 ? steps[place - 1].op : "a model's output";
  throw new SatchelError("spec/impossible-step", `${step.op} cannot come after ${earlier}`, { hint: rule.hint });
}

/**
 * Refuses a step that names an output or an input that the spec does not have.
 *
 * @param {Kit} kit
 * @param {Spec} spec
 * @param {import("./spec.js").OutputStep} step
 */
function namesResolve(kit, { inputs, outputs }, step) {
  for (const name of references(kit, step)) {
    if (outputs.some((each) => each.name === name)) continue;
    const message = `${step.op} reads the output '${name}', which the spec does not have`;
    throw new SatchelError("spec/no-output", message, {
      hint: `It has: ${outputs.map((each) => each.name).join(", ")}.`,
    });
  }
  if (!("input" in step) || step.input === undefined) return;
  const pictures = inputs.filter((each) => ["photo", "frame"].includes(kindOf(each)));
  const named = pictures.find((each) => each.name === step.input);
  for (const { op } of named?.steps ?? []) {
    if (op in kit.pictureOps) throw kit.pictureOps[op].untraced(step.op, step.input);
  }
  if (named) return;
  const message = `${step.op} names the input '${step.input}', which is no picture of the spec`;
  throw new SatchelError("spec/no-input", message, {
    hint: "Name an input whose steps begin with decode or yuv_to_rgb.",
  });
}
