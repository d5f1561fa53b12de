"""Satchel packs a trained model with all it needs to give the same answer in Python, in a browser and on a phone.

    import satchel
    spec = satchel.image_classification(resize_shorter=256, crop=224, resize="pillow.bicubic", mean=127, std=128,
                                        labels="labels.txt")
    bundle = satchel.pack("model.keras", spec, "model.satchel", variants=["float32", "int8"], calibration="photos/")
    answer = bundle.run("cat.jpg")

Nothing heavy is imported until a name is used: `import satchel` costs milliseconds.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from satchel import converters, metadata, zoo
    from satchel.answer import Answer
    from satchel.bundle import Bundle
    from satchel.bundle import open_bundle as open
    from satchel.check import CheckReport
    from satchel.comparison import Agreement, agreement
    from satchel.describe import Description, image_classification
    from satchel.describe_generic import embedding, generic
    from satchel.describe_pictures import keypoints, object_detection, segmentation
    from satchel.describe_signals import audio_classification, signal_classification, text_classification
    from satchel.describe_tables import tabular_classification, tabular_regression
    from satchel.diagnosis.diagnose import Diagnosis, diagnose
    from satchel.diagnosis.reference import Reference
    from satchel.evaluation import Evaluation, evaluate
    from satchel.packing import pack
    from satchel.preprocess import Preprocess
    from satchel.recipes import DynamicRange, Float16, Int8, Recipe
    from satchel.search.budget import Budget
    from satchel.search.optimize import optimize
    from satchel_metadata.errors import SatchelError, SatchelWarning
    from satchel_metadata.pipeline import Class
    from satchel_metadata.values import Frame

__version__ = "0.1.0"

_HOMES = {
    "Agreement": "satchel.comparison",
    "Answer": "satchel.answer",
    "Budget": "satchel.search.budget",
    "Bundle": "satchel.bundle",
    "CheckReport": "satchel.check",
    "Class": "satchel_metadata.pipeline",
    "Description": "satchel.describe",
    "Diagnosis": "satchel.diagnosis.diagnose",
    "DynamicRange": "satchel.recipes",
    "Evaluation": "satchel.evaluation",
    "Float16": "satchel.recipes",
    "Frame": "satchel_metadata.values",
    "Int8": "satchel.recipes",
    "Preprocess": "satchel.preprocess",
    "Recipe": "satchel.recipes",
    "Reference": "satchel.diagnosis.reference",
    "SatchelError": "satchel_metadata.errors",
    "SatchelWarning": "satchel_metadata.errors",
    "agreement": "satchel.comparison",
    "audio_classification": "satchel.describe_signals",
    "diagnose": "satchel.diagnosis.diagnose",
    "embedding": "satchel.describe_generic",
    "evaluate": "satchel.evaluation",
    "generic": "satchel.describe_generic",
    "image_classification": "satchel.describe",
    "keypoints": "satchel.describe_pictures",
    "object_detection": "satchel.describe_pictures",
    "open": "satchel.bundle",
    "optimize": "satchel.search.optimize",
    "pack": "satchel.packing",
    "segmentation": "satchel.describe_pictures",
    "signal_classification": "satchel.describe_signals",
    "tabular_classification": "satchel.describe_tables",
    "tabular_regression": "satchel.describe_tables",
    "text_classification": "satchel.describe_signals",
}
_ROOMS = ("converters", "metadata", "zoo")

__all__ = [
    "Agreement",
    "Answer",
    "Budget",
    "Bundle",
    "CheckReport",
    "Class",
    "Description",
    "Diagnosis",
    "DynamicRange",
    "Evaluation",
    "Float16",
    "Frame",
    "Int8",
    "Preprocess",
    "Recipe",
    "Reference",
    "SatchelError",
    "SatchelWarning",
    "__version__",
    "agreement",
    "audio_classification",
    "converters",
    "diagnose",
    "embedding",
    "evaluate",
    "generic",
    "image_classification",
    "keypoints",
    "metadata",
    "object_detection",
    "open",
    "optimize",
    "pack",
    "segmentation",
    "signal_classification",
    "tabular_classification",
    "tabular_regression",
    "text_classification",
    "zoo",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"satchel.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'satchel' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), "open_bundle" if name == "open" else name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
