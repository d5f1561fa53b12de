"""Recipes: frozen passes with a JSON form."""

from __future__ import annotations

import dataclasses
import json

import pytest

from satchel.recipes import DynamicRange, Float16, Int8, Recipe, named
from satchel_metadata.errors import SpecError


@pytest.mark.parametrize("name", ["float32", "float16", "dynamic_range", "int8"])
def test_every_standard_recipe_comes_back_from_its_json(name: str) -> None:
    recipe = named(name, io="float32")
    assert Recipe.from_json(name, json.loads(json.dumps(recipe.to_json()))) == recipe


def test_the_json_form_names_the_pass_and_its_settings() -> None:
    assert named("int8").to_json() == [{"pass": "int8", "io": "uint8"}]


def test_only_an_integer_recipe_needs_calibration() -> None:
    needs = {name: named(name).needs_calibration for name in ("float32", "float16", "dynamic_range", "int8")}
    assert needs == {"float32": False, "float16": False, "dynamic_range": False, "int8": True}


def test_a_pass_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Int8().io = "float32"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("passes", "code"),
    [
        ([{"pass": "int3"}], "spec/unknown-op"),
        ([{"io": "uint8"}], "spec/unknown-op"),
        ([{"pass": "int8", "bits": 4}], "spec/unknown-key"),
        ([{"pass": "int8", "io": "int8"}], "spec/unknown-value"),
    ],
)
def test_a_wrong_pass_is_refused_by_place(passes: list[dict[str, object]], code: str) -> None:
    with pytest.raises(SpecError) as caught:
        Recipe.from_json("mine", passes)
    assert caught.value.code == code


def test_two_numeric_types_in_one_recipe_do_not_go_together() -> None:
    with pytest.raises(SpecError, match="found float16, dynamic_range"):
        Recipe("both", (Float16(), DynamicRange())).validate()


def test_an_unknown_variant_lists_those_there_are() -> None:
    with pytest.raises(SpecError, match="float32, float16, dynamic_range, weight_only, int8"):
        named("int3")
