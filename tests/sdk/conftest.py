"""The colour classifier, packed once with every variant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import satchel
from colours import COLOURS, colour_model, colour_photos


@pytest.fixture(scope="session")
def model() -> Any:
    return colour_model()


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return colour_photos(tmp_path_factory.mktemp("photos"), 6)


@pytest.fixture(scope="session")
def description() -> satchel.Description:
    return satchel.image_classification(
        labels=list(COLOURS),
        resize_shorter=36,
        crop=32,
        resize="pillow.bicubic",
        mean=127,
        std=128,
        top_k=3,
        name="colours",
    )


@pytest.fixture(scope="session")
def packed(
    model: Any, photos: Path, description: satchel.Description, tmp_path_factory: pytest.TempPathFactory
) -> satchel.Bundle:
    """The small classifier with every variant."""
    return satchel.pack(
        model,
        description,
        tmp_path_factory.mktemp("bundle") / "colours.satchel",
        variants=["float32", "float16", "dynamic_range", "int8"],
        tfjs=["float32", "uint8"],
        calibration=photos,
    )
