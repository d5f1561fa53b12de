"""Writes TFLite Metadata into a .tflite, so that programs that know nothing of Satchel read names, labels and mean.

The notes are built with tflite-support's own schema. `tflite_metadata_read` reads them back in the light install.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any

import flatbuffers

from satchel_metadata.errors import EnvironmentProblem, SpecError
from satchel_metadata.labels import dump_labels
from satchel_metadata.spec import Input, Output, Spec, Tensor
from satchel_metadata.steps import Label
from satchel_metadata.tflite_metadata_read import (
    METADATA_IDENTIFIER,
    METADATA_NAME,
    SPEC_FILE,
    MetadataInfo,
    read_metadata,
)
from satchel_metadata.tflite_model import ModelInfo, TensorInfo, inspect_model
from satchel_metadata.tflite_notes import ImageNotes, image_notes, output_warnings, threshold_of
from satchel_metadata.tflite_splice import with_metadata

__all__ = ["MetadataInfo", "read_metadata", "write_metadata"]


def write_metadata(
    tflite: bytes, spec: Spec, labels: Mapping[str, Sequence[str]], artefact: str
) -> tuple[bytes, list[str]]:
    """Gives the model with TFLite Metadata, the label files and spec.json in it, and what the metadata cannot express.

    The same input gives the same bytes. The model's own bytes stay as they are, behind the new beginning of the file.
    The spec.json inside tells the tensors of this artefact only.

    Args:
        tflite: the model.
        spec: says for each input and output which tensor of `artefact` it is.
        labels: the label lists by name.
        artefact: the artefact's id, `float32/tflite`.

    Returns:
        The new file, and a warning for each step that other programs carry out differently or not at all.

    Raises:
        ModelError: model/not-a-model, model/too-large.
        SpecError: spec/unknown-tensor when the spec names a tensor that the model does not have.
        EnvironmentProblem: env/package-missing when tflite-support is not installed.
    """
    model = inspect_model(tflite)
    schema = _schema()
    files = {path: dump_labels(labels[name], path) for name, path in spec.labels.items()}
    warnings: list[str] = []
    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = _in_order(schema, model.inputs, spec.inputs, artefact)
    graph.outputTensorMetadata = _in_order(schema, model.outputs, spec.outputs, artefact)
    for source in spec.inputs:
        place, tensor = _place(source, model.inputs, artefact)
        notes = image_notes(source, tensor)
        if notes is not None:
            _note_image(schema, graph.inputTensorMetadata[place], notes)
            warnings.extend(notes.warnings)
    for output in spec.outputs:
        place, tensor = _place(output, model.outputs, artefact)
        _note_output(schema, graph.outputTensorMetadata[place], output, spec, _output_range(model, tensor))
        warnings.extend(output_warnings(output))
    files[SPEC_FILE] = _only(spec, artefact).dumps()
    payload = _packed(schema, spec, graph)
    return with_metadata(tflite, METADATA_NAME, payload, files), [f"{artefact}, {each}" for each in warnings]


def _schema() -> Any:
    """Loads tflite-support's schema; its native module wants libusb, which not every system has where it looks."""
    try:
        import libusb_package

        library = libusb_package.get_library_path()
        if library is not None:
            ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
        from tensorflow_lite_support.metadata import metadata_schema_py_generated as schema
    except ImportError as error:
        raise EnvironmentProblem(
            "env/package-missing",
            f"writing TFLite Metadata needs tflite-support ({error})",
            hint="Install it with: pip install 'satchel[author]'",
        ) from None
    return schema


def _in_order(schema: Any, tensors: Sequence[TensorInfo], named: Sequence[Input | Output], artefact: str) -> list[Any]:
    """Gives an empty note for each tensor, in the model's order, with its name in the spec where it has one."""
    names = {_place(each, tensors, artefact)[0]: each.name for each in named}
    notes = []
    for place, tensor in enumerate(tensors):
        note = schema.TensorMetadataT()
        note.name = names.get(place, tensor.name)
        notes.append(note)
    return notes


def _place(named: Input | Output, tensors: Sequence[TensorInfo], artefact: str) -> tuple[int, Tensor]:
    """Gives which of the model's tensors an input or output of the spec is."""
    tensor = named.tensor.get(artefact)
    names = [each.name for each in tensors]
    if tensor is None or tensor.name not in names:
        wanted = "no tensor" if tensor is None else f"the tensor {tensor.name!r}"
        raise SpecError(
            "spec/unknown-tensor",
            f"the spec names {wanted} of {artefact} for {named.name!r}, the model has {', '.join(map(repr, names))}",
            where=named.name,
            hint="Name one of the model's tensors there.",
        )
    return names.index(tensor.name), tensor


def _note_image(schema: Any, note: Any, notes: ImageNotes) -> None:
    note.description = "The photo, prepared as spec.json says."
    image = schema.ImagePropertiesT()
    image.colorSpace = schema.ColorSpaceType.GRAYSCALE if notes.grey else schema.ColorSpaceType.RGB
    note.content = _content(schema, schema.ContentProperties.ImageProperties, image)
    options = schema.NormalizationOptionsT()
    options.mean, options.std = list(notes.mean), list(notes.std)
    note.processUnits = [_unit(schema, schema.ProcessUnitOptions.NormalizationOptions, options)]
    note.stats = _stats(schema, notes.low, notes.high)


def _note_output(schema: Any, note: Any, output: Output, spec: Spec, ends: tuple[float, float] | None) -> None:
    note.description = "One value a class." if any(isinstance(step, Label) for step in output.steps) else ""
    note.content = _content(schema, schema.ContentProperties.FeatureProperties, schema.FeaturePropertiesT())
    if ends is not None:
        note.stats = _stats(schema, ends[:1], ends[1:])
    note.associatedFiles = [
        _file(schema, spec.labels[step.labels], "The class of each position, one a line.")
        for step in output.steps
        if isinstance(step, Label)
    ]
    score = threshold_of(output)
    if score is not None:
        options = schema.ScoreThresholdingOptionsT()
        options.globalScoreThreshold = score
        note.processUnits = [_unit(schema, schema.ProcessUnitOptions.ScoreThresholdingOptions, options)]


def _content(schema: Any, kind: int, properties: Any) -> Any:
    content = schema.ContentT()
    content.contentPropertiesType, content.contentProperties = kind, properties
    return content


def _unit(schema: Any, kind: int, options: Any) -> Any:
    unit = schema.ProcessUnitT()
    unit.optionsType, unit.options = kind, options
    return unit


def _stats(schema: Any, low: Sequence[float], high: Sequence[float]) -> Any:
    stats = schema.StatsT()
    stats.min, stats.max = list(low), list(high)
    return stats


def _file(schema: Any, name: str, description: str, kind: int | None = None) -> Any:
    file = schema.AssociatedFileT()
    file.name, file.description = name, description
    file.type = schema.AssociatedFileType.TENSOR_AXIS_LABELS if kind is None else kind
    return file


def _output_range(model: ModelInfo, tensor: Tensor) -> tuple[float, float] | None:
    """Gives the ends of an output's values where the model itself fixes them."""
    if model.subgraphs[0].last_op in ("SOFTMAX", "LOGISTIC") and len(model.outputs) == 1:
        return 0.0, 1.0
    if tensor.scale is not None and tensor.zero_point is not None and tensor.dtype in ("uint8", "int8"):
        first = 0 if tensor.dtype == "uint8" else -128
        return (first - tensor.zero_point) * tensor.scale, (first + 255 - tensor.zero_point) * tensor.scale
    return None


def _only(spec: Spec, artefact: str) -> Spec:
    def kept(named: Input | Output) -> Any:
        return named.model_copy(update={"tensor": {artefact: named.tensor[artefact]}})

    update = {"inputs": tuple(map(kept, spec.inputs)), "outputs": tuple(map(kept, spec.outputs))}
    return spec.model_copy(update=update)


def _packed(schema: Any, spec: Spec, graph: Any) -> bytes:
    from tensorflow_lite_support.metadata.cc.python import _pywrap_metadata_version

    model = schema.ModelMetadataT()
    model.name, model.version = spec.name, spec.version
    model.description = spec.description or None
    model.author, model.license = spec.author or None, spec.license or None
    model.subgraphMetadata = [graph]
    model.associatedFiles = [
        _file(schema, SPEC_FILE, "The Satchel spec of this model.", schema.AssociatedFileType.UNKNOWN)
    ]
    model.minParserVersion = _pywrap_metadata_version.GetMinimumMetadataParserVersion(_finished(model))
    return _finished(model)


def _finished(model: Any) -> bytes:
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), METADATA_IDENTIFIER)
    return bytes(builder.Output())
