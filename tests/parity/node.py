"""A long-lived Node process that runs cases in JavaScript."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

PEER = Path(__file__).with_name("peer.js")


class Node:
    """Node on the other end of a pipe; use it in a `with`."""

    def __enter__(self) -> Node:
        node = shutil.which("node")
        assert node, "Node.js is not installed"
        self._process = subprocess.Popen([node, str(PEER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()

    def run(self, op: str, packed_case: dict[str, Any]) -> dict[str, Any]:
        """Gives {"found": value}, or {"code", "where"} of a refusal, or {"crashed": stack}."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"op": op, "input": packed_case}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        return dict(json.loads(line)) if line else {"crashed": "Node ended"}
