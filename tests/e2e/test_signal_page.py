"""The page of signals: a recording is answered window by window as Python does, played, and refused with reasons."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

import satchel
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.values import Signal
from satchel_server import listen
from zoo_bundles import zoo_bundle

from .conftest import LOADED, Visit, visiting

CHANNELS = ("acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z")
PREPARED = """async ({url, artefact, text}) => {
  const { startSatchel } = await import('/lib/client.js');
  const satchel = await startSatchel({ libraryUrl: '/lib/', runtimesUrl: '/runtimes/' });
  await satchel.open(url);
  await satchel.load(artefact);
  const { prepared } = await satchel.run(new Blob([text]), { view: true });
  satchel.close();
  return Object.values(prepared)[0].sha256;
}"""


@pytest.fixture(scope="module")
def bundle() -> Path:
    return zoo_bundle("sensor-series")


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    """Calm, then shaken: 92 windows of a second's hop, which are asked about in two pieces."""
    random = np.random.default_rng(7)
    strength = np.repeat([0.3, 12.0], 505)[:, None]
    return np.round(random.normal(0, 1, (1010, len(CHANNELS))) * strength, 4)


@pytest.fixture(scope="module")
def recording(values: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("signals") / "recording.csv"
    rows = [[*map(str, map(float, row)), "standing" if at < 505 else "Badminton"] for at, row in enumerate(values)]
    path.write_text("\n".join(",".join(row) for row in [[*CHANNELS, "class"], *rows]) + "\n")
    return path


@pytest.fixture
def signal(browser: Browser, bundle: Path) -> Iterator[Visit]:
    with listen([bundle], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.page.goto(f"{listening.url}/signal/{bundle.stem}")
        visit.page.wait_for_selector("#seal[data-state=good]", timeout=LOADED)
        yield visit
        assert visit.complaints == []


def _give(visit: Visit, path: Path) -> None:
    visit.page.set_input_files("#file", path)
    visit.page.wait_for_selector("#windows table", timeout=LOADED)


def _lines(visit: Visit) -> list[list[str]]:
    found: list[list[str]] = []
    while True:
        rows = visit.page.locator("#windows tbody tr").all()
        found += [row.locator("th, td").all_inner_texts() for row in rows]
        further = visit.page.locator("[aria-label='Next page']")
        if further.count() == 0 or further.is_disabled():
            return found
        further.click()


def test_every_window_has_pythons_answer(signal: Visit, bundle: Path, values: np.ndarray, recording: Path) -> None:
    _give(signal, recording)
    artefact = signal.page.get_attribute("#proof", "data-artefact") or ""
    expected = satchel.open(bundle).run(Signal(values, 10.0), artefact.split("/")[0]).windows
    lines = _lines(signal)
    assert len(lines) == len(expected) == 92
    for line, window in zip(lines, expected, strict=True):
        start = window.start / 10
        first = f"{start:.1f} s" if start < 60 else f"{int(start // 60)}:{start % 60:04.1f}"
        best = window.answer.classes[0]
        assert line[:3] == [f"{first} – {line[0].split(' – ')[1]}", best.label, f"{best.score * 100:.1f} %"]
    assert lines[0][3] == "standing"
    assert lines[-1][3] == "Badminton"
    assert "92 windows" in signal.page.inner_text("#windows-note")
    right = sum(line[1].lower() == line[3].lower() for line in lines)
    assert f"{right} of 92 right" in signal.page.inner_text("#windows-note")


def test_a_window_becomes_the_tensor_that_python_makes_of_it(
    signal: Visit, bundle: Path, values: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / "window.csv"
    path.write_text("\n".join([",".join(CHANNELS), *(",".join(map(str, map(float, row))) for row in values[:100])]))
    opened = satchel.open(bundle)
    artefact = signal.page.get_attribute("#proof", "data-artefact") or ""
    (tensor,) = Pipeline(opened.spec, opened.labels, artefact).prepare(Signal(values[:100], 10.0)).values()
    given = {"url": f"/bundles/{bundle.stem}", "artefact": artefact, "text": path.read_text()}
    assert signal.page.evaluate(PREPARED, given) == hashlib.sha256(tensor.tobytes()).hexdigest()


def test_a_recording_is_played_paused_stepped_and_sought(signal: Visit, recording: Path) -> None:
    _give(signal, recording)
    page = signal.page
    assert page.inner_text("#clock") == "1:41.0 of 1:41.0"
    page.check("#speed-16", force=True)
    page.click("#play")
    page.wait_for_selector("#when:has-text('truly standing')", timeout=LOADED)
    page.click("#play")
    assert page.inner_text("#play") == "Play"
    page.fill("#seek", "105")
    assert page.inner_text("#clock").startswith("10.5 s")
    assert page.inner_text("#when") == "Heard from 0.0 s to 10.0 s; truly standing"
    page.click("#forth")
    assert page.inner_text("#when").startswith("Heard from 1.0 s to 11.0 s")
    page.click("#back")
    assert page.inner_text("#when").startswith("Heard from 0.0 s")
    page.focus("#seek")
    page.keyboard.press("End")
    assert page.inner_text("#clock") == "1:41.0 of 1:41.0"
    page.check("#speed-Infinity", force=True)
    page.click("#play")
    page.wait_for_selector("#play:has-text('Play again')", timeout=LOADED)


def test_the_plot_is_drawn_in_the_pixels_of_the_screen(browser: Browser, bundle: Path, recording: Path) -> None:
    for scheme in ("light", "dark"):
        with (
            listen([bundle], port=0) as listening,
            visiting(browser, listening.url, device_scale_factor=2, color_scheme=scheme) as visit,
        ):
            visit.page.goto(f"{listening.url}/signal/{bundle.stem}")
            visit.page.wait_for_selector("#seal[data-state=good]", timeout=LOADED)
            _give(visit, recording)
            sizes = visit.page.evaluate("""() => { const p = document.querySelector('#plot');
              const all = p.getContext('2d').getImageData(0, 0, p.width, p.height).data;
              const colours = new Set(); for (let i = 0; i < all.length; i += 4)
                if (all[i + 3] === 255) colours.add(all[i] << 16 | all[i + 1] << 8 | all[i + 2]);
              return [p.width, p.clientWidth, colours.size]; }""")
            assert sizes[0] == 2 * sizes[1]
            assert sizes[2] > 4


def test_what_cannot_be_played_is_told_with_its_line(signal: Visit, tmp_path: Path) -> None:
    head, row = ",".join(CHANNELS), ",".join(["1.5"] * 6)
    times = [f"{at / 20},{row}" for at in range(120)]
    wrong = {
        "columns": (["a,b", "1,2"], "input/missing-column", "'acc_x', 'acc_y'"),
        "short": ([head, *[row] * 99], "input/too-short", "100 samples at a time, the file has 99"),
        "gap": ([head, *[row] * 100, row[:-3]], "input/empty-cell", "line 102"),
        "rate": ([f"time,{head}", *times], "input/wrong-rate", "those of 20"),
    }
    for name, (lines, code, text) in wrong.items():
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join(lines) + "\n")
        signal.page.set_input_files("#file", path)
        signal.page.wait_for_selector(f"#answer[data-state=trouble] [data-code='{code}']", timeout=LOADED)
        assert text in signal.page.inner_text("#trouble")
