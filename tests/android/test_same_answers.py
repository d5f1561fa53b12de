"""What Kotlin makes of photos, rows and signals is what Python makes of them: prepared tensors, outputs, answers."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import photos
import satchel
from parity.peers import Peer, kotlin
from parity.search import packed  # the generators, to which it belongs, are on no test's path
from satchel.same_answer import same_answer
from satchel_metadata.photo import load_photo
from satchel_metadata.values import Signal
from vectors.cases import difference, unpacked

ROOT = Path(__file__).parents[2]
ZOO = ("iris", "sensor-series", "ssd-mobilenet-v2", "selfie-segmenter", "mnist-lenet5")
SAMPLES = ("chelsea", "coffee", "astronaut", "rocket", "squirrel", "baboon", "orange")


@pytest.fixture(scope="module")
def bundles(demo_bundle: Path) -> dict[str, Path]:
    """The demo's bundle and those of the zoo, as `make zoo-bundles` packs them."""
    found = {name: ROOT / "out" / "zoo" / f"{name}.satchel" for name in ZOO}
    if not all(path.exists() for path in found.values()):
        subprocess.run(["make", "zoo-bundles"], cwd=ROOT, check=True)
    return {"efficientnet-lite0": demo_bundle, **found}


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with kotlin() as running:
        yield running


def things(kind: str) -> list[Any]:
    """Gives samples that are not among the golden inputs of the models, in the form that both languages take."""
    rng = np.random.default_rng(3)
    if kind == "row":
        names = ("sepal_length", "sepal_width", "petal_length", "petal_width")
        return [dict(zip(names, row, strict=True)) for row in rng.uniform(0.1, 8, (20, 4)).round(1).tolist()]
    if kind == "signal":
        return [rng.standard_normal((count, 6)).cumsum(axis=0) for count in (100, 250, 471)]
    return [load_photo(photos.path(name)).pixels for name in SAMPLES]


@pytest.mark.parametrize("name", ["efficientnet-lite0", *ZOO])
def test_tensors_outputs_and_answers_are_pythons(bundles: dict[str, Path], peer: Peer, name: str) -> None:
    bundle = satchel.open(bundles[name])
    for variant in [each for each in bundle.variants if each in ("float32", "float16", "int8")]:
        for number, thing in enumerate(things(bundle.kind.name)):
            case = {"bundle": str(bundles[name]), "artefact": f"{variant}/tflite", "input": thing}
            peer.ask("run", packed(case))
            theirs = peer.answer()
            assert "found" in theirs, f"{name} {variant} {number}: {theirs}"
            hold(bundle, variant, thing, unpacked(theirs["found"]), f"{name} {variant} {number}")


def hold(bundle: satchel.Bundle, variant: str, thing: Any, theirs: dict[str, Any], which: str) -> None:
    """Fails where the tensors are not identical, or the outputs of an integer model; or floats are beyond the bound."""
    bound = bundle.reader.golden().bounds[f"{variant}/tflite"]
    assert (bound == 0) == (variant == "int8")
    given = Signal(thing) if bundle.kind.name == "signal" else thing
    runner = bundle.runner(variant)
    windows = runner.pipeline.windows(given)
    assert difference([dict(window.tensors) for window in windows], theirs["prepared"]) is None, which
    for window, found in zip(windows, theirs["outputs"], strict=True):
        for output, ours in runner.infer(window.tensors).items():
            if bound == 0:
                assert difference(ours, found[output]) is None, which
            near = bound * float(np.abs(ours).max())
            assert float(np.abs(ours.astype(np.float64) - found[output]).max()) <= near, which
    assert same_answer(bundle.run(given, variant).to_json(), theirs["answer"], bound), which
