/**
 * The fastest way that is right, and the reason in words.
 */

/** @typedef {import("./trial.js").Trial} Trial */

/**
 * Gives the fastest trial that is right; undefined where none is.
 *
 * @param {readonly Trial[]} trials
 * @returns {Trial | undefined}
 */
export function fastest(trials) {
  const right = trials.filter(({ verdict, milliseconds }) => verdict === "right" && milliseconds !== null);
  return [...right].sort((a, b) => Number(a.milliseconds) - Number(b.milliseconds))[0];
}

/**
 * Says why a trial was chosen: "int8 on LiteRT.js, 2 threads: right in all 4 golden cases, 9.1 ms; 1 thread 14.0 ms".
 *
 * @param {Trial} chosen
 * @param {readonly Trial[]} trials
 */
export function reasonOf(chosen, trials) {
  const [variant] = chosen.candidate.artefact.split("/");
  const head = `${variant} on ${chosen.candidate.runtime}, ${wayOf(chosen)}: right in all ${chosen.cases.length} golden cases, ${timeOf(chosen)}`;
  const others = trials.filter((each) => each !== chosen && each.verdict !== "absent");
  const told = others.map((each) => `${wayOf(each)} ${each.verdict === "right" ? timeOf(each) : toldOf(each)}`);
  return `${[head, ...told].join("; ")}.`;
}

/** @param {Trial} trial */
function toldOf({ verdict }) {
  return verdict === "failed" ? "does not run" : `is ${verdict}`;
}

/** @param {Trial} trial */
function wayOf({ candidate: { backend, threads } }) {
  if (backend === "webgpu") return "WebGPU";
  return `${threads} ${threads === 1 ? "thread" : "threads"}`;
}

/** @param {Trial} trial */
function timeOf({ milliseconds }) {
  return `${Number(milliseconds).toFixed(1)} ms`;
}
