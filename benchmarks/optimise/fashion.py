"""What does each pass make of a small ResNet on all of Fashion-MNIST?

    python benchmarks/optimise/fashion.py [--only NAME] [--epochs N] [--tuning-epochs N] [--work FOLDER] [--json FILE]

Every .tflite runs in the interpreter on the 10,000 test pictures, which nothing else looks at: accuracy with its 95 %
interval (Wilson), and how many answers are not the float model's. Bytes over the wire are those of the smaller of the
two compressed forms. The time of a picture is taken in turns with the float model's, one thread, and shown as a ratio.
A result is written as soon as it is there: a run that is stopped goes on where it was, within a training too.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))
from common import ROOT, machine, write_json
from deep_compression import told
from fashion_data import Clothes, clothes

from satchel.recipes import (
    QAT,
    Cluster,
    Context,
    DynamicRange,
    Float16,
    Int8,
    Int16x8,
    Prune,
    Recipe,
    RemoveChannels,
    WeightOnly,
    run,
)
from satchel.recipes.entropy_code import sizes
from satchel.statistics import wilson
from satchel.training import Training, arrays
from satchel.training.loop import fine_tune
from satchel_converters.quiet import tensorflow

RESULTS = Path(__file__).parent / "results" / "fashion.json"
EPOCHS, TUNING_EPOCHS, BATCH, RATE, TUNING_RATE, SEED = 10, 4, 128, 2e-3, 5e-4, 0
HELD_OUT, CALIBRATION = 5000, 200
"""Of the pictures to train with: the last judge the epochs; ranges are taken from the first of those before."""
TURNS, A_TURN = 40, 25
NOTHING = 0.97
"""A ratio above it is no gain worth a pass."""

PASSES: dict[str, tuple[Any, ...]] = {
    "float32": (),
    "float16": (Float16(),),
    "dynamic range": (DynamicRange(),),
    "weight only": (WeightOnly(),),
    "int8": (Int8(io="float32"),),
    "int8, percentile": (Int8(io="float32", calibration="percentile"),),
    "int8, per tensor": (Int8(io="float32", per_channel=False),),
    "int16x8": (Int16x8(),),
    "QAT": (QAT(io="float32"),),
    "prune 50 %": (Prune(0.5),),
    "prune 80 %": (Prune(0.8),),
    "prune 90 %": (Prune(0.9),),
    "prune 80 %, by sensitivity": (Prune(0.8, allocation="sensitivity"),),
    "2:4": (Prune(structure="2:4"),),
    "remove 25 % of channels": (RemoveChannels(0.25),),
    "remove 50 % of channels": (RemoveChannels(0.5),),
    "cluster 16": (Cluster(16),),
    "cluster 8": (Cluster(8),),
    "prune 80 %, int8": (Prune(0.8), Int8(io="float32")),
    "remove 25 % of channels, int8": (RemoveChannels(0.25), Int8(io="float32")),
    "PQAT (prune 80 %)": (Prune(0.8), QAT(io="float32")),
    "CQAT (cluster 16)": (Cluster(16), QAT(io="float32")),
    "PCQAT (prune 80 %, cluster 16)": (Prune(0.8), Cluster(16), QAT(io="float32")),
    "Deep Compression (prune 90 %, cluster 16, float16)": (Prune(0.9), Cluster(16), Float16()),
}


def build() -> Any:
    """Gives the net, untrained: two residual blocks of 24 and 48 channels, 37,000 weights, as tf_keras model."""
    import tf_keras

    tf_keras.utils.set_random_seed(SEED)
    image = tf_keras.Input((28, 28, 1), name="image")
    value = _convolved(image, 24, "stem", strides=2)
    for place, (channels, strides) in enumerate(((24, 1), (48, 2))):
        value = _block(value, channels, strides, f"block{place}")
    value = tf_keras.layers.GlobalAveragePooling2D()(value)
    answer = tf_keras.layers.Dense(10, activation="softmax", name="classes")(value)
    return tf_keras.Model(image, answer, name="small_resnet")


def _block(value: Any, channels: int, strides: int, name: str) -> Any:
    from tf_keras import layers

    inner = _convolved(value, channels, f"{name}_first", strides)
    inner = _convolved(inner, channels, f"{name}_second", relu=False)
    if value.shape[-1] != channels or strides > 1:
        value = _convolved(value, channels, f"{name}_past", strides, relu=False, size=1)
    return layers.ReLU(name=f"{name}_out")(layers.Add(name=f"{name}_sum")([inner, value]))


def _convolved(value: Any, channels: int, name: str, strides: int = 1, *, relu: bool = True, size: int = 3) -> Any:
    from tf_keras import layers

    value = layers.Conv2D(channels, size, strides, padding="same", use_bias=False, name=name)(value)
    value = layers.BatchNormalization(name=f"{name}_normal")(value)
    return layers.ReLU(name=f"{name}_relu")(value) if relu else value


def training(given: Clothes, epochs: int, rate: float, work: Path) -> Training:
    """Gives the pictures to train with, and those that its epochs are judged by."""
    parts = [arrays(given.pictures[part], given.classes[part]) for part in (slice(-HELD_OUT), slice(-HELD_OUT, None))]
    return Training(parts[0], parts[1], epochs, BATCH, rate, seed=SEED, resume=work)


class Side:
    """A .tflite in the interpreter, one thread."""

    def __init__(self, tflite: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self.ran = Interpreter(model_content=tflite, num_threads=1)
        self.ran.allocate_tensors()
        self._input = self.ran.get_input_details()[0]["index"]
        self._output = self.ran.get_output_details()[0]["index"]

    def answers(self, pictures: Any) -> Any:
        """Gives the best class of each picture, each in a run of its own."""
        found = []
        for each in pictures:
            self.ran.set_tensor(self._input, each[np.newaxis])
            self.ran.invoke()
            found.append(int(np.argmax(self.ran.get_tensor(self._output))))
        return np.array(found)

    def turn(self) -> float:
        """Gives the seconds of a run."""
        start = time.perf_counter()
        for _ in range(A_TURN):
            self.ran.invoke()
        return (time.perf_counter() - start) / A_TURN


def raced(one: Side, other: Side) -> tuple[float, float]:
    """Gives the median of one's milliseconds, and the median of the ratios of neighbouring turns."""
    turns = [(one.turn(), other.turn()) for _ in range(TURNS)]
    return statistics.median(mine for mine, _ in turns) * 1000, statistics.median(mine / its for mine, its in turns)


def tried(name: str, made: bytes, facts: Mapping[str, Any], plain: bytes, test: Clothes) -> dict[str, Any]:
    """Gives what one recipe came to, beside the float model."""
    side, reference = Side(made), Side(plain)
    found, before = side.answers(test.pictures), reference.answers(test.pictures)
    accuracy = float(np.mean(found == test.classes))
    milliseconds, ratio = raced(side, reference)
    size = sizes(made)
    return {
        "recipe": name,
        "bytes": size["memory"],
        "bytes_over_the_wire": min(size["deflate"], size["entropy"]),
        "accuracy": accuracy,
        "interval": wilson(accuracy, len(test.classes)),
        "changed_answers": int(np.sum(found != before)),
        "milliseconds": milliseconds,
        "time_ratio": ratio,
        "facts": facts,
    }


def main() -> None:
    """Tries every recipe that has no result yet, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=PASSES, action="append")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--tuning-epochs", type=int, default=TUNING_EPOCHS)
    parser.add_argument("--work", type=Path, default=ROOT / "out" / "fashion")
    parser.add_argument("--json", type=Path, default=RESULTS)
    asked = parser.parse_args()
    settings = {"epochs": asked.epochs, "tuning_epochs": asked.tuning_epochs, "seed": SEED}
    before = json.loads(asked.json.read_text()) if asked.json.exists() else {}
    results = before.get("results", []) if before.get("settings") == settings else []
    wanted = [each for each in asked.only or PASSES if each not in {found["recipe"] for found in results}]
    if wanted:
        to_train, test = clothes()
        with tensorflow():
            model = build()
            given = training(to_train, asked.epochs, RATE, asked.work)
            fine_tune(model, given, "resnet", {}, progress=told("small ResNet"))
        plain = run(Recipe("float32", ()), None, model=model).tflite
    for name in wanted:
        context = Context(
            calibration=[{"image": each[np.newaxis]} for each in to_train.pictures[:CALIBRATION]],
            progress=told(name),
            training=training(to_train, asked.tuning_epochs, TUNING_RATE, asked.work),
        )
        variant = run(Recipe("variant", PASSES[name]), None, context, model=model)
        results.append(tried(name, variant.tflite, dict(variant.facts), plain, test))
        print(line(results[-1], results[0]), flush=True)
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        about = machine("tensorflow", "tf-keras", "tensorflow-model-optimization", "ai-edge-litert", "numpy")
        write_json(asked.json, {"machine": about, "settings": settings, "results": results})
    print(table(results))


def table(results: list[dict[str, Any]]) -> str:
    """Gives all results as a Markdown table."""
    head = "| recipe | in memory | over the wire | accuracy (95 %) | answers changed | time | |\n" + "|---" * 7 + "|"
    return "\n".join([head, *(line(each, results[0]) for each in results)])


def line(found: Mapping[str, Any], plain: Mapping[str, Any]) -> str:
    """Gives a result as a row of the table; the last column says so where a pass buys nothing."""
    low, high = found["interval"]
    return (
        f"| {found['recipe']} | {found['bytes'] / 1000:.1f} kB | {found['bytes_over_the_wire'] / 1000:.1f} kB | "
        f"{found['accuracy']:.2%} ({low:.2%} to {high:.2%}) | {found['changed_answers']} of 10,000 | "
        f"{found['milliseconds']:.3f} ms, {found['time_ratio']:.2f} | {_verdict(found, plain)} |"
    )


def _verdict(found: Mapping[str, Any], plain: Mapping[str, Any]) -> str:
    if found is plain or found["recipe"] == "float32":
        return ""
    gains = {
        "smaller in memory": found["bytes"] / plain["bytes"],
        "smaller over the wire": found["bytes_over_the_wire"] / plain["bytes_over_the_wire"],
        "faster": found["time_ratio"],
    }
    bought = [name for name, ratio in gains.items() if ratio < NOTHING]
    worse = found["interval"][1] < plain["accuracy"]
    return f"{', '.join(bought) or 'buys nothing here'}{'; less accurate' if worse else ''}"


if __name__ == "__main__":
    main()
