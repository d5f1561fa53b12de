/**
 * Chains of (x - less) / by * times + plus on binary32 values: four values at once, each operation rounded as in
 * lib/ops/arithmetic.js.
 */

import { assembled, advance, OP, until } from "./assembler.js";

// Parameters: values in and out, how many bytes are between them, the chain of constants.
const [FROM, STEP, OUT, OUT_STEP, OUT_END, CHAIN, CHAIN_END] = Array(7).keys();
// Locals.
const [LINK, VALUE] = [7, 8];

/** Bytes of a link of the chain: four vectors. */
const ENTRY = 64;

export const MODULE = assembled(7, 1, 1, [
  ...OP.loop,
  ...[...OP.get(FROM), ...OP.load128(0), ...OP.set(VALUE), ...OP.get(CHAIN), ...OP.set(LINK)],
  ...OP.loop,
  ...[...OP.get(VALUE), ...OP.get(LINK), ...OP.load128(0), ...OP.subF32, ...OP.get(LINK), ...OP.load128(16)],
  ...[...OP.divideF32, ...OP.get(LINK), ...OP.load128(32), ...OP.multiplyF32],
  ...[...OP.get(LINK), ...OP.load128(48), ...OP.addF32, ...OP.set(VALUE)],
  ...until(LINK, OP.constant(ENTRY), CHAIN_END),
  ...OP.end,
  ...[...OP.get(OUT), ...OP.get(VALUE), ...OP.store128],
  ...advance(FROM, OP.get(STEP)),
  ...until(OUT, OP.get(OUT_STEP), OUT_END),
  ...OP.end,
]);
