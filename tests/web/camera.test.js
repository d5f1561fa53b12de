/** Cameras: frames are handed over one at a time, the pace is measured, and answers lie where the frame lies. */

import assert from "node:assert/strict";
import test from "node:test";

import { placedBox, placedPoint, placement } from "../../web_demo/lib/camera_geometry.js";
import { FrameMeter } from "../../web_demo/lib/camera_meter.js";
import { FrameTaker } from "../../web_demo/lib/camera_taker.js";

/** Gives a frame that says whether it was closed, and how often. */
function frame(name) {
  return {
    name,
    closed: 0,
    close: function () {
      this.closed++;
    },
  };
}

/** Gives a taker whose work ends when it is told to, and what it has been given. */
function taking() {
  const given = [];
  let finish;
  const taker = new FrameTaker((each) => {
    given.push(each.name);
    each.close();
    return new Promise((resolve) => (finish = resolve));
  });
  const ended = () => {
    finish();
    return new Promise((resolve) => setTimeout(resolve));
  };
  return { taker, given, ended };
}

test("while a frame is worked on only the latest waits, and every frame is closed once", async () => {
  const { taker, given, ended } = taking();
  const frames = ["a", "b", "c", "d", "e"].map(frame);
  frames.slice(0, 4).forEach((each) => taker.offer(each));
  assert.deepEqual([given, taker.dropped], [["a"], 2]);
  await ended();
  assert.deepEqual(given, ["a", "d"]);
  await ended();
  taker.offer(frames[4]);
  assert.deepEqual([given, taker.dropped], [["a", "d", "e"], 2]);
  assert.deepEqual(
    frames.map(({ closed }) => closed),
    [1, 1, 1, 1, 1],
  );
});

test("a taker that is closed closes what waits and what still comes", async () => {
  const { taker, given, ended } = taking();
  const frames = ["a", "b", "c"].map(frame);
  taker.offer(frames[0]);
  taker.offer(frames[1]);
  taker.close();
  taker.offer(frames[2]);
  await ended();
  assert.deepEqual([given, taker.dropped], [["a"], 0]);
  assert.deepEqual(
    frames.map(({ closed }) => closed),
    [1, 1, 1],
  );
});

test("the pace is that of the last two seconds, and of two frames at least", () => {
  const meter = new FrameMeter();
  const stages = (infer) => ({ decode: 1, prepare: 2, infer, read: 4, total: 99 });
  meter.add(0, stages(1000));
  assert.equal(meter.pace(), undefined);
  meter.add(5000, stages(10));
  assert.equal(meter.pace().framesASecond, 0.2);
  meter.add(5500, stages(20));
  meter.add(6000, stages(30));
  assert.deepEqual(meter.pace(), { framesASecond: 2, decode: 1, prepare: 2, infer: 20, read: 4 });
  meter.clear();
  assert.equal(meter.pace(), undefined);
});

test("a frame lies in the middle of its box, whole or filling it", () => {
  const [frame, box] = [
    { width: 640, height: 480 },
    { width: 300, height: 300 },
  ];
  const whole = placement(frame, frame, box, { fit: "contain", mirrored: false });
  assert.deepEqual([whole.left, whole.top, whole.width, whole.height], [0, 37.5, 300, 225]);
  assert.deepEqual(placedBox(whole, [64, 48, 320, 480]), [30, 60, 150, 262.5]);
  const filling = placement(frame, frame, box, { fit: "cover", mirrored: false });
  assert.deepEqual([filling.left, filling.top, filling.width, filling.height], [-50, 0, 400, 300]);
  assert.deepEqual(placedPoint(filling, 0, 480), [-50, 300]);
});

test("a mirrored box keeps its left on the left, and pixels of another shape their places", () => {
  const shown = { width: 320, height: 480 };
  const place = placement(
    { width: 640, height: 480 },
    shown,
    { width: 320, height: 480 },
    { fit: "contain", mirrored: true },
  );
  assert.deepEqual(placedBox(place, [0, 0, 64, 48]), [288, 0, 320, 48]);
  assert.deepEqual(placedPoint(place, 640, 480), [0, 480]);
});
