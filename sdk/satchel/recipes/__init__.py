"""Recipes: ordered tuples of frozen passes, and the runner that turns a float model into a variant."""

from satchel.recipes.cluster import Cluster
from satchel.recipes.dynamic_range import DynamicRange
from satchel.recipes.float16 import Float16
from satchel.recipes.fold import Fold
from satchel.recipes.int8 import Int8
from satchel.recipes.prune import Prune
from satchel.recipes.qat import QAT
from satchel.recipes.recipe import Recipe, named
from satchel.recipes.remove_channels import RemoveChannels
from satchel.recipes.runner import Variant, run
from satchel.recipes.work import Context, Pass, Work

__all__ = [
    "QAT",
    "Cluster",
    "Context",
    "DynamicRange",
    "Float16",
    "Fold",
    "Int8",
    "Pass",
    "Prune",
    "Recipe",
    "RemoveChannels",
    "Variant",
    "Work",
    "named",
    "run",
]
