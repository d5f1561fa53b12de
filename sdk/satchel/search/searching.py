"""Goes through candidates: those without training, automatic mixed precision, those with training."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from satchel.recipes import Recipe
from satchel.search import candidates, mixed
from satchel.search.budget import Budget, told
from satchel.search.front import Measured
from satchel.search.judging import Judge

_OPEN_ENDED = {"drop"}
"""Limits that the float model keeps from the start: where there is no other, a search has nothing to stop at."""
NO_TRAINING = "Passes that train were left out: pruning, sharing and QAT need a Keras model and training data."


class Search:
    """One search: what was found so far, what could not be made, what was left out.

    Attributes:
        budget: the limits.
        found: the candidates as measured, the float model first.
        refused: (name, reason) of each that could not be made.
        left_out: what was not tried, and why.
        total: steps in all, at most: the float model, each candidate, testing.
    """

    def __init__(self, judge: Judge, budget: Budget, tell: Any, exhaustive: bool) -> None:
        self.judge, self.budget, self.tell = judge, budget, tell
        self.found: list[Measured] = []
        self.refused: list[tuple[str, str]] = []
        self.left_out: list[str] = []
        self._whole = exhaustive or not budget.limits.keys() - _OPEN_ENDED
        self._started = time.perf_counter()
        self._done, self.total = 0, 0
        self._first: tuple[Recipe, ...] = ()

    def begun(self, recipes: Sequence[Recipe] = ()) -> Measured:
        """Gives the float model as measured; `recipes` will be tried first after it."""
        for each in recipes:
            each.validate()
        self._first = (*recipes, *candidates.cheap(self.judge.source.tflite))
        self.total = 2 + len(self._first) + (len(candidates.trained()) if self.judge.model is not None else 0)
        self._try(candidates.FLOAT)
        return self.found[0]

    def run(self) -> None:
        """Tries one after another until the budget is met, or none is left."""
        if self._try_each(self._first) or self._mixed():
            return
        self._done = max(self._done, 2 + len(self._first))
        if self.judge.model is None:
            self.left_out.append(NO_TRAINING)
        else:
            self._try_each(candidates.trained())

    def _try_each(self, recipes: Sequence[Recipe]) -> bool:
        """Says whether the search is at its end."""
        return self._enough() or any(self._tried_enough(each) for each in recipes)

    def _tried_enough(self, recipe: Recipe) -> bool:
        self._try(recipe)
        return self._enough()

    def _enough(self) -> bool:
        return not self._whole and any(not self.budget.excess(each.numbers) for each in self.found)

    def _try(self, recipe: Recipe) -> Measured | None:
        """Gives a candidate as measured; None where it cannot be made."""
        self.tell(self._done, self.total, f"{recipe.name}{self._left()}")
        judged = self.judge.judged(recipe)
        self._done = min(self._done + 1, self.total)
        if isinstance(judged, str):
            self.refused.append((recipe.name, judged))
            return None
        self.found += judged
        return judged[0]

    def _left(self) -> str:
        """Gives the time left, by what candidates took so far; at most, as a search may stop before."""
        if not self._done:
            return ""
        seconds = (time.perf_counter() - self._started) / self._done * (self.total - self._done)
        return f" ({self._done + 1} of {self.total}, at most about {_time(seconds)} left)"

    def _mixed(self) -> bool:
        """Raises the fewest layers of int8 that keep the drop; says whether the search is at its end."""
        limit = self.budget.limits.get("drop")
        int8 = [each for each in self.found if each.variant.startswith("int8") and each.recipe[0]["pass"] == "int8"]
        if limit is None or not int8:
            return False
        best = min(int8, key=lambda each: (each.drop, each.wire))
        if best.drop <= limit + 1e-9:
            return False
        least = min(each.wire for each in int8 if each.variant == best.variant)
        if least > self.budget.limits.get("wire", least):
            limits = told("wire", self.budget.limits["wire"])
            self.left_out.append(f"Mixed precision was left out: int8 alone is beyond {limits}, and it is larger.")
            return False
        method = best.recipe[0].get("calibration", "min_max")
        self._raise(method, limit)
        return self._enough()

    def _raise(self, method: Any, limit: float) -> None:
        judge = self.judge
        self.tell(self._done, self.total, f"sensitivity of layers{self._left()}")
        ranked = mixed.ranking(judge.source.tflite, judge.description.spec, judge.context.calibration)
        kept: dict[tuple[str, ...], bool] = {}

        def holds(layers: tuple[str, ...], precision: Any = mixed.RAISED[0]) -> bool:
            if precision != mixed.RAISED[0] or layers not in kept:
                made = self._try(self._named(mixed.raised(layers, precision, method)))
                kept[layers] = made is not None and made.drop <= limit + 1e-9
            return kept[layers]

        layers = mixed.fewest(ranked, holds)
        if not layers:
            self.left_out.append(
                "Mixed precision found no layers whose rise keeps the drop: int8 is not what breaks it."
            )
        for precision in mixed.RAISED[1:] if layers else ():
            holds(layers, precision)

    def _named(self, recipe: Recipe) -> Recipe:
        """Gives the recipe under a name that no other candidate has."""
        names = {each.variant for each in self.found} | {name for name, _ in self.refused}
        name, number = recipe.name, 2
        while name in names:
            name, number = f"{recipe.name}_{number}", number + 1
        return Recipe(name, recipe.passes)


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
