"""Vectors of specs held against an artefact's tensors, of outputs of every dtype and shape, and of integer inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from generators import library
from generators.base import Array, Case, VectorFile, invalid, valid

F = np.float32
ARTEFACT = "a/tflite"
LABELS = ["cat", "dog", "fox"]
INPUT, OUTPUT = "$.inputs[0]", "$.outputs[0]"
DECODE = {"op": "decode"}
SMALL = {"op": "resize", "method": "pillow.nearest", "fit": "stretch", "width": 3, "height": 2}
HALVED = {"op": "rescale", "divisor": 2.0}
CHANNELS_FIRST = {"op": "layout", "to": "NCHW"}
SCORES = [{"op": "softmax"}, {"op": "top_k", "k": 2}, {"op": "label", "labels": "classes"}]
COLUMNS = {"op": "columns", "columns": [{"name": "a", "kind": "number"}, {"name": "b", "kind": "number"}]}
COLUMNS["missing"] = []
WINDOW = {"op": "window", "length": 8, "hop": 8, "tail": "drop"}
SHAPE, DTYPE, RANGE = "spec/shape-mismatch", "spec/dtype-mismatch", "spec/out-of-range"


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("tensors/contract.json", "SPEC.md", "1.0", [*inputs(), *outputs(), *labels()])
    yield VectorFile("read/numpy.json", "NumPy", np.__version__, [*dtypes(), *shapes(), *windows()])
    yield VectorFile("pipeline/integers.json", "NumPy", np.__version__, prepared())
    yield VectorFile("pipeline/beyond.json", "TensorFlow", "2.18.0", beyond())


def tensor(shape: list[int], dtype: str = "float32", **more: Any) -> dict[str, Any]:
    """Gives a tensor of the artefact."""
    return {"name": "t", "index": 0, "shape": shape, "dtype": dtype, **more}


def document(
    steps: list[Any], taken: Any, reading: list[Any], given: Any, task: str = "image_classification"
) -> dict[str, Any]:
    """Gives a spec of one input and one output, with the tensors that the artefact has; None: it has none."""
    spec = {
        "satchel": "1.0",
        "name": "test",
        "task": task,
        "inputs": [{"name": "image", "steps": steps, "tensor": {ARTEFACT: taken} if taken else {}}],
        "outputs": [{"name": "scores", "steps": reading, "tensor": {ARTEFACT: given} if given else {}}],
    }
    return {**spec, "labels": {"classes": "labels.txt"}} if {"op": "label", "labels": "classes"} in reading else spec


def held(spec: dict[str, Any], names: list[str] | None = None) -> dict[str, Any]:
    """Gives what is held against the tensors."""
    return {"spec": spec, "artefact": ARTEFACT, "labels": {} if names is None else {"classes": names}}


def inputs() -> Iterator[Case]:
    """Gives inputs that the steps fill, or do not."""
    picture, scores = tensor([1, 2, 3, 3]), tensor([1, 3])
    whole = [DECODE, SMALL]
    fits = {"refused": False}
    for name, comment, steps, taken in (
        ("picture", "what the steps prepare is what the tensor takes", whole, picture),
        ("channels-first", "behind layout NCHW", [*whole, CHANNELS_FIRST], tensor([1, 3, 2, 3], layout="NCHW")),
        ("row", "a row has its columns", [COLUMNS], tensor([1, 2])),
        ("signal", "the channels that no step says are those of the tensor", [WINDOW], tensor([1, 8, 5])),
        ("int64", "bytes are whole numbers of any width", whole, tensor([1, 2, 3, 3], "int64")),
        ("int16-scale", "int16 may be quantised", [*whole, HALVED], _scaled([1, 2, 3, 3], "int16", 0.5, -32768)),
    ):
        yield valid(name, comment, held(document(steps, taken, [], scores)), fits)
    for name, comment, steps, taken, code, where in (
        ("no-input-tensor", "the input has no tensor for the artefact", whole, None, "spec/no-tensor", ".tensor"),
        ("large-input", "no tensor has more than 2^27 values", whole, tensor([1, 8192, 8192, 3]), RANGE, ".tensor"),
        ("other-size", "the steps make 3 x 2 pixels", whole, tensor([1, 3, 2, 3]), SHAPE, ".steps"),
        ("batch-2", "the batch is 1", whole, tensor([2, 2, 3, 3]), SHAPE, ".steps"),
        ("rank-3", "and has an axis", whole, tensor([2, 3, 3]), SHAPE, ".steps"),
        ("open-size", "a size that depends on the photo fits no tensor", [DECODE], picture, SHAPE, ".steps"),
        ("other-layout", "the tensor says that channels come first", whole,
         tensor([1, 2, 3, 3], layout="NCHW"), SHAPE, ".steps"),
        ("other-columns", "a row of two columns", [COLUMNS], tensor([1, 3]), SHAPE, ".steps"),
        ("open-length", "a signal as long as it is fits none", [{"op": "detrend", "kind": "constant"}],
         tensor([1, 8, 5]), SHAPE, ".steps"),
        ("floats", "values with fractions are no integers", [*whole, HALVED], tensor([1, 2, 3, 3], "uint8"),
         DTYPE, ".steps"),
        ("floats-nearest", "nor are those of a tf.* resize, whole or not",
         [DECODE, {**SMALL, "method": "tf.nearest"}], tensor([1, 2, 3, 3], "int32"), DTYPE, ".steps"),
        ("int8", "a byte may be more than int8 holds", whole, tensor([1, 2, 3, 3], "int8"), DTYPE, ".steps"),
        ("bool", "a byte is no truth", whole, tensor([1, 2, 3, 3], "bool"), DTYPE, ".steps"),
        ("row-int32", "a row is made of values with fractions", [COLUMNS], tensor([1, 2], "int32"), DTYPE, ".steps"),
        ("int32-scale", "no input of int32 is quantised", whole, _scaled([1, 2, 3, 3], "int32", 0.5, 0),
         DTYPE, ".steps"),
        ("float32-scale", "no float is", whole, _scaled([1, 2, 3, 3], "float32", 0.5, 0), DTYPE, ".tensor"),
        ("zero-point", "a zero point is a value of the dtype", whole, _scaled([1, 2, 3, 3], "uint8", 0.5, 256),
         RANGE, ".tensor"),
        ("zero-point-int8", "here of -128 to 127", whole, _scaled([1, 2, 3, 3], "int8", 0.5, -129), RANGE, ".tensor"),
        ("scale-0", "the scale is 0 in binary32", whole, _scaled([1, 2, 3, 3], "uint8", 1e-60, 0), RANGE, ".tensor"),
        ("scale-infinite", "or infinite", whole, _scaled([1, 2, 3, 3], "uint8", 1e60, 0), RANGE, ".tensor"),
        ("shape-first", "the shape is looked at before the dtype", [DECODE, HALVED], tensor([1, 2, 3, 3], "uint8"),
         SHAPE, ".steps"),
    ):  # fmt: skip
        yield invalid(name, comment, held(document(steps, taken, [], scores)), code, INPUT + where)


def outputs() -> Iterator[Case]:
    """Gives outputs that can be read, or cannot."""
    steps, picture = [DECODE, SMALL], tensor([1, 2, 3, 3])
    denormalize = {"op": "denormalize", "mean": [0.0, 1.0], "std": [1.0, 2.0]}
    argmax = {"op": "argmax_mask", "layout": "NHWC"}
    fits = {"refused": False}
    for name, comment, reading, given, task in (
        ("values-3", "values need no batch axis", [], tensor([3]), "generic"),
        ("values-2-3", "nor a batch of 1", [], tensor([2, 3]), "generic"),
        ("int32-scale-output", "an output of int32 may have a scale", [], _scaled([1, 3], "int32", 0.5, 7), "generic"),
        ("row-of-one", "a score may have one axis", [], tensor([1]), "image_classification"),
    ):
        yield valid(name, comment, held(document(steps, picture, reading, given, task)), fits)
    for name, comment, reading, given, code, where in (
        ("no-output-tensor", "the output has no tensor", [], None, "spec/no-tensor", ".tensor"),
        ("large-output", "no tensor has more than 2^27 values", [], tensor([1, 2**27 + 1]), RANGE, ".tensor"),
        ("int64-scale", "no output of int64 is quantised", [], _scaled([1, 3], "int64", 0.5, 0), DTYPE, ".tensor"),
        ("output-zero-point", "a zero point is a value of the dtype", [], _scaled([1, 3], "uint8", 0.5, -1),
         RANGE, ".tensor"),
        ("scores-3", "scores are [1, n]", [], tensor([3]), SHAPE, ""),
        ("scores-3-1", "and not a column", [{"op": "top_k", "k": 1}], tensor([3, 1]), SHAPE, ""),
        ("scores-2-3", "of one thing", [{"op": "softmax"}], tensor([2, 3]), SHAPE, ""),
        ("two-means", "two means for three columns", [denormalize], tensor([1, 3]), "spec/channel-count", ".steps[0]"),
        ("two-means-scalar", "or for one number", [denormalize], tensor([]), "spec/channel-count", ".steps[0]"),
        ("mask-batch-2", "a mask is of one picture", [argmax], tensor([2, 4, 4, 3]), SHAPE, ".steps[0]"),
    ):  # fmt: skip
        yield invalid(name, comment, held(document(steps, picture, reading, given)), code, OUTPUT + where)


def labels() -> Iterator[Case]:
    """Gives label lists that are long enough, or are not."""
    steps, picture, where = [DECODE, SMALL], tensor([1, 2, 3, 3]), f"{OUTPUT}.steps[2].labels"
    spec = document(steps, picture, SCORES, tensor([1, 3]))
    yield valid("labels", "a label for each score", held(spec, LABELS), {"refused": False})
    count = "spec/label-count"
    yield invalid("few-labels", "two labels for three scores", held(spec, LABELS[:2]), count, where)
    yield invalid("many-labels", "four labels for three scores", held(spec, [*LABELS, "owl"]), count, where)
    yield invalid("no-list", "the list is not there", held(spec), "spec/no-labels", where)
    mask = [{"op": "argmax_mask", "layout": "NHWC"}, {"op": "label", "labels": "classes"}]
    spec = document(steps, picture, mask, tensor([1, 2, 2, 4]), "segmentation")
    comment, path = "a mask has a label for each class", f"{OUTPUT}.steps[1].labels"
    yield invalid("mask-labels", comment, held(spec, LABELS), count, path)


def read(
    reading: list[Any], given: Any, arrays: list[Array], task: str = "generic", names: list[str] | None = None
) -> dict[str, Any]:
    """Gives what is read: the raw output of each window, for an artefact, or for none where `given` is None."""
    taken = tensor([1, 2, 3, 3]) if given else None
    what = held(document([DECODE, SMALL], taken, reading, given, task), names)
    what = what if given else {key: value for key, value in what.items() if key != "artefact"}
    return {**what, "windows": [{"scores": each} for each in arrays]}


def values(found: Array) -> dict[str, Any]:
    """Gives the answer of numbers."""
    return {"values": found.astype(F).reshape(-1).tolist()}


def dtypes() -> Iterator[Case]:
    """Gives outputs of every dtype, with a scale and without."""
    for dtype in ("float32", "uint8", "int8", "int16", "int32", "int64", "bool"):
        raw = np.array([[1, 0, 3]]).astype(dtype)
        comment = f"{dtype} without a scale is the numbers themselves"
        yield valid(dtype, comment, read([], tensor([1, 3], dtype), [raw]), values(raw))
    for dtype in ("uint8", "int8", "int16", "int32"):
        raw = np.array([[1, 0, 3]], dtype)
        real = (raw.astype(np.int64) - 3).astype(F) * F(0.5)
        given = read([], _scaled([1, 3], dtype, 0.5, 3), [raw])
        yield valid(f"{dtype}-scale", f"{dtype} with a scale is dequantised", given, values(real))
    wide = np.array(
        [[2**60 + 2**36 + 1, 2**60 + 2**36, -(2**60) - 2**36 - 1, 2**53 + 1, 2**63 - 1, -(2**63)]], np.int64
    )
    comment = "int64 is rounded to binary32 once, to nearest, ties to even"
    yield valid("int64-wide", comment, read([], tensor([1, 6], "int64"), [wide]), values(wide))


def shapes() -> Iterator[Case]:
    """Gives outputs of every shape."""
    for sides in ([3], [3, 1], [2, 3], [], [1, 2, 3], [1]):
        raw = np.arange(1, 1 + int(np.prod(sides)), dtype=F).reshape(sides)
        name = "x".join(map(str, sides)) or "scalar"
        yield valid(f"values-{name}", f"all numbers of {sides} are read", read([], tensor(sides), [raw]), values(raw))
    three = np.array([3, 5, 4], F)
    plain = "the same where no artefact says the shape"
    yield valid("values-3-plain", plain, read([], None, [three]), values(three))
    comment, wrong = "two numbers, the tensor has three", "model/wrong-output"
    yield invalid("fewer", comment, read([], tensor([1, 3]), [three[:2].reshape(1, 2)]), wrong, "scores")
    score = read([], None, [three], "image_classification")
    yield invalid("scores-3", "scores are [1, n]", score, wrong, "scores")
    mean = [{"op": "denormalize", "mean": [0.0, 1.0], "std": [1.0, 2.0]}]
    comment = "two means for three columns"
    yield invalid("two-means", comment, read(mean, None, [three.reshape(1, 3)]), wrong, "scores")
    label = [{"op": "label", "labels": "classes"}]
    given = read(label, None, [three.reshape(1, 3)], "image_classification", LABELS[:2])
    yield invalid("few-labels", "a class without a label", given, wrong, "scores")


def windows() -> Iterator[Case]:
    """Gives windows whose outputs have one shape, or several."""
    one, other = np.array([[1, 2]], F), np.array([[3, 5]], F)
    both = {**values((one + other) / F(2)), "windows": [{"start": 0, **values(one)}, {"start": 8, **values(other)}]}
    yield valid("mean", "the answer is that of the mean", read([], None, [one, other]), both)
    wrong, comment = "model/wrong-output", "windows of different widths have no mean"
    yield invalid("other-width", comment, read([], None, [one, np.ones((1, 3), F)]), wrong, "scores")
    yield invalid("one-wide", "also where one has a single number", read([], None, [one, one[:, :1]]), wrong, "scores")
    yield invalid("other-rank", "or another rank", read([], None, [one, one.reshape(2)]), wrong, "scores")


def prepared() -> Iterator[Case]:
    """Gives pictures as integer tensors."""
    image = (np.arange(18) * 15).astype(np.uint8).reshape(2, 3, 3)
    for dtype in ("uint8", "int16", "int32", "int64"):
        taken = {"shape": [1, 2, 3, 3], "dtype": dtype}
        expected = image.astype(dtype)[np.newaxis]
        yield valid(dtype, f"bytes as {dtype}", image, expected, steps=[DECODE, SMALL], tensor=taken)
    floats = image.astype(F) / F(2)
    whole = np.trunc(floats / F(0.01))
    away = np.abs(floats / F(0.01) - whole) >= F(0.5)
    expected = np.clip(whole + away - 100, -32768, 32767).astype(np.int16)[np.newaxis]
    taken = {"shape": [1, 2, 3, 3], "dtype": "int16", "scale": 0.01, "zero_point": -100}
    steps = [DECODE, SMALL, HALVED]
    yield valid("int16-scale", "int16 is quantised as int8 is", image, expected, steps=steps, tensor=taken)


def beyond() -> Iterator[Case]:
    """Gives values that a tf.* resize takes, and such as no language could sum alike."""
    image = np.array([[[128, 0, 1], [127, 2, 255 - 127]], [[4, 5, 6], [7, 8, 9]]], np.uint8)
    where = "photo"
    for method in library.TENSORFLOW:
        resize = {"op": "resize", "method": method, "fit": "stretch", "width": 3, "height": 3}
        steps = [DECODE, {"op": "rescale", "factor": 2.0**93}, resize]
        expected = library.tf_resize(image.astype(F) * F(2.0**93), 3, 3, method)[np.newaxis]
        yield valid(f"largest-{method}", f"{method} takes 2^100", image, expected, steps=steps)
        more = [DECODE, {"op": "rescale", "factor": 2.0**93 * 1.0000002}, resize]
        comment = f"{method} takes no more than 2^100"
        yield invalid(f"more-{method}", comment, image, "input/not-finite", where, steps=more)
        infinite = [DECODE, {"op": "rescale", "factor": -3e38, "offset": 1e38}, resize]
        comment = f"{method} takes no infinity"
        yield invalid(f"infinite-{method}", comment, image, "input/not-finite", where, steps=infinite)


def _scaled(shape: list[int], dtype: str, scale: float, zero_point: int) -> dict[str, Any]:
    return tensor(shape, dtype, scale=scale, zero_point=zero_point)
