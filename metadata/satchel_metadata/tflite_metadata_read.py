"""Reads TFLite Metadata, the standard notes inside a .tflite, without the library that writes them."""

from __future__ import annotations

from dataclasses import dataclass

from satchel_metadata.flatbuffer import DamagedError, Table, root
from satchel_metadata.spec import Spec, parse_spec
from satchel_metadata.tflite_model import IDENTIFIER, attached_files, not_a_model

METADATA_NAME = "TFLITE_METADATA"
METADATA_IDENTIFIER = b"M001"
SPEC_FILE = "spec.json"

_FILE_TYPES = (
    "unknown",
    "descriptions",
    "axis_labels",
    "value_labels",
    "score_calibration",
    "vocabulary",
    "scann_index",
)
_CONTENTS = ("", "feature", "image", "bounding_box", "audio")
_COLOR_SPACES = ("unknown", "RGB", "GRAYSCALE")
_NORMALIZATION, _SCORE_THRESHOLD = 1, 3


@dataclass(frozen=True)
class AttachedFile:
    """A file that a tensor or the model refers to: its name in the zip, what is said of it, and its type."""

    name: str
    description: str
    type: str


@dataclass(frozen=True)
class TensorNotes:
    """What the metadata says of one input or output.

    `mean` and `std` normalise as (x - mean) / std on values of 0 to 255, empty when absent; `min` and `max` are the
    range of the tensor's values; `score_threshold` is None when absent.
    """

    name: str
    description: str
    content: str
    color_space: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    min: tuple[float, ...]
    max: tuple[float, ...]
    score_threshold: float | None
    files: tuple[AttachedFile, ...]


@dataclass(frozen=True)
class MetadataInfo:
    """TFLite Metadata of a model; `attached` are the contents of its associated files by name."""

    name: str
    description: str
    version: str
    author: str
    license: str
    min_parser_version: str
    inputs: tuple[TensorNotes, ...]
    outputs: tuple[TensorNotes, ...]
    files: tuple[AttachedFile, ...]
    attached: dict[str, bytes]

    @property
    def spec(self) -> Spec | None:
        """The spec that Satchel packed into the model, None when there is none.

        Raises:
            SpecError: as `parse_spec`.
        """
        found = self.attached.get(SPEC_FILE)
        return None if found is None else parse_spec(found)

    def labels(self, tensor: TensorNotes) -> tuple[str, ...]:
        """Gives the class labels of an output, one a line of its file; empty when it has none."""
        for file in tensor.files:
            if file.type == "axis_labels" and file.name in self.attached:
                text = self.attached[file.name].decode("utf-8", "replace")
                return tuple(line.removesuffix("\r") for line in text.removesuffix("\n").split("\n"))
        return ()


def read_metadata(tflite: bytes, where: str = "the model") -> MetadataInfo | None:
    """Gives the TFLite Metadata of a model, None when it has none.

    Args:
        tflite: the bytes of the file; any bytes.
        where: what to call it in an error.

    Raises:
        ModelError: model/not-a-model when the file is not a TensorFlow Lite model, or it or its metadata is damaged.
    """
    try:
        found = _buffer(root(tflite, IDENTIFIER))
        return None if found is None else _metadata(root(found, METADATA_IDENTIFIER), attached_files(tflite))
    except DamagedError as error:
        raise not_a_model(f"expected a TensorFlow Lite model with whole metadata; {error}", where) from None


def _buffer(model: Table) -> bytes | None:
    for entry in model.tables(6):
        if entry.text(0) == METADATA_NAME:
            buffers = model.tables(4)
            number = entry.integer(1, "I")
            if number >= len(buffers):
                raise DamagedError(f"its metadata is said to be in buffer {number} of {len(buffers)}")
            return buffers[number].raw(0).tobytes()
    return None


def _metadata(table: Table, attached: dict[str, bytes]) -> MetadataInfo:
    graphs = table.tables(3)
    return MetadataInfo(
        name=table.text(0),
        description=table.text(1),
        version=table.text(2),
        author=table.text(4),
        license=table.text(5),
        min_parser_version=table.text(7),
        inputs=tuple(map(_tensor, graphs[0].tables(2))) if graphs else (),
        outputs=tuple(map(_tensor, graphs[0].tables(3))) if graphs else (),
        files=_files(table, 6) + (_files(graphs[0], 4) if graphs else ()),
        attached=attached,
    )


def _tensor(table: Table) -> TensorNotes:
    content, color_space = _content(table.table(3))
    mean, std, threshold = _process_units(table.tables(4))
    stats = table.table(5)
    return TensorNotes(
        name=table.text(0),
        description=table.text(1),
        content=content,
        color_space=color_space,
        mean=mean,
        std=std,
        min=stats.numbers(1, "f4") if stats else (),
        max=stats.numbers(0, "f4") if stats else (),
        score_threshold=threshold,
        files=_files(table, 6),
    )


def _content(table: Table | None) -> tuple[str, str]:
    if table is None:
        return "", ""
    content = _name(_CONTENTS, table.integer(0, "B"))
    image = table.table(1) if content == "image" else None
    return content, _name(_COLOR_SPACES, image.integer(0, "b")) if image else ""


def _process_units(units: list[Table]) -> tuple[tuple[float, ...], tuple[float, ...], float | None]:
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    threshold = None
    for unit in units:
        kind, options = unit.integer(0, "B"), unit.table(1)
        if options and kind == _NORMALIZATION:
            mean, std = options.numbers(0, "f4"), options.numbers(1, "f4")
        elif options and kind == _SCORE_THRESHOLD:
            threshold = options.real(0)
    return mean, std, threshold


def _files(table: Table, number: int) -> tuple[AttachedFile, ...]:
    return tuple(
        AttachedFile(each.text(0), each.text(1), _name(_FILE_TYPES, each.integer(2, "b")))
        for each in table.tables(number)
    )


def _name(names: tuple[str, ...], number: int) -> str:
    return names[number] if 0 <= number < len(names) else f"type {number}"
