"""The contract: spec types, ops, pipeline and bundle format, re-exported from `satchel_metadata`."""

from satchel_metadata.bundle import BundleReader
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.spec import Spec, Tensor, parse_spec
from satchel_metadata.tflite_metadata import read_metadata, write_metadata

__all__ = ["BundleReader", "Pipeline", "Spec", "Tensor", "parse_spec", "read_metadata", "write_metadata"]
