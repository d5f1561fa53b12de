"""What `am instrument -r -w` writes, read line by line.

    INSTRUMENTATION_STATUS: case={"kind": "vector", ...}
    INSTRUMENTATION_STATUS_CODE: 0
    ...
    INSTRUMENTATION_RESULT: shortMsg=Process crashed.
    INSTRUMENTATION_CODE: 0

A value goes on in the lines behind it until the next INSTRUMENTATION_.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

OK = -1
"""The code of an instrumentation that went well: Activity.RESULT_OK."""

_HEAD = "INSTRUMENTATION_"


@dataclass
class Ended:
    """How an instrumentation ended.

    Attributes:
        code: what it gave; None when it did not come to its end.
        values: what it, or the system in its place, said at the end: `error`, `shortMsg`, `longMsg`, `Error`.
        others: lines that are no part of the protocol, such as adb's own complaints.
    """

    code: int | None = None
    values: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    @property
    def problem(self) -> str:
        """Says why it did not end as it should; empty when it did, whatever it found."""
        for key in ("error", "longMsg", "shortMsg", "Error"):
            if self.values.get(key):
                return " ".join(self.values[key].split())
        if self.code is not None:
            return ""
        return self.others[-1] if self.others else "it ended without a word"


def read(lines: Iterable[str], on_case: Callable[[dict[str, Any]], None]) -> Ended:
    """Gives how an instrumentation ended, after it has told of each case.

    Args:
        lines: of `am instrument -r -w`, as they come.
        on_case: is given what each status says under `case`.
    """
    ended = Ended()
    status: dict[str, str] = {}
    into: dict[str, str] | None = None
    key = ""
    for line in lines:
        name, colon, value = line.partition(": ")
        if not line.startswith(_HEAD):
            if into is not None and key:
                into[key] += f"\n{line}"
            elif line.strip():
                ended.others.append(line.strip())
            continue
        into = None
        if name == "INSTRUMENTATION_STATUS_CODE":
            _tell(status, ended, on_case)
            status = {}
        elif name == "INSTRUMENTATION_CODE":
            ended.code = int(value)
        elif name in ("INSTRUMENTATION_STATUS", "INSTRUMENTATION_RESULT"):
            into = status if name == "INSTRUMENTATION_STATUS" else ended.values
            key, _, first = value.partition("=")
            into[key] = first
        else:  # INSTRUMENTATION_FAILED and INSTRUMENTATION_ABORTED
            ended.others.append(value if colon else line)
    if into is status and status.get(key, "").count("\n"):
        ended.others.append(status[key].rpartition("\n")[2])  # what adb said when the device went
    return ended


def _tell(status: dict[str, str], ended: Ended, on_case: Callable[[dict[str, Any]], None]) -> None:
    if "Error" in status:
        ended.values["Error"] = status["Error"]
    if "case" not in status:
        return
    case = parsed(status["case"])
    if case is not None:
        on_case(case)


def parsed(line: str) -> dict[str, Any] | None:
    """Gives the object of a line of JSON; None where the line is cut or is none."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
