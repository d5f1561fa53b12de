/** The sides that resize_browser.py compares: every resize method of Satchel, a canvas, transformers.js. All give [224, 224, 3] floats. */

import { ofBitmap, ofImageData } from "/web_demo/lib/photo.js";
import { Pipeline } from "/web_demo/lib/pipeline.js";
import { parseSpec } from "/web_demo/lib/spec.js";

const SIDE = 224;
const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];

function pipelineOf(method) {
  const steps = [
    { op: "decode" },
    { op: "resize", method, fit: "stretch", width: SIDE, height: SIDE },
    { op: "rescale", divisor: 255 },
    { op: "normalize", mean: MEAN, std: STD, range: "0..1" },
  ];
  const inputs = [{ name: "image", steps }];
  const outputs = [{ name: "scores", steps: [] }];
  const task = "image_classification";
  return new Pipeline(parseSpec({ satchel: "1.0", name: "bench", task, inputs, outputs }), {});
}

/** Gives what people do: the browser scales, and its pixels are taken. */
function canvasSide(bitmap) {
  const context = new OffscreenCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true });
  const out = new Float32Array(SIDE * SIDE * 3);
  return () => {
    context.drawImage(bitmap, 0, 0, SIDE, SIDE);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    for (let i = 0, o = 0; i < data.length; i += 4) {
      for (let c = 0; c < 3; c++) out[o++] = (data[i + c] / 255 - MEAN[c]) / STD[c];
    }
    return out;
  };
}

async function transformersSide(bitmap) {
  const { RawImage, ViTImageProcessor } = await import("/transformers/transformers.min.js");
  const size = { height: SIDE, width: SIDE };
  const flags = { do_resize: true, do_rescale: true, do_normalize: true, resample: 2, rescale_factor: 1 / 255 };
  const processor = new ViTImageProcessor({ size, ...flags, image_mean: MEAN, image_std: STD });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const image = new RawImage(data, bitmap.width, bitmap.height, 4).rgb();
  return () => processor(image);
}

/** Gives the milliseconds of every turn of every side: all sides take one turn after the other, and the first is not counted. */
async function inTurns(sides, repeat) {
  const found = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let turn = 0; turn <= repeat; turn++) {
    for (const [name, run] of Object.entries(sides)) {
      const start = performance.now();
      await run();
      if (turn > 0) found[name].push(performance.now() - start);
    }
  }
  return found;
}

/** Gives what prepares a bitmap: its pixels are read in each turn, as a canvas reads them. */
function bitmapSide(pipeline, bitmap) {
  return async () => {
    const photo = await ofBitmap(bitmap);
    const tensors = pipeline.prepare(photo);
    photo.close();
    return tensors;
  };
}

/** Gives milliseconds by side for the photo at an address, decoded before the clock starts. */
globalThis.compare = async (url, methods, repeat, transformers) => {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const inMemory = ofImageData(context.getImageData(0, 0, bitmap.width, bitmap.height));
  const sides = { "canvas drawImage": canvasSide(bitmap) };
  for (const method of methods) sides[method] = bitmapSide(pipelineOf(method), bitmap);
  for (const method of ["pillow.bilinear", "tf.bilinear"]) {
    const pipeline = pipelineOf(method);
    sides[`${method} of ImageData`] = () => pipeline.prepare(inMemory);
  }
  const found = await inTurns(sides, repeat);
  if (transformers) {
    const side = { "transformers.js": await transformersSide(bitmap) };
    Object.assign(found, await inTurns(side, Math.min(repeat, 5)));
  }
  return found;
};

/** Gives the bytes by which the heap has grown over `count` frames, behind as many in which the engine compiles what it will. */
globalThis.growth = async (url, method, count) => {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob());
  const prepare = bitmapSide(pipelineOf(method), bitmap);
  const settledHeap = async (many) => {
    for (let i = 0; i < many; i++) {
      await prepare();
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve)); // as frames come: one task each
    }
    for (let i = 0; i < 5; i++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return performance.memory.usedJSHeapSize;
  };
  const before = await settledHeap(count);
  return (await settledHeap(count)) - before;
};
