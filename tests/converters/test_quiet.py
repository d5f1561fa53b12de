"""TensorFlow's chatter is kept back, and told when something goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from satchel_converters.names import clean, distinct
from satchel_converters.quiet import kept_back


def test_what_a_failing_block_wrote_is_noted_on_its_error() -> None:
    def failing() -> None:
        with kept_back():
            os.write(2, b"the reason, from C++\n")
            print("and from Python")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken") as caught:
        failing()
    assert "the reason, from C++" in caught.value.__notes__[0]
    assert "and from Python" in caught.value.__notes__[0]


def test_importing_and_converting_write_nothing_but_python_still_can() -> None:
    script = (
        "import sys\nfrom satchel_converters.quiet import tensorflow\n"
        "with tensorflow() as tf:\n"
        "    tf.function(lambda x: x + 1)(tf.zeros(3))\n"
        "    print('progress', file=sys.stderr)\n"
        "print('answer')\n"
    )
    environment = {"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert (run.stdout, run.stderr) == ("answer\n", "progress\n")


@pytest.mark.parametrize(
    ("given", "expected"),
    [("image:0", "image"), ("_x", "x"), ("a b/c", "a_b_c"), ("", "input"), ("été", "t_"), ("x" * 200, "x" * 128)],
)
def test_a_name_becomes_one_that_every_format_accepts(given: str, expected: str) -> None:
    assert clean(given, "input") == expected


def test_equal_names_are_told_apart() -> None:
    assert distinct(["a", "a", "a_1", "a"], "out") == ("a", "a_1", "a_1_1", "a_2")
