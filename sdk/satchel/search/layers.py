"""The models of a sweep: each is the float one with one layer changed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel.progress import Progress
from satchel.training.masks import mask
from satchel_converters import precision
from satchel_converters.by_op import INT4_OPS, Op, OpPrecision, Ranged, quantised
from satchel_converters.calibration import Histogram, histograms
from satchel_converters.quiet import kept_back
from satchel_converters.tflite_graph import read_graph
from satchel_metadata.errors import ConversionError

_STATIC = ("int8", "int16x8")
_LOOKED_AT = 16
"""Inputs over which the values of activations are counted, where a cause is looked for."""
Ends = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Trial:
    """One layer in one precision or at one sparsity.

    Attributes:
        index, op: the layer.
        precision, sparsity: what was done to it, the other being None.
        tflite: the model; None where it cannot be made, and `refused` says why.
        bytes_saved: of the .tflite by a precision, of its compressed form by zeros.
    """

    index: int
    op: Op
    precision: OpPrecision | None
    sparsity: float | None
    tflite: bytes | None = None
    bytes_saved: int = 0
    refused: str = ""

    @property
    def what(self) -> str:
        """The precision, or the sparsity."""
        return f"{100 * self.sparsity:g} % zeros" if self.sparsity is not None else str(self.precision)


class Layers:
    """The layers of a float model, and what each becomes."""

    def __init__(
        self,
        tflite: bytes,
        inputs: Sequence[Mapping[str, NDArray[Any]]],
        precisions: Sequence[OpPrecision],
        sparsities: Sequence[float],
        progress: Progress | None = None,
    ) -> None:
        """Takes the ranges of the activations where a precision needs them (model/already-quantised)."""
        precision.require_float(tflite, "a sweep")
        self.tflite, self._inputs = tflite, inputs
        self._graph = read_graph(tflite).ops
        self._ranged = Ranged(tflite, inputs, progress=progress) if set(precisions) & set(_STATIC) else None
        self.trials = tuple(
            trial
            for index, each in enumerate(self._graph)
            if each.name in precision.WEIGHTED and each.inputs[precision.WEIGHTED[each.name]].constant
            for trial in self._trials(index, precisions, sparsities)
        )

    def _trials(self, index: int, precisions: Sequence[OpPrecision], sparsities: Sequence[float]) -> list[Trial]:
        each = self._graph[index]
        op = Op(each.name, ";".join(tensor.name for tensor in each.outputs), True)
        wanted = [one for one in precisions if one != "int4" or op.kind in INT4_OPS]
        return [
            *(Trial(index, op, one, None) for one in wanted),
            *(Trial(index, op, None, share) for share in sparsities),
        ]

    def made(self, place: int) -> Trial:
        """Gives a trial with its model."""
        trial = self.trials[place]
        try:
            made, saved = self._pruned(trial) if trial.sparsity is not None else self._quantised(trial)
        except ConversionError as error:
            return Trial(trial.index, trial.op, trial.precision, trial.sparsity, refused=error.message)
        return Trial(trial.index, trial.op, trial.precision, trial.sparsity, made, saved)

    def _quantised(self, trial: Trial) -> tuple[bytes, int]:
        chosen: list[OpPrecision] = ["float32"] * len(self._graph)
        chosen[trial.index] = trial.precision or "float32"
        made = self._ranged.quantised(chosen) if self._ranged else quantised(self.tflite, chosen).tflite
        return made, len(self.tflite) - len(made)

    def _pruned(self, trial: Trial) -> tuple[bytes, int]:
        """Zeroes the layer's smallest weights where they stand in the file."""
        weights = self.kernel(trial.index)
        raw = np.ascontiguousarray(weights).tobytes()
        place = self.tflite.find(raw)
        if place < 0:
            raise ConversionError(
                "model/layer-untouched",
                "its weights are not stored as float32",
                where=trial.op.name,
                hint="Convert the model without compressing its weights.",
            )
        thin = np.ascontiguousarray(weights * mask(np.abs(weights), trial.sparsity or 0.0)).tobytes()
        made = self.tflite[:place] + thin + self.tflite[place + len(raw) :]
        return made, len(zlib.compress(raw)) - len(zlib.compress(thin))

    def kernel(self, index: int) -> NDArray[Any]:
        """Gives the weights of a layer as they are stored."""
        op = self._graph[index]
        name = op.inputs[precision.WEIGHTED[op.name]].name
        found: NDArray[Any] = self._interpreter.get_tensor(self._places[name])
        return found

    def ends(self, index: int) -> tuple[Ends | None, Ends | None]:
        """Gives the ranges of a layer's input and output: `all` values, and `most` (99.99 %) of them."""
        op = self._graph[index]
        names = [each.name for each in (*(one for one in op.inputs if not one.constant), op.outputs[0])]
        return _ends(self._counted.get(names[0])), _ends(self._counted.get(names[-1]))

    @cached_property
    def _counted(self) -> dict[str, Histogram]:
        return histograms(self.tflite, self._inputs[:_LOOKED_AT])

    @cached_property
    def _interpreter(self) -> Any:
        from ai_edge_litert.interpreter import Interpreter

        with kept_back():
            return Interpreter(model_content=self.tflite)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {each["name"]: each["index"] for each in self._interpreter.get_tensor_details()}


def _ends(found: Histogram | None) -> Ends | None:
    return None if found is None else {"all": found.ends, "most": found.range()}
