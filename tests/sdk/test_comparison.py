"""Agreement between variants: counted once a photo, with its uncertainty."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import rel_entr
from scipy.stats import binomtest

from satchel.comparison import compare_all
from satchel.statistics import wilson

SCORES = np.float32([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.3, 0.5], [0.5, 0.4, 0.1]])


def rows(scores: np.ndarray) -> list[np.ndarray]:
    return list(scores)


@pytest.mark.parametrize(("hits", "n"), [(0, 7), (3, 7), (7, 7), (93, 100)])
def test_the_interval_is_scipys_wilson_interval(hits: int, n: int) -> None:
    expected = binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits / n, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_nothing_seen_says_nothing() -> None:
    assert wilson(0.0, 0) == (0.0, 1.0)


def test_a_variant_agrees_wholly_with_itself() -> None:
    (same,) = compare_all({"a": rows(SCORES)}, "a", None)
    assert (same.n, same.top1, same.top5, same.kl, same.largest) == (4, 1.0, 1.0, 0.0, 0.0)


def test_a_changed_best_class_is_counted() -> None:
    changed = SCORES.copy()
    changed[3] = [0.4, 0.5, 0.1]
    found = compare_all({"a": rows(SCORES), "b": rows(changed)}, "a", None)[1]
    assert (found.top1, found.top5) == (0.75, 1.0)
    assert found.largest == pytest.approx(0.1)
    assert found.kl == pytest.approx(rel_entr(SCORES.astype(float), changed.astype(float)).sum(axis=1).mean(), rel=1e-5)


def test_crops_of_one_photo_count_once() -> None:
    changed = SCORES.copy()
    changed[:3] = changed[:3, ::-1]
    found = compare_all({"a": rows(SCORES), "b": rows(changed)}, "a", ["x", "x", "x", "y"])[1]
    wrong_in_x = float(np.mean(changed[:3].argmax(axis=1) != SCORES[:3].argmax(axis=1)))
    assert found.n == 2
    assert found.top1 == pytest.approx((1 - wrong_in_x + 1) / 2)


def test_a_divergence_is_taken_of_8_bit_scores_whose_tail_was_rounded_away() -> None:
    scores = np.random.default_rng(1).dirichlet(np.full(1000, 0.05), 4).astype(np.float32)
    rounded = (np.round(scores * 256) / 256).astype(np.float32)
    assert rounded.sum(axis=1).max() < 0.99
    found = compare_all({"a": rows(scores), "b": rows(rounded)}, "a", None)[1]
    assert found.kl is not None
    assert found.kl > 0


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ([[0.9, 0.8], [0.5, 0.5]], [[0.5, 0.5], [0.5, 0.5]]),
        ([[0.5, 0.5], [0.5, 0.5]], [[0.9, 0.8], [0.5, 0.5]]),
        ([[3.0, -2.0], [0.5, 0.5]], [[0.5, 0.5], [0.5, 0.5]]),
        ([[0.5, 0.5], [0.5, 0.5]], [[1.5, -0.5], [0.5, 0.5]]),
        ([[1.0], [1.0]], [[1.0], [1.0]]),
    ],
)
def test_no_divergence_is_taken_of_what_is_no_distribution(expected: list[Any], found: list[Any]) -> None:
    one, two = rows(np.float32(expected)), rows(np.float32(found))
    assert [each.kl for each in compare_all({"a": one, "b": two}, "a", None) if each.variant == "b"] == [None]


@pytest.mark.parametrize(("decision", "share"), [(0.5, 0.75), (0.25, 1.0), (0.625, 0.5)])
def test_one_score_agrees_where_both_or_neither_reach_the_decision(decision: float, share: float) -> None:
    expected, found = np.float32([[0.9], [0.6], [0.7], [0.1]]), np.float32([[0.8], [0.7], [0.4], [0.2]])
    same, changed = compare_all({"a": rows(expected), "b": rows(found)}, "a", None, decision=decision)
    assert (same.top1, same.top5, same.kl) == (1.0, None, None)
    assert (changed.top1, changed.interval, changed.top5) == (share, wilson(share, 4), None)
