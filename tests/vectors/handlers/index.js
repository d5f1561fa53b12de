/** The handlers of all families, by op. A handler takes (case, file, tools) and gives what Satchel makes of the case, or throws. */

import * as archives from "./archives.js";
import * as bundles from "./bundles.js";
import * as detections from "./detections.js";
import * as documents from "./documents.js";
import * as images from "./images.js";
import * as numbers from "./numbers.js";
import * as scores from "./scores.js";
import * as signals from "./signals.js";
import * as tables from "./tables.js";
import * as tensors from "./tensors.js";
import * as texts from "./texts.js";

const FAMILIES = [archives, bundles, detections, documents, images, numbers, scores, signals, tables, tensors, texts];

export const HANDLERS = Object.assign({}, ...FAMILIES.map((each) => each.HANDLERS));

/** Ops that only a browser can run, with the reason. */
export const BROWSER_ONLY = Object.assign({}, ...FAMILIES.map((each) => each.BROWSER_ONLY ?? {}));
