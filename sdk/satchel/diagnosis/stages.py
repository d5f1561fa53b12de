"""The stages of one bundle: the author's parts, the float model, every variant, and the runtimes of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from satchel.artefacts import tflite_tensors
from satchel.binding import bound
from satchel.bundle import Bundle
from satchel.diagnosis.reference import Reference
from satchel.diagnosis.routes import Part, Route, authors_preparation, spec_preparation, spec_reading, tflite
from satchel_converters.sources import load_source

_FLOAT = "float/tflite"


@dataclass(frozen=True)
class Stages:
    """What a diagnosis compares.

    Attributes:
        reference: the route of the author, as far as it is known; else that of the spec and the float model.
        middle: the float model of the bundle.
        variants: name -> the route of the bundle.
        source: whether the author's own model is the reference's.
    """

    reference: Route
    middle: Part
    variants: dict[str, Route]
    source: bool


@contextmanager
def stages_of(
    bundle: Bundle, model: Any, reference: Reference | None, variants: list[str], threads: int | None
) -> Iterator[Stages]:
    """Gives the stages while the block runs; a source model is converted in a folder that goes with it.

    Raises:
        SatchelError: what opening the model or a variant raises.
    """
    spec, labels = bundle.spec, bundle.labels
    plain = float_variant(bundle)
    parts = {
        name: tflite(name, bundle.reader.model(name), spec, f"{name}/tflite", threads=threads)
        for name in dict.fromkeys((*variants, *([plain] if plain else [])))
    }
    middle = parts.get(plain or "")
    with TemporaryDirectory(prefix="satchel-") as folder:
        source = _source(bundle, model, Path(folder), threads) if model is not None else None
        middle = middle or source or next(iter(parts.values()))
        prepare, read = spec_preparation(spec, labels), spec_reading(spec, labels)
        own = authors_preparation(reference, spec, labels) if reference and reference.prepare else prepare
        start = Route(own, source or middle, read)
        routes = {name: Route(prepare, parts[name], read) for name in variants}
        yield Stages(start, middle, routes, source is not None)


def float_variant(bundle: Bundle) -> str | None:
    """Gives the variant that is the float model itself, None where there is none."""
    plain = [each.name for each in bundle.manifest.variants if not each.recipe and each.name in bundle.variants]
    return plain[0] if plain else ("float32" if "float32" in bundle.variants else None)


def _source(bundle: Bundle, model: Any, folder: Path, threads: int | None) -> Part:
    """Gives the author's model as its own float .tflite, which was held to the model's answers when it was made."""
    source = load_source(model, folder)
    inputs, outputs = tflite_tensors(source.tflite, bundle.spec)
    spec = bound(bundle.spec, {_FLOAT: inputs}, {_FLOAT: outputs})
    return tflite("source", source.tflite, spec, _FLOAT, threads=threads)
