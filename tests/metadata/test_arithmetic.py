"""rescale, normalize, quantize and dequantize against the contract's formulas, one number at a time."""

from fractions import Fraction

import numpy as np
import pytest

from satchel_metadata.errors import InputError
from satchel_metadata.ops import arithmetic

f32 = np.float32


def rounded(value):
    """The nearest binary32 of an exact fraction: numpy's own conversion, of a binary64 only where that is exact."""
    return f32(float(value)) if Fraction(float(value)) == value else nearest(value)


def nearest(value):
    """Of the binary32 around the fraction the nearest, the even one when two are equally near."""
    near = f32(float(value))
    around = (np.nextafter(near, f32(-np.inf)), near, np.nextafter(near, f32(np.inf)))
    return min(around, key=lambda each: (abs(Fraction(float(each)) - value), int(each.view(np.int32)) % 2))


def exact(value):
    return Fraction(float(f32(value)))


LEVELS = np.arange(256, dtype=np.uint8)


RESCALES = [(1 / 255, None, 0.0), (None, 255.0, 0.0), (None, 127.5, -1.0), (0.0078125, None, -1.0), (None, 3.0, 0.1)]


@pytest.mark.parametrize(("factor", "divisor", "offset"), RESCALES)
def test_rescale_rounds_once_an_operation(factor, divisor, offset):
    found = arithmetic.rescale(LEVELS, factor, divisor, offset)
    scaled = [rounded(int(x) * exact(factor)) if factor else rounded(Fraction(int(x)) / exact(divisor)) for x in LEVELS]
    expected = np.array([rounded(exact(x) + exact(offset)) for x in scaled], f32)
    assert found.dtype == f32
    np.testing.assert_array_equal(found, expected)


def test_dividing_by_255_and_multiplying_by_its_inverse_differ_for_126_levels():
    divided, multiplied = arithmetic.rescale(LEVELS, None, 255.0, 0.0), arithmetic.rescale(LEVELS, 1 / 255, None, 0.0)
    assert int((divided != multiplied).sum()) == 126


def test_the_offset_turns_negative_zero_into_zero():
    found = arithmetic.rescale(np.zeros(1, np.uint8), -1.0, None, 0.0)
    assert found.tobytes() == f32(0).tobytes()


@pytest.mark.parametrize("mean", [(127.0,), (123.68, 116.78, 103.94), (0.5, 0.5, 0.5)])
@pytest.mark.parametrize("std", [(128.0,), (58.393, 57.12, 57.375)])
def test_normalize_subtracts_then_divides_rounding_each(mean, std):
    pixels = np.random.default_rng(0).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    found = arithmetic.normalize(pixels, mean, std)
    expected = np.empty(pixels.shape, f32)
    for place in np.ndindex(pixels.shape):
        m, s = exact((mean * 3)[place[2]]), exact((std * 3)[place[2]])
        expected[place] = rounded(exact(rounded(int(pixels[place]) - m)) / s)
    np.testing.assert_array_equal(found, expected)
    turned = arithmetic.normalize(pixels.transpose(2, 0, 1), mean, std, axis=0)
    np.testing.assert_array_equal(turned.transpose(1, 2, 0), expected)


def test_normalize_of_float_values_leaves_them_as_they_were():
    values = np.random.default_rng(0).random((3, 3, 3), f32)
    before = values.copy()
    arithmetic.normalize(values, (0.5,), (0.5,))
    arithmetic.rescale(values, 2.0, None, 1.0)
    np.testing.assert_array_equal(values, before)


def quantized_by_hand(value, scale, zero_point, low, high):
    t = float(f32(value) / f32(scale))
    r = int(t)
    if abs(f32(t) - f32(r)) >= 0.5:
        r += 1 if t > 0 else -1
    return max(low, min(high, r + zero_point))


@pytest.mark.parametrize(
    ("dtype", "zero_point"), [("int8", 0), ("int8", -128), ("int8", 5), ("uint8", 0), ("uint8", 128)]
)
def test_quantize_rounds_halves_away_from_zero(dtype, zero_point):
    limits = np.iinfo(dtype)
    scale = 1 / 128
    values = np.concatenate([np.arange(-300, 300, 0.5), np.random.default_rng(0).normal(0, 90, 500)]).astype(f32) * f32(
        scale
    )
    expected = [quantized_by_hand(value, scale, zero_point, limits.min, limits.max) for value in values]
    found = arithmetic.quantize(values, scale, zero_point, dtype)
    assert found.dtype == dtype
    assert found.tolist() == expected


def test_the_largest_binary32_below_a_half_is_rounded_down():
    below = np.nextafter(f32(0.5), f32(0))
    assert arithmetic.quantize(np.array([below, -below, 0.5, -0.5], f32), 1.0, 0, "int8").tolist() == [0, 0, 1, -1]


def test_quantize_clamps_infinities_and_huge_values():
    values = np.array([np.inf, -np.inf, 3e38, -3e38], f32)
    assert arithmetic.quantize(values, 1e-3, 3, "int8").tolist() == [127, -128, 127, -128]
    assert arithmetic.quantize(values, 10.0, 3, "uint8").tolist() == [255, 0, 255, 0]


def test_quantize_refuses_nan():
    with pytest.raises(InputError) as caught:
        arithmetic.quantize(np.array([0, np.nan], f32), 1.0, 0, "int8")
    assert caught.value.code == "input/nan"


@pytest.mark.parametrize(
    ("dtype", "zero_point"), [("int8", -128), ("int8", 3), ("uint8", 0), ("uint8", 255), ("int16", 0)]
)
def test_dequantize_is_one_product(dtype, zero_point):
    limits = np.iinfo(dtype)
    codes = np.arange(limits.min, limits.max + 1).astype(dtype)
    scale = 0.00390625 * 1.1
    expected = np.array([rounded((int(q) - zero_point) * exact(scale)) for q in codes], f32)
    np.testing.assert_array_equal(arithmetic.dequantize(codes, scale, zero_point), expected)
