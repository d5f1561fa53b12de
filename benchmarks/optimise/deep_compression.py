"""How much smaller do LeNet-300-100 and LeNet-5 get over the wire, at which error?

    python benchmarks/optimise/deep_compression.py [--model NAME] [--seeds N] [--epochs N] [--work FOLDER] [--json FILE]

Both nets as in Caffe, trained here on all of MNIST's 60,000 digits, then pruned, their weights shared, stored as
float16 and entropy coded (Han et al. 2016, Deep Compression). Errors are those of the .tflite in the interpreter on all
10,000 test digits, which nothing else looks at; the bytes over the wire are those of the whole file. One result a seed,
written as soon as it is there: a run that is stopped goes on where it was, within a training too.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))
from common import ROOT, machine, write_json

from satchel.recipes import Cluster, Context, Float16, Prune, Recipe, run
from satchel.recipes.entropy_code import sizes
from satchel.recipes.prune import pruned
from satchel.training import Training, arrays
from satchel.training.loop import fine_tune
from satchel.zoo import mnist
from satchel.zoo.packages import default_cache
from satchel_converters import keras_tflite
from satchel_converters.float_tflite import runner
from satchel_converters.quiet import tensorflow

RESULTS = Path(__file__).parent / "results" / "deep_compression.json"
EPOCHS, BATCH, RATE, DECAY = 14, 128, 1e-3, 1e-5
PRUNING, SHARING = {"epochs": 20, "rate": 1e-3}, {"epochs": 8, "rate": 3e-4}
HELD_OUT = 5000
"""Of the digits to train with, the last are what the epochs are judged by; the test digits are not looked at."""


@dataclass(frozen=True)
class Net:
    """A net: the sparsity and the number of values of each layer."""

    sparsity: Mapping[str, float] = field(default_factory=dict)
    clusters: Mapping[str, int] = field(default_factory=dict)


NETS = {
    "lenet-300-100": Net({"first": 0.96, "second": 0.94, "third": 0.6}, {"first": 12, "second": 12, "third": 16}),
    "lenet-5": Net(
        {"conv1": 0.2, "conv2": 0.85, "dense1": 0.963, "dense2": 0.75},
        {"conv1": 16, "conv2": 16, "dense1": 12, "dense2": 12},
    ),
    "lenet-5, further": Net(
        {"conv1": 0.4, "conv2": 0.92, "dense1": 0.985, "dense2": 0.85},
        {"conv1": 16, "conv2": 12, "dense1": 8, "dense2": 12},
    ),
    "lenet-5, furthest": Net(
        {"conv1": 0.4, "conv2": 0.94, "dense1": 0.99, "dense2": 0.88},
        {"conv1": 12, "conv2": 8, "dense1": 8, "dense2": 8},
    ),
}


def build(name: str, seed: int) -> Any:
    """Gives one of the nets, untrained, as tf_keras model."""
    import tf_keras

    tf_keras.utils.set_random_seed(seed)
    layers, image = tf_keras.layers, tf_keras.Input((28, 28, 1), name="image")
    dense, conv = partial(layers.Dense, **decaying()), partial(layers.Conv2D, kernel_size=5, **decaying())
    if name == "lenet-300-100":
        value = dense(300, activation="relu", name="first")(layers.Flatten()(image))
        value = dense(100, activation="relu", name="second")(value)
        return tf_keras.Model(image, dense(10, activation="softmax", name="third")(value), name="lenet_300_100")
    value = layers.MaxPooling2D()(conv(20, name="conv1")(image))
    value = layers.MaxPooling2D()(conv(50, name="conv2")(value))
    value = dense(500, activation="relu", name="dense1")(layers.Flatten()(value))
    return tf_keras.Model(image, dense(10, activation="softmax", name="dense2")(value), name="lenet_5")


def decaying() -> dict[str, Any]:
    """Gives the weight decay of a layer, without which the few weights that stay learn the pictures by heart."""
    import tf_keras

    return {"kernel_regularizer": tf_keras.regularizers.L2(DECAY)}


def training(digits: mnist.Digits, epochs: int, seed: int, rate: float, work: Path) -> Training:
    """Gives the digits to train with and those that its epochs are judged by."""
    pictures, classes = mnist.shares(digits.pictures), digits.classes.astype(np.int64)
    return Training(
        arrays(pictures[:-HELD_OUT], classes[:-HELD_OUT]),
        arrays(pictures[-HELD_OUT:], classes[-HELD_OUT:]),
        epochs,
        BATCH,
        rate,
        seed=seed,
        resume=work,
    )


def error(tflite: bytes, digits: mnist.Digits) -> float:
    """Gives the share of digits that a .tflite puts into a wrong class."""
    answer = runner(tflite)
    found = [
        int(np.argmax(next(iter(answer({"image": each[np.newaxis]}).values()))))
        for each in mnist.shares(digits.pictures)
    ]
    return float(np.mean(np.array(found) != digits.classes))


def tried(name: str, seed: int, epochs: int, digits: tuple[mnist.Digits, mnist.Digits], work: Path) -> dict[str, Any]:
    """Gives what one net came to with one seed."""
    started, (to_train, to_test) = time.perf_counter(), digits
    with tensorflow():
        model = build(name, seed)
        fine_tune(
            model,
            training(to_train, epochs, seed, RATE, work),
            name.partition(",")[0],
            {},
            progress=told(f"{name}, seed {seed}"),
        )
    plain = keras_tflite.float32(model)
    prune, rest = Prune(NETS[name].sparsity), (Cluster(NETS[name].clusters), Float16())
    tell = told(f"{name}, seed {seed}")
    thinner, facts = pruned(prune, model, training(to_train, seed=seed, work=work, **PRUNING), tell)
    context = Context(progress=tell, training=training(to_train, seed=seed, work=work, **SHARING))
    made = run(Recipe(name, rest), None, context, model=thinner)
    weights, found = 4 * int(model.count_params()), sizes(made.tflite)
    wire = min(found["deflate"], found["entropy"])
    return {
        "model": name,
        "seed": seed,
        "epochs": epochs,
        "weight_decay": DECAY,
        "passes": [
            {**Recipe(name, (prune,)).to_json()[0], "training": PRUNING},
            {**Recipe(name, rest).to_json()[0], "training": SHARING},
            {"pass": "float16"},
            {"pass": "entropy_code"},
        ],
        "zeros": facts["zeros"],
        "float_error": error(plain, to_test),
        "error": error(made.tflite, to_test),
        "float_weights": weights,
        "bytes_over_the_wire": wire,
        "bytes_in_memory": found["memory"],
        "deflated": found["deflate"],
        "ratio": weights / wire,
        "minutes": (time.perf_counter() - started) / 60,
    }


def told(title: str) -> Any:
    """Gives what prints progress with the time left, twice a minute."""
    last = [time.monotonic()]
    begun: dict[str, tuple[float, int]] = {}

    def tell(done: int, total: int, what: str) -> None:
        now = time.monotonic()
        since, first = begun.setdefault(what, (now, done))
        if now - last[0] > 30 and done > first:
            last[0] = now
            left = (now - since) / (done - first) * (total - done)
            print(f"{title}: {what}, {done} of {total} steps, {left / 60:.1f} min left", file=sys.stderr, flush=True)

    return tell


def main() -> None:
    """Tries every net with every seed that has no result yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=NETS, action="append")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--work", type=Path, default=ROOT / "out" / "deep_compression")
    parser.add_argument("--json", type=Path, default=RESULTS)
    asked = parser.parse_args()
    results = json.loads(asked.json.read_text())["results"] if asked.json.exists() else []
    digits = mnist.digits(default_cache())
    for name in asked.model or NETS:
        for seed in range(asked.seeds):
            if any((each["model"], each["seed"]) == (name, seed) for each in results):
                continue
            results.append(tried(name, seed, asked.epochs, digits, asked.work))
            print(_line(results[-1]), flush=True)
            asked.json.parent.mkdir(parents=True, exist_ok=True)
            versions = machine("tensorflow", "tf-keras", "tensorflow-model-optimization", "numpy")
            write_json(asked.json, {"machine": versions, "results": results})


def _line(found: Mapping[str, Any]) -> str:
    return (
        f"{found['model']}, seed {found['seed']}: error {found['float_error']:.2%} -> {found['error']:.2%}, "
        f"{found['float_weights']} -> {found['bytes_over_the_wire']} bytes over the wire ({found['ratio']:.1f}x), "
        f"{found['bytes_in_memory']} in memory"
    )


if __name__ == "__main__":
    main()
