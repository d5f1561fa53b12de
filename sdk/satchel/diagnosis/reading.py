"""Why an answer is read otherwise than the author reads it: order of classes, names, softmax twice or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel.diagnosis.causes import Cause

Scores = Sequence[NDArray[np.float64]]
_SAME = 1e-3
"""How far scores may be, as a share of the largest, to count as the same."""
_CLEAR = 0.2
"""By how much another order must raise the share of right classes to be named."""
_LEAST = 8
"""Labelled samples below which nothing is said of their order."""


def reading_causes(found: Scores, expected: Scores) -> tuple[Cause, ...]:
    """Gives why scores that the spec reads differ from the author's, where one explains the other for all samples.

    Args:
        found: scores of every class, one array a sample, as the spec reads them.
        expected: the author's, likewise.
    """
    if not found or any(one.size != other.size for one, other in zip(found, expected, strict=True)):
        return ()
    ours, theirs = np.stack([each.ravel() for each in found]), np.stack([each.ravel() for each in expected])
    if _near(ours, theirs):
        return ()
    for order in (None, _order(ours, theirs)):
        placed = ours if order is None else ours[:, order]
        causes = [] if order is None else [_order_cause(order)]
        if order is not None and _near(placed, theirs):
            return tuple(causes)
        for kind, sentence, remedy, undo in _ACTIVATIONS:
            made = undo(placed)
            if made is not None and _near(made, theirs):
                return (*causes, Cause("reading", kind, sentence, remedy, 1.0))
        if _near(placed, _softmax(theirs)):
            return (*causes, Cause("reading", "softmax_extra", *_EXTRA, 1.0))
    return ()


def answer_causes(answers: Sequence[tuple[Any, Any]], names: Sequence[str], *, alone: bool) -> tuple[Cause, ...]:
    """Gives why answers differ from those that the author's function gives of the same samples.

    Args:
        answers: (scores of every class as the spec reads them, what the author's function gave: scores, the index of
            the class, or its name).
        names: the labels of the spec.
        alone: whether nothing is known of the author's preparation: what reading does not explain is put down to it.
    """
    arrays = [(ours, np.asarray(theirs, np.float64)) for ours, theirs in answers if isinstance(theirs, np.ndarray)]
    if arrays:
        ours, theirs = zip(*arrays, strict=True)
        found = reading_causes(ours, theirs)
        off = max(_distance(one.ravel(), other.ravel()) for one, other in arrays)
        return found if found or not alone or off <= _SAME else (_elsewhere(off),)
    places = {name: place for place, name in enumerate(names)}
    best = [int(np.argmax(ours)) for ours, _ in answers]
    wanted = [places.get(theirs, -1) if isinstance(theirs, str) else int(theirs) for _, theirs in answers]
    if unknown := [theirs for _, theirs in answers if isinstance(theirs, str) and theirs not in places]:
        text = f"the author's function answers {unknown[0]!r}, which is no label of the spec"
        return (Cause("reading", "labels_reordered", text, "Give the author's labels.", 1.0),)
    cause = labelled_cause(best, wanted)
    return (cause,) if cause else ()


def _elsewhere(off: float) -> Cause:
    off_by = f"the author's answers differ by {off:.1%} of the largest"
    text = f"{off_by}, and neither the order of classes nor a softmax is why"
    remedy = "Give the author's preparation too: satchel.Reference(prepare=...) says what differs in it."
    return Cause("preparation", "unknown", text, remedy, 0.3)


def names_cause(spec_names: Sequence[str], author_names: Sequence[str]) -> Cause | None:
    """Gives how the spec's labels differ from the names in the order of the author's outputs, None where they agree."""
    ours, theirs = list(spec_names), list(author_names)
    if ours == theirs:
        return None
    for shift in range(-3, 4):
        common = [
            (theirs[place], ours[place + shift]) for place in range(len(theirs)) if 0 <= place + shift < len(ours)
        ]
        if shift and len(common) >= 2 and all(one == other for one, other in common):
            return _shifted(shift, 1.0)
    off = sum(one != other for one, other in zip(ours, theirs, strict=False)) + abs(len(ours) - len(theirs))
    text = f"{off} of {len(theirs)} labels stand at another index than in the author's list"
    return Cause("reading", "labels_reordered", text, "Give the labels in the order of the model's outputs.", 1.0)


def labelled_cause(best: Sequence[int], truth: Sequence[int]) -> Cause | None:
    """Gives the shift of labels that makes most answers right, where they are mostly wrong without it.

    Args:
        best: the index of each answer.
        truth: the index that the labelled data say.
    """
    if len(truth) < _LEAST:
        return None
    answers, wanted = np.array(best), np.array(truth)
    now = float(np.mean(answers == wanted))
    shares = {shift: float(np.mean(answers + shift == wanted)) for shift in range(-3, 4) if shift}
    shift = max(shares, key=lambda each: shares[each])
    if shares[shift] < now + _CLEAR or len(set(wanted)) < 3:
        return _permuted(answers, wanted, now)
    text = (
        f"{shares[shift]:.0%} of {len(truth)} answers are right with the labels moved by {shift:+d}, {now:.0%} without"
    )
    return Cause("reading", "labels_shifted", text, _remedy(shift), shares[shift])


def _permuted(answers: NDArray[np.intp], wanted: NDArray[np.intp], now: float) -> Cause | None:
    """Another order of all classes: each answered class is nearly always one other class, in truth."""
    right = 0
    for each in set(answers.tolist()):
        here = wanted[answers == each]
        right += int(np.bincount(here).max()) if len(here) > 1 else 0
    share = right / len(wanted)
    mapped = {each: int(np.bincount(wanted[answers == each]).argmax()) for each in set(answers.tolist())}
    if share < now + _CLEAR or len(set(mapped.values())) < len(mapped) or len(wanted) < 4 * len(mapped):
        return None
    text = f"{share:.0%} of {len(wanted)} answers are right with the classes in another order, {now:.0%} in the spec's"
    return Cause("reading", "labels_reordered", text, "Give the labels in the order of the model's outputs.", share)


def _near(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return _distance(one, other) <= _SAME


def _distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Gives the largest difference as a share of the largest value; infinite between other numbers of classes."""
    if one.shape != other.shape:
        return float("inf")
    return float(np.abs(one - other).max()) / max(float(np.abs(other).max()), 1e-12)


def _order(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> list[int] | None:
    """Gives the order of our classes in which each correlates best with theirs, None where it is no order."""
    if len(ours) < 3 and ours.shape[1] > 2:
        ranked = [np.argsort(row, kind="stable") for row in (ours[0], theirs[0])]
        order = np.empty(ours.shape[1], np.intp)
        order[ranked[1]] = ranked[0]
        return order.tolist() if order.tolist() != sorted(order.tolist()) else None
    one, other = (each - each.mean(0) for each in (ours, theirs))
    sizes = np.linalg.norm(one, axis=0)[:, None] * np.linalg.norm(other, axis=0)[None]
    likeness = (one.T @ other) / np.maximum(sizes, 1e-30)
    order = likeness.argmax(0)
    return (
        order.tolist() if len(set(order.tolist())) == len(order) and order.tolist() != sorted(order.tolist()) else None
    )


def _order_cause(order: Sequence[int]) -> Cause:
    shifts = {ours - theirs for theirs, ours in enumerate(order)}
    count = len(order)
    if len({shift % count for shift in shifts}) == 1:
        return _shifted(next(iter({(shift + count // 2) % count - count // 2 for shift in shifts})), 1.0)
    off = sum(place != each for place, each in enumerate(order))
    text = f"{off} of {count} classes stand at another index than in the author's outputs"
    return Cause("reading", "labels_reordered", text, "Give the labels in the order of the model's outputs.", 1.0)


def _shifted(shift: int, sure: float) -> Cause:
    where = f"the author's class n has its name at n{shift:+d} of the spec"
    text = f"the labels are shifted by {shift:+d}: {where}"
    return Cause("reading", "labels_shifted", text, _remedy(shift), sure)


def _remedy(shift: int) -> str:
    what = "a first line too few (a background class?)" if shift > 0 else "a first line too many (a background class?)"
    return f"Look at the beginning of the label file: it has {what}."


def _softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    shown = np.exp(values - values.max(-1, keepdims=True))
    shares: NDArray[np.float64] = shown / shown.sum(-1, keepdims=True)
    return shares


def _logs(values: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Gives what a softmax was taken of, scaled to be shares: undoes one softmax of two."""
    if float(values.min()) <= 0:
        return None
    logs = np.log(values)
    count = values.shape[-1]
    found: NDArray[np.float64] = logs + (1 - logs.sum(-1, keepdims=True)) / count
    return found


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(values, -500, 500)))
    return found


def _logit(values: NDArray[np.float64]) -> NDArray[np.float64] | None:
    if float(values.min()) <= 0 or float(values.max()) >= 1:
        return None
    found: NDArray[np.float64] = np.log(values / (1 - values))
    return found


_EXTRA = (
    "the spec's scores are the softmax of the author's",
    "Remove the step softmax, or take the softmax in the author's function too.",
)
_ACTIVATIONS: tuple[tuple[str, str, str, Callable[[NDArray[np.float64]], NDArray[np.float64] | None]], ...] = (
    ("softmax_missing", "the author takes a softmax and the spec does not", "Give the step softmax.", _softmax),
    (
        "softmax_twice",
        "the spec takes a softmax of what are probabilities already",
        "Remove the step softmax: the model has it.",
        _logs,
    ),
    ("sigmoid_missing", "the author takes a sigmoid and the spec does not", "Give the step sigmoid.", _sigmoid),
    (
        "sigmoid_twice",
        "the spec takes a sigmoid of what are probabilities already",
        "Remove the step sigmoid: the model has it.",
        _logit,
    ),
)
