/**
 * One row, typed: a field for each column, with what the spec knows of it.
 */

import { exampleOf } from "../lib/table_columns.js";
import { element, find, visible } from "./dom.js";

/** @typedef {import("../lib/table_columns.js").Column} Column */

/** How much farther a slider goes than what is usual. */
const WIDER = 2;

/** More columns than that have no sliders. */
const SLIDERS = 12;

const form = find("fields", HTMLFormElement);

/**
 * Makes the fields of these columns, filled with a typical row.
 *
 * @param {readonly Column[]} columns
 * @param {() => void} onChange called whenever a value changes
 */
export function showFields(columns, onChange) {
  form.replaceChildren(...columns.map((column) => fieldOf(column, columns.length <= SLIDERS)));
  form.onsubmit = (event) => event.preventDefault();
  form.oninput = ({ target }) => {
    if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
    const pair = form.querySelector(target.type === "range" ? `#${CSS.escape(target.dataset.of ?? "")}` : "nothing");
    if (pair instanceof HTMLInputElement) pair.value = target.value;
    else slide(target);
    onChange();
  };
}

/**
 * Gives the row as it is typed.
 *
 * @returns {Map<string, string>}
 */
export function typedRow() {
  return new Map(inputs().map((input) => [input.dataset.column ?? "", input.value]));
}

/**
 * Puts a row into the fields.
 *
 * @param {ReadonlyMap<string, string>} row
 */
export function typeRow(row) {
  for (const input of inputs()) {
    input.value = row.get(input.dataset.column ?? "") ?? "";
    slide(input);
  }
}

/**
 * Marks the fields that an error speaks of.
 *
 * @param {string} message empty where all is well
 */
export function markWrong(message) {
  for (const input of inputs()) {
    const wrong = message.includes(`'${input.dataset.column}'`);
    if (wrong) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}

/** @returns {(HTMLInputElement | HTMLSelectElement)[]} */
function inputs() {
  return [...form.querySelectorAll("[data-column]")].filter(
    (each) => each instanceof HTMLInputElement || each instanceof HTMLSelectElement,
  );
}

/**
 * Lets a field's slider follow what was typed.
 *
 * @param {HTMLInputElement | HTMLSelectElement} input
 */
function slide(input) {
  const slider = form.querySelector(`[data-of="${CSS.escape(input.id)}"]`);
  if (slider instanceof HTMLInputElement && input.value.trim() !== "") slider.value = input.value;
}

/**
 * @param {Column} column
 * @param {boolean} slides
 * @param {number} place
 */
function fieldOf(column, slides, place = form.children.length) {
  const id = `field-${place}-${column.name.replace(/[^A-Za-z0-9]/g, "-")}`;
  const label = element("label", { for: id }, visible(column.title));
  if (column.unit) label.append(" ", element("span", { class: "unit" }, visible(column.unit)));
  const hint = hintOf(column);
  const described = hint ? `${id}-hint` : undefined;
  const attributes = { id, "data-column": column.name, "aria-describedby": described };
  const line = element("div", { class: "field-line" }, slides && column.usual ? sliderOf(column, id) : "");
  line.append(column.categories ? choicesOf(column, attributes) : numberOf(column, attributes));
  const box = element("div", { class: "field" }, label, line);
  if (hint) box.append(element("p", { class: "field-hint", id: described }, visible(hint)));
  return box;
}

/**
 * @param {Column} column
 * @param {Record<string, string | undefined>} attributes
 */
function numberOf(column, attributes) {
  const inputmode = column.kind === "number" ? "decimal" : "text";
  const input = element("input", { ...attributes, type: "text", inputmode, spellcheck: "false" });
  input.value = exampleOf(column);
  return input;
}

/**
 * @param {Column} column
 * @param {Record<string, string | undefined>} attributes
 */
function choicesOf(column, attributes) {
  const { categories = [], filled } = column;
  const options = categories.map((each) => element("option", { value: each }, visible(each)));
  if (filled !== undefined) options.unshift(element("option", { value: "" }, "Unknown"));
  const select = element("select", attributes, ...options);
  select.value = exampleOf(column);
  return select;
}

/**
 * @param {Column} column
 * @param {string} id of the field that it slides
 */
function sliderOf(column, id) {
  const { title, usual: [low, high] = [0, 1] } = column;
  const [middle, reach] = [(low + high) / 2, ((high - low) / 2) * WIDER];
  const step = 10 ** Math.floor(Math.log10(reach / 20));
  const [min, max] = [middle - reach, middle + reach].map((each) =>
    Number((Math.round(each / step) * step).toPrecision(6)),
  );
  const range = { min: low >= 0 ? Math.max(0, min) : min, max, step };
  const slider = element("input", {
    type: "range",
    ...range,
    "data-of": id,
    "aria-label": `${visible(title)}, as a slider`,
  });
  slider.value = exampleOf(column);
  return slider;
}

/** @param {Column} column */
function hintOf({ usual, filled, categories, open, kind }) {
  const said = [];
  if (usual) said.push(`mostly ${usual.map(short).join(" to ")} in training`);
  if (categories && open) said.push("others count as unknown");
  if (kind === "category" && !categories) said.push("a text");
  if (filled !== undefined) said.push(`may be empty, then ${filled}`);
  const text = said.join("; ");
  return text && text[0].toUpperCase() + text.slice(1);
}

/** @param {number} number */
function short(number) {
  return String(Number(number.toPrecision(2)));
}
