"""Runs in an environment with torchvision: prints what it makes of golden vectors, a JSON line of {file: {id: found}}.

    python client_torchvision.py FOLDER_OF_VECTORS

Boxes and places are told as numbers, pictures by the hash of their bytes. Cases that torchvision has no word for are
left out.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torchvision
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as transforms

FORMS = {"corners": "xyxy", "corner_size": "xywh", "center": "cxcywh"}


def array(packed):
    flat = np.frombuffer(base64.b64decode(packed["data"]), np.dtype(packed["dtype"]).newbyteorder("<"))
    return flat.reshape(packed["shape"]).copy()


def told(found):
    little = np.ascontiguousarray(found)
    return [str(little.dtype), list(little.shape), hashlib.sha256(little.tobytes()).hexdigest()]


def convert_boxes(case):
    boxes = torch.from_numpy(array(case["input"]))
    step = case["step"]
    return told(torchvision.ops.box_convert(boxes, FORMS[step["from"]], FORMS[step["to"]]).numpy())


def nms(case):
    given, step = case["input"], case["step"]
    boxes, scores, classes = (torch.from_numpy(array(given[name])) for name in ("boxes", "scores", "classes"))
    if bool((boxes[:, :2] > boxes[:, 2:]).any()):
        return None  # corners in another order: torchvision asks for x1 <= x2 and y1 <= y2
    able = torch.nonzero(scores >= np.float32(step["score"])).reshape(-1)
    groups = classes[able] if step["per_class"] else torch.zeros(len(able), dtype=torch.int64)
    kept = [able[groups == each] for each in groups.unique()]
    iou = float(np.float32(step["iou"]))
    stays = [places[torchvision.ops.nms(boxes[places], scores[places], iou)] for places in kept]
    merged = torch.cat(stays).sort().values if stays else able
    order = merged[torch.sort(scores[merged], descending=True, stable=True).indices][: step["max"]]
    return [each.tolist() for each in (boxes[order], scores[order], classes[order])]


def crop(case):
    step = case["step"]
    if step.get("offset_rounding") != "half_even" or "before" in case:
        return None
    return told(
        np.asarray(transforms.center_crop(Image.fromarray(array(case["input"])), [step["height"], step["width"]]))
    )


def fit(case):
    step = case["step"]
    method = step["method"].removeprefix("pillow.")
    shorter = step["fit"] == "shorter_side" and step["side_rounding"] == "floor"
    if not shorter or not step["method"].startswith("pillow.") or "before" in case:
        return None
    image = Image.fromarray(array(case["input"]))
    return told(np.asarray(transforms.resize(image, step["side"], InterpolationMode(method))))


FILES = {
    "convert_boxes/torchvision.json": convert_boxes,
    "nms/tensorflow.json": nms,
    "crop/centre.json": crop,
    "resize/fit.json": fit,
}


def main():
    found = {"version": torchvision.__version__.split("+")[0]}
    for path, run in FILES.items():
        cases = json.loads((Path(sys.argv[1]) / path).read_text())["cases"]
        valid = {case["id"]: run(case) for case in cases if case["result"] == "valid"}
        found[path] = {name: value for name, value in valid.items() if value is not None}
    print(json.dumps(found))


main()
