/**
 * The worker's first script. It is a classic one because LiteRT.js loads its WebAssembly with importScripts; everything else is
 * an ES module.
 */

"use strict";

const service = import("./service.js");

addEventListener("message", (event) => {
  const failed = (/** @type {Error} */ { message }) => {
    const error = {
      code: "env/worker",
      message: `the library could not be loaded (${message})`,
      where: "",
      hint: "Reload the page.",
    };
    postMessage({ id: event.data.id, error });
  };
  void service.then((module) => module.answer(event.data), failed);
});
