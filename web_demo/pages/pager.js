/**
 * Turns the pages of a long list: only one is in the document at a time.
 */

import { element } from "./dom.js";

/**
 * Shows which page it is, with buttons to the others; nothing where all are on one.
 *
 * @param {HTMLElement} within
 * @param {{page: number, size: number, count: number}} place the page, counted from 0; how many each has; how many there are
 * @param {(page: number) => void} onTurn
 */
export function showPager(within, { page, size, count }, onTurn) {
  const last = Math.max(0, Math.ceil(count / size) - 1);
  within.hidden = last === 0;
  if (last === 0) return within.replaceChildren();
  const number = (/** @type {number} */ each) => each.toLocaleString("en");
  const said = `${number(page * size + 1)}–${number(Math.min(count, (page + 1) * size))} of ${number(count)}`;
  const turns = /** @type {const} */ ([
    ["First", "«", 0, page > 0],
    ["Previous", "‹", page - 1, page > 0],
    ["Next", "›", page + 1, page < last],
    ["Last", "»", last, page < last],
  ]);
  const focused = within.contains(document.activeElement) ? document.activeElement?.getAttribute("aria-label") : null;
  const buttons = turns.map(([name, sign, target, there]) => {
    const button = element("button", { type: "button", class: "turn", "aria-label": `${name} page` }, sign);
    button.disabled = !there;
    button.addEventListener("click", () => onTurn(target));
    return button;
  });
  within.replaceChildren(...buttons.slice(0, 2), element("span", { role: "status" }, said), ...buttons.slice(2));
  buttons.find((each) => each.getAttribute("aria-label") === focused && !each.disabled)?.focus();
}
