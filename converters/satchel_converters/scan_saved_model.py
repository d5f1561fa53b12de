"""Reads a SavedModel's protobuf without loading it, and refuses every op that does more than compute.

A SavedModel is code: its graph, its function library and its initializer run when it is loaded or called. What saves
and restores checkpoints is allowed only where TensorFlow itself put it, and only where it is not run as part of the
model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from satchel_converters.quiet import tensorflow
from satchel_converters.safe_names import OPS, RESTORE_OPS, SAVE_OPS
from satchel_metadata.errors import ModelError

_SHOWN = 5


def scan_folder(path: Path) -> None:
    """Refuses a SavedModel folder that holds links or names files outside itself, or whose ops do more than compute.

    Raises:
        ModelError: model/unsafe-file, model/damaged, model/unsafe-op, which names op and function.
    """
    for each in sorted(path.rglob("*")):
        if each.is_symlink():
            raise _unsafe_file(f"{each.relative_to(path)} is a link", str(path))
    model = _parsed(path / "saved_model.pb")
    for meta in model.meta_graphs:
        for asset in meta.asset_file_def:
            name = PurePosixPath(asset.filename)
            if name.is_absolute() or ".." in name.parts or "\\" in asset.filename:
                raise _unsafe_file(f"the asset {asset.filename!r} lies outside the folder", str(path))
        _scan_graph(meta, str(path))


def _parsed(path: Path) -> Any:
    with tensorflow():
        from google.protobuf.message import DecodeError
        from tensorflow.core.protobuf import saved_model_pb2

        try:
            model = saved_model_pb2.SavedModel.FromString(path.read_bytes())
        except DecodeError:
            model = None
    if model is None or not model.meta_graphs:
        raise ModelError(
            "model/damaged",
            "saved_model.pb is damaged or not a SavedModel",
            where=str(path),
            hint="Export the model again, or copy it again.",
        )
    return model


def _scan_graph(meta: Any, where: str) -> None:
    functions = {function.signature.name: function for function in meta.graph_def.library.function}
    nodes = {node.name: node for node in meta.graph_def.node}
    saving, restoring = _saver_path(meta, nodes, functions)
    refused = []
    for place, node in _all_nodes(meta.graph_def.node, functions):
        known = node.op in OPS or node.op in functions
        saves = node.op in SAVE_OPS and (place or node.name) in saving
        restores = node.op in RESTORE_OPS and (place or node.name) in saving | restoring
        if not (known or saves or restores):
            refused.append((node.op, node.name, place))
    refuse_ops(refused, where)


def refuse_ops(refused: Sequence[tuple[str, str, str]], where: str) -> None:
    """Refuses a model for its ops, each given with its node and the function that it stands in (empty: none).

    Raises:
        ModelError: model/unsafe-op when there is any.
    """
    if not refused:
        return
    shown = [
        f"{op} (node {node!r}{f' of function {place!r}' if place else ''})" for op, node, place in refused[:_SHOWN]
    ]
    more = f" and {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""
    raise ModelError(
        "model/unsafe-op",
        f"the model holds ops that are not known to only compute: {', '.join(shown)}{more}",
        where=where,
        hint="It was not loaded. Export only what computes, without reading, writing or calling out.",
    )


def _all_nodes(nodes: Iterable[Any], functions: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Gives every node with the name of the function it stands in, empty for the main graph."""
    yield from (("", node) for node in nodes)
    yield from ((name, node) for name, function in functions.items() for node in function.node_def)


def _saver_path(meta: Any, nodes: Mapping[str, Any], functions: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Gives what only saves and what only restores: nodes of the main graph and functions that nothing else reaches.

    Saving never runs when a model is loaded or called; restoring runs when it is loaded. So a save op counts only in
    the first.
    """
    saver = meta.saver_def
    saving = _reached([saver.save_tensor_name], nodes, functions)
    restoring = _reached([saver.restore_op_name], nodes, functions)
    running = _reached(_entry_points(meta), nodes, functions) | _reached_functions(_object_functions(meta), functions)
    return saving - restoring - running, restoring - running


def _entry_points(meta: Any) -> Iterator[str]:
    """Gives the main graph's tensors and nodes that loading or calling runs: signatures, initializers, collections."""
    for signature in meta.signature_def.values():
        for tensor in (*signature.inputs.values(), *signature.outputs.values()):
            yield tensor.name
            yield from (component.name for component in tensor.composite_tensor.components)
    for collection in meta.collection_def.values():
        yield from collection.node_list.value
        yield from (value.decode("utf-8", "replace") for value in collection.bytes_list.value)


def _object_functions(meta: Any) -> Iterator[str]:
    yield from meta.object_graph_def.concrete_functions
    for node in meta.object_graph_def.nodes:
        yield from node.function.concrete_functions
        if node.bare_concrete_function.concrete_function_name:
            yield node.bare_concrete_function.concrete_function_name


def _reached(starts: Iterable[str], nodes: Mapping[str, Any], functions: Mapping[str, Any]) -> set[str]:
    """Gives the main graph's nodes that the starts need, and the functions that these call."""
    waiting, seen = [name.lstrip("^").split(":")[0] for name in starts if name], set[str]()
    called: list[str] = []
    while waiting:
        name = waiting.pop()
        if name in nodes and name not in seen:
            seen.add(name)
            waiting.extend(each.lstrip("^").split(":")[0] for each in nodes[name].input)
            called.extend(_calls(nodes[name], functions))
    return seen | _reached_functions(called, functions)


def _reached_functions(starts: Iterable[str], functions: Mapping[str, Any]) -> set[str]:
    waiting, seen = list(starts), set[str]()
    while waiting:
        name = waiting.pop()
        if name in functions and name not in seen:
            seen.add(name)
            for node in functions[name].node_def:
                waiting.extend(_calls(node, functions))
    return seen


def _calls(node: Any, functions: Mapping[str, Any]) -> Iterator[str]:
    if node.op in functions:
        yield node.op
    for value in node.attr.values():
        if value.func.name:
            yield value.func.name
        yield from (each.name for each in value.list.func)


def _unsafe_file(message: str, where: str) -> ModelError:
    return ModelError("model/unsafe-file", message, where=where, hint="It was not loaded. Export the model again.")
