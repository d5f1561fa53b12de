/**
 * The worker's first script. It is a classic one because LiteRT.js loads its WebAssembly with importScripts; everything else is
 * an ES module.
 */

"use strict";

const service = import("./service.js");

addEventListener("message", (event) => {
  void service.then((module) => module.answer(event.data));
});
