"""What the pages say of answers and true classes is what scikit-learn says of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

WEB = Path(__file__).resolve().parents[2] / "web_demo"
ASK = """
import { Confusion } from "./lib/confusion.js";
const { size, truths, answers } = JSON.parse(await new Response(process.stdin).text());
const found = new Confusion(size);
truths.forEach((truth, place) => found.add(truth, answers[place] ?? undefined));
const { matrix, accuracy, classes, total, unanswered } = found;
console.log(JSON.stringify({ matrix, accuracy, classes, total, unanswered }));
"""


def _asked(**given: Any) -> Any:
    command = ["node", "--input-type=module", "--eval", ASK]
    done = subprocess.run(command, input=json.dumps(given), cwd=WEB, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize(("size", "count"), [(2, 7), (3, 150), (10, 1000), (12, 5)])
def test_matrix_accuracy_precision_and_recall_are_those_of_scikit_learn(size: int, count: int) -> None:
    random = np.random.default_rng(size)
    truths = random.integers(size, size=count)
    answers = np.where(random.random(count) < 0.6, truths, random.integers(size, size=count))
    found = _asked(size=size, truths=truths.tolist(), answers=answers.tolist())
    labels = range(size)
    assert found["matrix"] == confusion_matrix(truths, answers, labels=labels).tolist()
    assert found["accuracy"] == accuracy_score(truths, answers)
    precision, recall, _, support = precision_recall_fscore_support(
        truths, answers, labels=labels, zero_division=np.nan
    )
    assert [each["support"] for each in found["classes"]] == support.tolist()
    for name, expected in (("precision", precision), ("recall", recall)):
        np.testing.assert_array_equal([each.get(name, np.nan) for each in found["classes"]], expected)


def test_a_row_without_a_class_counts_against_the_recall_of_its_own() -> None:
    found = _asked(size=2, truths=[0, 0, 1], answers=[0, None, 1])
    assert found["matrix"] == [[1, 0], [0, 1]]
    assert found["unanswered"] == [1, 0]
    assert found["total"] == 3
    assert found["accuracy"] == 2 / 3
    assert [each["recall"] for each in found["classes"]] == [0.5, 1]
    assert [each["precision"] for each in found["classes"]] == [1, 1]


def test_nothing_counted_has_no_accuracy() -> None:
    found = _asked(size=2, truths=[], answers=[])
    assert "accuracy" not in found
    assert found["total"] == 0
