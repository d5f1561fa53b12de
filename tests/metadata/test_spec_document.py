"""SPEC.md lists every error code and every op, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from satchel_metadata.steps import InputStep, OutputStep, ResizeMethod

ROOT = Path(__file__).parents[2]
ROOMS = ("metadata/satchel_metadata", "converters/satchel_converters", "sdk/satchel", "web_demo/server/satchel_server")
PAGES = ("web_demo/lib", "web_demo/pages")
CODE = r"(?:spec|input|model|bundle|env)/[a-z0-9-]+"
SPEC = (ROOT / "metadata" / "SPEC.md").read_text(encoding="utf-8")


def raised() -> set[str]:
    sources = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    sources += [path for room in PAGES for path in (ROOT / room).rglob("*.js")]
    return {code for path in sources for code in re.findall(rf"[\"'`]({CODE})[\"'`]", path.read_text(encoding="utf-8"))}


def test_the_table_of_error_codes_is_that_of_the_code() -> None:
    listed = re.findall(rf"^\| `({CODE})` \|", SPEC, re.MULTILINE)
    assert (set(listed) - raised(), raised() - set(listed)) == (set(), set())
    assert len(listed) == len(set(listed))


def test_every_code_in_the_prose_is_in_the_table() -> None:
    prose, table = SPEC.split("## 9.")
    assert set(re.findall(rf"`({CODE})`", prose)) <= set(re.findall(rf"`({CODE})`", table))


def test_every_op_and_every_method_is_described() -> None:
    ops = {
        step.model_fields["op"].default for union in (InputStep, OutputStep) for step in get_args(get_args(union)[0])
    }
    assert {op for op in ops if f"\n| `{op}` | " not in SPEC} == set()
    methods = {method for method in get_args(ResizeMethod) if f"`{method}`" not in SPEC}
    assert methods == set()
