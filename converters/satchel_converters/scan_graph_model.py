"""Reads a TF.js graph model as data: model.json and its shards, checked before anything is made of them.

A graph model is a TensorFlow graph in JSON and bytes of weights. Its ops are held against the list of those that only
compute; its shards must lie beside it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from satchel_converters.safe_names import OPS
from satchel_converters.scan_saved_model import refuse_ops
from satchel_metadata.errors import ModelError

MAX_JSON = 256 * 1024 * 1024
DTYPES = ("float32", "int32", "bool")
"""Of weights, as TF.js holds them."""
STORED = ("uint8", "uint16", "float16")
"""How TF.js' converter makes float weights smaller."""


def read(path: Path) -> dict[str, bytes]:
    """Gives the files of a graph model, relative path -> bytes, as `run_graph_model` takes them; none is run.

    model.json bears that name whatever it is called, with a signature: that of the file, else its placeholders and the
    nodes that nothing reads, as TF.js takes them.

    Args:
        path: a model.json (of any name), or the folder that holds it.

    Raises:
        ModelError: model/not-a-model (a layers model, or no model at all), model/damaged, model/unsafe-file,
            model/unsafe-op, which names op and node.
    """
    file = path / "model.json" if path.is_dir() else path
    document = _document(file)
    topology = document["modelTopology"]
    nodes = topology["node"]
    functions = {each["signature"]["name"]: each for each in topology.get("library", {}).get("function", ())}
    places = [("", node) for node in nodes]
    places += [(name, node) for name, each in functions.items() for node in each.get("nodeDef", ())]
    unknown = [(node["op"], node["name"], place) for place, node in places if node["op"] not in (OPS | set(functions))]
    refuse_ops(unknown, str(file))
    shards = _shards(document.get("weightsManifest", ()), file)
    signature = document.get("signature") or (document.get("userDefinedMetadata") or {}).get("signature")
    document["signature"] = _signature(signature, nodes)
    return {**shards, "model.json": json.dumps(document).encode()}


def digest(path: Path) -> str:
    """Gives the SHA-256, in hex, of model.json and the shards that it names, as the sorted list of their own."""
    file = path / "model.json" if path.is_dir() else path
    names = [name for group in _document(file).get("weightsManifest", ()) for name in group["paths"]]
    files = {"model.json": file, **{name: file.parent / name for name in names}}
    lines = [f"{hashlib.sha256(each.read_bytes()).hexdigest()} {name}\n" for name, each in sorted(files.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _document(file: Path) -> dict[str, Any]:
    """Gives model.json, in the form that the rest reads without asking."""
    if file.is_symlink():
        raise _unsafe(f"{file.name} is a link", file)
    if file.stat().st_size > MAX_JSON:
        raise _damaged(f"it has {file.stat().st_size} bytes, more than {MAX_JSON}", file)
    try:
        document: dict[str, Any] = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise _damaged(f"it is not JSON ({' '.join(str(error).split())[:100]})", file) from None
    topology = document.get("modelTopology") if isinstance(document, dict) else None
    if not isinstance(topology, dict):
        raise _no_model("it is JSON without a modelTopology, so it is no model of TF.js", file, "Give its model.json.")
    if document.get("format") == "layers-model" or "node" not in topology:
        raise _no_model(
            "it is a TF.js layers model, which holds layers and no graph; expected a graph model",
            file,
            "Pack the Keras model that it was made from, or turn it back into one with `tensorflowjs_converter "
            "--input_format tfjs_layers_model --output_format keras model.json model.h5`.",
        )
    if not _is_graph(topology) or not _is_manifest(document.get("weightsManifest", [])):
        raise _damaged("its graph or its list of weights is not of the form that TF.js writes", file)
    if document.get("modelInitializer"):
        raise _no_model(
            "it runs a second graph before the first answer (modelInitializer), to fill lookup tables",
            file,
            "Leave lookup tables out of the exported model.",
        )
    return document


def _is_graph(topology: Mapping[str, Any]) -> bool:
    functions = _listed(_dict(topology.get("library", {})).get("function", []))
    bodies = [_listed(_dict(each).get("nodeDef", [])) for each in functions]
    named = all(isinstance(_dict(_dict(each).get("signature")).get("name"), str) for each in functions)
    return named and all(
        isinstance(_dict(node).get(key), str)
        for body in (_listed(topology["node"]) or [None], *bodies)
        for node in body
        for key in ("name", "op")
    )


def _is_manifest(manifest: Any) -> bool:
    groups = [_dict(group) for group in _listed(manifest)]
    paths = [path for group in groups for path in _listed(group.get("paths"))]
    weights = [_dict(entry) for group in groups for entry in _listed(group.get("weights"))]
    return isinstance(manifest, list) and all(isinstance(path, str) for path in paths) and all(map(_is_weight, weights))


def _is_weight(entry: Mapping[str, Any]) -> bool:
    shape, smaller = entry.get("shape"), _dict(entry.get("quantization", {}))
    numbers = [smaller[key] for key in ("scale", "min") if key in smaller]
    return (
        isinstance(entry.get("name"), str)
        and entry.get("dtype") in DTYPES
        and ("quantization" not in entry or smaller.get("dtype") in STORED)
        and isinstance(shape, list)
        and all(type(side) is int and side >= 0 for side in shape)
        and math.prod(shape) < 2**53
        and len(numbers) in (0, 2)
        and all(type(each) in (int, float) and math.isfinite(each) for each in numbers)
    )


def _shards(manifest: Iterable[Any], file: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name in (name for group in manifest for name in group["paths"]):
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts or "\\" in name or name in ("", "model.json"):
            raise _unsafe(f"the shard {name!r} lies outside the folder", file)
        shard = file.parent / name
        if any(each.is_symlink() for each in (shard, *shard.parents) if file.parent in each.parents):
            raise _unsafe(f"the shard {name!r} is a link", file)
        if not shard.is_file():
            raise _damaged(f"its shard {name!r} is missing", file, "Copy the whole folder again.")
        found[name] = shard.read_bytes()
    return found


def _signature(given: Any, nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """Gives the signature: inputs and outputs by name, each with its tensor and, for inputs, shape and dtype."""
    placeholders = {node["name"]: node for node in nodes if node["op"] == "Placeholder"}
    told = {side: _dict(_dict(given).get(side)) for side in ("inputs", "outputs")}
    names = {
        side: {key: _node(_dict(entry).get("name", key)) for key, entry in entries.items()}
        for side, entries in told.items()
    }
    inputs = {key: name for key, name in names["inputs"].items() if name.split(":")[0] in placeholders}
    if not inputs:
        inputs = {name: name for name in placeholders}
    outputs = names["outputs"]
    if not outputs:
        read = {_node(each).split(":")[0] for node in nodes for each in node.get("input", ())}
        outputs = {node["name"]: node["name"] for node in nodes if node["name"] not in read | set(inputs)}
    return {
        "inputs": {key: {"name": name} for key, name in inputs.items()},
        "outputs": {key: {"name": name} for key, name in outputs.items()},
    }


def _node(name: Any) -> str:
    return str(name).lstrip("^")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _no_model(message: str, file: Path, hint: str) -> ModelError:
    return ModelError("model/not-a-model", message, where=str(file), hint=hint)


def _damaged(message: str, file: Path, hint: str = "Convert the model again, or copy it again.") -> ModelError:
    return ModelError("model/damaged", message, where=str(file), hint=hint)


def _unsafe(message: str, file: Path) -> ModelError:
    return ModelError("model/unsafe-file", message, where=str(file), hint="It was not loaded. Convert the model again.")
