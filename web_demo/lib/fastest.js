/**
 * The fastest way that is right, and the reason in words.
 */

/** @typedef {import("./trial.js").Trial} Trial */

/** How much faster, as a share and in milliseconds, another way must be than one that is tried before it. */
const SHARE = 0.9;
const LEAST = 0.2;

/** Other ways that a reason names. */
const NAMED = 4;

/**
 * Gives the fastest trial that is right; of those that take the same time within the noise, the one tried first. Undefined where none
 * is right.
 *
 * @param {readonly Trial[]} trials in the order of preference
 * @returns {Trial | undefined}
 */
export function fastest(trials) {
  const right = trials.filter(({ verdict, milliseconds }) => verdict === "right" && milliseconds !== null);
  const least = Math.min(...right.map(({ milliseconds }) => Number(milliseconds)));
  return right.find(
    ({ milliseconds }) => Number(milliseconds) * SHARE <= least || Number(milliseconds) - LEAST <= least,
  );
}

/**
 * Says why a trial was chosen: "int8 on LiteRT.js, 2 threads: right in all 4 golden cases, 9.1 ms; 1 thread 14.0 ms; float32 on TF.js,
 * webgl 31.0 ms".
 *
 * @param {Trial} chosen
 * @param {readonly Trial[]} trials
 * @param {number} [untried] how many others there was no time for
 */
export function reasonOf(chosen, trials, untried = 0) {
  const head = `${placeOf(chosen)}, ${wayOf(chosen)}: right in all ${chosen.cases.length} golden cases, ${timeOf(chosen)}`;
  const others = trials.filter((each) => each !== chosen && each.verdict !== "absent");
  const told = others.slice(0, NAMED).map((each) => {
    const place = placeOf(each) === placeOf(chosen) ? "" : `${placeOf(each)}, `;
    return `${place}${wayOf(each)} ${each.verdict === "right" ? timeOf(each) : toldOf(each)}`;
  });
  const more = others.length - told.length;
  const rest = [...(more > 0 ? [`${more} more`] : []), ...(untried > 0 ? [`no time for ${untried} others`] : [])];
  return `${[head, ...told, ...rest].join("; ")}.`;
}

/** @param {Trial} trial */
function toldOf({ verdict }) {
  return verdict === "failed" ? "does not run" : `is ${verdict}`;
}

/** @param {Trial} trial */
function placeOf({ candidate: { artefact, runtime } }) {
  return `${artefact.split("/")[0]} on ${runtime}`;
}

/** @param {Trial} trial */
function wayOf({ candidate: { runtime, backend, threads } }) {
  if (backend === "webgpu") return "WebGPU";
  return runtime === "TF.js" ? backend : `${threads} ${threads === 1 ? "thread" : "threads"}`;
}

/** @param {Trial} trial */
function timeOf({ milliseconds }) {
  const ms = Number(milliseconds);
  return ms < 0.095 ? "less than 0.1 ms" : `${ms.toFixed(1)} ms`;
}
