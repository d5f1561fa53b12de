"""Writes into a detection .tflite what MediaPipe's ObjectDetector wants to read there: labels, anchors, scales.

    python detector_metadata.py MODEL.tflite OUT.tflite < told.json

`told.json` has `labels`, `anchors` (top, left, bottom, right of each, 0..1), `scales` (of y, x, height, width), `mean`
and `std` of the input. The weights stay as they are. Runs in an environment that holds mediapipe and no Satchel.
"""

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

# The package imports two compiled modules that its wheel does not carry: one names the version of the metadata that a
# parser must know, the other prints metadata as JSON, which nothing here reads.
BUILT = "mediapipe.tasks.cc.metadata.python"
for name in ("mediapipe.tasks.cc", "mediapipe.tasks.cc.metadata", BUILT):
    sys.modules.setdefault(name, ModuleType(name))
sys.modules[BUILT]._pywrap_metadata_version = SimpleNamespace(GetMinimumMetadataParserVersion=lambda _: "1.5.0")
sys.modules[BUILT]._pywrap_flatbuffers = SimpleNamespace(IDLOptions=SimpleNamespace)

from mediapipe.tasks.python.metadata.metadata_writers import metadata_info, metadata_writer  # noqa: E402
from mediapipe.tasks.python.metadata.metadata_writers import object_detector as detector  # noqa: E402


def main() -> None:
    """Reads the model, writes it with its metadata."""
    source, out = map(Path, sys.argv[1:])
    told = json.load(sys.stdin)
    anchors = [
        detector.FixedAnchor((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
        for top, left, bottom, right in told["anchors"]
    ]
    y_scale, x_scale, h_scale, w_scale = told["scales"]
    writer = detector.MetadataWriter.create_for_models_without_nms(
        bytearray(source.read_bytes()),
        [told["mean"]],
        [told["std"]],
        metadata_writer.Labels().add(told["labels"]),
        detector.SsdAnchorsOptions(detector.FixedAnchorsSchema(anchors)),
        detector.TensorsDecodingOptions(
            num_classes=len(told["labels"]),
            num_boxes=len(anchors),
            num_coords=4,
            keypoint_coord_offset=0,
            num_keypoints=0,
            num_values_per_keypoint=2,
            x_scale=x_scale,
            y_scale=y_scale,
            w_scale=w_scale,
            h_scale=h_scale,
            apply_exponential_on_box_size=True,
            sigmoid_score=True,
        ),
        metadata_info.RawDetectionOutputTensorsOrder.LOCATION_SCORE,
    )
    out.write_bytes(writer.populate()[0])


if __name__ == "__main__":
    main()
