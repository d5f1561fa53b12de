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

async function satchelSide() {
  const { startSatchel } = await import("/lib/client.js");
  const satchel = await startSatchel({ libraryUrl: "/lib/", runtimesUrl: "/runtimes/", threads: THREADS });
  return {
    async start(variant) {
      const [bundle] = await (await fetch("/bundles")).json();
      await satchel.open(bundle.url);
      await satchel.load(`${variant}/tflite`);
    },
    async ask(photo) {
      const { classes, timings } = await satchel.run(photo);
      return { best: classes[0].index, stages: timings };
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
      return { best: classifications[0].categories[0].index };
    },
  };
}

globalThis.bench = {
  names: Object.keys(sides),
  async start(variant, names) {
    for (const name of names) photos.set(name, await (await fetch(`/bench/photo/${name}`)).blob());
    for (const side of Object.values(sides)) await side.start(variant);
  },
  async ask(name, names) {
    long.length = 0;
    const found = [];
    for (const photo of names) {
      const start = performance.now();
      const answer = await sides[name].ask(photos.get(photo));
      found.push({ ...answer, photo, ms: performance.now() - start });
    }
    await new Promise((resolve) => setTimeout(resolve, 60)); // long tasks are told a moment later
    return { found, blocked: long.filter((each) => each > 50).length };
  },
};
