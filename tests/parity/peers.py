"""Long-lived processes that run cases in other languages, each at the other end of a pipe."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[2]
KOTLIN = ROOT / "android_demo" / "satchel" / "target"


class Peer:
    """A program that answers a line of JSON with a line of JSON; use it in a `with`.

    Args:
        name: the language, for messages.
        command: starts it.
    """

    def __init__(self, name: str, command: Sequence[str | Path]) -> None:
        self.name, self._command = name, command

    def __enter__(self) -> Peer:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin
        assert self._process.stdout
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()

    def ask(self, op: str, packed_case: dict[str, Any]) -> None:
        """Hands a case over; `answer` waits for what becomes of it."""
        assert self._process.stdin
        with suppress(BrokenPipeError):  # of one that ended, answer tells
            self._process.stdin.write(json.dumps({"op": op, "input": packed_case}) + "\n")
            self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Gives {"found": value}, or {"code", "where"} of a refusal, or {"crashed": stack}."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        return dict(json.loads(line)) if line else {"crashed": f"{self.name} ended"}


def node() -> Peer:
    """Gives the library in JavaScript, in Node."""
    return Peer("JavaScript", [_program("node"), Path(__file__).with_name("peer.js")])


def kotlin() -> Peer:
    """Gives the library in Kotlin, as the tests of `android_demo/satchel` built it, on a JVM."""
    jars = KOTLIN / "test-classpath"
    assert jars.is_file(), "The Kotlin library is not built: make kotlin"
    path = os.pathsep.join([str(KOTLIN / "classes"), str(KOTLIN / "test-classes"), jars.read_text().strip()])
    vectors = f"-Dsatchel.vectors={ROOT / 'metadata' / 'vectors'}"
    return Peer("Kotlin", [_program("java"), "-XX:+UseSerialGC", vectors, "-cp", path, "dev.satchel.peer.PeerKt"])


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is not installed"
    return found
