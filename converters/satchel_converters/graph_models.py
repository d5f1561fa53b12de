"""TF.js graph models that were scanned before, opened as one function: their graph in TensorFlow, fused ops apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from satchel_converters import scan_graph_model
from satchel_converters.names import distinct
from satchel_converters.opened import Opened, Shapes, by_name, static_shape
from satchel_converters.quiet import tensorflow
from satchel_converters.tfjs_run import decoded_weights, graph_runner, plain_graph, tensor_name
from satchel_metadata.errors import ModelError


def open_model(path: Path, shapes: Shapes, wanted: Sequence[str] = ()) -> Opened:
    """Gives a TF.js graph model as one function of batch 1; its answers are those of its very graph and weights.

    Inputs and outputs bear the names of its signature, with `_` where a name may hold no such letter
    (`tower_0/images` -> `tower_0_images`).

    Args:
        path: its model.json, or the folder of it.
        shapes: by input name, for the sizes that the model leaves open.
        wanted: names of the outputs that are read; where the model has them all, its others are left out.

    Raises:
        ModelError: model/not-loadable, model/fixed-batch, model/dynamic-shape, model/shape-mismatch, and what the scan
            refuses.
        ConversionError: model/not-runnable when graph and weights do not hold together.
    """
    files = scan_graph_model.read(path)
    document = _only(json.loads(files["model.json"]), wanted)
    files["model.json"] = json.dumps(document).encode()
    tensors = {
        side: {key: tensor_name(entry["name"]) for key, entry in sorted(document["signature"][side].items())}
        for side in ("inputs", "outputs")
    }
    names = {side: distinct(entries, side.removesuffix("s")) for side, entries in tensors.items()}
    own = dict(zip(names["inputs"], tensors["inputs"], strict=True))
    given = dict(zip(tensors["outputs"], names["outputs"], strict=True))
    run = graph_runner(files)

    def answers(inputs: Mapping[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
        return {given[key]: value for key, value in run({own[name]: inputs[name] for name in own}).items()}

    with tensorflow() as tf:
        graph = _graph(tf, document, files, path)
        specs = _specs(tf, graph, dict(zip(names["inputs"], tensors["inputs"].values(), strict=True)), shapes)

        def call(*values: Any) -> dict[str, Any]:
            mapped = dict(zip(tensors["inputs"].values(), values, strict=True))
            found = tf.graph_util.import_graph_def(graph, mapped, list(tensors["outputs"].values()), name="")
            return dict(zip(names["outputs"], found, strict=True))

        function = tf.function(call, autograph=False).get_concrete_function(*specs)
    return Opened(function, names["inputs"], answers)


def _only(document: dict[str, Any], wanted: Sequence[str]) -> dict[str, Any]:
    """Gives model.json with the outputs that are wanted; as it is where one of them is not there."""
    outputs = dict(sorted(document["signature"]["outputs"].items()))
    keys = dict(zip(distinct(outputs, "output"), outputs, strict=True))
    if not wanted or any(name not in keys for name in wanted):
        return document
    kept = {keys[name]: outputs[keys[name]] for name in wanted}
    return {**document, "signature": {**document["signature"], "outputs": kept}}


def _graph(tf: Any, document: Mapping[str, Any], files: Mapping[str, bytes], path: Path) -> Any:
    from google.protobuf.json_format import ParseError

    weights = decoded_weights(document.get("weightsManifest", ()), files)
    try:
        return plain_graph(tf, document["modelTopology"], weights)
    except (ParseError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())[:300]
        hint = "Convert the model again, with a tensorflowjs no newer than the one here (`satchel doctor`)."
        message = f"its graph cannot be read: {reason}"
        raise ModelError("model/not-loadable", message, where=str(path), hint=hint) from error


def _specs(tf: Any, graph: Any, inputs: Mapping[str, str], shapes: Shapes) -> list[Any]:
    """Gives what each input is: its dtype, and its shape with batch 1."""
    nodes = {node.name: node for node in graph.node}
    shapes = by_name(shapes, tuple(inputs))
    found = []
    for name, tensor in inputs.items():
        node = nodes[tensor.split(":")[0]]
        shape = node.attr["shape"].shape
        dims = None if shape.unknown_rank else [None if side.size < 0 else int(side.size) for side in shape.dim]
        if dims and dims[0] not in (None, 1):
            raise ModelError(
                "model/fixed-batch",
                f"input {name!r} takes batches of {dims[0]}, expected 1 or any",
                where=name,
                hint="Convert the model with a batch of 1, or an open one.",
            )
        dtype = tf.as_dtype(node.attr["dtype"].type)
        found.append(tf.TensorSpec(static_shape(name, dims or None, shapes), dtype, name=name))
    return found
