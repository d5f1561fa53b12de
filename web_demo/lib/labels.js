/**
 * A list of labels as a file: UTF-8, one label a line, in the order of the output's classes.
 */

import { SatchelError } from "./errors.js";

/**
 * Gives the labels of a file; label i is line i + 1.
 *
 * Lines end in a line feed, with or without a carriage return before it; a byte-order mark and the last line's end may be absent
 * or present. The same label may stand twice: classes are told apart by index.
 *
 * @param {Uint8Array} bytes
 * @param {string} [where]
 * @returns {string[]}
 * @throws {SatchelError} spec/label-encoding, spec/blank-label, spec/label-newline, spec/no-labels
 */
export function parseLabels(bytes, where = "labels") {
  const lines = decoded(bytes, where).split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (lines.length === 0) throw new SatchelError("spec/no-labels", "expected one label a line, found none", { where });
  return lines.map((line, i) => checkedLabel(line.replace(/\r$/, ""), `${where}, line ${i + 1}`));
}

/**
 * @param {Uint8Array} bytes
 * @param {string} where
 */
function decoded(bytes, where) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new SatchelError("spec/label-encoding", "expected labels in UTF-8, found other bytes", {
      where,
      hint: "Save the file as UTF-8.",
    });
  }
}

/**
 * @param {string} label
 * @param {string} where
 */
function checkedLabel(label, where) {
  if (/^\p{White_Space}*$/u.test(label)) {
    throw new SatchelError("spec/blank-label", "expected a label, found a blank line", {
      where,
      hint: "Name the class, or write its number; labels are counted by line.",
    });
  }
  if (label.includes("\r")) {
    throw new SatchelError("spec/label-newline", "the label runs over the end of its line", { where });
  }
  if (label.startsWith("\ufeff")) {
    throw new SatchelError("spec/label-encoding", "the label begins with a byte-order mark", { where });
  }
  return label;
}
