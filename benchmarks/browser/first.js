/** The least page that answers with tasks-vision: the library, the model, one photo that is given as to Satchel's page. */

import { FilesetResolver, ImageClassifier } from "/bench/tasks-vision/vision_bundle.mjs";

const input = document.getElementById("file");
const given = new Promise((resolve) => {
  if (input.files.length > 0) resolve(input.files[0]);
  input.addEventListener("change", () => resolve(input.files[0]));
});
const files = await FilesetResolver.forVisionTasks("/bench/tasks-vision/wasm");
const baseOptions = { modelAssetPath: "/bench/model/int8" };
const classifier = await ImageClassifier.createFromOptions(files, { baseOptions, maxResults: 5 });
const bitmap = await createImageBitmap(await given);
document.body.dataset.best = String(classifier.classify(bitmap).classifications[0].categories[0].index);
