"""The page of tables: a row as it is typed, and files of many rows with what is wrong in them."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from sklearn.metrics import accuracy_score, confusion_matrix, precision_score, recall_score

import satchel
from satchel_metadata.pipeline import Pipeline
from satchel_server import listen
from zoo_bundles import zoo_bundle

from .conftest import LOADED, Visit, visiting

COLUMNS = ("sepal_length", "sepal_width", "petal_length", "petal_width")
FLOWERS = [
    ("5.1", "3.5", "1.4", "0.2", "setosa"),
    ("6.0", "2.7", "5.1", "1.6", "versicolor"),
    ("6.3", "3.3", "6.0", "2.5", "virginica"),
    ("4.9", "2.4", "3.3", "1.0", "versicolor"),
    ("6.3", "2.8", "5.1", "1.5", "virginica"),
]


@pytest.fixture(scope="module")
def bundle() -> Path:
    return zoo_bundle("iris")


@pytest.fixture
def table(browser: Browser, bundle: Path) -> Iterator[Visit]:
    with listen([bundle], port=0) as listening, visiting(browser, listening.url, accept_downloads=True) as visit:
        visit.page.goto(f"{listening.url}/table/{bundle.stem}")
        visit.page.wait_for_selector("#seal[data-state=good]", timeout=LOADED)
        yield visit
        assert visit.complaints == []


def _written(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def _answered(visit: Visit, path: Path) -> None:
    visit.page.set_input_files("#file", path)
    visit.page.wait_for_selector("#many[data-state=done]", timeout=4 * LOADED)


def _downloaded(visit: Visit) -> list[dict[str, str]]:
    with visit.page.expect_download() as saving:
        visit.page.click("#download")
    with saving.value.path().open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _artefact(visit: Visit) -> str:
    return visit.page.get_attribute("#proof", "data-artefact") or ""


def _python(bundle: Path, artefact: str, flower: tuple[str, ...]) -> Any:
    row = dict(zip(COLUMNS, flower, strict=False))
    return satchel.open(bundle).run(row, artefact.split("/")[0])


def test_a_row_is_answered_as_it_is_typed_with_pythons_tensor_and_answer(table: Visit, bundle: Path) -> None:
    page = table.page
    for flower in FLOWERS:
        before = page.get_attribute("#answer", "data-sha256")
        for name, cell in zip(COLUMNS, flower, strict=False):
            page.fill(f"[data-column={name}]", cell)
        opened, artefact = satchel.open(bundle), _artefact(table)
        tensors = Pipeline(opened.spec, opened.labels, artefact).prepare(dict(zip(COLUMNS, flower, strict=False)))
        (expected,) = (hashlib.sha256(tensor.tobytes()).hexdigest() for tensor in tensors.values())
        assert expected != before
        page.wait_for_selector(f"#answer[data-sha256='{expected}'][data-state=result]")
        classes = _python(bundle, artefact, flower).classes
        assert table.classes() == [(each.label, f"{each.score * 100:.1f} %") for each in classes]


def test_a_wrong_cell_is_told_calmly_and_marked(table: Visit) -> None:
    table.page.fill("[data-column=petal_width]", "wide")
    table.page.wait_for_selector("[data-column=petal_width][aria-invalid]")
    assert '"wide"' in table.page.inner_text("#waiting")
    table.page.fill("[data-column=petal_width]", "1.5")
    table.page.wait_for_selector("#answer[data-state=result]")
    assert table.page.locator("[aria-invalid]").count() == 0


def test_a_sample_fills_the_fields(table: Visit) -> None:
    chip = table.page.locator("#sample-list button").first
    chip.click()
    table.page.wait_for_selector("#sample-list button[aria-pressed=true]")
    table.page.wait_for_selector("#answer[data-state=result]")


def test_a_file_is_answered_row_by_row_as_python_does_and_saved(table: Visit, bundle: Path, tmp_path: Path) -> None:
    lines = ["id," + ",".join(COLUMNS) + ",species", *(f"{i},{','.join(row)}" for i, row in enumerate(FLOWERS))]
    lines[2:2] = ["", "bad,seven,3,4,5,setosa"]
    lines.append("ragged,1,2")
    _answered(table, _written(tmp_path / "flowers.csv", lines))
    found = _downloaded(table)
    assert [row["line"] for row in found] == ["2", "4", "5", "6", "7", "8", "9"]
    good = [row for row in found if not row["reason"]]
    assert [row["id"] for row in good] == ["0", "1", "2", "3", "4"]
    for row, flower in zip(good, FLOWERS, strict=True):
        assert tuple(row[name] for name in (*COLUMNS, "species")) == flower
        classes = _python(bundle, _artefact(table), flower).classes
        assert row["answer"] == classes[0].label
        assert {each.label: float(row[f"score {each.label}"]) for each in classes} == pytest.approx(
            {each.label: each.score for each in classes}, abs=1e-6
        )
    bad = {row["line"]: row["reason"] for row in found if row["reason"]}
    assert list(bad) == ["4", "9"]
    assert "seven" in bad["4"]
    assert "expected 6 fields" in bad["9"]
    _compared(table, good)
    _filtered(table)


def _compared(visit: Visit, rows: list[dict[str, str]]) -> None:
    """The figures on the page are those that scikit-learn gives for the answers that were saved."""
    truths, answers = [row["species"] for row in rows], [row["answer"] for row in rows]
    labels = sorted(set(truths) | set(answers))
    assert visit.page.input_value("#truth") == "species"
    cells = [row.locator("td").all_inner_texts() for row in visit.page.locator("#matrix tbody tr").all()]
    assert [[int(cell) for cell in row] for row in cells] == confusion_matrix(truths, answers, labels=labels).tolist()
    assert f"{accuracy_score(truths, answers) * 100:.1f} %" in visit.page.inner_text("#tiles")
    shown = [row.locator("td").all_inner_texts() for row in visit.page.locator("#figures tbody tr").all()]
    for place, score in enumerate((precision_score, recall_score)):
        expected = score(truths, answers, labels=labels, average=None, zero_division=0)
        assert [row[place] for row in shown] == [f"{each * 100:.1f} %" for each in expected]


def _filtered(visit: Visit) -> None:
    lines = visit.page.locator("#rows tbody th")
    visit.page.check("#shown-refused", force=True)
    assert lines.all_inner_texts() == ["4", "9"]
    visit.page.check("#shown-all", force=True)
    visit.page.click("#sort-line")
    assert lines.all_inner_texts() == ["9", "8", "7", "6", "5", "4", "2"]
    visit.page.fill("#search", "seven")
    assert lines.all_inner_texts() == ["4"]


def test_columns_that_are_missing_and_left_over_are_told(table: Visit, tmp_path: Path) -> None:
    wrong = _written(tmp_path / "wrong.csv", ["Sepal.Length,sepal_width,petal_length,colour", "1,2,3,red"])
    table.page.set_input_files("#file", wrong)
    told = table.page.wait_for_selector("#many-trouble .notice", timeout=LOADED)
    assert told is not None
    assert told.get_attribute("data-code") == "input/missing-column"
    text = told.inner_text()
    assert "lacks the columns 'sepal_length', 'petal_width'" in text
    assert "does not know its columns 'Sepal.Length', 'colour'" in text
    assert "Rename 'Sepal.Length' to 'sepal_length'" in text


def test_a_hundred_thousand_rows_are_all_answered_while_the_page_stays_alive(table: Visit, tmp_path: Path) -> None:
    rows = [",".join(FLOWERS[i % len(FLOWERS)]) for i in range(100_000)]
    path = _written(tmp_path / "many.csv", [",".join((*COLUMNS, "species")), *rows])
    page = table.page
    page.evaluate("""() => { window.longest = 0; let last = performance.now();
      const look = (now) => { window.longest = Math.max(window.longest, now - last); last = now;
        requestAnimationFrame(look); };
      requestAnimationFrame(look); }""")
    _answered(table, path)
    assert page.inner_text("#tiles dd >> nth=0") == "100,000"
    assert page.inner_text("#tiles dd >> nth=1") == "0"
    assert page.locator("#rows tbody tr").count() == 100
    assert page.evaluate("window.longest") < 1500
    page.click("[aria-label='Last page']")
    assert page.locator("#rows tbody th").last.inner_text() == "100,001"


def test_what_is_stopped_keeps_its_answers_and_says_so(table: Visit, tmp_path: Path) -> None:
    rows = [",".join(FLOWERS[0])] * 100_000
    table.page.set_input_files("#file", _written(tmp_path / "many.csv", [",".join((*COLUMNS, "species")), *rows]))
    table.page.wait_for_selector("#run:not([hidden])", timeout=LOADED)
    table.page.wait_for_selector("#run-text:has-text('rows so far')", timeout=LOADED)
    table.page.click("#stop")
    table.page.wait_for_selector("#many[data-state=done]", timeout=LOADED)
    assert "Stopped behind line" in table.page.inner_text("#found-note")
    count = int(table.page.inner_text("#tiles dd >> nth=0").replace(",", ""))
    assert 0 < count < 100_000
    assert len(_downloaded(table)) == count
