"""satchel check --browser: every variant in every runtime of a browser on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

FAILED = 1
SECONDS = 600.0
"""How long all candidates may take."""

_STYLES = {"right": "green", "right once": "bold red", "wrong": "bold red", "failed": "yellow", "absent": "dim"}
_TEXTS = {"right once": "right only in some runs", "failed": "does not run", "absent": "not here"}


def check(bundle: Path, kept: Path | None, as_json: bool) -> int:
    """Checks in a browser and shows what it found; gives the exit code.

    Args:
        bundle: a folder or a .satchel file.
        kept: where the report is written, too; None drops it.
        as_json: the report instead of a table.

    Raises:
        EnvironmentProblem: env/no-browser, env/browser, and what serving raises.
    """
    from satchel.cli.terminal import write_json

    report = _checked(bundle)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if as_json:
        write_json(report)
    else:
        show(bundle, report)
    return 0 if report["ok"] else FAILED


def _checked(bundle: Path) -> dict[str, Any]:
    from satchel.browser import Chromium, program

    path = program()
    import satchel_server

    with satchel_server.listen([bundle], port=0) as listening, Chromium(path) as chromium:
        (entry,) = chromium.evaluate(f"{listening.url}/phone", "fetch('/bundles').then((r) => r.json())", 30)
        asked = "import('/pages/check.js').then(({ found }) => found)"
        report: dict[str, Any] = chromium.evaluate(f"{listening.url}/check/{entry['id']}", asked, SECONDS)
        return report


def show(bundle: Path, report: Mapping[str, Any]) -> None:
    """Prints a report: the browser, a row a variant and runtime, the verdict."""
    from rich.text import Text

    from satchel.cli import terminal

    out = terminal.console()
    out.print(terminal.text(str(bundle), "bold"))
    out.print(Text(f"digest  {report['bundle']['digest']}"))
    out.print(terminal.text(f"browser {report['browser']['agent']}", limit=400))
    out.print(_table(report["cells"]))
    for cell in report["cells"]:
        if cell["detail"] and cell["verdict"] != "absent":
            told = f"{cell['artefact']} on {cell['runtime']} {cell['backend']}: {cell['detail']}"
            out.print(terminal.text(told, limit=2000), soft_wrap=not out.is_terminal)
    out.print(terminal.text(report["verdict"], "bold green" if report["ok"] else "bold red"))


def _table(cells: list[Mapping[str, Any]]) -> Table:
    from rich.text import Text

    from satchel.cli import terminal

    columns = ("variant", "runtime", "threads", "verdict", "difference", "ms")
    made = terminal.table(*columns, right=("threads", *columns[-2:]))
    for cell in cells:
        verdict = cell["verdict"]
        off = [case["output"]["largest"] for case in cell["cases"]]
        made.add_row(
            terminal.text(cell["artefact"]),
            terminal.text(f"{cell['runtime']} {cell['backend']}"),
            str(cell["threads"]),
            Text(_TEXTS.get(verdict, verdict), _STYLES[verdict]),
            _difference(off),
            "" if cell["milliseconds"] is None else f"{cell['milliseconds']:.1f}",
        )
    return made


def _difference(found: list[float | None]) -> str:
    """JSON has no infinity: what is as wrong as can be comes as null."""
    if not found:
        return ""
    if None in found:
        return "∞"
    largest = max(each for each in found if each is not None)
    return "0" if largest == 0 else f"{largest:.1e}"
