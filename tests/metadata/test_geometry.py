"""Sizes and offsets against exact fractions and against what torchvision publishes."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satchel_metadata.errors import InputError
from satchel_metadata.ops import geometry
from satchel_metadata.ops.geometry import Window
from satchel_metadata.steps import Crop, Resize

SIDE = st.integers(1, 20000)
ROUNDING = st.sampled_from(["floor", "half_even"])
ROUND = {"floor": floor, "half_even": round}  # Python rounds a Fraction's half to even


@given(SIDE, SIDE, st.integers(1, 2000))
def test_shorter_side_with_floor_is_torchvisions_resize(width, height, side):
    short, long = (width, height) if width <= height else (height, width)
    to_long = int(side * long / short)
    expected = (side, to_long) if width <= height else (to_long, side)
    assert geometry.shorter_side(width, height, side, "floor") == expected


@given(SIDE, SIDE, st.integers(1, 2000))
def test_shorter_side_with_half_even_is_the_rounded_fraction(width, height, side):
    expected = (
        (side, round(Fraction(side * height, width)))
        if width <= height
        else (round(Fraction(side * width, height)), side)
    )
    assert geometry.shorter_side(width, height, side, "half_even") == expected


@given(SIDE, SIDE)
def test_a_shorter_side_that_is_right_already_changes_nothing(width, height):
    for rounding in ("floor", "half_even"):
        assert geometry.shorter_side(width, height, min(width, height), rounding) == (width, height)


@given(SIDE, SIDE, SIDE, SIDE, ROUNDING)
def test_cover_scales_by_the_larger_ratio(width, height, to_width, to_height, rounding):
    scale = max(Fraction(to_width, width), Fraction(to_height, height))
    expected = (ROUND[rounding](width * scale), ROUND[rounding](height * scale))
    found = geometry.cover(width, height, to_width, to_height, rounding)
    assert found == expected
    assert found[0] >= to_width
    assert found[1] >= to_height


@given(SIDE, SIDE, SIDE, SIDE, ROUNDING)
def test_contain_scales_by_the_smaller_ratio_to_at_least_one_pixel(width, height, to_width, to_height, rounding):
    scale = min(Fraction(to_width, width), Fraction(to_height, height))
    expected = (max(1, ROUND[rounding](width * scale)), max(1, ROUND[rounding](height * scale)))
    found = geometry.contain(width, height, to_width, to_height, rounding)
    assert found == expected
    assert found[0] <= to_width
    assert found[1] <= to_height


@given(SIDE, SIDE, st.data())
def test_a_half_even_crop_is_torchvisions_center_crop(width, height, data):
    to_width, to_height = data.draw(st.integers(1, width)), data.draw(st.integers(1, height))
    step = (
        Crop(width=to_width, height=to_height, offset_rounding="half_even")
        if max(to_width, to_height) <= 16384
        else None
    )
    if step is not None:
        top, left = round((height - to_height) / 2.0), round((width - to_width) / 2.0)
        assert geometry.cropped(step, width, height) == Window(left, top, left + to_width, top + to_height)


def test_the_odd_pixel_of_a_floor_crop_is_cut_at_right_and_bottom():
    assert geometry.centred(7, 10, 4, 3, "floor") == Window(1, 3, 5, 6)
    assert geometry.centred(7, 10, 4, 3, "half_even") == Window(2, 4, 6, 7)
    assert geometry.centred(5, 9, 4, 4, "half_even") == Window(0, 2, 4, 6)


def test_the_odd_pixel_of_a_letterbox_goes_right_and_bottom():
    step = Resize(method="tf.bilinear", fit="contain", width=9, height=8, side_rounding="floor", pad_value=(0,))
    assert geometry.fitted(step, 40, 20) == geometry.Fit(9, 4, Window(0, 0, 9, 4), (0, 2, 0, 2))
    assert geometry.fitted(step, 20, 40) == geometry.Fit(4, 8, Window(0, 0, 4, 8), (2, 0, 3, 0))
    assert geometry.fitted(step, 1, 1000) == geometry.Fit(1, 8, Window(0, 0, 1, 8), (4, 0, 4, 0))


def test_cover_keeps_the_middle():
    step = Resize(
        method="tf.bilinear", fit="cover", width=4, height=4, side_rounding="half_even", offset_rounding="half_even"
    )
    assert geometry.fitted(step, 30, 20) == geometry.Fit(6, 4, Window(1, 0, 5, 4))
    assert geometry.fitted(step, 20, 45) == geometry.Fit(4, 9, Window(0, 2, 4, 6))


@pytest.mark.parametrize(("width", "height"), [(224, 100), (100, 224), (223, 223)])
def test_a_crop_larger_than_the_picture_is_refused_with_both_sizes(width, height):
    with pytest.raises(InputError) as caught:
        geometry.cropped(Crop(width=224, height=224, offset_rounding="floor"), width, height)
    assert caught.value.code == "input/too-small"
    assert "224 x 224" in caught.value.message
    assert f"{width} x {height}" in caught.value.message
