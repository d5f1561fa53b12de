"""The report of a bundle: one page, the same from pack and from the bundle, that says what is so and runs nothing."""

from __future__ import annotations

import base64
import io
import json
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import satchel
from colours import COLOURS
from satchel import units
from satchel.cli import main
from satchel.report.contents import Contents
from satchel.report.page import report
from satchel.report.pictures import shown
from satchel_metadata.errors import SatchelWarning
from satchel_metadata.golden import GoldenAnswer, RowInput, SignalInput, golden_thing
from satchel_metadata.spec import parse

HOSTILE = "<script>alert(1)</script> \x1b[31m & \"' \u202e"


class Page(HTMLParser):
    """What a page holds: its elements, the values of its attributes, its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def pictures(self) -> list[np.ndarray[Any, Any]]:
        sources = [attributes["src"] or "" for name, attributes in self.elements if name == "img"]
        return [np.asarray(Image.open(io.BytesIO(base64.b64decode(each.partition(",")[2])))) for each in sources]


def answered(told: Contents, change: Callable[[GoldenAnswer], GoldenAnswer]) -> Contents:
    """Gives the contents with every golden answer changed."""

    def changed(case: Any) -> Any:
        artefacts = {
            name: each.model_copy(update={"answer": change(each.answer)}) for name, each in case.artefacts.items()
        }
        return case.model_copy(update={"artefacts": artefacts})

    return replace(told, golden=told.golden.model_copy(update={"cases": tuple(map(changed, told.golden.cases))}))


def test_the_page_in_the_bundle_is_the_one_made_of_the_bundle(packed: satchel.Bundle) -> None:
    with zipfile.ZipFile(packed.path) as file:
        inside = file.read("measurements/report.html").decode()
    assert inside == packed.report() == satchel.open(packed.path).report()


def test_the_page_needs_nothing_and_runs_nothing(packed: satchel.Bundle) -> None:
    page = Page(packed.report())
    names = {name for name, _ in page.elements}
    assert not names & {"script", "link", "iframe", "object", "embed", "form", "base", "a", "video", "audio", "use"}
    attributes = [(key, value or "") for _, each in page.elements for key, value in each.items()]
    assert [key for key, _ in attributes if key.startswith("on")] == []
    assert {value.partition(",")[0] for key, value in attributes if key in ("src", "href")} == {"data:image/png;base64"}
    assert "url(" not in page.text
    assert "@import" not in page.text


def test_it_tells_name_digest_steps_variants_and_source(packed: satchel.Bundle) -> None:
    text = Page(packed.report()).text
    sizes = [units.size(each.bytes) for each in packed.manifest.artefacts().values()]
    told = ("colours", "1.0.0", packed.digest, packed.manifest.provenance.source_sha256, "red, green, blue", *sizes)
    assert [each for each in told if each not in text] == []
    assert "resize the shorter side to 36 (pillow.bicubic, side rounded floor)" in text
    assert "(x - 127) / 128, of values 0..255" in text


def test_it_tells_what_was_measured(packed: satchel.Bundle) -> None:
    measured = json.loads(packed.reader.measurements()["measurements.json"])
    text = Page(packed.report()).text
    for each in measured["agreement"][1:]:
        low, high = (100 * bound for bound in each["interval"])
        assert f"{100 * each['top1']:.1f} % {low:.0f} to {high:.0f} %, n = {each['n']}" in text
    assert measured["machine"]["processor"] in text
    assert set(packed.manifest.artefacts()) == set(measured["compressed"])
    assert all(units.size(size) in text for size in measured["compressed"].values())


def test_it_shows_what_the_model_saw_and_what_each_variant_said(packed: satchel.Bundle) -> None:
    page = Page(packed.report())
    case, *_ = packed.reader.golden().cases
    pixels = golden_thing(case.input["image"], packed.reader.read)
    height, width = pixels.shape[:2]
    size = (36, int(36 * height / width)) if width < height else (int(36 * width / height), 36)
    resized = Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)
    left, top = round((size[0] - 32) / 2), round((size[1] - 32) / 2)
    np.testing.assert_array_equal(page.pictures()[0], np.asarray(resized.crop((left, top, left + 32, top + 32))))
    for expected in case.artefacts.values():
        classes = expected.answer.classes
        assert classes is not None
        assert f"{classes[0].label} {classes[0].score * 100:.1f} %" in page.text


def test_text_of_strangers_is_shown_as_text(packed: satchel.Bundle) -> None:
    told = Contents.of(packed.reader)
    about = {"name": HOSTILE, "description": HOSTILE, "author": HOSTILE, "license": HOSTILE}
    measured = {**told.measured, "warnings": [HOSTILE], "machine": {**told.measured["machine"], "system": HOSTILE}}
    page = report(
        replace(
            answered(told, _labelled),
            spec=told.spec.model_copy(update=about),
            labels={"classes": [HOSTILE]},
            measured=measured,
        )
    )
    assert "<script" not in page
    assert not {"\x1b", "\u202e"} & set(page)
    assert "script" not in {name for name, _ in Page(page).elements}
    assert Page(page).text.count("<script>alert(1)</script> \\x1b[31m & \"' \\u202e") >= 8


def _labelled(answer: GoldenAnswer) -> GoldenAnswer:
    classes = tuple(each.model_copy(update={"label": HOSTILE}) for each in answer.classes or ())
    return answer.model_copy(update={"classes": classes})


def test_packing_tells_its_warnings_and_notes_them(model: Any, photos: Path, tmp_path: Path) -> None:
    described = satchel.image_classification(labels=COLOURS, size=32, mean=[120, 110, 100], std=64)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    judged = [photos / "red" / "00.png", tmp_path / "broken.png"]
    options: dict[str, Any] = {"variants": ["float32"], "tfjs": (), "evaluation": judged, "golden": judged}
    with pytest.warns(SatchelWarning) as caught:
        bundle = satchel.pack(model, described, tmp_path / "noted", **options)
    told = [str(each.message) for each in caught if issubclass(each.category, SatchelWarning)]
    assert sum("broken.png" in each for each in told) == 2
    assert any("differ by channel" in each for each in told)
    assert {Path(each.filename) for each in caught} == {Path(__file__)}, "they point at the line that packs"
    measured = json.loads(bundle.reader.measurements()["measurements.json"])
    assert measured["warnings"] == told
    assert [each for each in (*told, *measured["notes"]) if each not in Page(bundle.report()).text] == []


def test_what_holds_of_every_model_of_photos_is_noted_and_not_warned_of(
    model: Any, description: satchel.Description, tmp_path: Path
) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SatchelWarning)
        bundle = satchel.pack(model, description, tmp_path / "noted", variants=["float32"], tfjs=())
    measured = json.loads(bundle.reader.measurements()["measurements.json"])
    assert ([each for each in caught if issubclass(each.category, SatchelWarning)], measured["warnings"]) == ([], [])
    assert any("names no method of scaling" in each for each in measured["notes"])
    assert [each for each in measured["notes"] if each not in Page(bundle.report()).text] == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"objects": [{"box": [1, 2, 9, 12], "index": 1, "score": 0.5, "label": "cat"}]}, "1 objectcat 50.0 %"),
        ({"objects": []}, "no objects"),
        ({"keypoints": [{"x": 3.25, "y": 4.5, "name": "nose"}]}, "1 pointnose (3.25, 4.5)"),
        (
            {"mask": {"width": 4, "height": 2, "indices": [0, 1], "counts": [6, 2], "labels": ["sky", "sea"]}},
            "2 classessky 75.0 %, sea 25.0 %",
        ),
        ({"values": [0.5, -2.0]}, "0.5, -2"),
        ({"classes": []}, "no class reaches the threshold"),
    ],
)
def test_every_kind_of_answer_has_words(packed: satchel.Bundle, answer: dict[str, Any], words: str) -> None:
    told = Contents.of(packed.reader)
    given = parse(GoldenAnswer, answer)
    page = Page(report(answered(told, lambda _: given)))
    assert page.text.count(words) == len(told.golden.cases) * len(told.manifest.artefacts())
    places = bool({"objects", "keypoints", "mask"} & set(answer)) and answer != {"objects": []}
    assert len(page.pictures()) == len(told.golden.cases) * (2 if places else 1)


def test_a_row_is_a_list_and_a_signal_a_line_a_channel(packed: satchel.Bundle) -> None:
    own = packed.spec.inputs[0]
    row = Page(shown(packed.spec, own, RowInput(row={"age <b>": "41", "town": None}), None))
    assert row.text == "age <b>41townempty"
    record = SignalInput(signal=((0.0, 1.0), (2.0, 3.0), (4.0, -1.0)), rate=20)
    signal = Page(shown(packed.spec, own, record, record.value()))
    assert [name for name, _ in signal.elements].count("polyline") == 2
    assert signal.text == "3 samples, 20 a second, 2 channels, -1 to 4"


def test_inspect_writes_the_report(packed: satchel.Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report.html"
    assert main(["inspect", str(packed.path), "--report", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == packed.report()
    assert main(["inspect", str(packed.path), "--report", str(out)]) == 2
    assert "Give --overwrite" in capsys.readouterr().err
    assert main(["inspect", str(packed.path), "--report", str(tmp_path / "no" / "x.html")]) == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == ["report.html"]
    assert main(["inspect", str(packed.path)]) == 0
    assert f"satchel inspect {packed.path} --report report.html" in capsys.readouterr().out
