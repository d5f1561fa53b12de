"""The parts of a search: budgets, the front, the fewest layers of mixed precision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import digits_mlp
import satchel
from satchel.search import front, mixed
from satchel.search.budget import Budget
from satchel.search.front import Measured, front_of
from satchel_metadata.errors import SpecError


@pytest.mark.parametrize(
    ("given", "limits"),
    [
        ({"size": "2MB"}, {"wire": 2e6}),
        ({"size": 1234}, {"wire": 1234}),
        ({"size": "1.5 MiB", "memory": "500000kB"}, {"wire": 1572864, "memory": 5e8}),
        ({"accuracy_drop": "0.5pp"}, {"drop": 0.005}),
        ({"accuracy_drop": 0}, {"drop": 0}),
        ({"latency": "10ms"}, {"latency": 0.01}),
        ({"latency": "300us"}, {"latency": 0.0003}),
    ],
)
def test_budgets_are_read_in_the_units_that_they_name(given: dict[str, Any], limits: dict[str, float]) -> None:
    assert Budget(**given).limits == pytest.approx(limits)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "spec/inconsistent"),
        ({"size": "2MB", "memory": "1MB"}, "spec/inconsistent"),
        ({"size": "two"}, "spec/unknown-value"),
        ({"size": "2mb"}, "spec/unknown-value"),
        ({"size": 0}, "spec/out-of-range"),
        ({"size": float("nan")}, "spec/out-of-range"),
        ({"accuracy_drop": "0.5%"}, "spec/unknown-value"),
        ({"accuracy_drop": "100pp"}, "spec/out-of-range"),
        ({"accuracy_drop": -0.01}, "spec/out-of-range"),
        ({"latency": "10"}, "spec/unknown-value"),
        ({"latency": float("inf")}, "spec/out-of-range"),
    ],
)
def test_budgets_that_say_nothing_or_too_much_are_refused(given: dict[str, Any], code: str) -> None:
    with pytest.raises(SpecError) as caught:
        Budget(**given)
    assert caught.value.code == code


def candidate(name: str, wire: int, drop: float, latency: float = 1e-3) -> Measured:
    return Measured(name, name, (), 2 * wire, wire, 0.9 - drop, None, drop, 100, latency, "", 0.0)


FOUND = (
    candidate("float32", 1000, 0.0),
    candidate("half", 500, 0.0, 2e-3),
    candidate("slow", 300, 0.01, 9e-3),
    candidate("worse", 600, 0.02),
    candidate("coarse", 250, 0.2, 0.5e-3),
)


def test_the_front_is_what_no_other_beats() -> None:
    assert [each.name for each in front.pareto(FOUND)] == ["coarse", "slow", "half"]
    assert [each.name for each in front.pareto(FOUND, by_latency=True)] == [
        "coarse",
        "slow",
        "half",
        "worse",
        "float32",
    ]


@pytest.mark.parametrize(
    ("budget", "name"),
    [
        (Budget(size=600), "half"),
        (Budget(size=600, accuracy_drop=0.05), "slow"),
        (Budget(accuracy_drop=0), "half"),
        (Budget(size=600, latency="1ms"), "worse"),
        (Budget(size=200), "coarse"),
        (Budget(size=280, accuracy_drop=0.01), "slow"),
    ],
)
def test_what_meets_a_budget_is_chosen_or_what_comes_nearest(budget: Budget, name: str) -> None:
    assert front.chosen(budget, FOUND).name == name


def test_what_stands_in_the_way_is_said_with_its_numbers() -> None:
    budget = Budget(size=280, accuracy_drop=0.01)
    assert front.in_the_way(budget, front.chosen(budget, FOUND), FOUND) == (
        "The nearest, slow, has 300 B over the wire (limit 280 B over the wire); it keeps 1.00 pp less.",
    )
    budget = Budget(size=200)
    assert front.in_the_way(budget, front.chosen(budget, FOUND), FOUND)[0] == (
        "Nothing tried comes down to 200 B over the wire: coarse comes nearest with 250 B over the wire."
    )


@pytest.mark.parametrize("needed", [{"c"}, {"a"}, {"a", "f"}, {"h"}, {"b", "d", "e"}, set("abcdefgh")])
def test_the_fewest_layers_are_those_needed_wherever_the_ranking_has_them(needed: set[str]) -> None:
    tried: list[tuple[str, ...]] = []

    def holds(layers: tuple[str, ...]) -> bool:
        tried.append(layers)
        return needed <= set(layers)

    assert set(mixed.fewest("abcdefgh", holds)) == needed
    assert len(tried) <= 4 + 3 + 8


def test_nothing_is_raised_where_not_even_all_layers_are_enough() -> None:
    assert mixed.fewest("abc", lambda layers: False) == ()
    assert mixed.fewest("", lambda layers: True) == ()


@pytest.mark.parametrize("wild", [0, 1, 2])
def test_mixed_precision_raises_the_wild_layer_and_that_one_alone(
    wild: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("satchel.search.candidates.METHODS", ("min_max",))
    (tmp_path / "wild.tflite").write_bytes(digits_mlp.tflite(wild))
    bundle = satchel.optimize(
        tmp_path / "wild.tflite",
        digits_mlp.description(),
        digits_mlp.pictures(),
        budget=Budget(accuracy_drop="2pp"),
        out=tmp_path / "out",
    )
    found = front_of(bundle)
    best = found.candidate(found.chosen)
    assert found.met
    assert found.candidate("int8").drop > 0.3
    (step,) = best.recipe
    assert step["rules"] == [[f"net/{digits_mlp.NAMES[wild]}", "float16"], ["*", "int8"]]
