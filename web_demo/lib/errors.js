/**
 * Every error Satchel raises on purpose, with the codes that Python uses (`metadata/satchel_metadata/errors.py` draws the tree).
 *
 * The family is the part of the code before the slash: spec, input, model, bundle or env.
 */

/**
 * A mistake that the user can mend, told in one paragraph.
 */
export class SatchelError extends Error {
  /**
   * @param {string} code stable, `family/name`, the same in every language (`spec/unknown-key`)
   * @param {string} message what was expected and what was found, without the final full stop
   * @param {{where?: string, hint?: string}} [place] `where` names a path, a JSON path, a tensor; `hint` says what to do next,
   *   of a bundle to get it again unless told otherwise
   */
  constructor(code, message, { where = "", hint = code.startsWith("bundle/") ? "Get the bundle again." : "" } = {}) {
    super(paragraph(message, where, hint));
    this.name = "SatchelError";
    this.code = code;
    this.detail = message;
    this.where = where;
    this.hint = hint;
  }

  /**
   * Gives the error as a plain object that a worker can post.
   *
   * @returns {{code: string, message: string, where: string, hint: string}}
   */
  toJSON() {
    return { code: this.code, message: this.detail, where: this.where, hint: this.hint };
  }
}

/**
 * @param {string} message
 * @param {string} where
 * @param {string} hint
 */
function paragraph(message, where, hint) {
  const head = where ? `${where}: ${message}` : message;
  return hint ? `${head}. ${hint}` : `${head}.`;
}

/**
 * Gives the error for a document that is not as it should be, or a step of it that does not fit.
 *
 * @param {string} name of the code behind `spec/`
 * @param {string} message
 * @param {string} where
 * @param {string} [hint]
 */
export function refusal(name, message, where, hint) {
  return new SatchelError(`spec/${name}`, message, { where, hint });
}

/**
 * Gives what is made; an error on the way is placed.
 *
 * @template T
 * @param {() => T} making
 * @param {(where: string, code: string) => string} placeOf gives the place of an error from the one that it has
 * @returns {T}
 */
export function placed(making, placeOf) {
  try {
    return making();
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    throw new SatchelError(error.code, error.detail, { where: placeOf(error.where, error.code), hint: error.hint });
  }
}
