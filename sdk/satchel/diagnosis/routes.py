"""Ways from a thing to an answer, in three parts that can be swapped one at a time: preparation, model, reading."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel.diagnosis.reference import Reference
from satchel.engines.litert import LiteRTEngine
from satchel_metadata.answers import Answer
from satchel_metadata.families.base import as_tensor
from satchel_metadata.infer import tensor_of
from satchel_metadata.ops.arithmetic import as_float32, dequantize
from satchel_metadata.pipeline import Pipeline, Prepared
from satchel_metadata.spec import Spec

Tensors = Mapping[str, NDArray[Any]]
Model = Callable[[Tensors], dict[str, NDArray[Any]]]
_KEPT = 64
"""Outputs that are remembered of each model: those of one sample over all of its routes."""


@dataclass(frozen=True)
class Part:
    """One part of a route: its name, and what it does."""

    name: str
    run: Callable[..., Any]


@dataclass(frozen=True)
class Route:
    """A way from a thing to an answer.

    Attributes:
        prepare: thing -> the prepared windows, float32 tensors with batch 1.
        model: such tensors -> outputs as float32, by the names of the spec.
        read: (windows, their outputs) -> Answer.
    """

    prepare: Part
    model: Part
    read: Part

    def swapped(self, **parts: Part) -> Route:
        """Gives the route with some of its parts those of another."""
        return replace(self, **parts)

    def run(self, thing: Any) -> Ran:
        """Gives all that the route makes of a thing."""
        windows = self.prepare.run(thing)
        outputs = [self.model.run(each.tensors) for each in windows]
        return Ran(windows, outputs, self.read.run(windows, outputs))


@dataclass(frozen=True)
class Ran:
    """What a route made of one thing: prepared windows, the outputs of each, the answer."""

    windows: Sequence[Prepared]
    outputs: Sequence[Tensors]
    answer: Answer


def spec_preparation(spec: Spec, labels: Mapping[str, Sequence[str]]) -> Part:
    """Gives the preparation that a spec describes."""
    return Part("spec", Pipeline(spec, labels).windows)


def spec_reading(spec: Spec, labels: Mapping[str, Sequence[str]]) -> Part:
    """Gives the reading that a spec describes."""
    pipeline = Pipeline(spec, labels)

    def read(windows: Sequence[Prepared], outputs: Sequence[Tensors]) -> Answer:
        pairs = [(window.start, found) for window, found in zip(windows, outputs, strict=True)]
        return pipeline.read_windows(pairs, trace=windows[0].trace)

    return Part("spec", read)


def authors_preparation(reference: Reference, spec: Spec, labels: Mapping[str, Sequence[str]]) -> Part:
    """Gives the preparation that an author's function does; how to find back to the photo is the spec's matter."""
    pipeline = Pipeline(spec, labels)
    names = [each.name for each in spec.inputs]

    def prepare(thing: Any) -> tuple[Prepared, ...]:
        windows = pipeline.windows(thing)
        tensors = reference.prepared(thing, names, [windows[0].tensors[name].shape for name in names], len(windows))
        return tuple(replace(window, tensors=each) for window, each in zip(windows, tensors, strict=True))

    return Part("author", prepare)


def tflite(
    name: str, model: bytes, spec: Spec, artefact: str, *, threads: int | None = None, xnnpack: bool = True
) -> Part:
    """Gives a .tflite as the model of a route: it takes and gives float32, whatever its own tensors are.

    Args:
        name: of the part.
        model: the bytes.
        spec, artefact: bind its tensors to the names of the spec.
        threads: of the interpreter.
        xnnpack: whether XNNPACK runs what it can.
    """
    engine = LiteRTEngine(model, threads=threads, xnnpack=xnnpack)
    where = {each.name: tensor_of(each, artefact, "$.inputs") for each in spec.inputs}
    ends = {each.name: tensor_of(each, artefact, "$.outputs") for each in spec.outputs if artefact in each.tensor}

    def run(tensors: Tensors) -> dict[str, NDArray[Any]]:
        fed: dict[int | str, NDArray[Any]] = {
            engine.input(where[key].name).name: as_tensor(value[0], where[key]) for key, value in tensors.items()
        }
        found = engine.run(fed)
        return {key: _floats(found[engine.output(each.name).name], each) for key, each in ends.items()}

    return Part(name, remembered(run))


def _floats(found: NDArray[Any], tensor: Any) -> NDArray[Any]:
    found = found.reshape(tensor.shape)
    if tensor.scale is None or tensor.zero_point is None:
        return as_float32(found)
    return dequantize(found, tensor.scale, tensor.zero_point)


def remembered(model: Model) -> Model:
    """Gives a model that is not asked twice about the same tensors: most routes of a sample share theirs."""
    known: dict[bytes, dict[str, NDArray[Any]]] = {}

    def run(tensors: Tensors) -> dict[str, NDArray[Any]]:
        key = hashlib.sha256(b"".join(np.ascontiguousarray(tensors[name]).tobytes() for name in sorted(tensors)))
        digest = key.digest()
        if digest not in known:
            while len(known) >= _KEPT:
                known.pop(next(iter(known)))
            known[digest] = model(tensors)
        return known[digest]

    return run
