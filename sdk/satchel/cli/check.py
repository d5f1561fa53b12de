"""satchel check: is the bundle whole, and does it answer here as it did where it was packed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from satchel.check import CaseResult, CheckReport

FAILED = 1
_NOT_A_BUNDLE = ("bundle/not-a-bundle", "bundle/not-found", "bundle/unreadable")


@click.command(
    epilog="""\b
Examples:
  satchel check model.satchel
  satchel check model.satchel --json

Exit codes: 0 all is well, 1 a check failed, 2 there is no bundle to check.
"""
)
@click.argument("bundle", type=click.Path())
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), help="Threads of the interpreter.")
@click.option("--digest", metavar="HEX", help="Fail unless this is the bundle's digest.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
def command(bundle: str, threads: int | None, digest: str | None, as_json: bool) -> int:
    """Prove that a bundle is whole and answers as it should here.

    Checks length and SHA-256 of every file and the form of every document, and runs the golden inputs through every
    variant that this machine can run: the prepared tensors to the bit, the outputs within their bounds, the answers.
    """
    from satchel.cli.terminal import write_json

    shown, report = _checked(bundle, threads, digest)
    if as_json:
        write_json({"bundle": bundle, "digest": shown, **report.to_json()})
    else:
        show(bundle, shown, report)
    return 0 if report.ok else FAILED


def _checked(path: str, threads: int | None, digest: str | None) -> tuple[str, CheckReport]:
    """Gives digest and report; damage that keeps the bundle from opening is a finding of the check, too."""
    from satchel.bundle import open_bundle
    from satchel.check import CheckReport
    from satchel_metadata.errors import SatchelError

    try:
        opened = open_bundle(path, digest=digest, threads=threads)
    except SatchelError as error:
        if error.code in _NOT_A_BUNDLE:
            raise
        return "", CheckReport(str(error), (), ())
    return opened.digest, opened.check()


def show(path: str, digest: str, report: CheckReport) -> None:
    """Prints a report: the files, a row a variant and golden input, and the verdict."""
    from rich.text import Text

    from satchel.cli import terminal

    out = terminal.console()
    out.print(terminal.text(path, "bold"))
    if digest:
        out.print(Text(f"digest  {digest}"))
    out.print(Text("files   "), _mark(not report.damage, "every length and SHA-256 is right", "damaged"), sep="")
    if report.cases:
        out.print(_table(report.cases))
    if report.elsewhere:
        out.print(Text(f"not run here, these need a browser: {', '.join(report.elsewhere)}", "dim"))
    for problem in dict.fromkeys((report.damage, *(case.problem for case in report.cases))):
        if problem:
            out.print(Text("error:", "bold red"), terminal.text(problem, limit=2000), soft_wrap=not out.is_terminal)
    out.print(_verdict(report))


def _table(cases: tuple[CaseResult, ...]) -> Table:
    from satchel.cli import terminal

    columns = ("variant", "golden input", "prepared", "outputs", "difference", "bound", "answer")
    made = terminal.table(*columns, right=("difference", "bound"))
    for case in cases:
        made.add_row(
            terminal.text(case.artefact.removesuffix("/tflite")),
            terminal.text(case.case),
            _mark(case.prepared, "identical", "differs"),
            _mark(case.outputs, "within" if case.bound else "identical", "differ"),
            _share(case.largest),
            _share(case.bound),
            _mark(case.answer, "same", "another"),
        )
    return made


def _share(value: float) -> str:
    return "0" if value == 0 else f"{value:.1e}"


def _mark(well: bool, yes: str, no: str) -> Text:
    from rich.text import Text

    return Text(yes, "green") if well else Text(no, "bold red")


def _verdict(report: CheckReport) -> Text:
    from rich.text import Text

    if report.ok and not report.cases:
        told = "The bundle is whole; its golden answers were not run, for none of its variants is for Python."
        return Text(told, "bold green")
    failed = sum(not case.ok for case in report.cases)
    if report.ok:
        return Text(
            f"The bundle is whole; {len(report.cases)} golden answers of {len(report.cases)} hold here.", "bold green"
        )
    if report.damage:
        return Text("The bundle is damaged.", "bold red")
    return Text(f"{failed} of {len(report.cases)} golden answers do not hold here.", "bold red")
