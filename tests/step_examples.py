"""Steps as authors write them, and the specs around them: what the tests of preparation run."""

from satchel_metadata.spec import parse_spec

ARTEFACT = "float32/tflite"
DECODE = {"op": "decode"}
SHORTER = {
    "op": "resize",
    "method": "pillow.bicubic",
    "fit": "shorter_side",
    "side": 256,
    "side_rounding": "floor",
}
CROP = {"op": "crop", "width": 224, "height": 224, "offset_rounding": "half_even"}
NORMALIZE = {"op": "normalize", "mean": [127], "std": [128], "range": "0..255"}
LITE0 = [DECODE, SHORTER, CROP, NORMALIZE]


def spec_of(steps, reads=(), tensor=None, output=None, labels=None):
    """Gives a spec of one input "image" and one output "scores", with one artefact when it has a tensor."""
    return parse_spec(
        {
            "name": "test",
            "task": "image_classification",
            "inputs": [{"name": "image", "steps": list(steps), "tensor": {ARTEFACT: tensor} if tensor else {}}],
            "outputs": [{"name": "scores", "steps": list(reads), "tensor": {ARTEFACT: output} if output else {}}],
            "labels": {"classes": "labels.txt"} if labels else {},
        }
    )


def tensor_of(shape, dtype="float32", **quantised):
    return {"name": "serving_default:0", "index": 0, "shape": list(shape), "dtype": dtype, **quantised}


def stretch(method, width, height):
    return {"op": "resize", "method": method, "fit": "stretch", "width": width, "height": height}


def cover(method, width, height):
    roundings = {"side_rounding": "half_even", "offset_rounding": "floor"}
    return {"op": "resize", "method": method, "fit": "cover", "width": width, "height": height, **roundings}


def contain(method, width, height, *value):
    rest = {"side_rounding": "half_even", "pad_value": list(value)}
    return {"op": "resize", "method": method, "fit": "contain", "width": width, "height": height, **rest}


NCHW = {"op": "layout", "to": "NCHW"}
GRAY = {"op": "color", "to": "GRAY"}
TO_UNIT = {"op": "rescale", "divisor": 255}
IMAGENET = {"op": "normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "range": "0..1"}
CENTRE = {"op": "center_of_mass", "width": 28, "height": 28}
PIPELINES = {
    "EfficientNet-Lite": LITE0,
    "torchvision": [DECODE, {**SHORTER, "method": "pillow.bilinear"}, CROP, TO_UNIT, IMAGENET, NCHW],
    "normalized after NCHW": [DECODE, stretch("tf.area", 30, 20), NCHW, TO_UNIT, IMAGENET],
    "Keras": [DECODE, cover("tf.bilinear", 96, 96), {"op": "rescale", "divisor": 127.5, "offset": -1}],
    "caffe": [DECODE, {"op": "color", "to": "BGR"}, stretch("pillow.box", 50, 40),
              {"op": "normalize", "mean": [103.939, 116.779, 123.68], "std": [1], "range": "0..255"}],
    "back to RGB": [DECODE, {"op": "color", "to": "BGR"}, {"op": "color", "to": "RGB"}, stretch("tf.bicubic", 9, 9)],
    "grey digits": [DECODE, GRAY, contain("pillow.lanczos", 28, 28, 255), TO_UNIT],
    "grey of BGR": [DECODE, {"op": "color", "to": "BGR"}, GRAY, stretch("pillow.hamming", 8, 8)],
    "drawing": [DECODE, GRAY, {"op": "rescale", "factor": -1, "offset": 255}, {"op": "crop_content", "threshold": 40},
                contain("tf.bilinear_antialias", 20, 20, 0), CENTRE, TO_UNIT],
    "content of bytes": [DECODE, {"op": "crop_content", "threshold": -1}, stretch("pillow.box", 12, 12)],
    "letterbox": [DECODE, contain("tf.bilinear_antialias", 65, 64, 114, 1, 2), TO_UNIT],
    "letterbox, cropped": [DECODE, contain("pillow.bilinear", 65, 64, 9), {**CROP, "width": 33, "height": 20}],
    "central fraction": [DECODE, {"op": "crop", "central_fraction": 0.875}, stretch("tf.bilinear", 64, 64), TO_UNIT],
    "two resizes": [DECODE, TO_UNIT, stretch("tf.bicubic", 80, 60), cover("tf.nearest", 32, 48),
                    {**CROP, "width": 7, "height": 9}],
    "cover and crop": [DECODE, cover("pillow.bicubic", 90, 80), {**CROP, "width": 61, "height": 33}, NORMALIZE],
    "pad and flip": [DECODE, stretch("pillow.nearest", 20, 30), {"op": "flip", "axis": "horizontal"},
                     {"op": "pad", "left": 1, "top": 2, "right": 3, "bottom": 4, "value": [9, 8, 7]},
                     {"op": "flip", "axis": "vertical"}, {"op": "rescale", "factor": 0.5, "offset": 3},
                     {"op": "pad", "left": 1, "top": 0, "right": 0, "bottom": 0, "value": [255]}],
    "float values cropped": [DECODE, TO_UNIT, {**CROP, "width": 20, "height": 10}, {"op": "layout", "to": "NHWC"}],
    "as it is": [DECODE],
}  # fmt: skip
