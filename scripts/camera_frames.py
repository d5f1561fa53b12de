"""What a camera would give of real photos, and what Python says of it: `camera_frames.py FOLDER BUNDLE...`.

For each photo, range and rotation it writes the planes Y, U and V, one after the other without gaps, of the frame whose
sensor lies so. `frames.json` has for each of them and each bundle the SHA-256 of the prepared tensor and the answer:
the app's tests hold the camera's frames against it.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import sys
import zlib
from pathlib import Path
from typing import Any, get_args

import numpy as np

import satchel
from satchel_metadata.canonical import dumps
from satchel_metadata.ops import yuv
from satchel_metadata.values import Frame

PHOTOS = {"chelsea": (451, 300), "coffee": (600, 400), "astronaut": (512, 512)}
PIXELS = Path(__file__).parents[1] / "metadata" / "vectors" / "pipeline"
EXACT = "int8"


def pixels(name: str) -> Any:
    """Gives a photo as the vectors have it, uint8 [height, width, 3]."""
    width, height = PHOTOS[name]
    raw = zlib.decompress((PIXELS / f"{name}.rgb.z").read_bytes(), wbits=-15)
    return np.frombuffer(raw, np.uint8).reshape(height, width, 3)


def frame_of(photo: Any, value_range: yuv.Range, rotation: yuv.Rotation) -> Frame:
    """Gives the frame that is the photo when it is turned clockwise by rotation."""
    y, u, v = yuv.rgb_to_yuv(np.rot90(photo, rotation // 90), value_range)
    height, width = y.shape
    strides = (width, u.shape[1], v.shape[1])
    return Frame(width, height, y.ravel(), u.ravel(), v.ravel(), *strides, range=value_range, rotation=rotation)


def said(bundle: satchel.Bundle, frame: Frame) -> dict[str, Any]:
    """Gives the variant that is asked, the hash of its prepared tensor, and its answer."""
    variant = EXACT if EXACT in bundle.variants else bundle.default
    (tensor,) = bundle.runner(variant).pipeline.prepare(frame).values()
    found = bundle.run(frame, variant).to_json()
    answer = dumps({name: value for name, value in found.items() if name not in ("variant", "timings")}).decode()
    return {"artefact": f"{variant}/tflite", "tensor": hashlib.sha256(tensor.tobytes()).hexdigest(), "answer": answer}


def main(folder: Path, paths: list[Path]) -> None:
    """Writes the frames, then what is said of them."""
    folder.mkdir(parents=True, exist_ok=True)
    bundles = {path.name: satchel.open(path) for path in paths}
    cases = []
    for name, value_range, rotation in itertools.product(PHOTOS, get_args(yuv.Range), get_args(yuv.Rotation)):
        frame = frame_of(pixels(name), value_range, rotation)
        file = f"{name}-{value_range}-{rotation}.yuv"
        (folder / file).write_bytes(b"".join(plane.tobytes() for plane in (frame.y, frame.u, frame.v)))
        told = {"width": frame.width, "height": frame.height, "range": value_range, "rotation": rotation}
        cases.append({"file": file, **told, "said": {each: said(bundle, frame) for each, bundle in bundles.items()}})
    (folder / "frames.json").write_text(json.dumps(cases))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(each) for each in sys.argv[2:]])
