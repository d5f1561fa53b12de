"""Writes a model as one frozen SavedModel: constants instead of variables, tensors that bear the model's own names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError

Tensors = Mapping[str, np.ndarray[Any, Any]]
Runner = Callable[[Tensors], dict[str, np.ndarray[Any, Any]]]

SIGNATURE = "serving_default"


@dataclass(frozen=True)
class TensorInfo:
    """One input or output of a model: its name, its shape with batch 1, and its dtype as numpy names it."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Frozen:
    """A model as a graph of constants: the folder of its SavedModel, and its inputs and outputs."""

    folder: Path
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]


def freeze(function: Any, input_names: Sequence[str], folder: Path) -> Frozen:
    """Writes `function` as a frozen SavedModel with the signature `serving_default`.

    The graph holds neither variables nor Python: every tensor has a name that follows from the model alone (inputs and
    outputs their own, what lies between under `model/`), so that each format made of it is the same, byte for byte, in
    every process.

    Args:
        function: a ConcreteFunction whose inputs have static shapes and whose structured outputs are a dict by output
            name.
        input_names: the names of its inputs, in its own order.
        folder: written anew; it must not exist.

    Raises:
        ConversionError: model/not-freezable when state remains (a lookup table, a random generator) or an output's
            shape is not static.
    """
    with tensorflow() as tf:
        from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

        _refuse_updates(function)
        constant = convert_variables_to_constants_v2(function, lower_control_flow=False, aggressive_inlining=True)
        _refuse_state(constant)
        output_names = sorted(function.structured_outputs)
        graph, inputs, outputs = _named(tf, constant, input_names, output_names)
        _write(tf, graph, inputs, outputs, folder)
    return Frozen(folder, _infos(inputs), _infos(outputs))


def _refuse_updates(function: Any) -> None:
    """Refuses a function that changes its own variables: exported in training mode, it would not answer twice alike."""
    graph = function.graph.as_graph_def()
    nodes = [*graph.node, *(node for each in graph.library.function for node in each.node_def)]
    updates = sorted({node.name for node in nodes if node.op.startswith("Assign")})
    if updates:
        raise ConversionError(
            "model/not-freezable",
            f"the model changes its own variables whenever it runs ({', '.join(updates[:3])})",
            hint="It was exported in training mode, or counts its calls: export it for inference (training=False).",
        )


def _refuse_state(constant: Any) -> None:
    resources = sorted({op.type for op in constant.graph.get_operations() if op.type.endswith(("HandleOp", "TableV2"))})
    if resources:
        raise ConversionError(
            "model/not-freezable",
            f"the model keeps state that cannot become a constant: {', '.join(resources)}",
            hint="Leave lookup tables, random augmentation and the like out of the exported model.",
        )


def _named(tf: Any, constant: Any, input_names: Sequence[str], output_names: Sequence[str]) -> tuple[Any, ...]:
    """Imports the frozen graph under `model/`, between placeholders and identities that bear the model's own names."""
    given = [tensor for tensor in constant.inputs if tensor.dtype != tf.resource]
    definition = constant.graph.as_graph_def()
    replaced = {tensor.op.name for tensor in given}
    kept = [node for node in definition.node if node.name not in replaced]
    del definition.node[:]
    definition.node.extend(kept)
    with tf.Graph().as_default() as graph:
        inputs = {
            name: tf.compat.v1.placeholder(tensor.dtype, tensor.shape, name=name)
            for name, tensor in zip(input_names, given, strict=True)
        }
        results = tf.graph_util.import_graph_def(
            definition,
            input_map={tensor.name: inputs[name] for name, tensor in zip(input_names, given, strict=True)},
            return_elements=[tensor.name for tensor in constant.outputs],
            name="model",
        )
        outputs = {name: tf.identity(tensor, name=name) for name, tensor in zip(output_names, results, strict=True)}
    return graph, inputs, outputs


def _write(tf: Any, graph: Any, inputs: dict[str, Any], outputs: dict[str, Any], folder: Path) -> None:
    from tensorflow.core.protobuf import saved_model_pb2

    model = saved_model_pb2.SavedModel(saved_model_schema_version=1)
    meta = model.meta_graphs.add()
    meta.meta_info_def.tags.append("serve")
    meta.meta_info_def.tensorflow_version = tf.__version__
    meta.graph_def.CopyFrom(graph.as_graph_def())
    signature = meta.signature_def[SIGNATURE]
    signature.method_name = "tensorflow/serving/predict"
    for described, tensors in ((signature.inputs, inputs), (signature.outputs, outputs)):
        for name, tensor in tensors.items():
            described[name].name = tensor.name
            described[name].dtype = tensor.dtype.as_datatype_enum
            described[name].tensor_shape.CopyFrom(tensor.shape.as_proto())
    folder.mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(model.SerializeToString(deterministic=True))


def _infos(tensors: dict[str, Any]) -> tuple[TensorInfo, ...]:
    infos = []
    for name, tensor in tensors.items():
        if tensor.shape.rank is None or None in tensor.shape.as_list():
            raise ConversionError(
                "model/not-freezable",
                f"the shape of {name!r} is not static: {tensor.shape}",
                where=name,
                hint="Take out the layers whose sizes follow from values (a mask, non-maximum suppression).",
            )
        infos.append(TensorInfo(name, tuple(tensor.shape.as_list()), np.dtype(tensor.dtype.as_numpy_dtype).name))
    return tuple(infos)


def read(folder: Path) -> tuple[Any, Any]:
    """Gives the GraphDef of a frozen SavedModel and its signature: it holds no variables to load."""
    with tensorflow():
        from tensorflow.core.protobuf import saved_model_pb2

        model = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    return model.meta_graphs[0].graph_def, model.meta_graphs[0].signature_def[SIGNATURE]


def load(folder: Path) -> Runner:
    """Gives a callable, input name -> tensor to output name -> tensor, of a frozen SavedModel."""
    graph_def, signature = read(folder)
    return graph_runner(
        graph_def,
        {name: each.name for name, each in signature.inputs.items()},
        {name: each.name for name, each in signature.outputs.items()},
    )


def graph_runner(graph_def: Any, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> Runner:
    """Gives a callable, input name -> tensor to output name -> tensor, of a GraphDef.

    Args:
        graph_def: a graph without variables.
        inputs: input name -> name of its tensor in the graph.
        outputs: the same of the outputs.
    """
    with tensorflow() as tf:
        with tf.Graph().as_default() as graph:
            tf.graph_util.import_graph_def(graph_def, name="")
        session = tf.compat.v1.Session(graph=graph, config=_as_written(tf))
        wanted = {name: graph.get_tensor_by_name(tensor) for name, tensor in outputs.items()}

    def run(given: Tensors) -> dict[str, np.ndarray[Any, Any]]:
        answers: dict[str, np.ndarray[Any, Any]] = session.run(
            wanted, {tensor: given[name] for name, tensor in inputs.items()}
        )
        return answers

    return run


def _as_written(tf: Any) -> Any:
    """Gives the options of a session that computes what the graph says.

    Grappler's remapper takes x * c * relu6(x + 3) for a hard swish whenever c is nearly a sixth, and computes with a
    sixth: of a net whose constants were stored as float16 an output moves by a hundredth.
    """
    from tensorflow.core.protobuf import rewriter_config_pb2

    options = tf.compat.v1.ConfigProto()
    options.graph_options.rewrite_options.remapping = rewriter_config_pb2.RewriterConfig.OFF
    return options
