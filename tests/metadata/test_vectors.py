"""Every golden vector gives the values of the library it names, whole and to the bit; every invalid spec its code."""

import base64
import copy
import json
from pathlib import Path

import numpy as np
import pytest

from satchel_metadata.errors import SpecError
from satchel_metadata.infer import check_steps
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.spec import parse_spec

VECTORS = Path(__file__).parents[2] / "metadata" / "vectors"


def documents(folder):
    paths = sorted((VECTORS / folder).glob("*.json"))
    assert paths, f"no vectors in {folder}"
    return [json.loads(path.read_text()) for path in paths]


def cases(folder):
    return [pytest.param(case, id=f"{folder}-{case['id']}") for each in documents(folder) for case in each["cases"]]


def array(value):
    return np.frombuffer(base64.b64decode(value["data"]), value["dtype"]).reshape(value["shape"])


def pipeline(steps, reading=()):
    document = {
        "satchel": "1.0",
        "name": "test",
        "task": "image_classification",
        "inputs": [{"name": "image", "steps": steps}],
        "outputs": [{"name": "scores", "steps": list(reading)}],
    }
    return Pipeline(parse_spec(document), {})


@pytest.mark.parametrize("case", [*cases("resize"), *cases("color"), *cases("crop"), *cases("arithmetic")])
def test_a_step_gives_the_values_of_its_library(case):
    found = pipeline([{"op": "decode"}, case["step"]]).prepare(array(case["input"]))["image"]
    np.testing.assert_array_equal(found, array(case["expected"])[np.newaxis].astype(np.float32))


@pytest.mark.parametrize("case", cases("pipeline"))
def test_a_pipeline_gives_the_tensor_of_its_library(case):
    found = pipeline(case["steps"]).prepare(array(case["input"]))["image"]
    np.testing.assert_array_equal(found, array(case["expected"]))


@pytest.mark.parametrize("case", cases("reading"))
def test_reading_gives_the_values_that_are_defined(case):
    found = pipeline([{"op": "decode"}], [case["step"]]).scores({"scores": array(case["input"])[np.newaxis]})
    np.testing.assert_array_equal(found, array(case["expected"]))


@pytest.mark.parametrize("case", cases("spec"))
def test_an_invalid_spec_is_refused_with_its_code_and_place(case):
    document = case["document"] if "document" in case else changed(documents("spec")[0]["valid"], **case["change"])
    with pytest.raises(SpecError) as refused:
        check_steps(parse_spec(document))
    assert (refused.value.code, refused.value.where) == (case["code"], case["where"])


def changed(valid, path, value):
    document = copy.deepcopy(valid)
    if not path:
        return value
    owner = document
    for part in path[:-1]:
        owner = owner[part]
    owner[path[-1]] = value
    return document
