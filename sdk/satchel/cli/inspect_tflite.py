"""What `satchel inspect` shows of a .tflite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from satchel import units
from satchel.cli import inspect_spec, terminal
from satchel_metadata.tflite_metadata import MetadataInfo, read_metadata
from satchel_metadata.tflite_model import ModelInfo, Quantization, TensorInfo, inspect_model

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


@dataclass(frozen=True)
class Found:
    """A .tflite: what it holds, and its TFLite Metadata where it has some."""

    path: str
    model: ModelInfo
    metadata: MetadataInfo | None


def read(path: str) -> Found:
    """Gives what a .tflite holds.

    Raises:
        ModelError: model/not-a-model.
    """
    tflite = Path(path).read_bytes()
    return Found(path, inspect_model(tflite, path), read_metadata(tflite, path))


def to_json(found: Found) -> dict[str, Any]:
    """Gives everything as JSON values; attached files by name and length."""
    metadata = None
    if found.metadata is not None:
        metadata = asdict(found.metadata)
        metadata["attached"] = {name: len(content) for name, content in found.metadata.attached.items()}
        metadata["spec"] = found.metadata.spec.model_dump(exclude_none=True) if found.metadata.spec else None
    return {"file": found.path, "kind": "tflite", "model": asdict(found.model), "metadata": metadata}


def show(found: Found, out: Console) -> None:
    """Prints it for people."""
    model = found.model
    tensors = sum(len(graph.tensors) for graph in model.subgraphs)
    operators = sum(graph.operators for graph in model.subgraphs)
    graphs = f", {len(model.subgraphs)} graphs" if len(model.subgraphs) > 1 else ""
    out.print(terminal.text(found.path, "bold", 4000))
    out.print(f"TFLite, {units.size(model.total_bytes)}, {tensors} tensors, {operators} operators{graphs}")
    if model.description:
        out.print(terminal.text(model.description, "dim"))
    terminal.heading(out, "Inputs and outputs")
    out.print(_ends(model))
    for signature in model.signatures:
        inputs, outputs = ", ".join(signature.inputs), ", ".join(signature.outputs)
        out.print(terminal.text(f"signature {signature.key}: {inputs} -> {outputs}", "dim"))
    terminal.heading(out, "Operators")
    out.print(_operators(model))
    terminal.heading(out, "Weights")
    out.print(_weights(model))
    if found.metadata is None:
        out.print("\nIt carries no TFLite Metadata, so nothing says what its input is made from.")
    else:
        _show_metadata(found.metadata, out)


def _ends(model: ModelInfo) -> Table:
    made = terminal.table("", "name", "shape", "type", "real value")
    for kind, tensors in (("input", model.inputs), ("output", model.outputs)):
        for tensor in tensors:
            real = "" if tensor.quantization is None else in_words(tensor.quantization)
            made.add_row(kind, terminal.text(tensor.name), _shape(tensor), tensor.dtype, real)
    return made


def in_words(quantization: Quantization) -> str:
    """Gives what a quantised value stands for: `(q - 128) * 0.0078125`."""
    if quantization.per_channel:
        return f"{len(quantization.scales)} scales along axis {quantization.axis}"
    zero_point, scale = quantization.zero_points[0], units.number(quantization.scales[0])
    return f"(q {'+' if zero_point < 0 else '-'} {abs(zero_point)}) * {scale}" if zero_point else f"q * {scale}"


def _shape(tensor: TensorInfo) -> str:
    return " x ".join("?" if side < 0 else str(side) for side in tensor.shape_signature) or "one value"


def _operators(model: ModelInfo) -> Table:
    made = terminal.table("operator", "times", right=("times",))
    for op in sorted(model.ops, key=lambda op: (-op.count, op.name)):
        name = terminal.text(op.name)
        name.append("  custom: only some runtimes have it" if op.custom else "", "yellow")
        made.add_row(name, str(op.count))
    return made


def _weights(model: ModelInfo) -> Table:
    """Constant tensors by type, largest first."""
    counts: Counter[tuple[str, str]] = Counter()
    sizes: Counter[tuple[str, str]] = Counter()
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            if tensor.stored_bytes:
                key = (tensor.dtype, _granularity(tensor))
                counts[key] += 1
                sizes[key] += tensor.stored_bytes
    made = terminal.table("type", "quantised", "tensors", "size", right=("tensors", "size"))
    for (dtype, granularity), size in sizes.most_common():
        made.add_row(dtype, granularity, str(counts[dtype, granularity]), units.size(size))
    return made


def _granularity(tensor: TensorInfo) -> str:
    if tensor.quantization is None:
        return "no"
    return "per channel" if tensor.quantization.per_channel else "per tensor"


def _show_metadata(metadata: MetadataInfo, out: Console) -> None:
    terminal.heading(out, "TFLite Metadata")
    facts = ("name", "version", "author", "license", "description")
    rows = {fact: str(getattr(metadata, fact)) for fact in facts if getattr(metadata, fact)}
    for kind, notes in (("input", metadata.inputs), ("output", metadata.outputs)):
        for note in notes:
            rows[f"{kind} {note.name}"] = ", ".join(
                filter(None, (note.description.rstrip("."), note.content, _normalised(note)))
            )
    for name, content in metadata.attached.items():
        rows[f"attached {name}"] = units.size(len(content))
    out.print(terminal.facts(rows))
    if metadata.spec is not None:
        inspect_spec.show(metadata.spec, out)


def _normalised(note: Any) -> str:
    return f"(x - {_numbers(note.mean)}) / {_numbers(note.std)}" if note.mean else ""


def _numbers(values: Sequence[float]) -> str:
    shown = [units.number(value) for value in values]
    return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"
