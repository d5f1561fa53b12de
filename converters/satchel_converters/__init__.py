"""Converters: whatever model an author has, checked and turned into what runtimes read.

One module a job: `sources` (any model -> one float SavedModel and one float .tflite), `tflite` (float16, dynamic range,
int8), `tfjs` (graph models), `safety` (what is refused before anything is loaded). TensorFlow is imported inside the
functions that need it, never by importing this package.
"""
