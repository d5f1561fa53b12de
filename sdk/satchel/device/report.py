"""What a check on a device found: a line of JSON a case, and a last one of totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from satchel.device.instrumentation import parsed

PASS, FAIL, NOT_RUN = "pass", "fail", "not run"


@dataclass(frozen=True)
class Expected:
    """What must be in a report.

    Attributes:
        vectors: op, file and id of every case of the golden vectors; empty where none are asked for.
        golden: name of a bundle, artefact and id of every golden input.
    """

    vectors: frozenset[tuple[str, str, str]] = frozenset()
    golden: frozenset[tuple[str, str, str]] = frozenset()


@dataclass(frozen=True)
class DeviceReport:
    """What a check on a device found.

    Attributes:
        serial: the device's serial number.
        cases: the lines of the report but the last: `kind` (`vector` or `golden`), what the case is, `result` (`pass`,
            `fail` or `not run`) and `detail`.
        totals: the last line: counts, device, system, runtime; None where the report ends before it.
        problem: why the run itself cannot be trusted: it stopped, or cases are missing; empty when it can.
    """

    serial: str
    cases: tuple[Mapping[str, Any], ...]
    totals: Mapping[str, Any] | None
    problem: str = ""

    @property
    def failures(self) -> list[Mapping[str, Any]]:
        """The cases that are not as they should be."""
        return [case for case in self.cases if case.get("result") not in (PASS, NOT_RUN)]

    @property
    def ok(self) -> bool:
        """Says whether all that ran is as it should be, and all that had to run did."""
        return not self.problem and not self.failures and bool(self.totals) and self.totals["result"] == PASS  # type: ignore[index]

    def to_json(self) -> dict[str, Any]:
        """Gives the report as JSON values."""
        return {
            "ok": self.ok,
            "serial": self.serial,
            "problem": self.problem,
            "totals": self.totals,
            "cases": list(self.cases),
        }


def read_report(serial: str, raw: bytes, stopped: str, expected: Expected) -> DeviceReport:
    """Gives the report that a device has written.

    Args:
        serial: the device.
        raw: the bytes of its report; a line that was cut counts as none.
        stopped: why the run ended early; empty when it came to its end.
        expected: what must be in it; what is not run on the CPU counts as missing.
    """
    lines = [each for each in map(parsed, raw.decode("utf-8", "replace").split("\n")) if each is not None]
    cases = tuple(each for each in lines if each.get("kind") in ("vector", "golden"))
    totals = next((each for each in lines if each.get("kind") == "totals"), None)
    problem = stopped and f"the app stopped after {len(cases)} cases: {stopped}"
    if not problem and totals is None:
        problem = f"the report ends after {len(cases)} cases, without its totals"
    return DeviceReport(serial, cases, totals, problem or _missing(cases, expected))


def _missing(cases: Iterable[Mapping[str, Any]], expected: Expected) -> str:
    vectors, golden = set(expected.vectors), set(expected.golden)
    for case in cases:
        if case["kind"] == "vector":
            whole_op = case["result"] == NOT_RUN and "case" not in case
            done = {each for each in vectors if each[0] == case["op"]} if whole_op else {_vector(case)}
            vectors -= done
        elif case["result"] == FAIL and "case" not in case:  # the failure stands for all of its cases
            golden = {each for each in golden if not _same(each, case)}
        elif case.get("delegate") == "CPU" and case["result"] != NOT_RUN:
            golden.discard((case["bundle"], case["artefact"], case["case"]))
    left = sorted(vectors) or sorted(golden)
    return f"{len(vectors) + len(golden)} cases are not in the report, the first is {' '.join(left[0])}" if left else ""


def _vector(case: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return case["op"], case.get("file"), case.get("case")


def _same(each: tuple[str, str, str], case: Mapping[str, Any]) -> bool:
    return each[0] == case["bundle"] and case.get("artefact") in (None, each[1])
