"""The contract: what travels with a model, read and written the same way everywhere.

The names below are the room's door. Each loads its module when it is first used, so that importing an error class does
not load numpy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from satchel_metadata.bundle import BundleReader
    from satchel_metadata.bundle_write import GoldenFiles, ModelFiles, VariantFiles, refuse_existing, write_bundle
    from satchel_metadata.errors import (
        BundleError,
        ConversionError,
        EnvironmentProblem,
        InputError,
        ModelError,
        SatchelError,
        SatchelWarning,
        SpecError,
    )
    from satchel_metadata.golden import Golden
    from satchel_metadata.manifest import Manifest, Provenance
    from satchel_metadata.photo import Photo, load_photo
    from satchel_metadata.pipeline import Answer, Class, Pipeline
    from satchel_metadata.spec import Spec, parse_spec
    from satchel_metadata.text import printable
    from satchel_metadata.tflite_metadata import MetadataInfo, read_metadata, write_metadata
    from satchel_metadata.tflite_model import ModelInfo, inspect_model

_MODULES = {
    "bundle": ("BundleReader",),
    "bundle_write": ("GoldenFiles", "ModelFiles", "VariantFiles", "refuse_existing", "write_bundle"),
    "errors": (
        "BundleError",
        "ConversionError",
        "EnvironmentProblem",
        "InputError",
        "ModelError",
        "SatchelError",
        "SatchelWarning",
        "SpecError",
    ),
    "golden": ("Golden",),
    "manifest": ("Manifest", "Provenance"),
    "photo": ("Photo", "load_photo"),
    "pipeline": ("Answer", "Class", "Pipeline"),
    "spec": ("Spec", "parse_spec"),
    "text": ("printable",),
    "tflite_metadata": ("MetadataInfo", "read_metadata", "write_metadata"),
    "tflite_model": ("ModelInfo", "inspect_model"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Answer",
    "BundleError",
    "BundleReader",
    "Class",
    "ConversionError",
    "EnvironmentProblem",
    "Golden",
    "GoldenFiles",
    "InputError",
    "Manifest",
    "MetadataInfo",
    "ModelError",
    "ModelFiles",
    "ModelInfo",
    "Photo",
    "Pipeline",
    "Provenance",
    "SatchelError",
    "SatchelWarning",
    "Spec",
    "SpecError",
    "VariantFiles",
    "inspect_model",
    "load_photo",
    "parse_spec",
    "printable",
    "read_metadata",
    "refuse_existing",
    "write_bundle",
    "write_metadata",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
