"""LiteRT in Python: runs a .tflite with XNNPACK, which is what the promises about equal outputs are measured with."""

from __future__ import annotations

import importlib.metadata
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from satchel.engines.notice import without_notice
from satchel.engines.threads import threads_of
from satchel_metadata.errors import ModelError
from satchel_metadata.spec import DType, Tensor

_DTYPES = frozenset(get_args(DType))
_DELEGATE_NODE = "DELEGATE"
_RESOLVERS = {True: OpResolverType.BUILTIN, False: OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}

Details = Sequence[Mapping[str, Any]]
Array = np.ndarray[Any, np.dtype[Any]]


class LiteRTEngine:
    """One .tflite, ready to run on the CPU.

    One engine may be shared by threads: a lock lets one run at a time through, since a run already uses all of the
    engine's threads. For runs side by side open one engine a thread.

    Args:
        model: the bytes of a .tflite.
        threads: how many threads a run uses; min(4, physical cores) when None.
        xnnpack: whether XNNPACK runs the nodes that it can.

    Raises:
        ModelError: model/not-a-model, model/unsupported-op, model/unsupported-tensor, model/cannot-load.
        SpecError: spec/out-of-range, threads is below 1.
    """

    inputs: tuple[Tensor, ...]
    """The inputs as the model holds them: name, position, shape, dtype, and scale and zero_point where quantised."""
    outputs: tuple[Tensor, ...]
    """The outputs, likewise."""
    description: dict[str, Any]
    """What runs the model: runtime, version, threads, and xnnpack: whether XNNPACK took its nodes."""

    def __init__(self, model: bytes, threads: int | None = None, *, xnnpack: bool = True) -> None:
        count = threads_of(threads)
        self._lock = threading.Lock()
        self._interpreter, inputs, outputs = _load(model, count, xnnpack)
        self.inputs, self.outputs = _tensors(inputs, "input"), _tensors(outputs, "output")
        self._slots = {tensor.name: int(detail["index"]) for tensor, detail in zip(self.inputs, inputs, strict=True)}
        self._reads = {tensor.name: int(detail["index"]) for tensor, detail in zip(self.outputs, outputs, strict=True)}
        self._expected = {tensor.name: (tensor.shape, np.dtype(tensor.dtype)) for tensor in self.inputs}
        self.description = {
            "runtime": "LiteRT",
            "version": importlib.metadata.version("ai-edge-litert"),
            "threads": count,
            "xnnpack": _delegated(self._interpreter),
        }

    def run(self, tensors: Mapping[int | str, Array]) -> dict[str, Array]:
        """Gives every output of the model, by name, each an array of its own.

        Args:
            tensors: every input, of exactly its shape and dtype, by its tensor's name (or position among the inputs).

        Raises:
            ModelError: model/tensor-not-found, model/tensor-missing, model/tensor-mismatch, model/run-failed.
        """
        named = {self._name(key): array for key, array in tensors.items()}
        for name, expected in self._expected.items():
            if name not in named:
                raise ModelError(
                    "model/tensor-missing",
                    "expected a value for this input, found none",
                    where=name,
                    hint="Give every input of the model.",
                )
            if (named[name].shape, named[name].dtype) != expected:
                raise _mismatch(name, expected, named[name])
        with self._lock:
            return self._invoke(named)

    def _invoke(self, named: Mapping[str, Array]) -> dict[str, Array]:
        try:
            for name, array in named.items():
                self._interpreter.set_tensor(self._slots[name], array)
            self._interpreter.invoke()
            return {name: self._interpreter.get_tensor(slot) for name, slot in self._reads.items()}
        except (RuntimeError, ValueError) as error:
            raise ModelError(
                "model/run-failed",
                f"the model stopped while it ran: {_first_line(error)}",
                hint="The model's own arithmetic refused these values.",
            ) from None

    def input(self, name: str) -> Tensor:
        """Gives the input of this name, or raises ModelError model/tensor-not-found."""
        return _find(self.inputs, name, "input")

    def output(self, name: str) -> Tensor:
        """Gives the output of this name, or raises ModelError model/tensor-not-found."""
        return _find(self.outputs, name, "output")

    def _name(self, key: int | str) -> str:
        if isinstance(key, str):
            return key if key in self._slots else self.input(key).name
        if 0 <= key < len(self.inputs):
            return self.inputs[key].name
        return self.input(f"#{key}").name


def _load(model: bytes, threads: int, xnnpack: bool) -> tuple[Any, Details, Details]:
    """Gives the interpreter with its memory laid out, its inputs and outputs; BUILTIN is what applies XNNPACK."""
    try:
        with without_notice():
            interpreter = Interpreter(
                model_content=model, num_threads=threads, experimental_op_resolver_type=_RESOLVERS[xnnpack]
            )
            interpreter.allocate_tensors()
        return interpreter, interpreter.get_input_details(), interpreter.get_output_details()
    except (ValueError, RuntimeError) as error:
        raise _refusal(str(error), len(model)) from None


def _refusal(text: str, length: int) -> ModelError:
    op = re.search(r"unresolved custom op: ([^\s.]+)|builtin opcode '([^']+)'|Node number \d+ \((Flex[^)]+)\)", text)
    if op:
        name = next(group for group in op.groups() if group)
        return ModelError(
            "model/unsupported-op",
            f"the model needs the op {name}, which LiteRT in Python does not have",
            hint="Convert the model with built-in ops only, or run it on a runtime that has this op.",
        )
    if length == 0 or "not a valid Flatbuffer" in text or "must be specified" in text:
        return ModelError(
            "model/not-a-model",
            f"expected a whole .tflite, found {length} bytes that are not one",
            hint="The file may be cut off or damaged; copy or convert it again.",
        )
    return ModelError(
        "model/cannot-load",
        f"LiteRT does not load this model: {_first_line(text)}",
        hint="Convert the model again; `satchel doctor` names the LiteRT that is here.",
    )


def _tensors(details: Details, kind: str) -> tuple[Tensor, ...]:
    found = tuple(_tensor(index, detail, kind) for index, detail in enumerate(details))
    names = [tensor.name for tensor in found]
    for name in names:
        if names.count(name) > 1:
            raise _unsupported(name, f"{names.count(name)} {kind}s have this name, so none can be told by it")
    return found


def _tensor(index: int, detail: Mapping[str, Any], kind: str) -> Tensor:
    name, dtype = str(detail["name"]), np.dtype(detail["dtype"]).name
    shape = tuple(int(side) for side in detail["shape"])
    scales, zero_points = (detail["quantization_parameters"][key] for key in ("scales", "zero_points"))
    quantised = len(scales) > 0 and dtype != "float32"
    if dtype not in _DTYPES:
        raise _unsupported(name, f"expected an {kind} of {', '.join(sorted(_DTYPES))}, found {dtype}")
    if min(shape, default=1) < 1:
        raise _unsupported(name, f"expected an {kind} of known shape, found {list(shape)}")
    if quantised and len(scales) != 1:
        raise _unsupported(name, f"expected one scale for the whole {kind}, found {len(scales)}")
    scale, zero_point = (float(scales[0]), int(zero_points[0])) if quantised else (None, None)
    return Tensor.model_validate(
        {"name": name, "index": index, "shape": shape, "dtype": dtype, "scale": scale, "zero_point": zero_point}
    )


def _unsupported(name: str, message: str) -> ModelError:
    return ModelError("model/unsupported-tensor", message, where=name, hint="Convert the model again without it.")


def _find(tensors: tuple[Tensor, ...], name: str, kind: str) -> Tensor:
    for tensor in tensors:
        if tensor.name == name:
            return tensor
    there = ", ".join(repr(tensor.name) for tensor in tensors)
    raise ModelError(
        "model/tensor-not-found",
        f"the model has no {kind} of this name",
        where=name,
        hint=f"Its {kind}s are: {there}.",
    )


def _mismatch(name: str, expected: tuple[tuple[int, ...], np.dtype[Any]], found: Array) -> ModelError:
    (shape, dtype) = expected
    return ModelError(
        "model/tensor-mismatch",
        f"expected {dtype} {list(shape)}, found {found.dtype} {list(found.shape)}",
        where=name,
        hint="The preparation's steps must end in what the model takes.",
    )


def _delegated(interpreter: Any) -> bool:
    """Whether XNNPACK took nodes of the graph: it is the only delegate the BUILTIN resolver applies."""
    graph = interpreter._interpreter
    return any(graph.NodeName(node) == _DELEGATE_NODE for node in range(graph.NumNodes()))


def _first_line(error: object) -> str:
    return str(error).strip().split("\n")[0].rstrip(".")
