/** Drawings: strokes and their undoing, the brush that keys move, and a model that is slower than the hand. */

import assert from "node:assert/strict";
import test from "node:test";

import { latestOnly } from "../../web_demo/lib/latest.js";
import { movedBrush, piecesOf, Strokes, widthOf } from "../../web_demo/lib/strokes.js";

const spot = (x, y) => ({ x, y, width: 4 });

test("a stroke lasts until the pen is lifted, and is undone as one", () => {
  const drawing = new Strokes();
  assert.ok(drawing.empty);
  assert.deepEqual(drawing.draw(spot(1, 1)), [spot(1, 1), spot(1, 1)]);
  assert.deepEqual(drawing.draw(spot(2, 1)), [spot(1, 1), spot(2, 1)]);
  assert.ok(drawing.down);
  drawing.lift();
  drawing.draw(spot(9, 9));
  assert.deepEqual(piecesOf(drawing.all), [
    [spot(1, 1), spot(1, 1)],
    [spot(1, 1), spot(2, 1)],
    [spot(9, 9), spot(9, 9)],
  ]);
  drawing.undo();
  assert.deepEqual(drawing.all, [[spot(1, 1), spot(2, 1)]]);
  assert.ok(!drawing.down);
  drawing.draw(spot(5, 5));
  drawing.clear();
  assert.ok(drawing.empty && !drawing.down);
  drawing.undo();
  assert.ok(drawing.empty);
});

test("a pen draws as wide as it is pressed, a finger and a mouse always alike", () => {
  const widths = [0, 0.5, 1].map((pressure) => widthOf({ pointerType: "pen", pressure }, 10));
  assert.deepEqual(widths, [4, 10, 16]);
  assert.equal(widthOf({ pointerType: "touch", pressure: 1 }, 10), 10);
  assert.equal(widthOf({ pointerType: "mouse", pressure: 0.5 }, 10), 10);
});

test("arrow keys move the brush, two of them aslant, and never off the paper", () => {
  const from = { x: 10, y: 10 };
  assert.deepEqual(movedBrush(from, new Set(["ArrowRight"]), 4, 20), { x: 14, y: 10 });
  assert.deepEqual(movedBrush(from, new Set(["ArrowUp", "ArrowLeft"]), 4, 20), { x: 6, y: 6 });
  assert.deepEqual(movedBrush(from, new Set(["ArrowDown", "ArrowRight"]), 40, 20), { x: 20, y: 20 });
  assert.deepEqual(movedBrush(from, new Set(["ArrowDown", "ArrowUp"]), 4, 20), from);
});

test("of what comes while a model works only the latest is answered", async () => {
  const done = [];
  const work = async (thing) => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    done.push(thing);
  };
  const give = latestOnly(work, assert.fail);
  give(1);
  give(2);
  give(3);
  await give(4);
  assert.deepEqual(done, [1, 4]);
  await give(5);
  assert.deepEqual(done, [1, 4, 5]);
});

test("an answer that failed does not stop the next", async () => {
  const errors = [];
  const done = [];
  const work = async (thing) => {
    if (thing === 1) throw new Error("no");
    done.push(thing);
  };
  const give = latestOnly(work, (error) => errors.push(error.message));
  give(1);
  await give(2);
  assert.deepEqual([done, errors], [[2], ["no"]]);
});
