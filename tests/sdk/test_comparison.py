"""Agreement between variants: counted once a photo, with its uncertainty."""

from __future__ import annotations

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
    (same,) = compare_all({"a": rows(SCORES)}, "a", None, divergence=True)
    assert (same.n, same.top1, same.top5, same.kl, same.largest) == (4, 1.0, 1.0, 0.0, 0.0)


def test_a_changed_best_class_is_counted() -> None:
    changed = SCORES.copy()
    changed[3] = [0.4, 0.5, 0.1]
    found = compare_all({"a": rows(SCORES), "b": rows(changed)}, "a", None, divergence=True)[1]
    assert (found.top1, found.top5) == (0.75, 1.0)
    assert found.largest == pytest.approx(0.1)
    assert found.kl == pytest.approx(rel_entr(SCORES.astype(float), changed.astype(float)).sum(axis=1).mean(), rel=1e-5)


def test_crops_of_one_photo_count_once() -> None:
    changed = SCORES.copy()
    changed[:3] = changed[:3, ::-1]
    found = compare_all({"a": rows(SCORES), "b": rows(changed)}, "a", ["x", "x", "x", "y"], divergence=True)[1]
    wrong_in_x = float(np.mean(changed[:3].argmax(axis=1) != SCORES[:3].argmax(axis=1)))
    assert found.n == 2
    assert found.top1 == pytest.approx((1 - wrong_in_x + 1) / 2)


def test_no_divergence_is_taken_of_scores_that_do_not_sum_to_one() -> None:
    (same,) = compare_all({"a": rows(SCORES)}, "a", None, divergence=False)
    assert same.kl is None
