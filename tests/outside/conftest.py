"""Fixtures for programs that know nothing of Satchel."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

import pytest

from outside.clients import ALONE, CLIENTS, Client, make


@pytest.fixture(scope="session", params=sorted(CLIENTS))
def client(request: pytest.FixtureRequest) -> Client:
    """Each client, its environment made when it is not there yet."""
    found = CLIENTS[request.param]
    if shutil.which("unshare") is None or subprocess.run([*ALONE, "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine gives no network namespace (unshare --map-root-user --net), and clients run in none")
    if not found.python.exists():
        make(found)
    return found


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints for the reader of the test run, captured or not."""

    def line(text: str) -> None:
        with capsys.disabled():
            print(text)

    return line
