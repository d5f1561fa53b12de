"""A model to run: a bundle, or a single .tflite that carries its spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from satchel.binding import bound, positions
from satchel.bundle import Bundle, Runner, open_bundle
from satchel.cli.inspect import is_tflite
from satchel.engines.litert import LiteRTEngine
from satchel_metadata.errors import ModelError
from satchel_metadata.labels import parse_labels
from satchel_metadata.spec import Input, Output, Spec, Tensor
from satchel_metadata.tflite_metadata import MetadataInfo, read_metadata

VARIANT = "model"
"""The name of the one variant of a single .tflite."""


def open_model(path: str, *, digest: str | None, variant: str | None, threads: int | None) -> Bundle:
    """Gives the bundle at a path, or a single .tflite as if it were one.

    Raises:
        SatchelError: as `satchel.open`; model/no-spec for a .tflite that does not say what its input is made from.
    """
    if not is_tflite(Path(path)):
        return open_bundle(path, digest=digest, variant=variant, threads=threads)
    if digest or variant:
        option = "--digest" if digest else "--variant"
        raise ModelError(
            "model/not-a-bundle",
            "a single .tflite has neither digest nor variants",
            where=path,
            hint=f"Leave out {option}.",
        )
    tflite = Path(path).read_bytes()
    metadata = read_metadata(tflite, path)
    spec = metadata.spec if metadata else None
    if metadata is None or spec is None:
        raise ModelError(
            "model/no-spec",
            "expected a .tflite that carries spec.json, found one that does not say what its input is made from",
            where=path,
            hint="Pack it first: satchel pack MODEL -o OUT --labels FILE ...; `satchel inspect` shows what is in it.",
        )
    return LooseModel(path, spec, _labels(path, spec, metadata), LiteRTEngine(tflite, threads))


@dataclass(frozen=True)
class _Reader:
    """What an open bundle asks its reader for."""

    spec: Spec
    labels: Mapping[str, tuple[str, ...]]


class LooseModel(Bundle):
    """A bundle of one .tflite: it answers, but there is no manifest to check it by."""

    def __init__(self, path: str, spec: Spec, labels: Mapping[str, tuple[str, ...]], engine: LiteRTEngine) -> None:
        reader: Any = _Reader(_bound(spec, engine), labels)
        super().__init__(reader, Path(path), variant=None, threads=None)
        self._runners[VARIANT] = Runner(self.spec, labels, f"{VARIANT}/tflite", engine)

    @property
    def variants(self) -> tuple[str, ...]:
        """The one variant."""
        return (VARIANT,)


def _labels(path: str, spec: Spec, metadata: MetadataInfo) -> dict[str, tuple[str, ...]]:
    """Gives the label lists among the attached files, which have no folders."""
    found = {}
    for name, file in spec.labels.items():
        content = metadata.attached.get(file, metadata.attached.get(PurePosixPath(file).name))
        if content is None:
            there = ", ".join(sorted(metadata.attached)) or "none"
            raise ModelError(
                "model/no-labels",
                f"expected the attached file {file!r}, found {there}",
                where=path,
                hint="Pack the model with its labels: satchel pack MODEL -o OUT --labels FILE.",
            )
        found[name] = parse_labels(content, file)
    return found


def _bound(spec: Spec, engine: LiteRTEngine) -> Spec:
    """Gives the spec with this model's own tensors, told by the names the spec has for them."""
    artefact = f"{VARIANT}/tflite"
    inputs = {artefact: _ordered(spec.inputs, engine.inputs, "input")}
    outputs = {artefact: _ordered(spec.outputs, engine.outputs, "output")}
    return bound(spec, inputs, outputs)


def _ordered(wanted: Sequence[Input | Output], tensors: Sequence[Tensor], kind: str) -> list[Tensor]:
    aliases = {tensor.name: [tensor.name] for tensor in tensors}
    for each in wanted:
        for tensor in each.tensor.values():
            if tensor.name in aliases:
                aliases[tensor.name].append(each.name)
    names = [aliases[tensor.name] for tensor in tensors]
    return [tensors[place] for place in positions([each.name for each in wanted], names, kind)]
