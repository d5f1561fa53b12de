"""Checks a bundle: every hash, and the golden inputs through every variant that runs here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import SatchelError
from satchel_metadata.golden import Case, Expected, golden_pixels

if TYPE_CHECKING:
    from satchel.bundle import Bundle, Runner


@dataclass(frozen=True)
class CaseResult:
    """What one golden input gave in one artefact.

    Attributes:
        artefact: `int8/tflite`. case: the id of the golden input.
        prepared: the prepared tensors are the golden ones, to the bit.
        outputs: the outputs are within the bound; `largest` is max|a - b| / max|a| over all of them, `bound` the limit.
        answer: the same classes in the same order (among scores nearer than the bound, in any order).
        problem: why it could not run; empty when it did.
    """

    artefact: str
    case: str
    prepared: bool
    outputs: bool
    answer: bool
    largest: float
    bound: float
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Says whether everything holds."""
        return self.prepared and self.outputs and self.answer and not self.problem


@dataclass(frozen=True)
class CheckReport:
    """What a check found.

    Attributes:
        damage: what is wrong with the files; empty when every length and hash holds.
        cases: a result for each golden input in each artefact that runs here.
        elsewhere: artefacts that need another runtime (TF.js runs in a browser).
    """

    damage: str
    cases: tuple[CaseResult, ...]
    elsewhere: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Says whether the bundle is whole and gives its golden answers here."""
        return not self.damage and all(case.ok for case in self.cases)

    def to_json(self) -> dict[str, Any]:
        """Gives the report as JSON values."""
        cases = [{**vars(case), "ok": case.ok} for case in self.cases]
        return {"ok": self.ok, "damage": self.damage, "cases": cases, "elsewhere": list(self.elsewhere)}


def check(bundle: Bundle, progress: Callable[[CaseResult], None] | None = None) -> CheckReport:
    """Gives what happens when every hash is checked and the golden inputs run through every variant that runs here."""
    elsewhere = tuple(name for name in bundle.manifest.artefacts() if not name.endswith("/tflite"))
    try:
        bundle.reader.verify()
        golden = bundle.reader.golden()
        pixels = {case.id: _pixels(bundle, case) for case in golden.cases}
    except SatchelError as error:
        return CheckReport(str(error), (), elsewhere)
    results = []
    for variant in bundle.variants:
        artefact = f"{variant}/tflite"
        for case in golden.cases:
            result = _case(bundle, variant, case, pixels[case.id], golden.bounds[artefact])
            results.append(result)
            if progress:
                progress(result)
    return CheckReport("", tuple(results), elsewhere)


def compare_outputs(expected: NDArray[Any], found: NDArray[Any]) -> float:
    """Gives max|a - b| / max|a|; 0 when both are equal, infinite when shape or dtype differ or a value is no number."""
    if expected.shape != found.shape or expected.dtype != found.dtype:
        return float("inf")
    a, b = expected.astype(np.float64), found.astype(np.float64)
    difference = float(np.abs(a - b).max(initial=0.0))
    if np.isnan(difference):
        return float("inf")
    largest = float(np.abs(a).max(initial=0.0))
    return difference / max(largest, float(np.finfo(np.float32).tiny))


def _pixels(bundle: Bundle, case: Case) -> NDArray[Any]:
    picture = next(iter(case.input.values()))
    return golden_pixels(picture, bundle.reader.read(picture.file))


def _case(bundle: Bundle, variant: str, case: Case, pixels: NDArray[Any], bound: float) -> CaseResult:
    artefact = f"{variant}/tflite"
    try:
        runner = bundle.runner(variant)
        return _judge(runner, artefact, case.id, case.artefacts[artefact], pixels, bound)
    except SatchelError as error:
        return CaseResult(artefact, case.id, False, False, False, float("inf"), bound, str(error))


def _judge(
    runner: Runner, artefact: str, case: str, expected: Expected, pixels: NDArray[Any], bound: float
) -> CaseResult:
    tensors = runner.pipeline.prepare(pixels)
    prepared = all(
        hashlib.sha256(tensors[name].tobytes()).hexdigest() == each.sha256 for name, each in expected.prepared.items()
    )
    outputs = runner.infer(tensors)
    largest = max(compare_outputs(each.array(), outputs[name]) for name, each in expected.outputs.items())
    found = [(each.index, each.score) for each in runner.pipeline.read(outputs).classes]
    wanted = [(each.index, each.score) for each in expected.answer.classes]
    answer = found == wanted if bound == 0 else _same_ranking(wanted, found, bound)
    return CaseResult(artefact, case, prepared, largest <= bound, answer, largest, bound)


def _same_ranking(wanted: list[tuple[int, float]], found: list[tuple[int, float]], bound: float) -> bool:
    """Says whether two rankings are one, where scores nearer than the bound may change places."""
    if len(wanted) != len(found):
        return False
    near = 2 * bound * max((abs(score) for _, score in wanted), default=0.0)
    scores = dict(wanted)
    return all(
        abs(score - expected) <= near and (index == place or abs(scores.get(index, expected) - expected) <= near)
        for (index, score), (place, expected) in zip(found, wanted, strict=True)
    )
