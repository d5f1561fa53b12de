"""Recipes: ordered tuples of frozen passes, and the runner that turns a float model into a variant."""

from satchel.recipes.dynamic_range import DynamicRange
from satchel.recipes.float16 import Float16
from satchel.recipes.int8 import Int8
from satchel.recipes.recipe import Pass, Recipe, named
from satchel.recipes.runner import Context, Variant, run

__all__ = ["Context", "DynamicRange", "Float16", "Int8", "Pass", "Recipe", "Variant", "named", "run"]
