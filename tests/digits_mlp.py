"""A dense net that knows scikit-learn's 8 x 8 digits, as a .tflite written without TensorFlow; also with a wild layer.

A wild layer has one huge weight in every row, for an input that is always 0: float answers stay as they were, and the
scale of every int8 row is ruined.
"""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

import satchel

WIDTHS = (64, 24, 24, 10)
TRAINED, JUDGED = slice(0, 1200), slice(1200, None)
NAMES = ("first", "second", "digit")
Array = np.ndarray[Any, Any]


def description() -> satchel.Description:
    """Gives what the net's input is made from: a grey picture of 8 x 8, 0..240 for the digits' 0..16."""
    labels = [f"digit {number}" for number in range(10)]
    return satchel.image_classification(labels=labels, size=8, color="GRAY", mean=0, std=240, name="digits")


@cache
def pictures() -> tuple[tuple[Array, ...], Array]:
    """Gives pictures uint8 [8, 8, 3] that took no part in training, none of them twice, and their classes."""
    found = load_digits()
    kept = {each.tobytes(): place for place, each in enumerate(found.images) if place >= TRAINED.stop}
    seen = {each.tobytes() for each in found.images[TRAINED]}
    places = [place for key, place in kept.items() if key not in seen]
    made = tuple(np.repeat((found.images[place] * 15).astype(np.uint8)[..., None], 3, 2) for place in places)
    return made, found.target[places]


def write_folder(folder: Path, count: int) -> Path:
    """Writes the first pictures as PNGs, one folder a class."""
    for number, (picture, digit) in enumerate(zip(*pictures(), strict=True)):
        if number < count:
            (folder / f"digit {digit}").mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture).save(folder / f"digit {digit}" / f"{number}.png")
    return folder


@cache
def _layers() -> tuple[tuple[Array, Array], ...]:
    """Gives (weights [outputs, inputs], bias) of each layer, trained on the first digits."""
    found = load_digits()
    net = MLPClassifier(WIDTHS[1:-1], max_iter=80, random_state=2, tol=0, n_iter_no_change=80, learning_rate_init=0.004)
    net.out_activation_ = "softmax"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It is trained for a fixed number of rounds.
        net.fit(found.data[TRAINED] / 16, found.target[TRAINED])
    return tuple(
        (w.T.astype(np.float32), b.astype(np.float32)) for w, b in zip(net.coefs_, net.intercepts_, strict=True)
    )


def tflite(wild: int | None = None, nan: bool = False) -> bytes:
    """Gives the net; `wild` names a layer to be ruined for int8, `nan` puts a NaN among its weights."""
    layers = [(weights.copy(), bias.copy()) for weights, bias in _layers()]
    if wild == 0:
        layers[0][0][:, 0] = 300.0  # The first pixel of every digit is black.
    elif wild is not None:
        before, weights = layers[wild - 1], layers[wild]  # One unit more, which is always 0.
        layers[wild - 1] = np.pad(before[0], ((0, 1), (0, 0))), np.append(before[1], np.float32(-1))
        layers[wild] = np.pad(weights[0], ((0, 0), (0, 1)), constant_values=300), weights[1]
    if nan:
        layers[1][0][2, 3] = np.nan
    return _written(layers)


def _written(layers: list[tuple[Array, Array]]) -> bytes:
    model, graph = schema.ModelT(), schema.SubGraphT()
    model.version, model.buffers, graph.tensors, graph.operators = 3, [schema.BufferT()], [], []

    def tensor(name: str, shape: tuple[int, ...], values: Array | None = None) -> int:
        made = schema.TensorT()
        made.name, made.shape, made.type = name, list(shape), schema.TensorType.FLOAT32
        if values is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(values.astype("<f4").tobytes(), np.uint8)
            model.buffers.append(buffer)
            made.buffer = len(model.buffers) - 1
        graph.tensors.append(made)
        return len(graph.tensors) - 1

    def op(code: int, inputs: list[int], outputs: list[int], options: Any, kind: int) -> None:
        made = schema.OperatorT()
        made.opcodeIndex, made.inputs, made.outputs = code, inputs, outputs
        made.builtinOptions, made.builtinOptionsType = options, kind
        graph.operators.append(made)

    last = tensor("image", (1, 8, 8, 1))
    graph.inputs = [last]
    for place, (name, (weights, bias)) in enumerate(zip(NAMES, layers, strict=True)):
        parts = [last, tensor(f"{name}/kernel", weights.shape, weights), tensor(f"{name}/bias", bias.shape, bias)]
        last = tensor(f"net/{name}", (1, len(bias)))
        options = schema.FullyConnectedOptionsT()
        relu = schema.ActivationFunctionType.RELU
        options.fusedActivationFunction = relu if place < len(layers) - 1 else schema.ActivationFunctionType.NONE
        op(0, parts, [last], options, schema.BuiltinOptions.FullyConnectedOptions)
    softmax = schema.SoftmaxOptionsT()
    softmax.beta = 1.0
    scores = tensor("probabilities", (1, WIDTHS[-1]))
    op(1, [last], [scores], softmax, schema.BuiltinOptions.SoftmaxOptions)
    graph.outputs = [scores]
    model.operatorCodes = [_code(schema.BuiltinOperator.FULLY_CONNECTED), _code(schema.BuiltinOperator.SOFTMAX)]
    model.subgraphs = [graph]
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _code(number: int) -> Any:
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = number
    code.version = 1
    return code
