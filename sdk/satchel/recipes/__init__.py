"""Recipes: ordered tuples of frozen passes, and the runner that turns a float model into a variant."""

from satchel.recipes.cluster import Cluster
from satchel.recipes.dynamic_range import DynamicRange
from satchel.recipes.entropy_code import EntropyCode
from satchel.recipes.float16 import Float16
from satchel.recipes.fold import Fold
from satchel.recipes.int4 import Int4
from satchel.recipes.int8 import Int8
from satchel.recipes.int16x8 import Int16x8
from satchel.recipes.mixed import Mixed
from satchel.recipes.prune import Prune
from satchel.recipes.qat import QAT
from satchel.recipes.recipe import VARIANTS, Recipe, named
from satchel.recipes.remove_channels import RemoveChannels
from satchel.recipes.runner import Variant, run
from satchel.recipes.weight_only import WeightOnly
from satchel.recipes.work import Context, Pass, Work

__all__ = [
    "QAT",
    "VARIANTS",
    "Cluster",
    "Context",
    "DynamicRange",
    "EntropyCode",
    "Float16",
    "Fold",
    "Int4",
    "Int8",
    "Int16x8",
    "Mixed",
    "Pass",
    "Prune",
    "Recipe",
    "RemoveChannels",
    "Variant",
    "WeightOnly",
    "Work",
    "named",
    "run",
]
