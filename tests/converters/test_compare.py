"""The largest difference is found at its output, and nothing that differs passes for the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from satchel_converters.compare import Difference, largest_difference, require_agreement
from satchel_metadata.errors import ConversionError


def answers(**values: list[float]) -> dict[str, np.ndarray[Any, Any]]:
    return {name: np.array(value, np.float32) for name, value in values.items()}


def test_the_worst_output_is_the_one_that_differs_most_relative_to_its_own_size() -> None:
    expected = [answers(large=[1000.0, 1.0], small=[0.5, 0.25])]
    found = [answers(large=[1000.5, 1.0], small=[0.5, 0.375])]
    assert largest_difference(expected, found) == Difference("small", 0.125, 0.25)


def test_equal_nan_and_infinities_are_no_difference() -> None:
    same = [answers(out=[float("nan"), float("inf"), 1.0])]
    assert largest_difference(same, same) == Difference("out", 0.0, 0.0)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_number_that_became_no_number_is_an_infinite_difference(wrong: float) -> None:
    found = largest_difference([answers(out=[1.0, 2.0])], [answers(out=[1.0, wrong])])
    assert found == Difference("out", np.inf, np.inf)


@pytest.mark.parametrize("found", [answers(other=[1.0]), answers(out=[1.0], more=[1.0]), answers(out=[1.0, 2.0])])
def test_other_names_or_shapes_are_an_error(found: Any) -> None:
    with pytest.raises(ConversionError) as caught:
        largest_difference([answers(out=[1.0])], [found])
    assert caught.value.code == "model/outputs-differ"


def test_agreement_is_judged_at_the_bound_itself() -> None:
    expected, found = [answers(out=[2.0])], [answers(out=[2.5])]
    assert require_agreement(expected, found, "it", 0.25).relative == 0.25
    with pytest.raises(ConversionError, match=r"at output 'out' by 0\.5, 0\.25 of the largest value there"):
        require_agreement(expected, found, "it", 0.2499)
