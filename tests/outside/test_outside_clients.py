"""The packed models open in programs that know nothing of Satchel, and give the bundle's own answers there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import photos
from outside.clients import Client
from satchel_metadata.bundle import BundleReader
from satchel_metadata.pipeline import Pipeline

pytestmark = pytest.mark.long

PHOTOS = ("chelsea", "coffee", "rocket", "squirrel", "baboon", "orange")
FLOAT_BOUND = 1e-5
"""max|a - b| <= FLOAT_BOUND * max|a| between runtimes that use XNNPACK."""


@pytest.fixture(scope="session")
def reader(demo_bundle: Path) -> BundleReader:
    return BundleReader.open(demo_bundle)


def own_scores(reader: BundleReader, variant: str, photo: Path) -> NDArray[np.float32]:
    """The score of every class: prepared and read as the bundle's spec says, run by LiteRT."""
    from ai_edge_litert.interpreter import Interpreter

    pipeline = Pipeline(reader.spec, reader.labels, f"{variant}/tflite")
    interpreter = Interpreter(model_content=reader.model(variant), num_threads=1)
    interpreter.allocate_tensors()
    (prepared,) = pipeline.prepare(photo).values()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], prepared)
    interpreter.invoke()
    output = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    return np.asarray(pipeline.scores({reader.spec.outputs[0].name: output}), np.float32)


def labels_of(reader: BundleReader) -> tuple[str, ...]:
    (labels,) = reader.labels.values()
    return labels


def cropped(reader: BundleReader, photo: Path, place: Path) -> Path:
    """The picture that the model sees, before its values are normalised."""
    (source,) = reader.spec.inputs
    steps = tuple(step for step in source.steps if step.op not in ("rescale", "normalize"))
    spec = reader.spec.model_copy(update={"inputs": (source.model_copy(update={"steps": steps}),)})
    (pixels,) = Pipeline(spec, reader.labels).prepare(photo).values()
    levels: Any = pixels[0].astype(np.uint8)
    assert np.array_equal(levels, pixels[0])
    Image.fromarray(levels).save(place)
    return place


@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_fed_the_cropped_picture_a_client_gives_the_bundles_answer(
    reader: BundleReader, client: Client, variant: str, tmp_path: Path
) -> None:
    files = [photos.path(name) for name in PHOTOS]
    labels = labels_of(reader)
    model = tmp_path / "model.tflite"
    model.write_bytes(reader.model(variant))
    pictures = [cropped(reader, file, tmp_path / f"{name}.png") for name, file in zip(PHOTOS, files, strict=True)]
    for file, found in zip(files, client.classify(model, len(labels), pictures), strict=True):
        own = own_scores(reader, variant, file)
        assert {index: label for index, label, _ in found} == dict(enumerate(labels))
        theirs = np.zeros_like(own)
        for index, _, score in found:
            theirs[index] = score
        if variant == "int8":
            assert np.array_equal(theirs, own)  # equal scores are put in any order, so the whole output is compared
        else:
            assert [index for index, _, _ in found[:5]] == np.argsort(-own, kind="stable")[:5].tolist()
            assert np.abs(theirs - own).max() <= FLOAT_BOUND * own.max()


def test_fed_the_raw_photo_a_client_scales_in_its_own_way_and_says_so(
    reader: BundleReader, client: Client, tmp_path: Path, show: Callable[[str], None]
) -> None:
    model = tmp_path / "model.tflite"
    model.write_bytes(reader.model("float32"))
    files = [photos.path(name) for name in PHOTOS]
    pictures = []
    for name, file in zip(PHOTOS, files, strict=True):
        pictures.append(tmp_path / f"{name}.png")
        Image.open(file).convert("RGB").save(pictures[-1])
    theirs = [found[0] for found in client.classify(model, 1, pictures)]
    scores = [own_scores(reader, "float32", file) for file in files]
    own = [(int(each.argmax()), labels_of(reader)[each.argmax()], float(each.max())) for each in scores]
    show(f"\n{'photo':<10} {'prepared as trained':<28} {client.name + ', its own scaling':<36}")
    for name, mine, other in zip(PHOTOS, own, theirs, strict=True):
        mark = "" if mine[0] == other[0] else "  another class"
        show(f"{name:<10} {mine[1]:<20} {mine[2]:6.3f}  {other[1]:<20} {other[2]:6.3f}{mark}")
    known = photos.KNOWN_ANSWERS
    assert all(mine[0] in known[name] for name, mine in zip(PHOTOS, own, strict=True) if name in known)
    assert max(abs(mine[2] - other[2]) for mine, other in zip(own, theirs, strict=True)) > FLOAT_BOUND
