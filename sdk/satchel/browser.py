"""A Chromium without a window, spoken to over two pipes: no package and no port is needed."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from satchel_metadata.errors import EnvironmentProblem

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
"""The programs that are looked for, best first; CHROME in the environment goes before them."""


def program() -> str:
    """Gives the path of a Chromium.

    Raises:
        EnvironmentProblem: env/no-browser.
    """
    asked = os.environ.get("CHROME", "")
    found = shutil.which(asked) if asked else next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    raise EnvironmentProblem(
        "env/no-browser",
        f"expected a Chromium, found {'no ' + asked if asked else 'none of ' + ', '.join(NAMES)}",
        hint="Install one (Debian: `apt-get install chromium`), or name yours: CHROME=/path/to/chrome.",
    )


_PLACED = """import fcntl, os, sys
ends = [fcntl.fcntl(int(each), fcntl.F_DUPFD, 5) for each in sys.argv[1:3]]
os.dup2(ends[0], 3)
os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""The browser reads from its descriptor 3 and writes to 4, whatever they are called here."""


class Chromium:
    """A Chromium with a profile of its own, which goes with it. As a context manager it ends with the block.

    Args:
        path: the program.
        flags: more of its options.
    """

    def __init__(self, path: str, flags: tuple[str, ...] = ()) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="satchel-chromium-", ignore_cleanup_errors=True)
        (its_in, self._out), (self._in, its_out) = os.pipe(), os.pipe()
        sandbox = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
        options = (
            "--headless=new",
            "--remote-debugging-pipe",
            f"--user-data-dir={self._profile.name}",
            *sandbox,
            *flags,
        )
        told = [sys.executable, "-c", _PLACED, str(its_in), str(its_out), path, *options, "about:blank"]
        nowhere = subprocess.DEVNULL
        self._process = subprocess.Popen(told, pass_fds=(its_in, its_out), stdout=nowhere, stderr=nowhere)
        for each in (its_in, its_out):
            os.close(each)
        self._came, self._asked = b"", 0

    def __enter__(self) -> Chromium:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in (self._out, self._in):
            os.close(each)
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._profile.cleanup()

    def evaluate(self, url: str, expression: str, seconds: float) -> Any:
        """Gives what an expression of JavaScript comes to on a page, promises awaited, as JSON says it.

        Raises:
            EnvironmentProblem: env/browser, where the page, the browser or the time ends before.
        """
        end = time.monotonic() + seconds
        target = self._call("Target.createTarget", {"url": url}, end)["targetId"]
        session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True}, end)["sessionId"]
        while not self._arrived(session, end):
            time.sleep(0.05)
        return self._value(session, expression, end)

    def _arrived(self, session: str, end: float) -> bool:
        """Whether the page is there; on the way from one document to the next there is none to ask."""
        asked = {"expression": "location.href !== 'about:blank' && document.readyState", "returnByValue": True}
        try:
            return bool(self._call("Runtime.evaluate", asked, end, session)["result"].get("value") == "complete")
        except EnvironmentProblem as error:
            if "context" in error.message:
                return False
            raise

    def _value(self, session: str, expression: str, end: float) -> Any:
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        given = self._call("Runtime.evaluate", asked, end, session)
        if "exceptionDetails" in given:
            thrown = given["exceptionDetails"].get("exception", {})
            raise _problem(str(thrown.get("description", given["exceptionDetails"].get("text"))).split("\n")[0])
        return given["result"].get("value")

    def _call(self, method: str, params: dict[str, Any], end: float, session: str | None = None) -> dict[str, Any]:
        self._asked += 1
        message = {"id": self._asked, "method": method, "params": params}
        told = message if session is None else {**message, "sessionId": session}
        try:
            os.write(self._out, json.dumps(told).encode() + b"\0")
            while (reply := self._message(end)).get("id") != self._asked:
                pass
        except OSError as error:
            raise _problem(f"it ended ({error})") from None
        if "error" in reply:
            raise _problem(str(reply["error"].get("message")))
        result: dict[str, Any] = reply["result"]
        return result

    def _message(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._came:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._in], [], [], left)[0]:
                raise _problem("it took too long")
            part = os.read(self._in, 1 << 16)
            if not part:
                raise _problem("it ended")
            self._came += part
        message, _, self._came = self._came.partition(b"\0")
        decoded: dict[str, Any] = json.loads(message)
        return decoded


def _problem(why: str) -> EnvironmentProblem:
    hint = f"Try `{Path(program()).name} --headless --version`, or another browser: CHROME=/path/to/chrome."
    return EnvironmentProblem("env/browser", f"the browser did not do what it was asked: {why}", hint=hint)
