"""A bundle of a model that answers a number a row is held against the true numbers on the table page."""

from __future__ import annotations

import csv
from pathlib import Path

import keras
import numpy as np
import pytest
from playwright.sync_api import Browser
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

import satchel
from satchel_server import listen

from .conftest import LOADED, visiting


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return np.random.default_rng(3).uniform(-2, 2, (40, 2)).round(3)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, rows: np.ndarray) -> Path:
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.layers[0].set_weights([np.array([[1.5], [-0.5]], np.float32), np.array([2.0], np.float32)])
    description = satchel.tabular_regression(columns=["width", "height"], name="prices")
    path = tmp_path_factory.mktemp("regression") / "prices.satchel"
    given = [{"width": float(w), "height": float(h)} for w, h in rows[:8]]
    satchel.pack(model, description, path, variants=("float32",), calibration=given)
    return path


def test_answers_are_held_against_the_true_numbers(
    browser: Browser, bundle: Path, rows: np.ndarray, tmp_path: Path
) -> None:
    noise = np.random.default_rng(4).normal(0, 0.3, len(rows))
    truth = (rows @ [1.5, -0.5] + 2 + noise).round(4)
    table = tmp_path / "prices.csv"
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([["width", "height", "target"], *np.column_stack([rows, truth]).tolist()])
    opened = satchel.open(bundle)
    runs = [opened.run({"width": float(w), "height": float(h)}).values for w, h in rows]
    answers = np.concatenate([np.ravel(each) for each in runs if each is not None])
    with listen([bundle], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.page.goto(f"{listening.url}/table/{bundle.stem}")
        visit.page.wait_for_selector("#seal[data-state=good]", timeout=LOADED)
        visit.page.wait_for_selector("#answer[data-state=waiting]")
        assert visit.page.inner_text("#waiting") == "The answer appears here as you type."
        visit.page.set_input_files("#file", table)
        visit.page.wait_for_selector("#many[data-state=done]", timeout=LOADED)
        assert visit.page.input_value("#truth") == "target"
        names = visit.page.locator("#tiles dt").all_inner_texts()
        tiles = dict(zip(names, visit.page.locator("#tiles dd").all_inner_texts(), strict=True))
        assert visit.complaints == []
    assert tiles["Rows"] == "40"
    assert tiles["Mean absolute error"] == f"{mean_absolute_error(truth, answers):.4g}"
    assert tiles["Root mean square error"] == f"{root_mean_squared_error(truth, answers):.4g}"
    assert tiles["R²"] == f"{r2_score(truth, answers):.3f}"
