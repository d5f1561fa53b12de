"""Whatever an author has -> one float SavedModel and one float .tflite, checked against the source's own answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from satchel_converters import (
    compare,
    float_tflite,
    frozen,
    graph_models,
    keras_models,
    saved_models,
    scan_graph_model,
    tflite_files,
)
from satchel_converters.compare import BOUND, Difference
from satchel_converters.formats import find_format
from satchel_converters.frozen import TensorInfo
from satchel_converters.inputs import RANDOM_INPUTS, as_given, random_inputs
from satchel_converters.opened import Opened, Shapes, described
from satchel_converters.safety import scan
from satchel_converters.scan_keras import written_by
from satchel_metadata.errors import ModelError

Format = Literal["keras", "h5", "saved_model", "keras-object", "tf_keras-object", "tflite", "tfjs"]
Sample = Mapping[str, np.ndarray[Any, Any]]
Progress = Callable[[int, int, str], None]
Inspect = Callable[[tuple[TensorInfo, ...], tuple[TensorInfo, ...]], None]


@dataclass(frozen=True)
class Report:
    """How far the two forms are from the source: over how many inputs, within which bound.

    `saved_model` is None where there is none, and both differences are zero where the source is itself a .tflite.
    """

    inputs: int
    bound: float
    saved_model: Difference | None
    tflite: Difference


@dataclass(frozen=True)
class Source:
    """A model ready for conversion: one float .tflite and, where TensorFlow can hold it, one frozen SavedModel.

    `precision` is "float32" except for a .tflite that came quantised ("int8", "dynamic_range"): then `tflite` is that
    file unchanged and nothing but its own precision can be made of it. A float16 .tflite counts as float32: its weights
    are widened, which loses nothing.
    """

    format: Format
    sha256: str
    saved_model: Path | None
    tflite: bytes
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]
    report: Report
    precision: Literal["float32", "int8", "dynamic_range"] = "float32"


def load_source(
    model: Any,
    workdir: Path,
    *,
    signature: str | None = None,
    samples: Sequence[Sample] = (),
    progress: Progress | None = None,
    input_shapes: Shapes | None = None,
    bound: float = BOUND,
    inspect: Inspect | None = None,
    outputs: Sequence[str] = (),
) -> Source:
    """Gives a model as one float SavedModel and one float .tflite, both checked against the model itself.

    Files are scanned before anything in them is loaded; a live Keras object is the caller's own code and is run as it
    is.

    Args:
        model: path of a .keras, .h5 or .tflite file, of a SavedModel folder or of a TF.js graph model (its model.json
            or the folder of it), or a live Keras 3 or tf_keras model.
        workdir: an existing folder for the SavedModel, which is written to `workdir/saved_model`.
        signature: which signature of a SavedModel (or .tflite) to take, where it has several.
        samples: prepared inputs, input name -> float tensor with batch 1, that the check uses beside random ones.
        progress: called as progress(done, total, what).
        input_shapes: shapes by input name, with or without the batch axis, that settle the sizes which the model leaves
            open; a single input needs no name.
        bound: the largest max|a-b| / max|a| allowed between the source and each form.
        inspect: called as inspect(inputs, outputs) once the model is open, before it is converted, to refuse it early.
            Not called for a .tflite, which is not converted, nor where a size is open until then.
        outputs: names of those that are read of a TF.js graph model: it loses its others, where it has all of these.

    Raises:
        ModelError: model/not-found, model/not-a-model, model/unsafe-layer, model/unsafe-op, model/unknown-layer,
            model/no-signature, ...; what `inspect` raises.
        ConversionError: model/answers-differ by more than the bound, model/unsupported-op, ...
    """
    tell = progress or (lambda done, total, what: None)
    tell(0, 4, "reading the model")
    kind = _kind(model)
    _refuse_signature(kind, signature)
    if kind == "tflite":
        return _from_tflite(Path(model), signature)
    if kind == "keras-object" or kind == "tf_keras-object":
        digest = keras_models.fingerprint(model)
    else:
        scan(Path(model), kind)
        digest = scan_graph_model.digest(Path(model)) if kind == "tfjs" else file_digest(Path(model))
    opened = _open(model, kind, signature, input_shapes or {}, outputs)
    tensors = described(opened) if inspect else None
    if inspect and tensors:
        inspect(*tensors)
    tell(1, 4, "freezing the model")
    fixed = frozen.freeze(opened.function, opened.input_names, workdir / "saved_model")
    tell(2, 4, "converting to TensorFlow Lite")
    converted = float_tflite.convert(fixed.folder)
    tell(3, 4, "comparing the conversions with the model")
    report = _check(opened, fixed, converted, samples, bound)
    tell(4, 4, "model ready")
    return Source(kind, digest, fixed.folder, converted, fixed.inputs, fixed.outputs, report)


def _kind(model: Any) -> Format:
    if isinstance(model, (str, Path)):
        return find_format(Path(model))
    package = keras_models.family(model)
    if package is None:
        raise ModelError(
            "model/not-a-model",
            f"expected a path or a Keras model, found {type(model).__module__}.{type(model).__qualname__}",
            hint="Accepted: .keras, .h5, .tflite, a SavedModel folder, the model.json of a TF.js graph model, and live "
            "keras or tf_keras models.",
        )
    return "keras-object" if package == "keras" else "tf_keras-object"


def _refuse_signature(kind: Format, signature: str | None) -> None:
    if signature is not None and kind not in ("saved_model", "tflite"):
        raise ModelError(
            "model/no-signature",
            f"the model has no signatures to choose from, so there is none named {signature!r}",
            where="signature",
            hint="Leave it out, or give the SavedModel folder that has it.",
        )


def _open(model: Any, kind: Format, signature: str | None, shapes: Shapes, outputs: Sequence[str]) -> Opened:
    if kind == "saved_model":
        return saved_models.open_folder(Path(model), signature, shapes)
    if kind == "tfjs":
        return graph_models.open_model(Path(model), shapes, outputs)
    if kind in ("keras", "h5"):
        model = keras_models.load(Path(model), written_by(Path(model)))
    return keras_models.open_model(model, shapes)


def _check(opened: Opened, fixed: frozen.Frozen, converted: bytes, samples: Sequence[Sample], bound: float) -> Report:
    inputs = [*random_inputs(fixed.inputs, RANDOM_INPUTS), *(as_given(sample, fixed.inputs) for sample in samples)]
    expected = [opened.answers(each) for each in inputs]
    run = frozen.load(fixed.folder)
    saved = compare.require_agreement(expected, [run(each) for each in inputs], "the frozen SavedModel", bound)
    run = float_tflite.runner(converted)
    lite = compare.require_agreement(expected, [run(each) for each in inputs], "the float .tflite", bound)
    return Report(len(inputs), bound, saved, lite)


def _from_tflite(path: Path, signature: str | None) -> Source:
    content = path.read_bytes()
    read = tflite_files.read(content, str(path), signature)
    report = Report(0, 0.0, None, Difference("", 0.0, 0.0))
    digest = hashlib.sha256(content).hexdigest()
    return Source("tflite", digest, None, read.model, read.inputs, read.outputs, report, read.precision)


def file_digest(path: Path) -> str:
    """Gives the SHA-256, in hex, of a file, or of a folder as the sorted list of its files' paths and SHA-256."""
    if path.is_file():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    lines = [f"{file_digest(each)} {each.relative_to(path).as_posix()}\n" for each in _files(path)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file())
