import { startSatchel } from "/satchel/satchel.js";

const photo = document.querySelector("#photo");
const answer = document.querySelector("#answer");

const satchel = await startSatchel({ libraryUrl: "/satchel/", runtimesUrl: "/runtimes/" });
await satchel.open("/bundle.satchel");
await satchel.load("int8/tflite");
answer.textContent = "Choose a photo.";
photo.disabled = false;

photo.addEventListener("change", async () => {
  const { classes } = await satchel.run(photo.files[0]);
  answer.textContent = `${classes[0].label}, ${(100 * classes[0].score).toFixed(1)} %`;
});
