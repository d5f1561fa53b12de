"""Plays adb with a device: writes down what it is asked, and speaks as Android does; its files are a folder.

The folder FAKE_ADB holds `scenario.json` (what the device is and does), `commands` (what was asked, a line of JSON
each) and `device/`, the file system: `data/local/tmp`, and `app` where the app keeps its own.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import Any

HOME = Path(os.environ["FAKE_ADB"])
SCENARIO: dict[str, Any] = json.loads((HOME / "scenario.json").read_text())
DEVICE = HOME / "device"
APP = "dev.satchel.app"
INSTALLED = HOME / "installed"
RIGHT = {"largest": 0.0, "bound": 0.0, "milliseconds": 1.25}


def main(arguments: list[str]) -> int:
    """Answers one call of adb and gives its exit code."""
    with (HOME / "commands").open("a") as file:
        print(json.dumps(arguments), file=file)
    if arguments[:1] == ["devices"]:
        print("List of devices attached")
        print(*SCENARIO["devices"], sep="\n")
        print()
        return 0
    assert arguments[0] == "-s", arguments
    name, rest = arguments[2], arguments[3:]
    return {
        "install": install,
        "uninstall": uninstall,
        "push": push,
        "shell": shell,
        "exec-out": shell,
    }[name](rest)


def install(rest: list[str]) -> int:
    """As adb: the installer's word, and 1 where it refuses."""
    print("Performing Streamed Install")
    if refused := SCENARIO.get("install"):
        print(f"adb: failed to install {rest[-1]}: Failure [{refused}: no]", file=sys.stderr)
        return 1
    assert Path(rest[-1]).read_bytes() == b"the app"
    (DEVICE / "app").mkdir(parents=True, exist_ok=True)
    INSTALLED.touch()
    print("Success")
    return 0


def uninstall(rest: list[str]) -> int:
    """Takes the app away with its files."""
    assert rest == [APP]
    shutil.rmtree(DEVICE / "app")
    INSTALLED.unlink()
    print("Success")
    return 0


def push(rest: list[str]) -> int:
    """Copies a folder into a folder, as adb does."""
    source = Path(rest[0])
    shutil.copytree(source, place(rest[1]) / source.name)
    return 0


def place(path: str, app: bool = False) -> Path:
    """Gives where a path of the device lies; what the app names without a slash in front is its own."""
    return DEVICE / "app" / path if app and not path.startswith("/") else DEVICE / path.lstrip("/")


def shell(rest: list[str]) -> int:
    """Carries out the few commands that the check uses."""
    words = shlex.split(" ".join(rest))
    app = words[:2] == ["run-as", APP]
    if app:
        words = words[2:]
        if not INSTALLED.exists():
            print(f"run-as: unknown package: {APP}", file=sys.stderr)
            return 1
    if words[:2] == ["am", "instrument"]:
        return instrument(words[2:])
    if words[:2] == ["pm", "path"]:
        print("package:/data/app/base.apk" if INSTALLED.exists() else "", end="")
        return 0 if INSTALLED.exists() else 1
    if words[:2] == ["am", "force-stop"]:
        return 0
    return files(words, app)


def files(words: list[str], app: bool) -> int:
    """Carries out rm, mkdir, chmod, cp and cat."""
    command, paths = words[0], [place(each, app) for each in words[1:] if not each.startswith("-")]
    if command == "rm":
        shutil.rmtree(paths[0], ignore_errors=True)
    elif command == "mkdir":
        paths[0].mkdir(parents=True, exist_ok=True)
    elif command == "chmod":
        assert words[1:] == ["-R", "a+rX", "/data/local/tmp/satchel-check"], words
    elif command == "cp":
        if SCENARIO.get("cp"):
            print(SCENARIO["cp"], file=sys.stderr)
            return 1
        shutil.copytree(*paths)
    else:
        assert command == "cat", words
        if not paths[0].exists():
            return 1
        sys.stdout.buffer.write(paths[0].read_bytes())
    return 0


def instrument(words: list[str]) -> int:
    """Speaks as `am instrument -r -w` does of an instrumentation that checks all that it was given."""
    assert words[:2] == ["-r", "-w"], words
    given = dict(zip(words[3:-1:3], words[4:-1:3], strict=True))
    if words[-1] != f"{APP}/{APP}.device.CheckInstrumentation" or not INSTALLED.exists():
        print(f"INSTRUMENTATION_STATUS: Error=Unable to find instrumentation info for: ComponentInfo{{{words[-1]}}}")
        print("INSTRUMENTATION_STATUS: id=ActivityManagerService")
        print("INSTRUMENTATION_STATUS_CODE: -1")
        return 1
    ends = SCENARIO.get("ends", "well")
    lines = cases(given)
    lines = lines[: SCENARIO.get("after", len(lines))]
    if ends == "well":
        lines.append(totals(lines))
    report = place(f"files/{given['report']}", app=True)
    texts = [json.dumps(each) for each in lines]
    for text in texts:
        print(f"INSTRUMENTATION_STATUS: case={text}")
        print("INSTRUMENTATION_STATUS_CODE: 0", flush=True)
    report.write_text("\n".join(texts) + ("\n" if ends == "well" else '\n{"kind": "vec'))
    return over(ends, lines)


def over(ends: str, lines: list[dict[str, Any]]) -> int:
    """Ends: well, in a crash, in silence, or because the device has gone."""
    if ends == "crash":
        print("INSTRUMENTATION_RESULT: shortMsg=Process crashed.")
        print("INSTRUMENTATION_CODE: 0")
    elif ends == "silence":
        time.sleep(60)
    elif ends == "gone":
        print("error: device 'emulator-5554' not found", file=sys.stderr)
        return 1
    else:
        print(f"INSTRUMENTATION_RESULT: totals={json.dumps(lines[-1])}")
        print(f"INSTRUMENTATION_CODE: {-1 if lines[-1]['result'] == 'pass' else 0}")
    return 0


def cases(given: dict[str, str]) -> list[dict[str, Any]]:
    """Gives a line for each vector and golden input that lies on the device, changed as the scenario says."""
    found: list[dict[str, Any]] = []
    if "vectors" in given:
        for path in sorted(place(f"files/{given['vectors']}", app=True).glob("*/*.json")):
            for case in json.loads(path.read_text())["cases"]:
                found.append({"kind": "vector", "op": path.parent.name, "file": path.name, "case": case["id"]})
    for each in filter(None, given.get("bundles", "").split(":")):
        folder = place(f"files/{each}", app=True)
        assert folder.exists(), folder
        found += golden(folder.name, "delegates" in given)
    return [
        {"result": "pass", "detail": "", **each, **SCENARIO.get("changed", {}).get(each.get("case"), {})}
        for each in found
    ]


def golden(bundle: str, cpu_only: bool) -> list[dict[str, Any]]:
    """Gives what the device says of a bundle: one and two threads, and NNAPI, which is not there."""
    head = {"kind": "golden", "bundle": bundle, "artefact": "float32/tflite"}
    found = [
        {**head, "delegate": "CPU", "threads": threads, "case": case, **RIGHT}
        for threads in (1, 2)
        for case in SCENARIO["golden"]
    ]
    if not cpu_only:
        found.append({**head, "delegate": "NNAPI", "threads": 0, "result": "not run", "detail": "there is none"})
    return found


def totals(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Gives the last line."""
    return {
        "kind": "totals",
        "result": "fail" if any(each["result"] == "fail" for each in lines) else "pass",
        "device": {"name": "Google Pixel 8", "abi": "arm64-v8a"},
        "system": {"android": "14", "api": 34},
        "runtimes": ["TensorFlow Lite 2.16.1"],
        "app": "0.1.0",
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
