"""What a search found: every candidate as measured, those that no other beats, and how near the budget is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from satchel.recipes import Recipe
from satchel.search.budget import Budget, told

if TYPE_CHECKING:
    from satchel.bundle import Bundle


@dataclass(frozen=True)
class Measured:
    """One candidate, measured on the .tflite that ships.

    Attributes:
        name: of the candidate.
        variant: of its variant in a bundle; that of an entropy coded form is the same as without.
        recipe: its passes as JSON values; `Recipe.from_json(variant, recipe)` makes it again, to the byte.
        memory, wire: bytes of the .tflite, and of its compressed form.
        measure: accuracy, agreement or closeness on the search set, 0..1; `interval` is its 95 % interval (Wilson),
            None for closeness, which is no share.
        drop: how far that is below the float model's.
        n: samples of the search set.
        latency: seconds of one run of the interpreter, the median.
        sha256: of the .tflite, in hex.
        seconds: that it took to make and measure.
        test: measure, drop and n on the test set, of what is on the front; it took no part in the choice.
        facts: what its passes measured.
    """

    name: str
    variant: str
    recipe: tuple[dict[str, Any], ...]
    memory: int
    wire: int
    measure: float
    interval: tuple[float, float] | None
    drop: float
    n: int
    latency: float
    sha256: str
    seconds: float
    test: dict[str, float] | None = None
    facts: tuple[dict[str, Any], ...] = ()

    @property
    def numbers(self) -> dict[str, float]:
        """Gives what budgets limit, by the name of the limit."""
        return {"wire": self.wire, "memory": self.memory, "drop": self.drop, "latency": self.latency}

    def to_recipe(self) -> Recipe:
        """Gives the recipe that makes this candidate."""
        return Recipe.from_json(self.variant, [dict(each) for each in self.recipe])


@dataclass(frozen=True)
class Front:
    """The result of a search.

    Attributes:
        measure: what candidates are judged by: "accuracy", "agreement" or "closeness" (to the float model).
        limits: the budget's, as `Budget.limits`.
        met: whether the chosen candidate keeps them, on the search set and on the test set.
        chosen: name of the candidate in the bundle: the one that meets the budget, or else comes nearest.
        in_the_way: why the budget is not met, in sentences.
        candidates: in the order in which they were measured; the float model is the first.
        refused: name and reason of each that could not be made.
        left_out: what was not tried, and why.
        sets: number and SHA-256 of the samples of each set.
    """

    measure: str
    limits: dict[str, float]
    met: bool
    chosen: str
    in_the_way: tuple[str, ...]
    candidates: tuple[Measured, ...]
    refused: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    sets: dict[str, Any]

    @property
    def best(self) -> tuple[Measured, ...]:
        """Gives the candidates that no other beats, the smallest first."""
        return pareto(self.candidates, "latency" in self.limits, "memory" in self.limits)

    def candidate(self, name: str) -> Measured:
        """Gives a candidate by its name."""
        return next(each for each in self.candidates if each.name == name)

    def to_json(self) -> dict[str, Any]:
        """Gives the result as JSON values; what is on the front is marked."""
        names = {each.name for each in self.best}
        candidates = [{**_listed(dataclasses.asdict(each)), "front": each.name in names} for each in self.candidates]
        return {**_listed(dataclasses.asdict(self)), "candidates": candidates}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Front:
        """Gives the result of its JSON form."""
        candidates = tuple(measured_from(each) for each in found["candidates"])
        return cls(
            **{
                **found,
                "candidates": candidates,
                "in_the_way": tuple(found["in_the_way"]),
                "refused": tuple((name, why) for name, why in found["refused"]),
                "left_out": tuple(found["left_out"]),
            }
        )


def front_of(bundle: Bundle) -> Front:
    """Gives what the search found that a bundle is of, from its measurements.

    Raises:
        KeyError: "search", where the bundle is of no search.
    """
    from satchel.report.contents import measurements

    return Front.from_json(measurements(bundle.reader)["search"])


def measured_from(found: Mapping[str, Any]) -> Measured:
    """Gives a candidate of its JSON form."""
    fields = {each.name: found[each.name] for each in dataclasses.fields(Measured)}
    interval = tuple(fields["interval"]) if fields["interval"] else None
    return Measured(
        **{**fields, "recipe": tuple(fields["recipe"]), "interval": interval, "facts": tuple(fields["facts"])}
    )


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(each) for key, each in value.items()}
    return [_listed(each) for each in value] if isinstance(value, (list, tuple)) else value


def pareto(candidates: Sequence[Measured], by_latency: bool = False, by_memory: bool = False) -> tuple[Measured, ...]:
    """Gives the candidates that no other beats in bytes over the wire and measure, the smallest first.

    Args:
        candidates: those measured; of equal ones the first counts.
        by_latency: time counts too: it varies from run to run, so only where a budget limits it.
        by_memory: bytes in memory count too.
    """

    def costs(each: Measured) -> tuple[float, ...]:
        return (
            each.wire,
            -each.measure,
            *([each.latency] if by_latency else []),
            *([each.memory] if by_memory else []),
        )

    def beats(one: Measured, other: Measured) -> bool:
        return all(a <= b for a, b in zip(costs(one), costs(other), strict=True)) and costs(one) != costs(other)

    first = {costs(each): each for each in reversed(candidates)}
    kept = [each for each in first.values() if not any(beats(other, each) for other in candidates)]
    return tuple(sorted(kept, key=costs))


def chosen(budget: Budget, candidates: Sequence[Measured]) -> Measured:
    """Gives the candidate that meets the budget, or else the one whose worst excess is least.

    Of several that meet it: the smallest over the wire where the drop is limited, else the one with the best measure.
    """
    meeting = [each for each in candidates if not budget.excess(each.numbers)]
    if meeting and "drop" in budget.limits:
        return min(meeting, key=lambda each: (each.wire, each.drop))
    if meeting:
        return min(meeting, key=lambda each: (each.drop, each.wire))

    def excess(each: Measured) -> tuple[float, float]:
        found = budget.excess(each.numbers).values()
        return max(found), sum(found)

    return min(candidates, key=excess)


def in_the_way(budget: Budget, nearest: Measured, candidates: Sequence[Measured]) -> tuple[str, ...]:
    """Gives, in sentences, why no candidate meets the budget; nothing where the nearest does."""
    broken = budget.excess(nearest.numbers)
    if not broken:
        return ()
    found = []
    for name, limit in budget.limits.items():
        least = min(candidates, key=lambda each: each.numbers[name])
        if least.numbers[name] > limit:
            found.append(
                f"Nothing tried comes down to {told(name, limit)}: "
                f"{least.name} comes nearest with {told(name, least.numbers[name])}."
            )
    beyond = " and ".join(
        f"{told(name, nearest.numbers[name])} (limit {told(name, budget.limits[name])})" for name in broken
    )
    kept = " and ".join(told(name, nearest.numbers[name]) for name in budget.limits if name not in broken)
    found.append(f"The nearest, {nearest.name}, has {beyond}{f'; it keeps {kept}' if kept else ''}.")
    return tuple(found)
