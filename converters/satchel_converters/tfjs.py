"""TF.js graph models made from the frozen SavedModel by tensorflowjs' own passes, in bytes that never vary."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from satchel_converters import compare, frozen
from satchel_converters.compare import BOUND, Answers, Difference
from satchel_converters.frozen import SIGNATURE
from satchel_converters.quiet import tensorflow
from satchel_converters.tfjs_run import graph_runner, run_graph_model
from satchel_metadata import canonical
from satchel_metadata.errors import ConversionError

__all__ = ["Weights", "check_graph_model", "graph_model", "graph_runner", "run_graph_model"]

Weights = Literal["float32", "float16", "uint8"]
SHARD_BYTES = 4 * 1024 * 1024


def graph_model(
    saved_model: Path, out: Path | None, weights: Weights, user_metadata: dict[str, Any]
) -> dict[str, bytes]:
    """Gives the files of a TF.js graph model, relative path -> bytes: model.json and the shards of its weights.

    Before -> after: batch normalisation is folded into the convolutions, biases and activations are fused
    (`_FusedConv2D`, `FusedDepthwiseConv2dNative`, `_FusedMatMul`, `Prelu`), constants move into the shards. model.json
    is canonical JSON; inputs and outputs bear the names of the SavedModel's signature.

    Args:
        saved_model: a frozen SavedModel, as `load_source` writes it.
        out: a folder to write the files to as well, which is made when it is missing; None to write nothing.
        weights: "float32", or how the float weights are stored: "float16", or "uint8" with a scale and minimum a
            tensor.
        user_metadata: JSON for `userDefinedMetadata`.

    Raises:
        ConversionError: model/unsupported-op names the ops that TF.js does not have.
    """
    with tensorflow() as tf, tempfile.TemporaryDirectory(prefix="satchel-tfjs-") as folder:
        graph, signature = _read(tf, saved_model)
        optimized = _optimized(graph, signature)
        _write(tf, optimized, signature, weights, Path(folder))
        files = {each.name: each.read_bytes() for each in sorted(Path(folder).iterdir())}
    document = json.loads(files["model.json"])
    document["userDefinedMetadata"] = user_metadata
    files["model.json"] = canonical.dumps(document)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_bytes(content)
    return files


def _read(tf: Any, saved_model: Path) -> tuple[Any, Any]:
    """Gives the graph and signature of a frozen SavedModel: it holds no variables to load or freeze."""
    from tensorflow.core.protobuf import saved_model_pb2

    model = saved_model_pb2.SavedModel.FromString((saved_model / "saved_model.pb").read_bytes())
    meta = model.meta_graphs[0]
    with tf.Graph().as_default() as graph:
        tf.graph_util.import_graph_def(meta.graph_def, name="")
    return graph, meta.signature_def[SIGNATURE]


def _optimized(graph: Any, signature: Any) -> Any:
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as conversion

    try:
        return conversion.optimize_graph(graph, signature)
    except ValueError as error:
        ops = str(error).rpartition("\n")[2]
        raise ConversionError(
            "model/unsupported-op",
            f"TF.js has no op for {ops}",
            hint="Leave out the TF.js form (the browser runs the .tflite), or replace the layers that use them.",
        ) from error


def _write(tf: Any, graph_def: Any, signature: Any, weights: Weights, folder: Path) -> None:
    from google.protobuf.json_format import MessageToDict
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as conversion

    for node in graph_def.node:
        node.ClearField("device")
    groups = conversion.extract_weights(graph_def)
    conversion.write_artifacts(
        MessageToDict(graph_def),
        groups,
        str(folder / "model.json"),
        tf.__version__,
        signature,
        quantization_dtype_map=None if weights == "float32" else {weights: "*"},
        weight_shard_size_bytes=SHARD_BYTES,
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
