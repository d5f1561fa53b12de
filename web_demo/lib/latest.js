/**
 * One thing at a time, and of those that wait only the latest: a slow model never falls behind the hand that draws.
 */

/**
 * Gives a function that does the work for what it is given: at once when nothing is being done, else as soon as it is done; of
 * what is given meanwhile only the last is kept.
 *
 * @template Thing
 * @param {(thing: Thing) => Promise<void>} work rejects with what `onError` is told
 * @param {(error: unknown) => void} onError
 * @returns {(thing: Thing) => Promise<void>} resolves when nothing is left to be done
 */
export function latestOnly(work, onError) {
  /** @type {{thing: Thing} | undefined} */
  let next;
  /** @type {Promise<void> | undefined} */
  let working;
  const run = async () => {
    while (next) {
      const { thing } = next;
      next = undefined;
      try {
        await work(thing);
      } catch (error) {
        onError(error);
      }
    }
    working = undefined;
  };
  return (thing) => {
    next = { thing };
    working ??= run();
    return working;
  };
}
