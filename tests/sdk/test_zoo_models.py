"""EfficientNet-Lite gives the answers that the original gives; photos are prepared with Pillow alone."""

from __future__ import annotations

import contextlib
import hashlib
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import photos
from satchel import zoo
from satchel.zoo import efficientnet_lite
from satchel_metadata.errors import ModelError
from satchel_metadata.pipeline import Pipeline

TOP = {
    "efficientnet-lite0": {
        "espresso": 0.951,
        "fox squirrel": 0.877,
        "baboon": 0.895,
        "orange": 0.747,
        "missile": 0.272,
    },
    "efficientnet-lite1": {
        "espresso": 0.542,
        "fox squirrel": 0.413,
        "baboon": 0.685,
        "orange": 0.530,
        "space shuttle": 0.099,
    },
    "efficientnet-lite2": {
        "espresso": 0.885,
        "fox squirrel": 0.729,
        "baboon": 0.801,
        "orange": 0.609,
        "drilling platform": 0.094,
    },
}
"""The top class and its probability for coffee, squirrel, baboon, orange and rocket."""

SOURCES = ("efficientnet_lite.py", "torch_file.py", "catalog.py")


@dataclass(frozen=True)
class Ready:
    """A model of the zoo and its float .tflite."""

    zoo: zoo.ZooModel
    tflite: bytes

    def keras(self, tensor: np.ndarray) -> np.ndarray:
        return np.asarray(self.zoo.model(tensor))[0]

    def litert(self, tensor: np.ndarray) -> np.ndarray:
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(model_content=self.tflite, num_threads=2)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], tensor)
        interpreter.invoke()
        return np.array(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))[0]


@pytest.fixture(
    scope="module",
    params=[
        "efficientnet-lite0",
        pytest.param("efficientnet-lite1", marks=pytest.mark.long),
        pytest.param("efficientnet-lite2", marks=pytest.mark.long),
    ],
)
def ready(request: pytest.FixtureRequest) -> Ready:
    model = zoo.get(request.param)
    return Ready(model, float_tflite(model))


def float_tflite(model: zoo.ZooModel) -> bytes:
    """Converts with TensorFlow's converter alone; kept in the cache as long as the zoo's sources stay the same."""
    import tensorflow as tf

    folder = Path(efficientnet_lite.__file__).parent
    key = hashlib.sha256(tf.__version__.encode())
    for name in SOURCES:
        key.update((folder / name).read_bytes())
    kept = photos.cache_folder() / f"{model.name}-{key.hexdigest()[:16]}.tflite"
    if not kept.is_file():
        with tempfile.TemporaryDirectory() as saved, contextlib.redirect_stdout(io.StringIO()):
            model.model.export(saved, verbose=False)
            content = tf.lite.TFLiteConverter.from_saved_model(saved).convert()
        kept.parent.mkdir(parents=True, exist_ok=True)
        beside = kept.with_suffix(f".{id(content)}")
        beside.write_bytes(content)
        beside.replace(kept)
    return kept.read_bytes()


def prepared_by_hand(path: Path, side: int) -> np.ndarray:
    """Resizes the shorter side with Pillow to side + 32, keeps the centre, and scales to (x - 127) / 128."""
    with Image.open(path) as file:
        photo = file.convert("RGB")
    width, height = photo.size
    shorter = side + 32
    size = (shorter, shorter * height // width) if width <= height else (shorter * width // height, shorter)
    left, top = round((size[0] - side) / 2), round((size[1] - side) / 2)
    seen = photo.resize(size, Image.Resampling.BICUBIC).crop((left, top, left + side, top + side))
    return ((np.asarray(seen, np.float32) - np.float32(127)) / np.float32(128))[np.newaxis]


@pytest.mark.parametrize("name", photos.KNOWN_ANSWERS)
def test_the_float_tflite_gives_the_known_answer(ready: Ready, name: str) -> None:
    probabilities = ready.litert(prepared_by_hand(photos.path(name), ready.zoo.preparation["crop"]))
    assert int(probabilities.argmax()) in photos.KNOWN_ANSWERS[name]
    assert float(probabilities.sum()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", photos.KNOWN_ANSWERS)
def test_the_float_tflite_differs_from_keras_by_less_than_a_hundred_thousandth(ready: Ready, name: str) -> None:
    tensor = prepared_by_hand(photos.path(name), ready.zoo.preparation["crop"])
    assert float(np.abs(ready.litert(tensor) - ready.keras(tensor)).max()) < 1e-5


def test_the_float_tflite_is_as_sure_as_it_was(ready: Ready) -> None:
    top = {}
    for name in ("coffee", "squirrel", "baboon", "orange", "rocket"):
        probabilities = ready.litert(prepared_by_hand(photos.path(name), ready.zoo.preparation["crop"]))
        top[ready.zoo.labels[int(probabilities.argmax())]] = float(probabilities.max())
    assert top == pytest.approx(TOP[ready.zoo.name], abs=0.001)


def test_the_description_prepares_what_pillow_prepares_by_hand(ready: Ready) -> None:
    description = ready.zoo.description()
    pipeline = Pipeline(description.spec, description.labels)
    for name in photos.KNOWN_ANSWERS:
        by_hand = prepared_by_hand(photos.path(name), ready.zoo.preparation["crop"])
        np.testing.assert_array_equal(pipeline.prepare(photos.path(name))["image"], by_hand)


def test_building_twice_gives_the_same_model(ready: Ready) -> None:
    again = zoo.get(ready.zoo.name).model
    assert again.to_json() == ready.zoo.model.to_json()
    pairs = zip(again.get_weights(), ready.zoo.model.get_weights(), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)
    assert again.count_params() == zoo.catalog.entry(ready.zoo.name).parameters


def test_a_card_tells_where_the_model_is_from_and_what_it_cannot_do(ready: Ready) -> None:
    for fact in ("arXiv:1905.11946", "Apache-2.0", "==0.1.0", "## Limits", "retina.jpg: CC0"):
        assert fact in ready.zoo.card


def test_blocks_are_those_of_the_paper() -> None:
    strides = [block.stride for block in efficientnet_lite.blocks(efficientnet_lite.SCALINGS["efficientnet-lite0"])]
    assert strides == [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]
    counts = {name: len(efficientnet_lite.blocks(each)) for name, each in efficientnet_lite.SCALINGS.items()}
    assert counts == {"efficientnet-lite0": 16, "efficientnet-lite1": 21, "efficientnet-lite2": 21}
    widths = [efficientnet_lite.scaled_filters(filters, 1.1) for filters in (16, 24, 40, 80, 112, 192, 320)]
    assert widths == [16, 24, 48, 88, 120, 208, 352]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"_fc.bias": None}, "no tensor _fc.bias"),
        ({"_fc.bias": np.zeros(999, np.float32)}, "_fc.bias of shape (999,), where (1000,) belongs"),
        ({"_extra": np.zeros(1, np.float32)}, "1 tensors that have no place, _extra first"),
    ],
)
def test_weights_that_do_not_fit_are_refused(ready: Ready, change: dict[str, Any], says: str) -> None:
    from satchel.zoo import packages, torch_file

    content = packages.read_weights(zoo.catalog.entry(ready.zoo.name).weights)
    weights = {**torch_file.read_state_dict(content), **change}
    kept = {name: tensor for name, tensor in weights.items() if tensor is not None}
    with pytest.raises(ModelError) as caught:
        efficientnet_lite.fill(efficientnet_lite.build(ready.zoo.name), kept, "w.pth")
    assert caught.value.code == "model/not-a-model"
    assert says in caught.value.message
