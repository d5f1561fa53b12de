"""Answers drawn on photos: in the right place, legible, and whatever a label holds."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from satchel.draw import colour_of, draw
from satchel_metadata.answers import Answer, Keypoint, Object
from satchel_metadata.ops.reading import Class
from satchel_metadata.photo import Photo, load_photo
from satchel_metadata.values import Mask


@pytest.fixture
def grey() -> Photo:
    return load_photo(np.full((700, 900, 3), 128, np.uint8))


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture)


def test_an_answer_without_places_leaves_the_photo_as_it_is(grey: Photo) -> None:
    assert (pixels(draw(grey, Answer(objects=()))) == grey.pixels).all()


def test_a_box_is_where_it_was_found_and_in_the_colour_of_its_class(grey: Photo) -> None:
    found = pixels(draw(grey, Answer(objects=(Object((200.0, 300.0, 500.0, 600.0), 3, 0.75, "chair"),))))
    changed = np.argwhere((found != 128).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert (left, right, bottom) == (200, 500, 600)
    assert 260 < top < 290  # its label stands above it
    assert tuple(found[450, 202]) == colour_of(3)
    assert tuple(found[450, 350]) == (128, 128, 128)


def test_a_label_at_the_upper_edge_stands_inside(grey: Photo) -> None:
    found = pixels(draw(grey, Answer(objects=(Object((850.0, 0.0, 900.0, 80.0), 0, 1.0, "traffic light"),))))
    assert (found[:20, 700:850] != 128).any()


@pytest.mark.parametrize(
    "label", ["\x1b[31mred", "a\nb\tc", "‮evil", "<script>", "x" * 5000, "", "日本語", "\ud800", None]
)
def test_no_label_can_break_a_drawing(grey: Photo, label: str | None) -> None:
    drawn = draw(grey, Answer(objects=(Object((10.0, 10.0, 60.0, 60.0), 1, 0.5, label),)))
    assert drawn.size == (900, 700)


@pytest.mark.parametrize(
    "box", [(-1e30, -5.0, 1e30, 5.0), (float("inf"), 0.0, float("-inf"), 9.0), (50.0, 50.0, 50.0, 50.0)]
)
def test_no_box_can_break_a_drawing(grey: Photo, box: tuple[float, float, float, float]) -> None:
    assert draw(grey, Answer(objects=(Object(box, 1, 0.5, "x"),))).size == (900, 700)


def test_a_thumbnail_is_enlarged_so_that_labels_can_be_read() -> None:
    small = load_photo(np.zeros((20, 32, 3), np.uint8))
    drawn = draw(small, Answer(objects=(Object((8.0, 4.0, 16.0, 12.0), 2, 0.5, "x"),)))
    assert drawn.size == (640, 400)
    assert tuple(pixels(drawn)[160, 162]) == colour_of(2)


def test_a_mask_veils_its_classes_and_leaves_the_first_alone(grey: Photo) -> None:
    indices = np.zeros((700, 900), np.uint8)
    indices[:, 450:] = 1
    found = pixels(draw(grey, Answer(mask=Mask(indices, ("background", "person")))))
    assert (found[:600, :450] == 128).all()
    expected = 128 + (np.array(colour_of(1)) - 128) * 0.45
    assert np.abs(found[300, 700] - expected).max() <= 1
    assert tuple(found[300, 451]) == colour_of(1)


def test_keypoints_are_dots_in_their_places(grey: Photo) -> None:
    found = pixels(draw(grey, Answer(keypoints=(Keypoint(300.0, 200.0, 0.9, "nose"), Keypoint(-50.0, 9e9)))))
    assert tuple(found[200, 300]) == colour_of(0)


def test_classes_are_listed(grey: Photo) -> None:
    found = pixels(draw(grey, Answer(classes=(Class(4, 0.5, "cat"),))))
    assert (found[:350] == 128).all()
    assert (found[600:] == colour_of(4)).all(axis=2).any()
