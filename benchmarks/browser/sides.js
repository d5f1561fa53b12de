/**
 * The ways from a photo to its answer that browser.py compares. Each has `start(variant)` and `ask(photo)`, which gives the
 * index of the best class, the milliseconds and, where they are known, the stages.
 */

const THREADS = 2;
const long = [];
new PerformanceObserver((list) => long.push(...list.getEntries().map((each) => each.duration))).observe({ type: "longtask" });

const photos = new Map();

/** @type {Record<string, {start: (variant: string) => Promise<void>, ask: (photo: Blob) => Promise<object>}>} */
const sides = { satchel: await satchelSide(), "bare LiteRT.js": bareSide(), "tasks-vision": await tasksVisionSide() };

/** @type {Record<string, {start: (variant: string) => Promise<void>, ask: (photo: Blob) => Promise<object>}>} */
const detecting = { satchel: await satchelSide(), "tasks-vision": await detectorSide() };

async function satchelSide() {
  const { startSatchel } = await import("/lib/client.js");
  const satchel = await startSatchel({ libraryUrl: "/lib/", runtimesUrl: "/runtimes/", threads: THREADS });
  return {
    async start(variant, task) {
      const bundle = (await (await fetch("/bundles")).json()).find((each) => each.task === task);
      await satchel.open(bundle.url);
      await satchel.load(`${variant}/tflite`);
    },
    async ask(photo) {
      const { classes, objects, timings } = await satchel.run(photo);
      if (objects) return { objects: objects.map(({ box, index, label, score }) => ({ box, index, label, score })), stages: timings };
      return { best: classes[0].index, score: classes[0].score, stages: timings };
    },
  };
}

function bareSide() {
  const worker = new Worker("/bench/litert/bare.js");
  const told = async (message) => {
    worker.postMessage(message);
    const { data } = await new Promise((resolve) => worker.addEventListener("message", resolve, { once: true }));
    if (data?.error) throw new Error(data.error);
    return data;
  };
  return {
    start: (variant) => told({ model: `/bench/model/${variant}`, threads: THREADS }),
    ask: (photo) => told({ photo }),
  };
}

async function tasksVisionSide() {
  const { FilesetResolver, ImageClassifier } = await import("/bench/tasks-vision/vision_bundle.mjs");
  const files = await FilesetResolver.forVisionTasks("/bench/tasks-vision/wasm");
  let classifier;
  return {
    async start(variant) {
      const modelAssetPath = `/bench/model/${variant}`;
      classifier = await ImageClassifier.createFromOptions(files, { baseOptions: { modelAssetPath }, maxResults: 5 });
    },
    async ask(photo) {
      const bitmap = await createImageBitmap(photo);
      const { classifications } = classifier.classify(bitmap);
      bitmap.close();
      const [{ index, score }] = classifications[0].categories;
      return { best: index, score };
    },
  };
}

/** MediaPipe's detector, with the same model, scores from 0.5 on, and 20 boxes at most; the class of the background is no answer. */
async function detectorSide() {
  const { FilesetResolver, ObjectDetector } = await import("/bench/tasks-vision/vision_bundle.mjs");
  const files = await FilesetResolver.forVisionTasks("/bench/tasks-vision/wasm");
  let detector;
  return {
    async start(variant) {
      const limits = { scoreThreshold: 0.5, maxResults: 20, categoryDenylist: ["???"] };
      detector?.close();
      detector = await ObjectDetector.createFromOptions(files, {
        baseOptions: { modelAssetPath: `/bench/detector/${variant}` },
        ...limits,
      });
    },
    async ask(photo) {
      const bitmap = await createImageBitmap(photo);
      const { detections } = detector.detect(bitmap);
      bitmap.close();
      const objects = detections.map(({ boundingBox: { originX, originY, width, height }, categories: [{ categoryName, score }] }) => ({
        box: [originX, originY, originX + width, originY + height],
        label: categoryName,
        score,
      }));
      return { objects };
    },
  };
}

const SIDES = { image_classification: sides, object_detection: detecting };
let asked = sides;

globalThis.bench = {
  async start(variant, names, task) {
    asked = SIDES[task];
    for (const name of names) photos.set(name, await (await fetch(`/bench/photo/${name}`)).blob());
    for (const side of Object.values(asked)) await side.start(variant, task);
    return Object.keys(asked);
  },
  async ask(name, names) {
    long.length = 0;
    const found = [];
    for (const photo of names) {
      const start = performance.now();
      const answer = await asked[name].ask(photos.get(photo));
      found.push({ ...answer, photo, ms: performance.now() - start });
    }
    await new Promise((resolve) => setTimeout(resolve, 60)); // long tasks are told a moment later
    return { found, blocked: long.filter((each) => each > 50).length };
  },
};
