"""Times transformers' ViTImageProcessor on one photo; resize.py starts it, in an environment that has no Satchel.

Prints JSON: the median milliseconds, the version, the processor's class, and a corner of the prepared tensor.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

import transformers
from PIL import Image


def main() -> None:
    """Prepares the photo that is named first, as often as is said second."""
    settings = {"size": {"height": 224, "width": 224}, "resample": 2, "do_rescale": True, "do_normalize": True}
    means = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
    kinds = [getattr(transformers, name, None) for name in ("ViTImageProcessorPil", "ViTImageProcessor")]
    kind = next(each for each in kinds if each is not None)
    processor = kind(**settings, **means)
    with Image.open(sys.argv[1]) as image:
        picture = image.convert("RGB")
    milliseconds = []
    for _ in range(int(sys.argv[2]) + 1):
        start = time.perf_counter()
        values = processor(picture, return_tensors="np")["pixel_values"]
        milliseconds.append((time.perf_counter() - start) * 1000)
    found = {"ms": statistics.median(milliseconds[1:]), "version": transformers.__version__}
    corner = values[0, :, :2, :2].tolist()
    print(json.dumps({**found, "processor": type(processor).__name__, "corner": corner}))


if __name__ == "__main__":
    main()
