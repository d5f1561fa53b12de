"""satchel check: is the bundle whole, and does it answer here as it did where it was packed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

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
  satchel check --browser model.satchel
  satchel check --android model.satchel

Exit codes: 0 all is well, 1 a check failed, 2 there is no bundle to check. With --android it is also 0 where there is
no device, unless REQUIRE_DEVICE=1 is in the environment; then it is 2.
"""
)
@click.argument("bundles", metavar="BUNDLE", nargs=-1, type=click.Path(path_type=Path))
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), help="Threads of the interpreter.")
@click.option("--digest", metavar="HEX", help="Fail unless this is the bundle's digest.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
@click.option(
    "--browser",
    is_flag=True,
    help="Check in a Chromium on this machine: every variant in every runtime that it has.",
)
@click.option(
    "--android",
    is_flag=True,
    help="Check on a phone or an emulator, over adb: the golden vectors, and any number of bundles.",
)
@click.option(
    "--serial",
    metavar="SERIAL",
    envvar="ANDROID_SERIAL",
    show_envvar=True,
    help="With --android: which device, where there are several.",
)
@click.option(
    "--apk",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="With --android: the app's debug build.  [default: out/android/satchel-debug.apk]",
)
@click.option(
    "--vectors",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="With --android: the golden vectors.  [default: metadata/vectors where it is there]",
)
@click.option("--cpu-only", is_flag=True, help="With --android: leave NNAPI and the GPU out.")
@click.option(
    "--silence",
    metavar="SECONDS",
    type=click.FloatRange(1),
    help="With --android: give up after so long without a case.  [default: 300]",
)
@click.option(
    "--report", metavar="FILE", type=click.Path(path_type=Path), help="With --android or --browser: keep the report."
)
@click.pass_context
def command(
    ctx: click.Context, /, bundles: tuple[Path, ...], as_json: bool, browser: bool, android: bool, **options: Any
) -> int:
    """Prove that a bundle is whole and answers as it should here.

    Checks length and SHA-256 of every file and the form of every document, and runs the golden inputs through every
    variant that this machine can run: the prepared tensors to the bit, the outputs within their bounds, the answers.

    With --android the app does that on a device, by each number of threads and each delegate that is there, and runs
    the golden vectors of the contract. What that puts on the device is removed.

    With --browser the check page does it without a window, every golden input at least twice in each runtime.
    """
    if browser:
        return _in_browser(ctx, bundles, options["report"], as_json, android)
    _refuse_others(ctx, ("threads", "digest") if android else _ANDROID)
    if android:
        return _on_android(bundles, options, as_json)
    if len(bundles) != 1:
        raise click.UsageError("Missing argument 'BUNDLE'." if not bundles else "Only --android takes several bundles.")
    return _here(str(bundles[0]), options["threads"], options["digest"], as_json)


_ANDROID = ("serial", "apk", "vectors", "cpu_only", "silence", "report")


def _refuse_others(ctx: click.Context, names: tuple[str, ...], kind: str = "--android") -> None:
    """Refuses options on the command line that belong to the other kind of check."""
    for option in ctx.command.params:
        given = ctx.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
        if option.name in names and given:
            how = "does not go with" if "threads" in names else "only goes with"
            raise click.UsageError(f"{option.opts[0]} {how} {kind}.")


def _on_android(bundles: tuple[Path, ...], options: dict[str, Any], as_json: bool) -> int:
    from satchel.cli import check_android
    from satchel.device.check import SILENCE

    vectors = options["vectors"] or (check_android.VECTORS if check_android.VECTORS.is_dir() else None)
    asked = check_android.Asked(
        bundles,
        options["serial"] or None,
        options["apk"] or check_android.APK,
        vectors,
        options["cpu_only"],
        options["silence"] or SILENCE,
        options["report"],
    )
    return check_android.check(asked, as_json)


def _in_browser(
    ctx: click.Context, bundles: tuple[Path, ...], report: Path | None, as_json: bool, android: bool
) -> int:
    from satchel.cli import check_browser

    if android:
        raise click.UsageError("--browser does not go with --android.")
    _refuse_others(ctx, ("threads", "digest"), "--browser")
    _refuse_others(ctx, tuple(name for name in _ANDROID if name != "report"))
    if len(bundles) != 1:
        raise click.UsageError("Missing argument 'BUNDLE'." if not bundles else "Only --android takes several bundles.")
    return check_browser.check(bundles[0], report, as_json)


def _here(bundle: str, threads: int | None, digest: str | None, as_json: bool) -> int:
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
