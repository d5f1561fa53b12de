"""A diagnosis as JUnit XML, which every build server shows: a test case for each variant's stage and each runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from satchel.diagnosis.diagnose import Diagnosis


def junit(found: Diagnosis, broken: tuple[str, ...] = ()) -> str:
    """Gives the XML; a stage at fault is a failure, and so is each gate that is broken.

    Args:
        found: the diagnosis.
        broken: what broke the gates.
    """
    suite = ElementTree.Element("testsuite", name=f"satchel diagnose {found.digest[:12]}")
    failed = 0
    for variant, split in found.splits.items():
        for stage, boundary in split.boundaries.items():
            told = [
                each.sentence for each in found.causes if each.stage == stage and _about(each.sentence, variant, found)
            ]
            failed += bool(told)
            text = f"{boundary.changed} of {boundary.samples} answers changed by this stage alone"
            _case(suite, variant, stage, told, text)
    for cell in found.runtimes:
        told = [] if cell.ok else [cell.problem or f"off by {cell.largest:.1e}, steady: {cell.steady}"]
        failed += bool(told)
        _case(suite, cell.variant, f"runtime: {cell.way}", told, f"largest difference {cell.largest:.1e}")
    reading = [each.sentence for each in found.causes if each.stage == "reading"]
    failed += bool(reading) + len(broken)
    _case(suite, "bundle", "reading", reading, "")
    for line in broken:
        _case(suite, "gate", line, [line], "")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(failed))
    ElementTree.indent(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suite, encoding="unicode") + "\n"


def _about(sentence: str, variant: str, found: Diagnosis) -> bool:
    """Says whether a cause is of this variant: where it names none, it is of all."""
    named = [each for each in found.splits if sentence.startswith(f"{each} ")]
    return not named or variant in named


def _case(suite: ElementTree.Element, group: str, name: str, failures: list[str], text: str) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=group, name=name)
    for each in failures:
        ElementTree.SubElement(case, "failure", message=each)
    if text:
        ElementTree.SubElement(case, "system-out").text = text
