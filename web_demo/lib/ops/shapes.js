/**
 * Shapes of tensors.
 */

/**
 * Gives how many values a shape has.
 *
 * @param {readonly number[]} shape
 */
export function sizeOf(shape) {
  return shape.reduce((product, side) => product * side, 1);
}

/**
 * Gives numbers as a message has them: [1, 224, 224, 3].
 *
 * @param {readonly (number | undefined)[]} numbers
 */
export function inBrackets(numbers) {
  return `[${numbers.join(", ")}]`;
}
