/**
 * Elements, made and found. Text always goes in as text: nothing here, and nothing on this page, parses HTML.
 */

/**
 * Gives a new element.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | undefined>} attributes `class`, `for`, `aria-...`; true gives an empty
 *   attribute, false and undefined none
 * @param {...(Node | string)} children strings become text
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/**
 * Gives the element of the page with this id.
 *
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind the class it must have
 * @returns {Kind}
 */
export function find(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} with the id ${id}`);
  return found;
}

/**
 * Sets a text that may come from a stranger. Control characters, line breaks and marks that turn the reading direction
 * become visible, so that a label cannot pose as something else.
 *
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  node.textContent = visible(text);
}

/**
 * Gives the text with control and direction characters written as U+XXXX.
 *
 * @param {string} text
 */
export function visible(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const code = /** @type {number} */ (character.codePointAt(0));
    return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
  });
}
