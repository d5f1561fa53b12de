"""The passes that make a frozen graph one for TF.js: tensorflowjs' own where they hold, ours where they do not.

tensorflowjs takes any addition after a convolution for a bias, and leaves the fusing to Grappler's remapper, which
makes ops that TF.js does not have where TensorFlow runs with oneDNN (so its result follows the machine). Here only what
TF.js' kernels accept is fused: a bias of one number a channel and an activation, each the only reader of what stands
before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from satchel_metadata.errors import ConversionError

_CONTRACTIONS = {
    "Conv2D": "_FusedConv2D",
    "DepthwiseConv2dNative": "FusedDepthwiseConv2dNative",
    "MatMul": "_FusedMatMul",
}
_CONTROL_FLOW = ("While", "StatelessWhile", "If", "StatelessIf", "Case", "StatelessCase")
_ACTIVATIONS = ("Relu", "Relu6", "Elu")
_CLEAN = ("pruning", "constfold", "arithmetic", "dependency", "pruning", "constfold", "arithmetic", "dependency")


def optimized(tf: Any, graph_def: Any, signature: Any) -> Any:
    """Gives the graph with constants folded and convolutions fused.

    Raises:
        ConversionError: model/unsupported-op names the ops that TF.js does not have.
    """
    from tensorflowjs.converters import fold_batch_norms, fuse_prelu

    _require_supported(graph_def)
    result = _simplified(tf, graph_def, signature)
    # Normalisation first, as it leaves an addition; then that as a bias; Prelu while its parts still stand alone.
    result = fold_batch_norms.fold_batch_norms(result)
    result = _simplified(tf, result, signature)
    _name_biases(tf, result)
    result = fuse_prelu.fuse_ops_for_prelu(result)
    result = fused(result, signature)
    result = fuse_prelu.fuse_prelu_with_fused_conv2d_or_matmul(result)
    _require_supported(result)
    return result


def _simplified(tf: Any, graph_def: Any, signature: Any) -> Any:
    """Gives the graph with Grappler's constant folding and clean-up applied."""
    from tensorflow.core.protobuf import config_pb2
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as conversion

    config = config_pb2.ConfigProto()
    config.graph_options.rewrite_options.optimizers[:] = _CLEAN
    with tf.Graph().as_default() as graph:
        tf.graph_util.import_graph_def(graph_def, name="")
        for output in signature.outputs.values():
            graph.add_to_collection("train_op", graph.get_operation_by_name(output.name.split(":")[0]))
    return conversion._run_grappler(config, graph.as_graph_def(), graph, signature)


def _require_supported(graph_def: Any) -> None:
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as conversion

    unsupported = set(conversion.validate(graph_def, skip_op_check=False, strip_debug_ops=False))
    # TF.js lists these, but its executor frees tensors that the body of a loop still needs (seen with an LSTM).
    unsupported |= {node.op for node in graph_def.node if node.op in _CONTROL_FLOW}
    if unsupported:
        raise ConversionError(
            "model/unsupported-op",
            f"TF.js has no op for {', '.join(sorted(unsupported))}",
            hint="Leave out the TF.js form (the browser runs the .tflite), or replace the layers that use them.",
        )


def _name_biases(tf: Any, graph_def: Any) -> None:
    """AddV2(Conv2D(x, w), constant [channels]) -> BiasAdd of the same, in place."""
    nodes = {node.name: node for node in graph_def.node}
    for node in graph_def.node:
        if node.op not in ("Add", "AddV2") or len(node.input) != 2:
            continue
        for before, bias in (tuple(node.input), tuple(reversed(node.input))):
            if before in nodes and nodes[before].op in _CONTRACTIONS and _is_vector(nodes.get(bias)):
                node.op = "BiasAdd"
                node.input[:] = [before, bias]
                node.attr["data_format"].s = nodes[before].attr["data_format"].s or b"NHWC"
                break


def _is_vector(node: Any) -> bool:
    return node is not None and node.op == "Const" and len(node.attr["value"].tensor.tensor_shape.dim) == 1


def fused(graph_def: Any, signature: Any) -> Any:
    """Conv2D, BiasAdd, Relu -> _FusedConv2D with the name of the last; depthwise convolutions and MatMul likewise."""
    nodes = {node.name: node for node in graph_def.node}
    readers = Counter(name.lstrip("^").split(":")[0] for node in graph_def.node for name in node.input)
    readers.update(output.name.split(":")[0] for output in signature.outputs.values())
    gone: set[str] = set()
    for last in sorted(graph_def.node, key=lambda node: node.op not in _ACTIVATIONS):  # The longest chains first.
        chain = _chain(last, nodes, readers)
        if len(chain) > 1 and not gone & {each.name for each in chain}:
            gone.update(each.name for each in chain[:-1])
            _fuse(chain)
    result = type(graph_def)(versions=graph_def.versions, library=graph_def.library)
    result.node.extend(node for node in graph_def.node if node.name not in gone)
    return result


def _chain(last: Any, nodes: Mapping[str, Any], readers: Mapping[str, int]) -> list[Any]:
    """Gives contraction, bias and activation that end at `last`; empty where something else reads what lies between."""
    chain = [last]
    for ops in (_ACTIVATIONS, ("BiasAdd",)):
        if chain[0].op in ops and chain[0].input[0] in nodes:
            chain.insert(0, nodes[chain[0].input[0]])
    starts = chain[0].op in _CONTRACTIONS and len(chain[0].input) == 2
    alone = all(readers[each.name] == 1 for each in chain[:-1])
    plain = all(len(each.input) == (2 if each.op == "BiasAdd" else 1) for each in chain[1:])
    return chain if starts and alone and plain else []


def _fuse(chain: list[Any]) -> None:
    """Turns the last node of a chain into the fused one, in place."""
    first, last = chain[0], chain[-1]
    steps = [each.op.encode() for each in chain[1:]]
    biases = [each.input[1] for each in chain[1:] if each.op == "BiasAdd"]
    name = last.name
    inputs = [*first.input, *biases]
    last.CopyFrom(first)
    last.op, last.name = _CONTRACTIONS[first.op], name
    last.input[:] = inputs
    # TF.js reads the bias first and the activation second, so one without the other keeps the first place.
    last.attr["fused_ops"].list.s[:] = steps if biases else [b"NoOp", *steps]
    last.attr["num_args"].i = len(biases)
