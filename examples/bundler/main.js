import { startSatchel } from "satchel/client";

// The page's side is bundled; the worker loads the library itself, as it is, from where build.mjs copied it.
const satchel = await startSatchel({ libraryUrl: "/bundler/dist/satchel/", runtimesUrl: "/runtimes/" });
await satchel.open("/bundle.satchel");
await satchel.load("int8/tflite");

const photo = document.querySelector("#photo");
photo.disabled = false;
photo.addEventListener("change", async () => {
  const { classes } = await satchel.run(photo.files[0]);
  document.querySelector("#answer").textContent = `${classes[0].label}, ${(100 * classes[0].score).toFixed(1)} %`;
});
