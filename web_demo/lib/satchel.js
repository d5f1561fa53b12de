/**
 * The door: what a page or a program imports. In a page, `startSatchel` keeps all the work in a worker; everything else may also run
 * where it is called.
 *
 *     const satchel = await startSatchel({ libraryUrl: "/lib/", runtimesUrl: "/runtimes/" });
 *     await satchel.open("/bundles/efficientnet-lite0/");
 *     await satchel.load("int8/tflite");
 *     const { classes } = await satchel.run(file);
 */

export { answerJson } from "./answers.js";
export { Bundle, openBundle } from "./bundle.js";
export { BundleReader } from "./bundle_reader.js";
export { Satchel, startSatchel } from "./client.js";
export { readRows, readSignal } from "./csv.js";
export { SatchelError } from "./errors.js";
export { frameOfPhoto } from "./frame_of_photo.js";
export { fromPixels, loadPhoto, ofImageData } from "./photo.js";
export { Pipeline } from "./pipeline.js";
export { parseSpec } from "./spec.js";
export { nv21 } from "./values.js";
