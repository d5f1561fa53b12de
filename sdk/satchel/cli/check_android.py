"""satchel check --android: the golden vectors and bundles on a phone or an emulator."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from satchel.device.adb import Device
    from satchel.device.report import DeviceReport

FAILED = 1
SHOWN = 20
"""How many failing cases are shown; the report holds all."""

APK = Path("out/android/satchel-debug.apk")
VECTORS = Path("metadata/vectors")
"""Where they lie in a checkout of Satchel."""


@dataclass(frozen=True)
class Asked:
    """What is to be checked on which device, as the options say it.

    Attributes:
        bundles: folders or .satchel files; none checks the vectors alone.
        serial: of the device; None takes the only one.
        apk: the app's debug build.
        vectors: the folder of the golden vectors; None leaves them out.
        cpu_only: leaves NNAPI and the GPU out.
        silence: seconds without a word of a case after which the run is given up.
        report: where the device's report is kept; None drops it.
    """

    bundles: tuple[Path, ...]
    serial: str | None
    apk: Path
    vectors: Path | None
    cpu_only: bool
    silence: float
    report: Path | None


def check(asked: Asked, as_json: bool) -> int:
    """Checks on the device and shows what it found; gives the exit code.

    Raises:
        EnvironmentProblem: env/no-device, where REQUIRE_DEVICE=1 says that there must be one; and what check_on_device
            raises.
    """
    from satchel.cli.terminal import write_json
    from satchel.device import adb

    program = adb.program()
    device = adb.choose(adb.devices(program), asked.serial) if program else None
    if program is None or device is None:
        return _without_device("adb lists none" if program else "adb is not on the path", program, as_json)
    if asked.vectors is None and not asked.bundles:
        _nothing_asked()
    report = _checked(adb.Adb(program, device.serial), asked)
    if as_json:
        write_json(report.to_json())
    else:
        show(report, device)
    return 0 if report.ok else FAILED


def _without_device(why: str, program: str | None, as_json: bool) -> int:
    from satchel.cli.terminal import console, write_json
    from satchel.device.adb import CONNECT
    from satchel_metadata.errors import EnvironmentProblem

    if os.environ.get("REQUIRE_DEVICE", "0") not in ("", "0"):
        hint = CONNECT if program else "Install adb: `apt-get install adb`."
        raise EnvironmentProblem("env/no-device", f"expected an Android device, found none: {why}", hint=hint)
    if as_json:
        write_json({"ok": None, "skipped": f"no device: {why}"})
    else:
        from rich.text import Text

        told = f"no device: skipped ({why}). Nothing was checked on Android; REQUIRE_DEVICE=1 makes that an error."
        console().print(Text(told, "bold yellow"), soft_wrap=True)
    return 0


def _nothing_asked() -> None:
    from satchel_metadata.errors import InputError

    raise InputError(
        "input/not-found",
        "there is nothing to check: no bundle, and no golden vectors",
        where=str(VECTORS),
        hint="Name bundles, or say where the vectors are: --vectors FOLDER.",
    )


def _checked(adb: Any, asked: Asked) -> DeviceReport:
    from satchel.device.check import check_on_device
    from satchel.progress import progress_bar

    with progress_bar(f"checking on {adb.serial}") as progress:
        report, raw = check_on_device(
            adb,
            asked.apk,
            asked.bundles,
            asked.vectors,
            progress,
            cpu_only=asked.cpu_only,
            silence=asked.silence,
        )
    if asked.report is not None:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_bytes(raw)
    return report


def show(report: DeviceReport, device: Device) -> None:
    """Prints a report: the device, the vectors, a row a variant and what carried it out, what failed, the verdict."""
    from rich.text import Text

    from satchel.cli import terminal

    out = terminal.console()
    _show_device(out, device, report.totals or {})
    _show_vectors(out, [case for case in report.cases if case["kind"] == "vector"])
    golden = [case for case in report.cases if case["kind"] == "golden"]
    if golden:
        out.print(_golden_table(golden))
    for case in report.failures[:SHOWN]:
        told = f"{_place(case)}: {case.get('detail')}"
        out.print(Text("error:", "bold red"), terminal.text(told, limit=2000), soft_wrap=not out.is_terminal)
    if len(report.failures) > SHOWN:
        out.print(Text(f"and {len(report.failures) - SHOWN} more; --report FILE keeps them all", "dim"))
    out.print(_verdict(report))


def _show_device(out: Console, device: Device, totals: Mapping[str, Any]) -> None:
    from satchel.cli import terminal

    about, system = totals.get("device", {}), totals.get("system", {})
    out.print(terminal.text(f"{about.get('name', 'a device')}, serial {device.serial}", "bold"))
    if totals:
        facts = {
            "processor": str(about.get("abi")),
            "system": f"Android {system.get('android')}, API {system.get('api')}",
            "runtime": ", ".join(map(str, totals.get("runtimes", ()))) or "no model was opened",
            "app": str(totals.get("app")),
        }
        out.print(terminal.facts(facts))


def _show_vectors(out: Console, cases: Sequence[Mapping[str, Any]]) -> None:
    from satchel.cli import terminal

    if not cases:
        out.print(terminal.text("the golden vectors were not asked for", "yellow"))
        return
    counts = ", ".join(f"{sum(case['result'] == each for case in cases)} {each}" for each in ("pass", "fail"))
    out.print(terminal.text(f"golden vectors: {counts}"))
    for why in dict.fromkeys(
        f"{case['op']} not run: {case['detail']}" for case in cases if case["result"] == "not run"
    ):
        out.print(terminal.text(why, "yellow"))


def _golden_table(cases: Sequence[Mapping[str, Any]]) -> Table:
    from rich.text import Text

    from satchel import units
    from satchel.cli import terminal

    columns = ("bundle", "variant", "carried out by", "golden inputs", "result", "difference", "ms a run")
    made = terminal.table(*columns, right=columns[-2:])
    rows: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for case in cases:
        key = (str(case["bundle"]), str(case.get("artefact", "")).removesuffix("/tflite"), _candidate(case))
        rows.setdefault(key, []).append(case)
    for key, row in rows.items():
        result = next((each for each in ("fail", "not run") if any(case["result"] == each for case in row)), "pass")
        style = {"pass": "green", "fail": "bold red", "not run": "yellow"}[result]
        told = f"not run: {row[0]['detail']}" if result == "not run" else result
        named = [case for case in row if "case" in case]
        held = f"{sum(case['result'] == 'pass' for case in named)} of {len(named)} hold" if named else ""
        largest = max((each for case in named if (each := case.get("largest")) is not None), default=None)
        difference = "" if largest is None else "0" if largest == 0 else f"{largest:.1e}"
        took = row[0].get("milliseconds")
        time = "" if took is None else units.thousandths(took / 1000)
        made.add_row(*(terminal.text(each) for each in key), held, Text(told, style), difference, time)
    return made


def _candidate(case: Mapping[str, Any]) -> str:
    if "delegate" not in case:
        return ""
    threads = case.get("threads", 0)
    return f"{case['delegate']}, {threads} {'thread' if threads == 1 else 'threads'}" if threads else case["delegate"]


def _place(case: Mapping[str, Any]) -> str:
    if case["kind"] == "vector":
        return f"{case['op']}/{case.get('file')} {case.get('case')}"
    parts = (case["bundle"], case.get("artefact"), _candidate(case), case.get("case"))
    return " ".join(str(each) for each in parts if each)


def _verdict(report: DeviceReport) -> Any:
    from rich.text import Text

    from satchel.cli import terminal

    ran = sum(case["result"] != "not run" for case in report.cases)
    if report.ok:
        return Text(f"All {ran} cases that ran on this device are as they should be.", "bold green")
    if report.problem:
        return terminal.text(f"The check did not come to its end: {report.problem}.", "bold red", 2000)
    return Text(f"{len(report.failures)} of {ran} cases are not as they should be on this device.", "bold red")
