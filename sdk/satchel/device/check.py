"""Carries the app, the golden vectors and bundles to a device, has it check them, and brings the report back."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from satchel.device.adb import LONG, Adb, Silence
from satchel.device.instrumentation import OK, read
from satchel.device.report import DeviceReport, Expected, read_report
from satchel.progress import Progress
from satchel_metadata.errors import EnvironmentProblem, InputError

APP = "dev.satchel.app"
INSTRUMENTATION = f"{APP}/{APP}.device.CheckInstrumentation"

SILENCE = 300.0
"""Seconds without a word of a case after which a run is given up: a slow phone takes a few for the slowest model."""

PLACE = "satchel-check"
_STAGED = f"/data/local/tmp/{PLACE}"
_KEPT = f"files/{PLACE}"
_STAGES = ("install the app", "copy the vectors and bundles", "run", "bring the report")
_FAILED = 0


def check_on_device(
    adb: Adb,
    apk: Path,
    bundles: Sequence[Path],
    vectors: Path | None,
    progress: Progress,
    *,
    cpu_only: bool = False,
    silence: float = SILENCE,
) -> tuple[DeviceReport, bytes]:
    """Gives what the app finds on a device, and the report as it wrote it.

    What this puts on the device is removed; the app too, where it was not there before.

    Args:
        adb: the device.
        apk: the app's debug build.
        bundles: folders or .satchel files.
        vectors: the folder of the golden vectors; None leaves them out.
        progress: is told of stages and cases.
        cpu_only: leaves NNAPI and the GPU out.
        silence: seconds without a word of a case after which the run is given up.

    Raises:
        EnvironmentProblem: env/no-app, env/install-refused, env/device.
        InputError: input/not-found, there are no vectors in that folder.
        BundleError: a bundle that does not open.
    """
    if not apk.is_file():
        raise EnvironmentProblem(
            "env/no-app",
            "there is no app to install",
            where=str(apk),
            hint="Build it with `make android`, or say --apk.",
        )
    named = _named(bundles)
    expected = Expected(_vectors_of(vectors), _golden_of(named))
    was_there = adb.installed(APP)
    try:
        progress(0, len(_STAGES), _STAGES[0])
        adb.install(apk, APP)
        progress(1, len(_STAGES), _STAGES[1])
        _copy(adb, named, vectors)
        progress(2, len(_STAGES), _STAGES[2])
        stopped = _run(adb, _arguments(named, vectors, cpu_only), silence, _Told(progress, len(expected.vectors)))
        progress(3, len(_STAGES), _STAGES[3])
        raw = adb.read("run-as", APP, "cat", f"{_KEPT}/report.jsonl")
    finally:
        _clean(adb, was_there)
    return read_report(adb.serial, raw, stopped, expected), raw


def _named(bundles: Sequence[Path]) -> dict[str, Path]:
    """Gives bundles by names that mean nothing to a shell, no two the same."""
    named: dict[str, Path] = {}
    for path in bundles:
        stem = re.sub(r"[^A-Za-z0-9._-]", "_", path.name.removesuffix(".satchel")).lstrip(".-") or "bundle"
        same = sum(re.fullmatch(rf"{re.escape(stem)}(_\d+)?", each) is not None for each in named)
        named[f"{stem}_{same + 1}" if same else stem] = path
    return named


def _vectors_of(folder: Path | None) -> frozenset[tuple[str, str, str]]:
    if folder is None:
        return frozenset()
    found = frozenset(
        (path.parent.name, path.name, case["id"])
        for path in folder.glob("*/*.json")
        for case in json.loads(path.read_bytes())["cases"]
    )
    if not found:
        raise InputError(
            "input/not-found",
            "there are no golden vectors",
            where=str(folder),
            hint="Name the folder metadata/vectors.",
        )
    return found


def _golden_of(named: Mapping[str, Path]) -> frozenset[tuple[str, str, str]]:
    from satchel_metadata.bundle import BundleReader

    found: set[tuple[str, str, str]] = set()
    for name, path in named.items():
        reader = BundleReader.open(path)
        for artefact, record in reader.manifest.artefacts().items():
            if "tflite-android" in record.runtimes:
                found |= {(name, artefact, case.id) for case in reader.golden().cases}
    return frozenset(found)


def _copy(adb: Adb, named: Mapping[str, Path], vectors: Path | None) -> None:
    """Puts everything into the app's files: by way of a folder that the shell may write and the app may read."""
    with _staged(named, vectors) as staged:
        adb.shell("rm", "-rf", _STAGED)
        adb.push(staged, "/data/local/tmp/")
    adb.shell("chmod", "-R", "a+rX", _STAGED)
    adb.shell("run-as", APP, "rm", "-rf", _KEPT)
    adb.shell("run-as", APP, "mkdir", "-p", "files")
    adb.shell("run-as", APP, "cp", "-r", _STAGED, _KEPT, timeout=LONG)


@contextmanager
def _staged(named: Mapping[str, Path], vectors: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder) / PLACE
        (staged / "bundles").mkdir(parents=True)
        for name, path in named.items():
            copy = shutil.copytree if path.is_dir() else shutil.copyfile
            copy(path, staged / "bundles" / name)
        if vectors:
            for path in (*vectors.glob("*/*.json"), *vectors.glob("*/*.z")):
                place = staged / "vectors" / path.parent.name
                place.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place / path.name)
        yield staged


def _arguments(named: Mapping[str, Path], vectors: Path | None, cpu_only: bool) -> list[str]:
    """Gives what `am instrument` is told; the paths lie in the app's own files."""
    given = {"report": f"{PLACE}/report.jsonl"}
    if vectors:
        given["vectors"] = f"{PLACE}/vectors"
    if named:
        given["bundles"] = ":".join(f"{PLACE}/bundles/{name}" for name in named)
    if cpu_only:
        given["delegates"] = "cpu"
    pairs = [word for name, value in given.items() for word in ("-e", name, value)]
    return ["am", "instrument", "-r", "-w", *pairs, INSTRUMENTATION]


def _run(adb: Adb, arguments: Sequence[str], silence: float, told: _Told) -> str:
    """Gives why the run stopped before its end; empty when it did not."""
    try:
        ended = read(adb.lines(*arguments, silence=silence), told)
    except Silence:
        adb.shell("am", "force-stop", APP, check=False)
        return f"no case ended within {silence:.0f} s"
    if ended.problem:
        return ended.problem
    return "" if ended.code in (OK, _FAILED) else f"the instrumentation ended with {ended.code}"


def _clean(adb: Adb, was_there: bool) -> None:
    """Removes what was put on the device, as far as it is still there."""
    try:
        adb.shell("rm", "-rf", _STAGED, check=False)
        if was_there:
            adb.shell("run-as", APP, "rm", "-rf", _KEPT, check=False)
        elif adb.installed(APP):
            adb.run("uninstall", APP, check=False)
    except EnvironmentProblem:
        pass  # The device is gone; what stopped the run says so.


class _Told:
    """Passes cases on to a progress bar, as vectors and as bundles."""

    def __init__(self, progress: Progress, vectors: int) -> None:
        self._progress, self._vectors = progress, vectors
        self._counts: dict[str, int] = {}

    def __call__(self, case: Mapping[str, Any]) -> None:
        if case.get("kind") not in ("vector", "golden"):
            return
        what = "golden vectors" if case["kind"] == "vector" else str(case.get("bundle"))
        self._counts[what] = self._counts.get(what, 0) + 1
        self._progress(self._counts[what], self._vectors if case["kind"] == "vector" else 0, what)
