/** Runs cases for Python: a case a line on standard input, what JavaScript makes of it a line on standard output. */

import { createInterface } from "node:readline";

import { SatchelError } from "../../web_demo/lib/errors.js";
import { bytesOf, unpacked } from "../vectors/cases.js";
import { HANDLERS } from "../vectors/handlers/index.js";

/** Gives a value as JSON holds it: its arrays as {dtype, shape, data}. */
function packed(value) {
  if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (ArrayBuffer.isView(value.data)) {
    const { data, shape } = value;
    const dtype = data.constructor.name.replace("Clamped", "").replace("Array", "").toLowerCase();
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return { dtype, shape, data: bytes.toString("base64") };
  }
  if (Array.isArray(value)) return value.map(packed);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, packed(each)]),
  );
}

async function answer({ op, input }) {
  try {
    return { found: packed(await HANDLERS[op](unpacked(input), {}, { bytesOf })) };
  } catch (error) {
    if (error instanceof SatchelError) return { code: error.code, where: error.where };
    return { crashed: error.stack };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
