"""A bundle that holds only TF.js models: Python says so, and checks what it can."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import satchel
from satchel.cli import main
from satchel_metadata.bundle_write import GoldenFiles, ModelFiles, VariantFiles, write_bundle
from satchel_metadata.errors import BundleError

ARTEFACT = "float32/tfjs"


@pytest.fixture(scope="module")
def for_browsers(packed: satchel.Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packed classifier with its TF.js model alone."""
    reader, out = packed.reader, tmp_path_factory.mktemp("browsers") / "page.satchel"

    def narrowed(each: Any) -> Any:
        return each.model_copy(update={"tensor": {ARTEFACT: each.tensor[ARTEFACT]}})

    ends = {"inputs": tuple(map(narrowed, reader.spec.inputs)), "outputs": tuple(map(narrowed, reader.spec.outputs))}
    artefact, golden = reader.artefact(ARTEFACT), reader.golden()
    graph = ModelFiles(reader.tfjs("float32"), artefact.ops, artefact.runtimes)
    cases = tuple(case.model_copy(update={"artefacts": {ARTEFACT: case.artefacts[ARTEFACT]}}) for case in golden.cases)
    bounds = {ARTEFACT: golden.bounds[ARTEFACT]}
    pictures = [picture.file for case in cases for picture in case.input.values()]  # type: ignore[union-attr]
    write_bundle(
        out,
        spec=reader.spec.model_copy(update=ends),
        labels=reader.labels,
        variants=[VariantFiles("float32", [], tfjs=graph)],
        golden=GoldenFiles(
            golden.model_copy(update={"cases": cases, "bounds": bounds}),
            {name: reader.read(name) for name in pictures},
        ),
        provenance=reader.manifest.provenance,
    )
    return out


def test_run_says_what_there_is_and_how_to_pack_a_variant_for_python(
    for_browsers: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(for_browsers), str(photos / "red")]) == 2
    assert capsys.readouterr().err == (
        f"error: {for_browsers}: this bundle has no variant for Python, only float32/tfjs for browsers. Open it in a "
        "browser with `satchel serve`, or pack the model again with a variant for Python: "
        "`satchel pack ... --variants float32`.\n"
    )
    with pytest.raises(BundleError) as caught:
        satchel.open(for_browsers, variant="float32")
    assert caught.value.code == "bundle/no-such-variant"


def test_check_holds_the_files_and_says_what_was_not_run(
    for_browsers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(for_browsers)]) == 0
    told = capsys.readouterr().out
    assert "every length and SHA-256 is right" in told
    assert "not run here, these need a browser: float32/tfjs" in told
    assert "golden answers were not run" in told
    assert main(["check", "--json", str(for_browsers)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["cases"], report["elsewhere"]) == (True, [], [ARTEFACT])
