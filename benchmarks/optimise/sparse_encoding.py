"""Is a pruned model faster when its .tflite says where the zeros are?

    python benchmarks/optimise/sparse_encoding.py [--json FILE]

Nets of 1 x 1 convolutions and of dense layers with zeros, single or in blocks of four, converted plainly and with
TensorFlow Lite's sparse encoding (EXPERIMENTAL_SPARSITY), in the interpreter with XNNPACK on one thread, turn about;
what is told is the median of the ratios of neighbouring runs. Both files must answer alike, or nothing is reported.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))
from common import described, machine, median_ms, median_ratio, write_json

from satchel.training.masks import mask
from satchel_converters import frozen, keras_models
from satchel_converters.quiet import tensorflow

RESULTS = Path(__file__).parent / "results" / "sparse_encoding.json"
ROUNDS = 60
CASES = [("convolutions", 0.8), ("convolutions", 0.9), ("dense", 0.8), ("dense", 0.95)]


def build(kind: str, sparsity: float, structure: Any) -> Any:
    """Gives a tf_keras net with zeros in its kernels."""
    import tf_keras

    layers = tf_keras.layers
    tf_keras.utils.set_random_seed(1)
    if kind == "convolutions":
        value = given = tf_keras.Input((28, 28, 3), name="given")
        value = layers.Conv2D(128, 3, strides=2, padding="same", activation="relu")(value)
        for _ in range(6):
            value = layers.Conv2D(128, 1, activation="relu")(layers.DepthwiseConv2D(3, padding="same")(value))
        value = layers.GlobalAveragePooling2D()(value)
    else:
        value = given = tf_keras.Input((1024,), name="given")
        for _ in range(4):
            value = layers.Dense(1024, activation="relu")(value)
    model = tf_keras.Model(given, value)
    for layer in model.layers:
        if type(layer).__name__ in ("Dense", "Conv2D") and layer.kernel.shape[-2] > 4:
            kernel = layer.kernel.numpy()
            layer.kernel.assign(kernel * mask(np.abs(kernel), sparsity, structure))
    return model


def converted(model: Any, sparse: bool) -> bytes:
    """Gives the float .tflite, its zeros encoded or not."""
    with tensorflow() as tf, tempfile.TemporaryDirectory() as folder:
        opened = keras_models.open_model(model, {})
        fixed = frozen.freeze(opened.function, opened.input_names, Path(folder) / "saved_model")
        converter = tf.lite.TFLiteConverter.from_saved_model(str(fixed.folder), signature_keys=[frozen.SIGNATURE])
        converter.optimizations = [tf.lite.Optimize.EXPERIMENTAL_SPARSITY] if sparse else []
        return bytes(converter.convert())


def timed(models: list[bytes]) -> tuple[list[list[float]], list[Any]]:
    """Gives the seconds of each round of each model, and what each answers."""
    from ai_edge_litert.interpreter import Interpreter

    opened = [Interpreter(model_content=each, num_threads=1) for each in models]
    for each in opened:
        each.allocate_tensors()
        detail = each.get_input_details()[0]
        each.set_tensor(detail["index"], np.random.default_rng(1).random(detail["shape"], np.float32))
    seconds: list[list[float]] = [[] for _ in models]
    for _ in range(ROUNDS):
        for each, found in zip(opened, seconds, strict=True):
            started = time.perf_counter()
            each.invoke()
            found.append(time.perf_counter() - started)
    return seconds, [each.get_tensor(each.get_output_details()[0]["index"]) for each in opened]


def measured(kind: str, sparsity: float, structure: str) -> dict[str, Any]:
    """Gives times and sizes of one net, plain and sparse."""
    with tensorflow():
        model = build(kind, sparsity, structure)
    models = [converted(model, sparse) for sparse in (False, True)]
    seconds, answers = timed(models)
    np.testing.assert_allclose(answers[1], answers[0], atol=1e-4 * np.abs(answers[0]).max())
    return {
        "net": kind,
        "zeros": sparsity,
        "structure": structure,
        "plain_ms": median_ms(seconds[0]),
        "sparse_ms": median_ms(seconds[1]),
        "sparse_of_plain": median_ratio(seconds[1], seconds[0]),
        "plain_bytes": len(models[0]),
        "sparse_bytes": len(models[1]),
    }


def main() -> None:
    """Measures every case, and prints a line of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, default=RESULTS)
    asked = parser.parse_args()
    where = machine("tensorflow", "ai-edge-litert")
    print(described(where))
    results = []
    for kind, sparsity in CASES:
        for structure in ("unstructured", "block"):
            found = measured(kind, sparsity, structure)
            results.append(found)
            print(
                f"{kind}, {sparsity:.0%} zeros, {structure}: {found['plain_ms']:.2f} ms plain, "
                f"{found['sparse_ms']:.2f} ms sparse ({found['sparse_of_plain']:.2f} of it), "
                f"{found['plain_bytes']} -> {found['sparse_bytes']} bytes",
                flush=True,
            )
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    write_json(asked.json, {"machine": where, "results": results})


if __name__ == "__main__":
    main()
