/**
 * LiteRT.js by hand, as its own page shows it, in a classic worker, with a canvas to scale the photo. The canvas does not scale
 * as the model was trained, so the answers are close to the model's own at best.
 */

let library, model, input, output;

async function start(url, threads) {
  library ??= await loaded();
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  model = await library.loadAndCompile(bytes, { accelerator: "wasm", cpuOptions: { numThreads: threads } });
  [input] = model.getInputDetails();
  [output] = model.getOutputDetails();
}

async function loaded() {
  const core = await import("./core.js");
  await core.loadLiteRt("/bench/litert/", { threads: true });
  return core;
}

async function answer(photo) {
  const bitmap = await createImageBitmap(photo);
  const canvas = new OffscreenCanvas(224, 224);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  const side = (Math.min(bitmap.width, bitmap.height) * 224) / 256;
  context.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, 224, 224);
  bitmap.close();
  const { data } = context.getImageData(0, 0, 224, 224);
  const tensor = new library.Tensor(values(data), [1, 224, 224, 3]);
  const outputs = await model.run({ [input.name]: tensor });
  const scores = outputs[output.name].toTypedArray();
  const best = scores.reduce((found, score, index) => (score > scores[found] ? index : found), 0);
  for (const each of [tensor, ...Object.values(outputs)]) each.delete();
  return { best };
}

function values(rgba) {
  const whole = input.dtype === "uint8"; // of this model, quantised so that a level is its own value
  const out = new (whole ? Uint8Array : Float32Array)(224 * 224 * 3);
  for (let i = 0, o = 0; i < rgba.length; i += 4) {
    for (let c = 0; c < 3; c++) out[o++] = whole ? rgba[i + c] : (rgba[i + c] - 127) / 128;
  }
  return out;
}

if (self.name === "em-pthread") {
  // LiteRT.js takes this script's address for its own and starts its threads with it.
  importScripts("litert_wasm_threaded_internal.js");
} else {
  addEventListener("message", async ({ data }) => {
    const work = data.model ? start(data.model, data.threads) : answer(data.photo);
    postMessage(await work.catch((error) => ({ error: String(error) })));
  });
}
