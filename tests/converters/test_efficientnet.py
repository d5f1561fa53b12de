"""EfficientNet-Lite0 survives conversion: int8 gives the float model's answers on photos it was not calibrated with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from satchel import zoo
from satchel.zoo import photos
from satchel_converters import tflite
from satchel_converters.quiet import kept_back
from satchel_converters.sources import Source, load_source
from satchel_metadata.photo import load_photo
from satchel_metadata.pipeline import Pipeline


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    """Gives the model's own preparation."""
    description = zoo.get("efficientnet-lite0").description()
    return Pipeline(description.spec, description.labels)


@pytest.fixture(scope="module")
def efficientnet(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Gives EfficientNet-Lite0 as a source."""
    return load_source(zoo.get("efficientnet-lite0").model, tmp_path_factory.mktemp("efficientnet"))


@pytest.fixture(scope="module")
def prepared(pipeline: Pipeline) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Gives prepared photos to calibrate with and others to judge by."""
    judged, _ = photos.evaluation_pictures()
    seen = photos.calibration_pictures()
    return [pipeline.prepare(load_photo(each)) for each in seen], [
        pipeline.prepare(load_photo(each)) for each in judged
    ]


def scores(model: bytes, inputs: list[dict[str, Any]]) -> np.ndarray[Any, Any]:
    """Gives the scores of every input, [n, 1000], of a model with float or uint8 inputs and outputs."""
    with kept_back():
        interpreter = Interpreter(model_content=model, num_threads=2)
        interpreter.allocate_tensors()
    given, read = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    found = []
    for each in inputs:
        value, (scale, zero) = each["image"], given["quantization"]
        value = np.clip(np.round(value / scale) + zero, 0, 255) if scale else value
        interpreter.set_tensor(given["index"], value.astype(given["dtype"]))
        interpreter.invoke()
        answer, (scale, zero) = interpreter.get_tensor(read["index"]), read["quantization"]
        found.append((answer.astype(np.float32) - zero) * scale if scale else answer)
    return np.concatenate(found)


def test_the_float_tflite_gives_keras_answers_closely(efficientnet: Source) -> None:
    assert efficientnet.report.tflite.relative <= 1e-5
    assert len(efficientnet.tflite) < 19_000_000


def test_int8_agrees_with_float_on_photos_it_was_not_calibrated_with(
    efficientnet: Source, prepared: tuple[list[dict[str, Any]], list[dict[str, Any]]]
) -> None:
    seen, judged = prepared
    expected = scores(efficientnet.tflite, judged)
    made = tflite.int8(efficientnet.tflite, iter(seen))
    found = scores(made, judged)
    agreement = float(np.mean(expected.argmax(1) == found.argmax(1)))
    sure = expected.max(1) > 0.5
    assert len(judged) >= 10
    assert agreement > 0.8
    assert np.array_equal(expected[sure].argmax(1), found[sure].argmax(1))
    assert len(made) < 0.3 * len(efficientnet.tflite)
