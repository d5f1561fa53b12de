"""Makes small.tflite and small8.tflite in a folder: `python small_models.py FOLDER`.

Run in a process of its own, so that a test needs no TensorFlow and none of its warnings. The models take
[1, 224, 224, 3] and give five probabilities; small8 has uint8 input and output, and calibration covers -127/128 to 1,
so that its input is the pixels as they are.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

MEAN, STD = 127, 128


def small_models(shared: Path) -> dict[str, bytes]:
    """Gives both models by name; makes them once for all processes of a test run, in the folder they share."""
    folder = shared / "small-models"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "small8.tflite").exists():
            subprocess.run([sys.executable, __file__, str(folder)], check=True, capture_output=True)
    return {name: (folder / f"{name}.tflite").read_bytes() for name in ("small", "small8")}


def main(folder: Path) -> None:
    """Builds, converts and quantises the models."""
    import keras
    import numpy as np
    import tensorflow as tf

    keras.utils.set_random_seed(1)
    image = keras.Input((224, 224, 3), name="image")
    features = keras.layers.Conv2D(4, 3, strides=8, activation="relu6")(image)
    pooled = keras.layers.GlobalAveragePooling2D()(features)
    model = keras.Model(image, keras.layers.Dense(5, activation="softmax")(pooled))
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    (folder / "small.tflite").write_bytes(converter.convert())
    ramp = ((np.arange(224 * 224 * 3) % 256).astype(np.float32) - MEAN) / STD
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: iter([[ramp.reshape(1, 224, 224, 3)]])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.uint8
    (folder / "small8.tflite").write_bytes(converter.convert())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
