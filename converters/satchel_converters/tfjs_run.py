"""Runs a TF.js graph model in TensorFlow: its very graph and weights, fused ops taken apart."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from satchel_converters import frozen
from satchel_converters.frozen import Runner, Tensors
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError

_PLAIN = {"_FusedConv2D": "Conv2D", "_FusedMatMul": "MatMul", "FusedDepthwiseConv2dNative": "DepthwiseConv2dNative"}
_ATTRIBUTES = {
    "Conv2D": ("T", "strides", "padding", "data_format", "dilations", "explicit_paddings"),
    "DepthwiseConv2dNative": ("T", "strides", "padding", "data_format", "dilations", "explicit_paddings"),
    "MatMul": ("T", "transpose_a", "transpose_b"),
}


def run_graph_model(files: Mapping[str, bytes], inputs: Tensors) -> dict[str, np.ndarray[Any, Any]]:
    """Gives the outputs of a TF.js graph model, output name -> tensor, computed by TensorFlow's own kernels.

    Args:
        files: model.json and its shards, as `graph_model` gives them.
        inputs: input name -> tensor, in the dtype of the model.

    Raises:
        ConversionError: model/not-runnable when the files do not hold together.
    """
    return graph_runner(files)(inputs)


def graph_runner(files: Mapping[str, bytes]) -> Runner:
    """Gives `run_graph_model` for many inputs: the graph is built once."""
    document = json.loads(files["model.json"])
    signature = document["signature"]
    with tensorflow() as tf:
        graph_def = plain_graph(tf, document["modelTopology"], decoded_weights(document["weightsManifest"], files))
        try:
            return frozen.graph_runner(
                graph_def,
                {name: tensor_name(each["name"]) for name, each in signature["inputs"].items()},
                {name: tensor_name(each["name"]) for name, each in signature["outputs"].items()},
            )
        except (KeyError, ValueError) as error:
            raise _broken(" ".join(str(error).split())[:300]) from error


def tensor_name(name: str) -> str:
    """Gives the name of a tensor in the graph: TF.js lets a node's own name stand for its first output."""
    return name if ":" in name else f"{name}:0"


def decoded_weights(manifest: Sequence[Any], files: Mapping[str, bytes]) -> dict[str, np.ndarray[Any, Any]]:
    """Gives the weights by name as TF.js decodes them: value * scale + min in binary64, rounded to binary32.

    Raises:
        ConversionError: model/not-runnable when a shard is missing or too short.
    """
    weights: dict[str, np.ndarray[Any, Any]] = {}
    for group in manifest:
        missing = [path for path in group["paths"] if path not in files]
        if missing:
            raise _broken(f"the shard {missing[0]!r} is missing")
        content, offset = b"".join(files[path] for path in group["paths"]), 0
        for entry in group["weights"]:
            stored = np.dtype(entry.get("quantization", entry)["dtype"])
            count = int(np.prod(entry["shape"], dtype=np.int64))
            if offset + count * stored.itemsize > len(content):
                raise _broken(f"the shards end before the weight {entry['name']!r}")
            values = np.frombuffer(content, stored, count, offset).reshape(entry["shape"])
            weights[entry["name"]] = _dequantised(values, entry)
            offset += count * stored.itemsize
    return weights


def _dequantised(values: np.ndarray[Any, Any], entry: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    quantisation = entry.get("quantization", {})
    if "scale" in quantisation:
        real: np.ndarray[Any, Any] = values.astype(np.float64) * quantisation["scale"] + quantisation["min"]
        return np.floor(real + 0.5).astype(np.int32) if entry["dtype"] == "int32" else real.astype(np.float32)
    plain: np.ndarray[Any, Any] = values.astype(entry["dtype"])
    return plain


def plain_graph(tf: Any, topology: Mapping[str, Any], weights: Tensors) -> Any:
    """Gives a GraphDef with the weights in its constants and only ops that TensorFlow has.

    Args:
        tf: the module, imported quietly.
        topology: `modelTopology` of a model.json.
        weights: by the names of the constants.

    Raises:
        ConversionError: model/not-runnable when a constant has no weights.
    """
    from google.protobuf.json_format import ParseDict

    fused = ParseDict(topology, tf.compat.v1.GraphDef(), ignore_unknown_fields=True)
    plain = tf.compat.v1.GraphDef(versions=fused.versions, library=fused.library)
    for node in (*fused.node, *(node for each in plain.library.function for node in each.node_def)):
        if node.op == "Const":
            node.attr["value"].tensor.CopyFrom(_constant(tf, node, weights))
    for node in fused.node:
        plain.node.extend(_taken_apart(tf, node))
    return plain


def _constant(tf: Any, node: Any, weights: Tensors) -> Any:
    if node.name not in weights:
        raise _broken(f"the constant {node.name!r} has no weights")
    declared = tf.as_dtype(node.attr["dtype"].type)
    return tf.make_tensor_proto(weights[node.name].astype(declared.as_numpy_dtype), dtype=declared)


def _taken_apart(tf: Any, node: Any) -> Iterator[Any]:
    """_FusedConv2D(x, w, b) with [BiasAdd, Relu] -> Conv2D, BiasAdd, Relu; the last bears the fused node's name."""
    if node.op == "Prelu":
        yield from _prelu(tf, node.name, node.input[0], node.input[1])
        return
    if node.op not in _PLAIN:
        yield node
        return
    steps = [step.decode() for step in node.attr["fused_ops"].list.s if step != b"NoOp"]
    extra = list(node.input[2:])
    names = [f"{node.name}/{place}" for place in range(len(steps))] + [node.name]
    plain = _node(tf, _PLAIN[node.op], names[0], node.input[:2])
    for key in _ATTRIBUTES[plain.op]:
        if key in node.attr:
            plain.attr[key].CopyFrom(node.attr[key])
    yield plain
    for step, before, name in zip(steps, names, names[1:], strict=False):
        yield from _step(tf, node, step, before, name, extra)


def _step(tf: Any, fused: Any, step: str, before: str, name: str, extra: list[str]) -> Iterator[Any]:
    if step == "Prelu":
        yield from _prelu(tf, name, before, extra.pop(0))
        return
    made = _node(tf, step, name, [before, extra.pop(0)] if step == "BiasAdd" else [before])
    made.attr["T"].CopyFrom(fused.attr["T"])
    if step == "BiasAdd" and "data_format" in fused.attr:
        made.attr["data_format"].CopyFrom(fused.attr["data_format"])
    if step == "LeakyRelu":
        made.attr["alpha"].f = fused.attr["leakyrelu_alpha"].f
    yield made


def _prelu(tf: Any, name: str, source: str, alpha: str) -> Iterator[Any]:
    """Prelu(x, alpha) -> Relu(x) + alpha * -Relu(-x)."""
    parts = (
        ("Neg", f"{name}/negative", [source]),
        ("Relu", f"{name}/below", [f"{name}/negative"]),
        ("Neg", f"{name}/minus", [f"{name}/below"]),
        ("Mul", f"{name}/slope", [alpha, f"{name}/minus"]),
        ("Relu", f"{name}/above", [source]),
        ("AddV2", name, [f"{name}/above", f"{name}/slope"]),
    )
    for op, own, inputs in parts:
        made = _node(tf, op, own, inputs)
        made.attr["T"].type = tf.float32.as_datatype_enum
        yield made


def _node(tf: Any, op: str, name: str, inputs: Sequence[str]) -> Any:
    return tf.compat.v1.NodeDef(op=op, name=name, input=list(inputs))


def _broken(message: str) -> ConversionError:
    return ConversionError(
        "model/not-runnable",
        f"the TF.js model does not hold together: {message}",
        hint="Convert it again, or leave out the TF.js form: the browser runs the .tflite.",
    )
