/**
 * The bundles to choose from, where several are served.
 */

import { element, find, visible } from "./dom.js";
import { shortDigest } from "./text.js";

/**
 * A bundle as the server lists it.
 *
 * @typedef {{url: string, name: string, digest: string, report: string | null, samples: readonly string[]}} Served
 */

/**
 * Puts an option for each bundle into a picker; those of one name bear the head of their digest beside it.
 *
 * @param {HTMLSelectElement} picker
 * @param {readonly Served[]} bundles
 */
export function showBundles(picker, bundles) {
  const options = bundles.map((bundle) => {
    const alone = bundles.filter((each) => each.name === bundle.name).length === 1;
    const name = visible(bundle.name);
    const shown = alone ? name : `${name} · ${shortDigest(bundle.digest)}`;
    const data = { "data-digest": bundle.digest, "data-report": bundle.report ?? "" };
    return element("option", { value: bundle.url, ...data }, shown);
  });
  picker.replaceChildren(...options);
}

/**
 * Links the report of the bundle that is chosen, where it has one.
 *
 * @param {HTMLOptionElement} option
 */
export function linkReport(option) {
  const { report } = option.dataset;
  find("report", HTMLElement).hidden = !report;
  if (report) find("report-link", HTMLAnchorElement).href = report;
}
