/**
 * The contract alone: specs, bundles, preparing, reading and the golden check, without engines and without a worker. It begins with
 * little; what only some uses need (a family of ops, the golden check, photo files, CSV, .satchel files) is loaded when it is needed.
 *
 *     const bundle = await BundleReader.open("/bundles/efficientnet-lite0/");
 *     const pipeline = await openPipeline(bundle.spec, bundle.labels, "int8/tflite");
 *     const { image } = pipeline.prepare(fromPixels(pixels, width, height));
 *     const { classes } = pipeline.read({ scores }); // by the names of the outputs in the spec
 */

export { answerJson } from "./answers.js";
export { BundleReader } from "./bundle_reader.js";
export { SatchelError } from "./errors.js";
export { checkGolden, openPipeline } from "./needed.js";
export { fromPixels, ofImageData } from "./photo_pixels.js";
export { parseSpec } from "./spec.js";
export { nv21 } from "./values.js";
