"""How many answers does int8 change: Satchel's, TFLiteConverter's, and the LiteRT quantizer's own?

    python benchmarks/optimise/int8_agreement.py [--json FILE]

EfficientNet-Lite0 with its ImageNet weights, calibrated each on the zoo's 64 views of eight photos. Judged on
ten views of each of 29 other photos (scikit-image's and OpenCV's), which none of them saw: how often the best class is
another than the float model's, and how far the scores are apart (Kullback-Leibler). Views of one photo are alike: the
interval counts photos, drawn with replacement.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[2] / "tests"))
from common import described, machine, write_json

import photos
import satchel
from satchel.converters import load_source
from satchel.recipes import Context, Int8, Recipe, run
from satchel.samples import kind_of
from satchel.zoo.packages import installed_file
from satchel_converters.quiet import tensorflow
from satchel_metadata.pipeline import Pipeline

RESULTS = Path(__file__).parent / "results" / "int8_agreement.json"
VIEWS, DRAWS, SEED = 10, 10_000, 0
STEP = 1 / 256
"""Of scores in 8 bits: what is smaller tells nothing."""
SKIMAGE = ("chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png", "clock_motion.png")
OPENCV = (
    "aero1.jpg",
    "aero3.jpg",
    "aloeL.jpg",
    "apple.jpg",
    "baboon.jpg",
    "basketball1.png",
    "board.jpg",
    "box_in_scene.png",
    "building.jpg",
    "butterfly.jpg",
    "cards.png",
    "chicky_512.png",
    "fruits.jpg",
    "graf1.png",
    "home.jpg",
    "left01.jpg",
    "leuvenA.jpg",
    "licenseplate_motion.jpg",
    "messi5.jpg",
    "orange.jpg",
    "rubberwhale1.png",
    "smarties.png",
    "squirrel_cls.jpg",
    "starry_night.jpg",
)

Tensors = list[Any]


def views(picture: Any, chance: np.random.Generator) -> list[Any]:
    """Gives a picture whole and mirrored, and parts of it: three to nine tenths of its shorter side, wherever."""
    found = [picture, picture[:, ::-1]]
    while len(found) < VIEWS:
        side = int(min(picture.shape[:2]) * chance.uniform(0.3, 0.9))
        top, left = (int(chance.integers(0, room - side + 1)) for room in picture.shape[:2])
        found.append(picture[top : top + side, left : left + side])
    return found


def held_out() -> list[list[Any]]:
    """Gives the views of each photo, uint8 [h, w, 3] RGB."""
    from PIL import Image

    chance = np.random.default_rng(SEED)
    files = [installed_file(f"skimage/data/{name}") for name in SKIMAGE]
    files += [photos.opencv_folder() / name for name in OPENCV]
    found = []
    for file in files:
        with Image.open(file) as photo:
            found.append(views(np.asarray(photo.convert("RGB")), chance))
    return found


def by_converter(saved_model: str, calibration: Tensors) -> bytes:
    """Gives what TensorFlow's own converter makes: int8 throughout, float32 at both ends."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([each] for each in calibration)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return bytes(converter.convert())


def by_quantizer(tflite: bytes, calibration: Tensors) -> bytes:
    """Gives what the LiteRT quantizer makes by its own recipe static_wi8_ai8 and its own calibration."""
    from litert_quantizer import quantizer, recipe

    work = quantizer.Quantizer(tflite)
    work.load_quantization_recipe(recipe.static_wi8_ai8())
    ((signature, (name,)),) = inputs_of(tflite).items()
    ranges = work.calibrate({signature: [{name: each} for each in calibration]})
    return bytes(work.quantize(ranges).quantized_model)


def inputs_of(tflite: bytes) -> dict[str, list[str]]:
    """Gives the inputs' names of each signature."""
    from ai_edge_litert.interpreter import Interpreter

    return {name: each["inputs"] for name, each in Interpreter(model_content=tflite).get_signature_list().items()}


def scores(tflite: bytes, tensors: Tensors) -> Any:
    """Gives the scores of each tensor, float64 [n, classes]; quantised ends are taken as what they stand for."""
    from ai_edge_litert.interpreter import Interpreter

    ran = Interpreter(model_content=tflite, num_threads=2)
    ran.allocate_tensors()
    (given,), (asked,) = ran.get_input_details(), ran.get_output_details()
    found = []
    for each in tensors:
        scale, zero = given["quantization"]
        stored = each if scale == 0 else np.round(each / scale + zero)
        limits = np.iinfo(given["dtype"]) if scale else None
        ran.set_tensor(
            given["index"], (np.clip(stored, limits.min, limits.max) if limits else each).astype(given["dtype"])
        )
        ran.invoke()
        value = ran.get_tensor(asked["index"])[0].astype(np.float64)
        scale, zero = asked["quantization"]
        found.append((value - zero) * scale if scale else value)
    return np.array(found)


def judged(name: str, tflite: bytes, plain: Any, tensors: Tensors, groups: Any) -> dict[str, Any]:
    """Gives how far a model's answers are from the float model's."""
    found = scores(tflite, tensors)
    changed = found.argmax(1) != plain.argmax(1)
    sure = plain.max(1) > 0.5
    low, high = interval(changed, groups)
    divergence = np.sum(plain * np.log((plain + STEP) / (np.maximum(found, 0) + STEP)), axis=1)
    return {
        "side": name,
        "bytes": len(tflite),
        "views": len(changed),
        "changed": int(changed.sum()),
        "changed_share": float(changed.mean()),
        "interval": [low, high],
        "changed_where_sure": int(changed[sure].sum()),
        "sure": int(sure.sum()),
        "kl": float(divergence.mean()),
    }


def interval(changed: Any, groups: Any) -> tuple[float, float]:
    """Gives the 95 % interval of the share, drawing whole photos with replacement."""
    shares = np.array([changed[groups == each].mean() for each in np.unique(groups)])
    drawn = np.random.default_rng(SEED).choice(shares, (DRAWS, len(shares))).mean(1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def main() -> None:
    """Makes each side's int8, judges all, prints and keeps the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, default=RESULTS)
    asked = parser.parse_args()
    model = satchel.zoo.get("efficientnet-lite0")
    description = model.description()
    pipeline = Pipeline(description.spec, description.labels)
    (name,), kind = (each.name for each in description.spec.inputs), kind_of(description.spec)

    def tensors(pictures: Sequence[Any]) -> Tensors:
        return [window.tensors[name] for each in pictures for window in pipeline.windows(kind.load(each))]

    calibration, shown = tensors(model.calibration), held_out()
    seen = tensors([view for each in shown for view in each])
    groups = np.repeat(np.arange(len(shown)), VIEWS)
    with tempfile.TemporaryDirectory() as folder:
        source = load_source(model.model, Path(folder) / "source")
        with tensorflow():
            model.model.export(f"{folder}/exported", verbose=False)
        plain = scores(source.tflite, seen)
        context = Context([{name: each} for each in calibration])
        sides: dict[str, Callable[[], bytes]] = {
            "Satchel": lambda: run(Recipe("int8", (Int8(io="float32"),)), source.tflite, context).tflite,
            "Satchel, percentile": lambda: (
                run(Recipe("int8", (Int8(io="float32", calibration="percentile"),)), source.tflite, context).tflite
            ),
            "TFLiteConverter": lambda: by_converter(f"{folder}/exported", calibration),
            "LiteRT quantizer": lambda: by_quantizer(source.tflite, calibration),
        }
        results = [judged(each, make(), plain, seen, groups) for each, make in sides.items()]
    for each in results:
        print(line(each))
    about = machine("tensorflow", "litert-quantizer", "ai-edge-litert", "numpy")
    print(described(about))
    write_json(asked.json, {"machine": about, "photos": len(shown), "results": results})


def line(found: dict[str, Any]) -> str:
    """Gives a side's result as a row of a table."""
    low, high = found["interval"]
    share = f"{found['changed_share']:.1%} ({low:.1%} to {high:.1%})"
    return (
        f"| {found['side']} | {found['changed']} of {found['views']}, {share} | "
        f"{found['changed_where_sure']} of {found['sure']} | {found['kl']:.4f} | {found['bytes'] / 1e6:.3f} MB |"
    )


if __name__ == "__main__":
    main()
