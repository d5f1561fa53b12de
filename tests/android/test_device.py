"""The check on a device, held against an adb that plays one: what it asks, makes of the answers, and leaves behind."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from yaml import safe_load

from bundle_samples import sample_parts
from satchel import cli
from satchel.device.adb import Device, choose
from satchel.device.instrumentation import read
from satchel_metadata.bundle_write import write_bundle
from satchel_metadata.errors import EnvironmentProblem

ROOT = Path(__file__).parents[2]
READY = "emulator-5554          device product:sdk_gphone64_x86_64 model:sdk_gphone64_x86_64 transport_id:1"
Scenario = Callable[..., None]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the device, with its adb first on the path."""
    programs = tmp_path / "programs"
    programs.mkdir()
    adb = programs / "adb"
    adb.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("fake_adb.py")} "$@"\n')
    adb.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_ADB", str(tmp_path))
    monkeypatch.delenv("ANDROID_SERIAL", raising=False)
    monkeypatch.delenv("REQUIRE_DEVICE", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "device/data/local/tmp").mkdir(parents=True)
    (tmp_path / "app.apk").write_bytes(b"the app")
    return tmp_path


@pytest.fixture
def plays(home: Path) -> Scenario:
    """Says what the device is and does."""

    def play(*, devices: tuple[str, ...] = (READY,), **rest: Any) -> None:
        scenario = {"devices": devices, "golden": ["one", "two", "three"], **rest}
        (home / "scenario.json").write_text(json.dumps(scenario))

    play()
    return play


@pytest.fixture
def bundle(home: Path) -> Path:
    """A bundle for Android with three golden inputs."""
    parts = sample_parts()
    (variant,) = parts["variants"]
    tflite = dataclasses.replace(variant.tflite, runtimes=[*variant.tflite.runtimes, "tflite-android"])
    parts["variants"] = [dataclasses.replace(variant, tflite=tflite)]
    path = home / "my bundle.satchel"
    write_bundle(path, **parts)
    return path


@pytest.fixture
def vectors(home: Path) -> Path:
    """Two files of vectors, five cases, and a photo in a file of its own."""
    folder = home / "vectors"
    for name, count in (("crop/numpy.json", 2), ("pipeline/photos.json", 3)):
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"cases": [{"id": f"case-{place}", "comment": ""} for place in range(count)]}))
    (folder / "pipeline/cat.rgb.z").write_bytes(b"pixels")
    (folder / "generators").mkdir()
    (folder / "generators/crop.py").write_text("")
    return folder


def check(*arguments: object) -> int:
    """Runs `satchel check --android` with the app of the tests."""
    return cli.main(["check", "--android", "--apk", "app.apk", *map(str, arguments)])


def commands(home: Path) -> list[list[str]]:
    """What adb was asked, without the device that it was asked of."""
    asked = [json.loads(line) for line in (home / "commands").read_text().splitlines()]
    return [each[2:] if each[0] == "-s" else each for each in asked]


def left(home: Path) -> list[str]:
    """What lies on the device."""
    return sorted(str(path.relative_to(home / "device")) for path in (home / "device").rglob("*") if path.is_file())


def test_a_whole_run_passes_and_leaves_nothing(
    home: Path, plays: Scenario, vectors: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check("--vectors", vectors, bundle) == 0
    told = capsys.readouterr()
    assert "Google Pixel 8, serial emulator-5554" in told.out
    assert "golden vectors: 5 pass, 0 fail" in told.out
    rows = [line.split() for line in told.out.splitlines() if line.startswith("my_bundle")]
    assert rows == [
        ["my_bundle", "float32", "CPU,", "1", "thread", "3", "of", "3", "hold", "pass", "0", "1.25"],
        ["my_bundle", "float32", "CPU,", "2", "threads", "3", "of", "3", "hold", "pass", "0", "1.25"],
        ["my_bundle", "float32", "NNAPI", "not", "run:", "there", "is", "none"],
    ]
    assert told.out.endswith("All 11 cases that ran on this device are as they should be.\n")
    assert not (home / "installed").exists()
    assert left(home) == []


def test_the_instrumentation_is_told_where_everything_lies(
    home: Path, plays: Scenario, vectors: Path, bundle: Path
) -> None:
    assert check("--vectors", vectors, "--cpu-only", bundle, bundle) == 0
    (asked,) = [each for each in commands(home) if "instrument" in each[-1]]
    assert asked == [
        "shell",
        "am instrument -r -w -e report satchel-check/report.jsonl -e vectors satchel-check/vectors "
        "-e bundles satchel-check/bundles/my_bundle:satchel-check/bundles/my_bundle_2 -e delegates cpu "
        "dev.satchel.app/dev.satchel.app.device.CheckInstrumentation",
    ]


def test_the_report_is_kept_as_the_device_wrote_it_and_told_as_json(
    home: Path, plays: Scenario, vectors: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check("--vectors", vectors, "--json", "--report", "kept/report.jsonl", bundle) == 0
    found = json.loads(capsys.readouterr().out)
    kept = [json.loads(line) for line in (home / "kept/report.jsonl").read_text().splitlines()]
    assert [*found["cases"], found["totals"]] == kept
    assert (found["ok"], found["serial"], found["problem"], len(found["cases"])) == (True, "emulator-5554", "", 12)


def test_an_app_that_was_there_stays_without_what_the_check_put_there(
    home: Path, plays: Scenario, vectors: Path
) -> None:
    (home / "installed").touch()
    (home / "device/app/files").mkdir(parents=True)
    (home / "device/app/files/settings").write_text("the user's own")
    assert check("--vectors", vectors) == 0
    assert (home / "installed").exists()
    assert left(home) == ["app/files/settings"]


@pytest.mark.parametrize("case", ["case-1", "two"])
def test_a_difference_fails_and_is_shown(
    case: str, plays: Scenario, vectors: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plays(changed={case: {"result": "fail", "detail": "$[3]: expected 7.0, found 8.0", "largest": 0.125}})
    assert check("--vectors", vectors, bundle) == 1
    out = capsys.readouterr().out
    place = "crop/numpy.json case-1" if case == "case-1" else "my_bundle float32/tflite CPU, 1 thread two"
    assert f"error: {place}: $[3]: expected 7.0, found 8.0\n" in out
    assert out.endswith("2 of 11 cases are not as they should be on this device.\n")
    assert check("--vectors", vectors, bundle, "--json") == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


@pytest.mark.parametrize(
    ("ends", "why"),
    [
        ("crash", "the app stopped after 2 cases: Process crashed."),
        ("gone", "the app stopped after 2 cases: error: device 'emulator-5554' not found."),
        ("silence", "the app stopped after 2 cases: no case ended within 5 s."),
    ],
)
def test_a_run_that_is_cut_short_fails_and_says_after_what(
    ends: str, why: str, home: Path, plays: Scenario, vectors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plays(ends=ends, after=2)
    assert check("--vectors", vectors, *(["--silence", "5"] if ends == "silence" else [])) == 1
    assert why.rstrip(".") in capsys.readouterr().out.splitlines()[-1]
    assert (["shell", "am force-stop dev.satchel.app"] in commands(home)) == (ends == "silence")
    assert left(home) == []


def test_cases_that_the_device_passes_over_fail(
    plays: Scenario, vectors: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plays(after=4)
    assert check("--vectors", vectors) == 1
    assert "1 cases are not in the report, the first is pipeline photos.json case-2" in capsys.readouterr().out
    plays(golden=["one", "three"])
    assert check("--vectors", vectors, bundle) == 1
    assert "1 cases are not in the report, the first is my_bundle float32/tflite two" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("INSTALL_FAILED_UPDATE_INCOMPATIBLE", "`adb -s emulator-5554 uninstall dev.satchel.app`"),
        ("INSTALL_FAILED_VERSION_DOWNGRADE", "`adb -s emulator-5554 uninstall dev.satchel.app`"),
        ("INSTALL_FAILED_OLDER_SDK", "older than 8.0"),
        ("INSTALL_FAILED_NO_MATCHING_ABIS", "arm64-v8a and x86_64"),
        ("INSTALL_FAILED_INSUFFICIENT_STORAGE", "Make room"),
        ("INSTALL_FAILED_USER_RESTRICTED", "developer options"),
        ("INSTALL_PARSE_FAILED_NO_CERTIFICATES", "INSTALL_PARSE_FAILED_NO_CERTIFICATES"),
    ],
)
def test_an_app_that_is_refused_is_told_with_what_to_do(
    word: str, told: str, plays: Scenario, vectors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plays(install=word)
    assert check("--vectors", vectors) == 2
    err = capsys.readouterr().err.splitlines()[-1]
    assert err.startswith("error: emulator-5554: ")
    assert told in err


def test_files_that_do_not_get_into_the_app_are_told_of(
    home: Path, plays: Scenario, vectors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plays(cp="cp: bad '/data/local/tmp/satchel-check': Permission denied")
    assert check("--vectors", vectors) == 2
    assert "Permission denied" in capsys.readouterr().err
    assert left(home) == []


def test_without_a_device_it_says_so_and_passes_unless_there_must_be_one(
    plays: Scenario, vectors: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plays(devices=())
    assert check("--vectors", vectors) == 0
    assert capsys.readouterr().out.startswith("no device: skipped (adb lists none).")
    assert check("--json") == 0
    assert json.loads(capsys.readouterr().out) == {"ok": None, "skipped": "no device: adb lists none"}
    monkeypatch.setenv("REQUIRE_DEVICE", "1")
    assert check("--vectors", vectors) == 2
    assert capsys.readouterr().err.startswith("error: expected an Android device, found none: adb lists none.")


def test_without_adb_it_says_so(
    home: Path, plays: Scenario, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(home))
    assert check() == 0
    assert capsys.readouterr().out.startswith("no device: skipped (adb is not on the path).")
    monkeypatch.setenv("REQUIRE_DEVICE", "1")
    assert check() == 2
    assert "apt-get install adb" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("R58M12 unauthorized transport_id:3", "allow USB debugging"),
        ("R58M12 offline transport_id:3", "plug it in again"),
        ("R58M12 no permissions (user in plugdev group; are your udev rules wrong?)", "open USB devices"),
        ("R58M12 recovery", "Start it normally"),
    ],
)
def test_a_device_that_is_not_ready_is_an_error(
    line: str, told: str, plays: Scenario, vectors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plays(devices=(line,))
    assert check("--vectors", vectors) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: R58M12: ")
    assert told in err


def test_of_several_devices_one_must_be_named(
    home: Path, plays: Scenario, vectors: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plays(devices=(READY, READY.replace("5554", "5556"), "R58M12 offline"))
    assert check("--vectors", vectors) == 2
    assert "expected one device, found emulator-5554, emulator-5556. Say which one: --serial" in capsys.readouterr().err
    assert check("--vectors", vectors, "--serial", "emulator-5556") == 0
    monkeypatch.setenv("ANDROID_SERIAL", "emulator-5556")
    assert check("--vectors", vectors) == 0
    assert check("--vectors", vectors, "--serial", "other") == 2
    used = {line.split('"')[3] for line in (home / "commands").read_text().splitlines() if line.startswith('["-s"')}
    assert used == {"emulator-5556"}


def test_a_ready_device_is_taken_where_another_is_not() -> None:
    ready = Device("b", "device")
    assert choose([Device("a", "unauthorized"), ready], None) == ready
    assert choose([], None) is None
    with pytest.raises(EnvironmentProblem, match="'unauthorized'"):
        choose([Device("a", "unauthorized"), ready], "a")


def test_there_must_be_an_app_vectors_and_bundles_that_open(
    home: Path, plays: Scenario, vectors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", "--android", "--vectors", str(vectors)]) == 2
    assert (
        "out/android/satchel-debug.apk: there is no app to install. Build it with `make android`"
        in capsys.readouterr().err
    )
    assert check("--vectors", home / "programs") == 2
    assert "there are no golden vectors" in capsys.readouterr().err
    assert check("--vectors", vectors, "none.satchel") == 2
    assert "none.satchel" in capsys.readouterr().err
    assert check() == 2
    assert "nothing to check" in capsys.readouterr().err
    assert [each for each in commands(home) if each[0] in ("install", "push")] == []


@pytest.mark.parametrize(
    "arguments", [["a", "--apk", "x"], ["--android", "--threads", "2"], ["--android", "--digest", "f"], ["a", "b"], []]
)
def test_options_of_the_other_kind_of_check_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_values_go_on_in_the_next_lines_and_cut_json_is_no_case() -> None:
    cases: list[Any] = []
    ended = read(
        [
            'INSTRUMENTATION_STATUS: case={"kind": "vector"}',
            "INSTRUMENTATION_STATUS_CODE: 0",
            'INSTRUMENTATION_STATUS: case={"kind": "vec',
            "INSTRUMENTATION_STATUS_CODE: 0",
            "INSTRUMENTATION_RESULT: longMsg=java.lang.IllegalStateException: one",
            "  two",
            "INSTRUMENTATION_CODE: 0",
        ],
        cases.append,
    )
    assert cases == [{"kind": "vector"}]
    assert (ended.code, ended.problem) == (0, "java.lang.IllegalStateException: one two")


def test_an_instrumentation_that_is_not_there_is_a_problem() -> None:
    lines = [
        "INSTRUMENTATION_STATUS: Error=Unable to find instrumentation info for: ComponentInfo{a/b}",
        "INSTRUMENTATION_STATUS: id=ActivityManagerService",
        "INSTRUMENTATION_STATUS_CODE: -1",
        "android.util.AndroidException: INSTRUMENTATION_FAILED: a/b",
    ]
    ended = read(lines, lambda _: None)
    assert ended.code is None
    assert ended.problem.startswith("Unable to find instrumentation info")


def test_make_test_device_skips_where_there_is_none(plays: Scenario) -> None:
    plays(devices=())
    done = subprocess.run(
        ["make", "--no-print-directory", "-o", "setup", "test-device"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("no device: skipped")


def test_a_host_with_emulators_runs_targets_that_are_there() -> None:
    text = (ROOT / ".github/workflows/device.yml").read_text()
    jobs = safe_load(text)["jobs"]
    runs = [
        step.get("run", "") + step.get("with", {}).get("script", "") for job in jobs.values() for step in job["steps"]
    ]
    named = {word for run in runs for line in re.findall(r"\bmake ([a-z -]+)", run) for word in line.split()}
    there = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"android", "test-device"} <= named <= there
    assert any("REQUIRE_DEVICE=1" in run for run in runs)
