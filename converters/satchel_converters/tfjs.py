"""TF.js graph models made from the frozen SavedModel by tensorflowjs' own passes, in bytes that never vary."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from satchel_converters import compare, frozen
from satchel_converters.compare import BOUND, Answers, Difference
from satchel_converters.frozen import TensorInfo
from satchel_converters.inputs import RANDOM_INPUTS, random_inputs
from satchel_converters.quiet import tensorflow
from satchel_converters.tfjs_passes import optimized
from satchel_converters.tfjs_run import graph_runner, run_graph_model
from satchel_metadata import canonical

__all__ = ["Weights", "check_graph_model", "graph_model", "graph_models", "graph_runner", "run_graph_model"]

Weights = Literal["float32", "float16", "uint8"]
SHARD_BYTES = 4 * 1024 * 1024


def graph_model(
    saved_model: Path, out: Path | None, weights: Weights, user_metadata: dict[str, Any], *, bound: float = BOUND
) -> dict[str, bytes]:
    """Gives the files of a TF.js graph model, relative path -> bytes: model.json and the shards of its weights.

    As `graph_models` for one kind of weights.

    Args:
        saved_model: a frozen SavedModel, as `load_source` writes it.
        out: a folder to write the files to as well, which is made when it is missing; None to write nothing.
        weights: "float32", "float16" or "uint8".
        user_metadata: JSON for `userDefinedMetadata`.
        bound: as in `graph_models`.

    Raises:
        ConversionError: model/unsupported-op names the ops that TF.js does not have; model/answers-differ.
    """
    files = graph_models(saved_model, (weights,), user_metadata, bound=bound)[weights]
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_bytes(content)
    return files


def graph_models(
    saved_model: Path, kinds: Sequence[Weights], user_metadata: dict[str, Any], *, bound: float = BOUND
) -> dict[Weights, dict[str, bytes]]:
    """Gives a TF.js graph model for each kind of weights; the graph is optimised and checked once for all of them.

    Before -> after: batch normalisation is folded into the convolutions, biases and activations are fused
    (`_FusedConv2D`, `FusedDepthwiseConv2dNative`, `_FusedMatMul`, `Prelu`), constants move into the shards. model.json
    is canonical JSON; inputs and outputs bear the names of the SavedModel's signature.

    Args:
        saved_model: a frozen SavedModel, as `load_source` writes it.
        kinds: "float32", or how the float weights are stored: "float16", or "uint8" with a scale and minimum a tensor.
        user_metadata: JSON for `userDefinedMetadata`.
        bound: the largest max|a-b| / max|a| allowed between the SavedModel and the graph model before its weights are
            made smaller, over random inputs.

    Raises:
        ConversionError: model/unsupported-op names the ops that TF.js does not have; model/answers-differ.
    """
    with tensorflow() as tf:
        graph_def, signature = frozen.read(saved_model)
        model = _taken_apart(optimized(tf, graph_def, signature))
        whole = _files(model, signature, "float32", user_metadata)
        check_graph_model(whole, saved_model, random_inputs(_inputs(tf, signature), RANDOM_INPUTS), bound)
        return {kind: whole if kind == "float32" else _files(model, signature, kind, user_metadata) for kind in kinds}


def _taken_apart(graph_def: Any) -> tuple[Any, Any]:
    """Gives the topology as JSON and the groups of weights."""
    from google.protobuf.json_format import MessageToDict
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as conversion

    for node in graph_def.node:
        node.ClearField("device")
    groups = conversion.extract_weights(graph_def)
    return MessageToDict(graph_def), groups


def _files(model: tuple[Any, Any], signature: Any, weights: Weights, user_metadata: dict[str, Any]) -> dict[str, bytes]:
    import tensorflow as tf
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as conversion

    topology, groups = model
    with tempfile.TemporaryDirectory(prefix="satchel-tfjs-") as name:
        folder = Path(name)
        conversion.write_artifacts(
            topology,
            groups,
            str(folder / "model.json"),
            tf.__version__,
            signature,
            quantization_dtype_map=None if weights == "float32" else {weights: "*"},
            weight_shard_size_bytes=SHARD_BYTES,
        )
        files = {each.name: each.read_bytes() for each in sorted(folder.iterdir())}
    document = {**json.loads(files["model.json"]), "userDefinedMetadata": user_metadata}
    return {**files, "model.json": canonical.dumps(document)}


def _inputs(tf: Any, signature: Any) -> tuple[TensorInfo, ...]:
    return tuple(
        TensorInfo(
            name,
            tuple(side.size for side in each.tensor_shape.dim),
            np.dtype(tf.as_dtype(each.dtype).as_numpy_dtype).name,
        )
        for name, each in sorted(signature.inputs.items())
    )


def check_graph_model(
    files: dict[str, bytes], saved_model: Path, samples: Sequence[Answers], bound: float = BOUND
) -> Difference:
    """Gives the largest difference between a TF.js graph model and the SavedModel it was made from.

    Args:
        files: the graph model, with float32 weights: a smaller kind is not the same model and would rightly differ.
        saved_model: the frozen SavedModel.
        samples: inputs to compare on, input name -> tensor with batch 1.
        bound: the largest max|a-b| / max|a| allowed.

    Raises:
        ConversionError: model/answers-differ by more than the bound.
    """
    source, made = frozen.load(saved_model), graph_runner(files)
    expected = [source(dict(sample)) for sample in samples]
    return compare.require_agreement(expected, [made(sample) for sample in samples], "the TF.js graph model", bound)
