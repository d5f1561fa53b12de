"""Bundles asked from several threads, in forked processes and until the interpreter ends."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

import photos as real
import satchel

NAMES = ("chelsea", "coffee", "rocket", "astronaut")
ASKED = """
import os, sys
import satchel
from satchel_metadata.ops import bands

bands.processors = lambda: 2
bundle = satchel.open(sys.argv[1], variant="int8", threads=2)
first = bundle.run(sys.argv[2])
"""


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", ASKED + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_two_bundles_asked_from_two_threads_each_give_their_own_answers(
    packed: satchel.Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("satchel_metadata.ops.bands.processors", lambda: 2)
    bundles = [satchel.open(packed.path, variant=variant, threads=2) for variant in ("float32", "int8")]
    asked = [(bundle, real.path(name)) for name in NAMES for bundle in bundles] * 6
    alone = [bundle.run(photo).classes for bundle, photo in asked]
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda each: each[0].run(each[1]).classes, asked))
    assert together == alone


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_answers_as_its_parent_and_both_end(packed: satchel.Bundle) -> None:
    done = run(
        """
child = os.fork()
if child == 0:
    again = satchel.open(sys.argv[1], variant="int8", threads=2).run(sys.argv[2])
    sys.exit(0 if bundle.run(sys.argv[2]).classes == again.classes == first.classes else 3)
_, status = os.waitpid(child, 0)
print(status, bundle.run(sys.argv[2]).classes == first.classes)
""",
        packed.path,
        real.path("chelsea"),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 True\n", "")


@pytest.mark.parametrize("photo", ["chelsea", "rocket"])
def test_an_answer_is_given_to_the_last_and_the_interpreter_ends_cleanly(packed: satchel.Bundle, photo: str) -> None:
    code = """
import atexit
atexit.register(lambda: print(bundle.run(sys.argv[2]).classes == first.classes))
"""
    done = run(code, packed.path, real.path(photo))
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")
