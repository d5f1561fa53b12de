"""The format converters, re-exported from `satchel_converters`. TensorFlow loads when one is called."""

from satchel_converters.sources import Source, load_source
from satchel_converters.tfjs import graph_model
from satchel_converters.tflite import dynamic_range, float16, int8

__all__ = ["Source", "dynamic_range", "float16", "graph_model", "int8", "load_source"]
