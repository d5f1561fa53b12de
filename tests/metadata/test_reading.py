"""softmax, sigmoid, top_k, threshold and label against one number at a time and exact arithmetic."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest

from satchel_metadata.errors import ModelError
from satchel_metadata.ops import reading
from satchel_metadata.ops.reading import Class

f32 = np.float32


def exponential(x):
    """exp, correctly rounded to binary32: forty digits leave no doubt about the rounding."""
    with localcontext() as context:
        context.prec = 40
        return f32(float(Decimal(float(x)).exp()))


def softmax_by_hand(scores):
    m = max(scores)
    e = [exponential(f32(x - m)) for x in scores]
    total = f32(0)
    for each in e:
        total = f32(total + each)
    return np.array([f32(each / total) for each in e], f32)


@pytest.mark.parametrize("seed", range(6))
def test_softmax_is_the_sum_in_index_order(seed):
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 4, (1, 2, 5, 130, 1000, 1001)[seed]).astype(f32)
    np.testing.assert_array_equal(reading.softmax(scores), softmax_by_hand(scores))


def test_softmax_of_far_apart_scores_is_zero_and_one():
    assert reading.softmax(np.array([0, -3e38, 200, -np.inf], f32)).tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize("scores", [[0, np.nan], [np.inf, 1], [-np.inf, -np.inf]])
def test_softmax_that_would_give_nan_is_refused(scores):
    with pytest.raises(ModelError) as caught:
        reading.softmax(np.array(scores, f32))
    assert caught.value.code == "model/nan-output"


def test_the_sum_in_index_order_is_no_sum_in_pairs():
    values = np.random.default_rng(0).random(100_000, f32)
    total = f32(0)
    for value in values:
        total = f32(total + value)
    assert reading.in_order_sum(values) == total
    assert values.sum() != total


def test_sigmoid_rounds_each_operation():
    scores = np.concatenate([np.random.default_rng(0).normal(0, 20, 2000), [0, -0.0, 1000, -1000, 88.8, -88.8]]).astype(
        f32
    )
    expected = []
    for x in scores:
        e = f32(np.inf) if x < -88.75 else exponential(-x)
        expected.append(f32(f32(1) / f32(f32(1) + e)))
    np.testing.assert_array_equal(reading.sigmoid(scores), np.array(expected, f32))


def test_top_k_puts_the_lower_index_first_among_equals():
    scores = np.array([1, 3, 3, -0.0, 0.0, 3], f32)
    found = reading.top_k(scores, 6)
    assert [(each.index, each.score) for each in found] == [(1, 3), (2, 3), (5, 3), (0, 1), (3, 0), (4, 0)]


def test_top_k_of_random_ties_is_a_stable_sort():
    scores = np.random.default_rng(0).integers(0, 20, 1000).astype(f32)
    expected = sorted(range(1000), key=lambda index: (-scores[index], index))[:50]
    assert [each.index for each in reading.top_k(scores, 50)] == expected


def test_top_k_beyond_the_number_of_classes_gives_all():
    assert [each.index for each in reading.top_k(np.array([1, 2], f32), 5)] == [1, 0]


@pytest.mark.parametrize("read", [reading.sigmoid, lambda scores: reading.top_k(scores, 1)])
def test_a_score_that_is_nan_is_refused_with_its_index(read):
    with pytest.raises(ModelError) as caught:
        read(np.array([0, 1, np.nan, np.nan], f32))
    assert caught.value.code == "model/nan-output"
    assert "class 2" in caught.value.message


def test_threshold_keeps_a_score_that_is_equal_in_binary32():
    tenth = float(f32(0.1))
    classes = (Class(0, 0.5), Class(1, tenth), Class(2, math.nextafter(tenth, 0)))
    assert reading.threshold(classes, 0.1) == classes[:2]


def test_label_is_by_index():
    classes = (Class(2, 0.5), Class(0, 0.25))
    assert reading.label(classes, ["a", "b", "c"]) == (Class(2, 0.5, "c"), Class(0, 0.25, "a"))
