"""satchel check --browser: the check page without a window, its report, and what stands in its way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from satchel import browser
from satchel.cli import check_browser
from satchel.cli.check import command
from satchel_metadata.bundle import BundleReader
from satchel_metadata.errors import EnvironmentProblem
from zoo_bundles import zoo_bundle


@pytest.fixture(params=["iris", pytest.param("efficientnet-lite0", marks=pytest.mark.long)])
def bundle(request: pytest.FixtureRequest, demo_bundle: Path) -> Path:
    return zoo_bundle("iris") if request.param == "iris" else demo_bundle


def test_every_variant_that_runs_in_a_browser_is_right_in_it(bundle: Path, tmp_path: Path) -> None:
    kept = tmp_path / "report.json"
    assert check_browser.check(bundle, kept, as_json=True) == 0
    report, reader = json.loads(kept.read_text()), BundleReader.open(bundle)
    assert report["bundle"] == {"name": reader.spec.name, "digest": reader.digest}
    cells = {(each["artefact"], each["backend"], each["threads"]): each for each in report["cells"]}
    int8 = cells["int8/tflite", "wasm", 1]
    assert [case["output"]["largest"] for case in int8["cases"]] == [0] * len(reader.golden().cases)
    assert all(len(case["milliseconds"]) == 2 for case in int8["cases"])
    for artefact, backend in (("float32/tflite", "wasm"), ("float32/tfjs", "wasm"), ("float32/tfjs", "cpu")):
        assert cells[artefact, backend, 1]["verdict"] == "right"
    if "dynamic_range/tflite" in reader.manifest.artefacts():
        assert cells["dynamic_range/tflite", "wasm", 1]["verdict"] == "absent"


def test_no_browser_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROME", "/no/such/browser")
    with pytest.raises(EnvironmentProblem) as refused:
        browser.program()
    assert refused.value.code == "env/no-browser"
    assert "apt-get install chromium" in refused.value.hint


def test_a_browser_that_ends_at_once_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CHROME", str(broken))
    with pytest.raises(EnvironmentProblem) as refused, browser.Chromium(str(broken)) as chromium:
        chromium.evaluate("about:blank", "1", 10)
    assert refused.value.code == "env/browser"


def test_a_wrong_cell_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    case = {"output": {"largest": None}}
    cell = {"artefact": "a/tflite", "runtime": "LiteRT.js", "backend": "wasm", "threads": 1, "verdict": "wrong"}
    cell |= {"detail": "1 of 1 golden cases", "cases": [case], "milliseconds": 1.0}
    found = {"ok": False, "verdict": "1 is wrong.", "bundle": {"digest": ""}, "browser": {"agent": ""}, "cells": [cell]}
    monkeypatch.setattr(check_browser, "_checked", lambda _: found)
    assert check_browser.check(Path("a.satchel"), None, as_json=False) == 1


@pytest.mark.parametrize("option", [["--android"], ["--threads", "2"], ["--cpu-only"]])
def test_options_of_another_kind_of_check_are_refused(option: list[str]) -> None:
    result = CliRunner().invoke(command, ["--browser", *option, "a.satchel"])
    assert result.exit_code == 2
    assert "--android" in result.output or "--browser" in result.output
