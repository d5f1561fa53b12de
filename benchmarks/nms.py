"""How long does non-maximum suppression take beside TensorFlow's and TensorFlow.js'?

    python benchmarks/nms.py [--json FILE]

2,000 boxes around 200 things, in 80 classes, a class each or three; IoU 0.5, score 0.25, class by class. In Python
Satchel's nms beside tf.image.combined_non_max_suppression, in Node its nms beside tf.image.nonMaxSuppression of
@tensorflow/tfjs called once a class (it has no other way). All four must keep the same boxes, or nothing is reported.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from common import ROOT, described, machine, median_ms, median_ratio, write_json

COUNT, CLASSES, THINGS = 2000, 80, 200
IOU, SCORE, ROUNDS = 0.5, 0.25, 40
Array = np.ndarray[Any, Any]


def detections(each: int) -> tuple[Array, Array, Array, Array]:
    """Gives boxes [2000, 4] and, of their candidates (`each` a box), the box, the score and the class."""
    rng = np.random.default_rng(2000 + each)
    thing = rng.integers(0, THINGS, COUNT)
    centre, size = rng.random((THINGS, 2)), rng.random((THINGS, 2)) * 0.2 + 0.02
    middle = centre[thing] + rng.normal(0, 0.008, (COUNT, 2))
    half = size[thing] * rng.uniform(0.85, 1.15, (COUNT, 2)) / 2
    boxes = np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)
    own = rng.integers(0, CLASSES, THINGS)[thing]
    classes = (own[:, np.newaxis] + np.arange(each) * 7) % CLASSES
    # Distinct scores: among equal ones of different classes TensorFlow's order is its own.
    scores = (rng.permutation(COUNT * each).reshape(COUNT, each) + 1) / (COUNT * each + 1)
    return boxes, np.repeat(np.arange(COUNT), each), scores.astype(np.float32).reshape(-1), classes.reshape(-1)


def seconds(run: Callable[[], Any]) -> float:
    """Gives how long it takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def python_sides(each: int, most: int) -> tuple[Callable[[], Array], Callable[[], Array]]:
    """Gives Satchel and TensorFlow, each giving the scores it keeps."""
    import tensorflow as tf

    from satchel_metadata.ops.nms import nms
    from satchel_metadata.values import Detections

    boxes, of, scores, classes = detections(each)
    found = Detections(boxes[of], scores, classes)
    table = np.zeros((1, COUNT, CLASSES), np.float32)
    table[0, of, classes] = scores
    given = tf.constant(boxes[np.newaxis, :, np.newaxis, [1, 0, 3, 2]]), tf.constant(table)

    def theirs() -> Array:
        kept = tf.image.combined_non_max_suppression(*given, most, most, IOU, SCORE, clip_boxes=False)
        return np.asarray(kept.nmsed_scores[0, : int(kept.valid_detections[0])])

    return lambda: nms(found, IOU, SCORE, True, most).scores, theirs


def node_sides(each: int, most: int) -> dict[str, Any]:
    """Gives the seconds of both JavaScript sides, in turns, and the scores they keep."""
    boxes, of, scores, classes = detections(each)
    given = {"boxes": boxes[of].reshape(-1).tolist(), "scores": scores.tolist(), "classes": classes.tolist()}
    given |= {"iou": IOU, "score": SCORE, "max": most, "rounds": ROUNDS, "kinds": CLASSES}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(given, file)
        file.flush()
        command = ["node", str(ROOT / "benchmarks" / "nms.mjs"), file.name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def measured(each: int, most: int) -> dict[str, Any]:
    """Gives medians and ratios of one case.

    Raises:
        SystemExit: the sides do not keep the same boxes.
    """
    ours, theirs = python_sides(each, most)
    node = node_sides(each, most)
    kept = ours()
    for name, other in (("TensorFlow", theirs()), ("JavaScript", node["ours"]), ("TensorFlow.js", node["theirs"])):
        if not np.array_equal(kept, np.sort(np.array(other, np.float32))[::-1]):
            raise SystemExit(f"{name} keeps other boxes than Satchel in Python: {len(other)} against {len(kept)}")
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    sides: dict[str, Any] = {"python": list(zip(*pairs, strict=True)), "node": node["seconds"]}
    found: dict[str, Any] = {"candidates": COUNT * each, "max": most, "kept": len(kept)}
    for name, (mine, other) in sides.items():
        found[name] = {
            "satchel_ms": median_ms(mine),
            "tensorflow_ms": median_ms(other),
            "ratio": median_ratio(mine, other),
        }
    return found


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    cases = [measured(each, most) for each in (1, 3) for most in (100, COUNT)]
    print("candidates   max  kept |  Python ms  TensorFlow  ratio |  Node ms  TensorFlow.js  ratio")
    for case in cases:
        python, node = case["python"], case["node"]
        print(
            f"{case['candidates']:10} {case['max']:5} {case['kept']:5} | {python['satchel_ms']:10.2f} "
            f"{python['tensorflow_ms']:11.2f} {python['ratio']:6.2f} | {node['satchel_ms']:8.2f} "
            f"{node['tensorflow_ms']:14.2f} {node['ratio']:6.2f}"
        )
    where = machine("numpy", "tensorflow")
    print(described(where))
    write_json(options.json, {"machine": where, "cases": cases})


if __name__ == "__main__":
    main()
