"""How long packing takes beside the bare converter calls that it makes, and how much memory both need at most.

    python benchmarks/pack_time.py [--rounds 3] [--json FILE]

EfficientNet-Lite0 with float32, float16, dynamic_range and int8 variants and three TF.js graph models. The bare calls
are Keras' export, TensorFlow's converter, the LiteRT quantizer (with 64 calibration pictures prepared by Pillow and
numpy) and the TF.js converter, with nothing checked, described, measured or written as a bundle. The TF.js converter
runs once a precision, as its users call it; `bare, TF.js once` calls it for float32 alone, as packing does. Each side
runs in a process of its own, in turns; the model and the libraries are loaded before the clock starts.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import common

MODEL = "efficientnet-lite0"
VARIANTS = ("float32", "float16", "dynamic_range", "int8")
TFJS = ("float32", "float16", "uint8")


def pack(model: Any, folder: Path) -> None:
    """What Satchel does."""
    import satchel

    pictures, groups = model.evaluation
    satchel.pack(
        model.model,
        model.description(),
        folder / "model.satchel",
        variants=VARIANTS,
        tfjs=TFJS,
        calibration=model.calibration,
        evaluation=pictures,
        evaluation_groups=groups,
        golden=[known.photo for known in model.known_answers],
    )


def bare(model: Any, folder: Path, precisions: tuple[str, ...] = TFJS) -> None:
    """What a person writes who wants the same files."""
    import tensorflow as tf
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as tfjs

    saved = str(folder / "saved")
    model.model.export(saved, verbose=False)
    tflite = tf.lite.TFLiteConverter.from_saved_model(saved).convert()
    (folder / "float32.tflite").write_bytes(tflite)
    pictures = [{"image": prepared(each, model.preparation["crop"])} for each in model.calibration]
    for name in VARIANTS[1:]:
        (folder / f"{name}.tflite").write_bytes(quantized(tflite, name, pictures))
    for name in precisions:
        kinds = None if name == "float32" else {name: "*"}
        tfjs.convert_tf_saved_model(saved, str(folder / f"tfjs-{name}"), quantization_dtype_map=kinds)


def prepared(pixels: Any, side: int) -> Any:
    """Prepares a picture with Pillow and numpy."""
    import numpy as np
    from PIL import Image

    image = Image.fromarray(pixels)
    shorter, (width, height) = side + 32, image.size
    size = (shorter, shorter * height // width) if width <= height else (shorter * width // height, shorter)
    left, top = round((size[0] - side) / 2), round((size[1] - side) / 2)
    seen = image.resize(size, Image.Resampling.BICUBIC).crop((left, top, left + side, top + side))
    return ((np.asarray(seen, np.float32) - np.float32(127)) / np.float32(128))[np.newaxis]


def quantized(tflite: bytes, name: str, pictures: list[dict[str, Any]]) -> bytes:
    """Gives a smaller model from the LiteRT quantizer."""
    from litert_quantizer import algorithm_manager, qtyping, quantizer
    from litert_quantizer.calibrator import CalibrationMode

    work, every = quantizer.Quantizer(tflite), qtyping.TFLOperationName.ALL_SUPPORTED
    if name == "float16":
        casting = algorithm_manager.AlgorithmName.FLOAT_CASTING
        work.add_weight_only_config(".*", every, num_bits=16, algorithm_key=casting)
    elif name == "dynamic_range":
        work.add_dynamic_config(".*", every, num_bits=8)
    else:
        work.add_static_config(".*", every, activation_num_bits=8, weight_num_bits=8)
    mode = CalibrationMode.CALIBRATION_PROFILER_BASED
    ranges = work.calibrate({"serving_default": pictures}, num_threads=2, mode=mode) if name == "int8" else None
    return bytes(work.quantize(ranges).quantized_model)


def bare_once(model: Any, folder: Path) -> None:
    """The converter calls that packing makes: TF.js weights of other precisions are made from the first."""
    bare(model, folder, TFJS[:1])


SIDES: dict[str, Callable[[Any, Path], None]] = {"satchel": pack, "bare": bare, "bare, TF.js once": bare_once}


def run_side(name: str) -> None:
    """Runs one side in this process and prints what it took."""
    # Without the second, one of tensorflowjs' imports looks for a notebook to greet, and fails where there is none.
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TFDF_DISABLE_WELCOME_MESSAGE="1", CUDA_VISIBLE_DEVICES="-1")
    warnings.simplefilter("ignore")
    side = SIDES[name]
    with contextlib.redirect_stdout(io.StringIO()), tempfile.TemporaryDirectory() as folder:
        for heavy in ("tensorflow", "tensorflowjs.converters", "litert_quantizer.quantizer"):
            importlib.import_module(heavy)
        import satchel

        model = satchel.zoo.get(MODEL)
        before, start = _peak_mb(), time.perf_counter()
        side(model, Path(folder))
        seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_mb": _peak_mb(), "peak_mb_before": before}))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(name: str) -> dict[str, float]:
    """Runs one side in a process of its own."""
    command = [sys.executable, __file__, "--side", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    parser.add_argument("--side", choices=tuple(SIDES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        run_side(options.side)
        return
    here = common.machine("tensorflow", "tensorflowjs", "litert-quantizer")
    sides: dict[str, list[dict[str, float]]] = {name: [] for name in SIDES}
    for turn in range(options.rounds):
        for name in sorted(sides, reverse=bool(turn % 2)):
            sides[name].append(measure(name))
    print(f"{'side':<18} {'median':>9} {'peak memory':>12} {'of it libraries and model':>26}")
    for name, runs in sides.items():
        seconds, peak, before = (
            statistics.median(run[key] for run in runs) for key in ("seconds", "peak_mb", "peak_mb_before")
        )
        print(f"{name:<18} {seconds:>7.1f} s {peak:>9.0f} MB {before:>23.0f} MB")
    times = {name: [run["seconds"] for run in runs] for name, runs in sides.items()}
    ratios = {name: common.median_ratio(times["satchel"], times[name]) for name in list(SIDES)[1:]}
    print("\n" + "\n".join(f"satchel / {name}: {ratio:.2f}" for name, ratio in ratios.items()))
    print(common.described(here))
    common.write_json(options.json, {"machine": here, "sides": sides, "ratios": ratios})


if __name__ == "__main__":
    main()
