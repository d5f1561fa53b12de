"""Checks a bundle: every hash, and the golden inputs through every variant that runs here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from satchel.golden_cases import carried_out
from satchel.same_answer import same_answer
from satchel_metadata.artefact_tensors import check_against_tensors
from satchel_metadata.errors import SatchelError
from satchel_metadata.golden import Case, Expected, Values

if TYPE_CHECKING:
    from satchel.bundle import Bundle, Runner


@dataclass(frozen=True)
class CaseResult:
    """What one golden input gave in one artefact.

    Attributes:
        artefact: `int8/tflite`. case: the id of the golden input.
        prepared: the prepared tensors are the golden ones, to the bit.
        outputs: the outputs are within the bound; `largest` is max|a - b| / max|a| over all of them, `bound` the limit.
        answer: the expected one, as near as the bound allows (same_answer).
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
    """Gives what happens when every hash is checked and the golden inputs run through every variant that runs here.

    Raises:
        SpecError: steps or labels do not fit the tensors of an artefact, one that runs here or another.
    """
    elsewhere = tuple(name for name in bundle.manifest.artefacts() if not name.endswith("/tflite"))
    try:
        bundle.reader.verify()
        golden = bundle.reader.golden()
        things = {case.id: _thing(bundle, case) for case in golden.cases}
    except SatchelError as error:
        return CheckReport(str(error), (), elsewhere)
    for artefact in bundle.manifest.artefacts():
        check_against_tensors(bundle.spec, artefact, bundle.labels)
    results = []
    for variant in bundle.variants:
        artefact = f"{variant}/tflite"
        for case in golden.cases:
            result = _case(bundle, variant, case, things[case.id], golden.bounds[artefact])
            results.append(result)
            if progress:
                progress(result)
    return CheckReport("", tuple(results), elsewhere)


def compare_outputs(expected: Values, found: NDArray[Any], bound: float) -> float:
    """Gives max|a - b| / max|a|; 0 when both are equal, infinite when shape or dtype differ or a value is no number.

    Args:
        expected: the golden tensor. Of a large one only some values are kept, and its hash: where the bound is 0,
            another hash is an infinite difference.
        found: what the artefact gave.
        bound: 0 where it must be identical.
    """
    if expected.shape != found.shape or expected.dtype != found.dtype.name:
        return float("inf")
    kept = expected.array().astype(np.float64)
    if expected.every is None:
        return relative(kept, found.astype(np.float64))
    if bound == 0 and hashlib.sha256(np.ascontiguousarray(found).tobytes()).hexdigest() != expected.sha256:
        return float("inf")
    return relative(kept, found.reshape(-1)[:: expected.every].astype(np.float64), expected.largest or 0.0)


def relative(expected: NDArray[Any], found: NDArray[Any], largest: float = 0.0) -> float:
    """Gives max|a - b| / max|a|, or divided by `largest` where that is more; infinite when a value is no number."""
    difference = float(np.abs(expected - found).max(initial=0.0))
    if np.isnan(difference):
        return float("inf")
    return difference / max(largest, float(np.abs(expected).max(initial=0.0)), float(np.finfo(np.float32).tiny))


def _thing(bundle: Bundle, case: Case) -> Any:
    inputs = bundle.reader.golden_input(case)
    return inputs if len(inputs) > 1 else next(iter(inputs.values()))


def _case(bundle: Bundle, variant: str, case: Case, thing: Any, bound: float) -> CaseResult:
    artefact = f"{variant}/tflite"
    try:
        runner = bundle.runner(variant)
        return _judge(runner, artefact, case.id, case.artefacts[artefact], thing, bound)
    except SatchelError as error:
        return CaseResult(artefact, case.id, False, False, False, float("inf"), bound, str(error))


def _judge(runner: Runner, artefact: str, case: str, expected: Expected, thing: Any, bound: float) -> CaseResult:
    done = carried_out(runner.pipeline, runner.infer, thing)
    prepared = all(
        hashlib.sha256(done.tensors[name].tobytes()).hexdigest() == each.sha256
        for name, each in expected.prepared.items()
    )
    largest = max(compare_outputs(each, done.outputs[name], bound) for name, each in expected.outputs.items())
    wanted = expected.answer.model_dump(exclude_none=True)
    answer = same_answer(wanted, done.answer.to_json(), bound)
    return CaseResult(artefact, case, prepared, largest <= bound, answer, largest, bound)
