/**
 * What a check of all candidates in a browser found, as a report and in a sentence.
 */

/** @typedef {import("./trial.js").Trial} Trial */

/**
 * `ok`: nothing that runs here is wrong, and something is right.
 *
 * @typedef {object} BrowserReport
 * @property {boolean} ok
 * @property {string} verdict a sentence
 * @property {{name: string, digest: string}} bundle
 * @property {{agent: string, cores: number, isolated: boolean}} browser
 * @property {readonly (Omit<Trial, "candidate"> & Omit<Trial["candidate"], "absent">)[]} cells
 */

/**
 * Gives the report of trials.
 *
 * @param {{name: string, digest: string}} bundle
 * @param {{agent: string, cores: number, isolated: boolean}} browser
 * @param {readonly Trial[]} trials
 * @returns {BrowserReport}
 */
export function reportOf({ name, digest }, browser, trials) {
  const cells = trials.map(({ candidate: { artefact, runtime, backend, threads }, ...found }) => {
    return { artefact, runtime, backend, threads, ...found };
  });
  return { ...verdictOf(trials), bundle: { name, digest }, browser, cells };
}

/** @param {readonly Trial[]} trials */
function verdictOf(trials) {
  const count = (/** @type {Trial["verdict"]} */ verdict) => trials.filter((each) => each.verdict === verdict).length;
  const [right, once, wrong, failed, absent] = [
    count("right"),
    count("right once"),
    count("wrong"),
    count("failed"),
    count("absent"),
  ];
  const bad = [
    ...(wrong > 0 ? [`${wrong} ${wrong === 1 ? "is" : "are"} wrong`] : []),
    ...(once > 0 ? [`${once} ${once === 1 ? "is" : "are"} right only in some runs`] : []),
  ];
  const left = [
    ...(failed > 0 ? [`${failed} cannot run here`] : []),
    ...(absent > 0 ? [`${absent} ${absent === 1 ? "is" : "are"} not for this browser`] : []),
  ];
  const all = right > 0 && bad.length === 0;
  const ran = right + once + wrong;
  const head = all
    ? `Every variant is right in each runtime that ran: ${right} of ${ran}`
    : ran === 0
      ? "No variant ran in this browser"
      : `${right} of ${ran} that ran are right, ${bad.join(", ")}`;
  return { ok: all, verdict: `${[head, ...left].join("; ")}.` };
}
