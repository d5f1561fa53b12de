"""An existing .tflite as a source: what it is, and what can still be made of it."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from satchel_converters import custom_ops, precision
from satchel_converters.compare import largest_difference
from satchel_converters.float_tflite import runner
from satchel_converters.frozen import SIGNATURE, TensorInfo
from satchel_converters.inputs import RANDOM_INPUTS, random_inputs
from satchel_converters.names import distinct
from satchel_converters.quiet import kept_back
from satchel_converters.saved_models import choose_signature
from satchel_converters.tflite_graph import read_graph
from satchel_metadata.errors import ConversionError, ModelError, SatchelWarning


@dataclass(frozen=True)
class TFLiteFile:
    """A .tflite ready for conversion.

    `precision` "float32": any variant can be made of `model`. "int8" and "dynamic_range": `model` is the file as it
    came, and only that precision can be packed.
    """

    model: bytes
    precision: Literal["float32", "int8", "dynamic_range"]
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]


def read(content: bytes, where: str, signature: str | None) -> TFLiteFile:
    """Gives a .tflite as a source.

    A float32 model is taken as it is. The weights of a float16 model are widened to float32, which loses nothing. A
    quantised model is taken as it is. Custom ops that have a builtin equal are rewritten to it. A model without a
    signature gets one, with the names of its tensors, so that outputs can be bound by name.

    Raises:
        ModelError: model/damaged, model/dynamic-shape, model/several-signatures, model/unknown-signature.
    """
    read_graph(content, where)
    kind = precision.of(content)
    try:
        with kept_back():
            model = _parsed(content)
            changed = _widen(model) if kind == "float16" else False
            changed = _sign(model) or changed
            made = _packed(model) if changed else content
            builtin = _packed(model) if custom_ops.rewrite(model) else made
        keys = [_text(each.signatureKey) for each in model.signatureDefs]
        chosen = choose_signature(keys, signature, where)
        inputs, outputs = _infos(model, chosen, where)
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError, struct.error) as error:
        # A damaged flatbuffer fails in whatever way its wrong offsets lead to.
        raise ModelError(
            "model/damaged",
            f"the .tflite is damaged ({type(error).__name__})",
            where=where,
            hint="Copy it again, or convert the model again.",
        ) from None
    _refuse_others(keys, where)
    made = made if builtin is made else _if_equal(made, builtin, inputs)
    runner(made)
    _tell_of_custom_ops(_parsed(made))
    return TFLiteFile(made, "float32" if kind == "float16" else kind, inputs, outputs)


def _if_equal(made: bytes, builtin: bytes, inputs: Sequence[TensorInfo]) -> bytes:
    """Gives the model whose custom ops are builtins if it gives the answers that it gave before.

    Where this machine cannot run the custom op there is nothing to compare with; the builtin is equal by definition.
    """
    try:
        before = runner(made)
    except ConversionError:
        return builtin
    after, given = runner(builtin), random_inputs(inputs, RANDOM_INPUTS)
    moved = largest_difference([before(each) for each in given], [after(each) for each in given])
    return builtin if moved.relative <= custom_ops.BOUND else made


def _tell_of_custom_ops(model: Any) -> None:
    left = custom_ops.custom_names(model)
    if left:
        text = f"no builtin equals the custom op {', '.join(left)}: runtimes that do not know it cannot run this model"
        warnings.warn(text, SatchelWarning, stacklevel=5)


def _refuse_others(keys: Sequence[str], where: str) -> None:
    if len(keys) > 1:
        raise ModelError(
            "model/several-signatures",
            f"the .tflite has {len(keys)} signatures, and only a model with one can be packed",
            where=where,
            hint="Convert it again with the one signature that you want.",
        )


def _parsed(content: bytes) -> Any:
    from ai_edge_litert.tools import flatbuffer_utils

    return flatbuffer_utils.read_model_from_bytearray(bytearray(content))


def _packed(model: Any) -> bytes:
    from ai_edge_litert.tools import flatbuffer_utils

    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _widen(model: Any) -> bool:
    """DEQUANTIZE(constant float16) -> the same constant as float32."""
    from ai_edge_litert import schema_py_generated as schema

    code = next(
        i for i, each in enumerate(model.operatorCodes) if each.builtinCode == schema.BuiltinOperator.DEQUANTIZE
    )
    for graph in model.subgraphs:
        kept = []
        for op in graph.operators:
            source, target = graph.tensors[op.inputs[0]], graph.tensors[op.outputs[0]]
            data = model.buffers[source.buffer].data
            if op.opcodeIndex != code or source.type != schema.TensorType.FLOAT16 or data is None:
                kept.append(op)
                continue
            widened = schema.BufferT()
            widened.data = (
                np.frombuffer(np.asarray(data, np.uint8).tobytes(), np.float16).astype(np.float32).view(np.uint8)
            )
            target.buffer = len(model.buffers)
            model.buffers.append(widened)
        graph.operators = kept
        _forget_unread(model, graph)
    return True


def _forget_unread(model: Any, graph: Any) -> None:
    """Empties the float16 constants that no op reads any more."""
    from ai_edge_litert import schema_py_generated as schema

    read = {int(index) for op in graph.operators for index in op.inputs} | {int(index) for index in graph.outputs}
    for index, tensor in enumerate(graph.tensors):
        if tensor.type == schema.TensorType.FLOAT16 and index not in read:
            model.buffers[tensor.buffer].data = None


def _sign(model: Any) -> bool:
    """Adds the signature `serving_default` to a model that has none, with the names of its tensors."""
    from ai_edge_litert import schema_py_generated as schema

    if model.signatureDefs:
        return False
    graph = model.subgraphs[0]
    signature = schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = SIGNATURE.encode(), 0
    for side, indices in (("input", graph.inputs), ("output", graph.outputs)):
        names = distinct([_text(graph.tensors[index].name) for index in indices], side)
        maps = []
        for name, index in zip(names, indices, strict=True):
            entry = schema.TensorMapT()
            entry.name, entry.tensorIndex = name.encode(), int(index)
            maps.append(entry)
        setattr(signature, f"{side}s", maps)
    model.signatureDefs = [signature]
    return True


def _infos(model: Any, chosen: str, where: str) -> tuple[tuple[TensorInfo, ...], tuple[TensorInfo, ...]]:
    signature = next(each for each in model.signatureDefs if _text(each.signatureKey) == chosen)
    graph = model.subgraphs[signature.subgraphIndex]
    return _named(graph, signature.inputs, where), _named(graph, signature.outputs, where)


def _named(graph: Any, maps: Sequence[Any], where: str) -> tuple[TensorInfo, ...]:
    from ai_edge_litert import schema_py_generated as schema

    types = {value: name.lower() for name, value in vars(schema.TensorType).items() if isinstance(value, int)}
    infos = []
    for each in maps:
        tensor = graph.tensors[each.tensorIndex]
        signed = tensor.shapeSignature if tensor.shapeSignature is not None else tensor.shape
        if any(size < 0 for size in list(signed)[1:]):
            shown = ", ".join("?" if size < 0 else str(size) for size in signed)
            raise ModelError(
                "model/dynamic-shape",
                f"the size of {_text(each.name)!r} is open: [{shown}]",
                where=where,
                hint="Pack the model that it was converted from, or convert that again with a fixed size.",
            )
        infos.append(TensorInfo(_text(each.name), tuple(int(size) for size in tensor.shape), types[tensor.type]))
    return tuple(infos)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
