"""Golden inputs of a bundle: pictures, frames, rows or signals; what each artefact must make of them and answer."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Discriminator, Field, Tag, model_validator

from satchel_metadata import canonical
from satchel_metadata.errors import PACK_AGAIN, BundleError
from satchel_metadata.golden_pictures import FrameInput, Picture, golden_frame_of, golden_pixels
from satchel_metadata.manifest import GOLDEN, Sha256
from satchel_metadata.spec import FIRST, DType, Spec, Version, parse, refuse_newer
from satchel_metadata.steps import Closed, Name, Side, need
from satchel_metadata.values import Signal

GOLDEN_SHARE = 0.1
GOLDEN_FLOOR = 256 * 1024
"""golden/ may take a tenth of the bundle or 256 KB, whichever is larger."""
LEAST = 3
"""Cases of a golden.json at least."""
LOOSEST = 0.1
"""The largest bound: beyond it nothing would be checked."""
WHOLE = 4096
"""Values of an output that are kept at most; of a larger one every n-th."""


class Prepared(Closed):
    """The prepared tensor of an input: the SHA-256 of its little-endian bytes, and its range."""

    sha256: Sha256
    min: float
    max: float


class RowInput(Closed):
    """A row of a table: column name -> text of the cell, a number, or null where it is empty."""

    row: dict[str, str | float | None]


class SignalInput(Closed):
    """A stretch of a signal: samples, each with a number a channel, and how many samples a second where it is known."""

    signal: Annotated[tuple[Annotated[tuple[float, ...], Field(min_length=1)], ...], Field(min_length=1)]
    rate: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _one_a_channel(self) -> SignalInput:
        need(
            len({len(sample) for sample in self.signal}) == 1,
            "the samples have different numbers of channels",
            "Give every sample one number a channel.",
        )
        return self

    def value(self) -> Signal:
        """Gives the signal."""
        return Signal(np.array(self.signal, np.float64), self.rate)


def _kind_of(value: Any) -> str:
    found = value if isinstance(value, dict) else vars(value) if isinstance(value, Closed) else {}
    return next((f"<{key}>" for key in ("row", "signal", "format") if key in found), "<picture>")


GoldenInput = Annotated[
    Annotated[Picture, Tag("<picture>")]
    | Annotated[FrameInput, Tag("<format>")]
    | Annotated[RowInput, Tag("<row>")]
    | Annotated[SignalInput, Tag("<signal>")],
    Discriminator(_kind_of),
]


class Values(Closed):
    """An output tensor: `data` is its little-endian bytes in base64; of a large one only every `every`-th value.

    Then sha256 is the hash of all its bytes, and largest the largest magnitude of all its values.
    """

    dtype: DType
    shape: tuple[Annotated[int, Field(ge=0)], ...]
    data: str
    every: Annotated[int, Field(ge=2)] | None = None
    sha256: Sha256 | None = None
    largest: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _bytes_fit(self) -> Values:
        sampled = (self.every is None, self.sha256 is None, self.largest is None)
        need(
            sampled in ((True,) * 3, (False,) * 3),
            "every, sha256 and largest come together",
            "Give all three, or none.",
        )
        size = int(np.prod(self.shape, dtype=object))
        count = -(-size // (self.every or 1)) * np.dtype(self.dtype).itemsize
        try:
            found = len(base64.b64decode(self.data, validate=True))
        except ValueError:
            found = -1
        need(found == count, f"data is not base64 of the {count} bytes that shape and dtype need", PACK_AGAIN)
        return self

    def array(self) -> NDArray[np.generic]:
        """Gives the values that are kept: the tensor in its own shape, or flat when it was sampled."""
        flat = np.frombuffer(base64.b64decode(self.data), np.dtype(self.dtype).newbyteorder("<")).astype(self.dtype)
        return flat.reshape(self.shape) if self.every is None else flat


Index = Annotated[int, Field(ge=0)]


class GoldenClass(Closed):
    """One class of an expected answer; score is a binary32 value."""

    index: Index
    score: float
    label: str | None = None


class GoldenObject(Closed):
    """One object of an expected answer: left, top, right and bottom of its box."""

    box: tuple[float, float, float, float]
    index: Index
    score: float
    label: str | None = None


class GoldenKeypoint(Closed):
    """One keypoint of an expected answer."""

    x: float
    y: float
    score: float | None = None
    name: str | None = None


class GoldenMask(Closed):
    """A mask of an expected answer: runs of pixels of one class, row after row, `counts` pixels of class `indices`."""

    width: Side
    height: Side
    indices: tuple[Index, ...]
    counts: tuple[Annotated[int, Field(ge=1)], ...]
    labels: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _fills_the_picture(self) -> GoldenMask:
        need(len(self.indices) == len(self.counts), "indices and counts have different lengths", PACK_AGAIN)
        need(sum(self.counts) == self.width * self.height, "the runs are not width * height pixels long", PACK_AGAIN)
        return self


class GoldenWindow(Closed):
    """The expected answer of one window, which begins at sample `start`."""

    start: Index
    classes: tuple[GoldenClass, ...] | None = None
    values: tuple[float, ...] | None = None


class GoldenAnswer(Closed):
    """The expected answer, in the form of the answer's own JSON: one of classes, objects, keypoints, mask, values."""

    classes: tuple[GoldenClass, ...] | None = None
    objects: tuple[GoldenObject, ...] | None = None
    keypoints: tuple[GoldenKeypoint, ...] | None = None
    mask: GoldenMask | None = None
    values: tuple[float, ...] | None = None
    windows: tuple[GoldenWindow, ...] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> GoldenAnswer:
        kinds = (self.classes, self.objects, self.keypoints, self.mask, self.values)
        need(sum(each is not None for each in kinds) == 1, "an answer is of exactly one kind", PACK_AGAIN)
        return self


class Expected(Closed):
    """What one artefact makes of a case: tensors by the spec's names of inputs and outputs, and the answer."""

    prepared: dict[Name, Prepared]
    outputs: dict[Name, Values]
    answer: GoldenAnswer


class Case(Closed):
    """One golden input with what every artefact, `float32/tflite`, makes of it."""

    id: Name
    input: dict[Name, GoldenInput]
    artefacts: dict[str, Expected]


class Golden(Closed):
    """golden/golden.json. A bound of 0 means identical outputs, else max|a - b| <= bound * max|a| on every output."""

    satchel: Version = FIRST
    cases: Annotated[tuple[Case, ...], Field(min_length=LEAST)]
    bounds: dict[str, Annotated[float, Field(ge=0, le=LOOSEST)]]

    @model_validator(mode="after")
    def _goes_together(self) -> Golden:
        ids = [case.id for case in self.cases]
        need(
            len(set(ids)) == len(ids),
            f"two cases have the same id: {', '.join(ids)}",
            "Give each case an id of its own.",
        )
        for case in self.cases:
            same = set(case.artefacts) == set(self.bounds)
            need(same, f"the case {case.id!r} and bounds name different artefacts", PACK_AGAIN)
        return self

    def dumps(self) -> bytes:
        """Gives the canonical bytes of golden.json."""
        return canonical.dumps(self.model_dump(exclude_none=True))


def parse_golden(document: bytes) -> Golden:
    """Gives the golden cases of a golden.json.

    Raises:
        SpecError: spec/newer-version before anything else, then what is wrong with its form.
    """
    value = canonical.loads(document, where="golden.json")
    refuse_newer(value, where="golden.json $.satchel")
    return parse(Golden, value, where="golden.json $")


def check_golden(golden: Golden, spec: Spec, artefacts: Iterable[str]) -> None:
    """Refuses golden cases that leave out an artefact, an input or an output of the bundle, or name another.

    Raises:
        BundleError: bundle/inconsistent.
    """
    _same("the golden cases", golden.bounds, artefacts)
    inputs, outputs = ([each.name for each in named] for named in (spec.inputs, spec.outputs))
    for case in golden.cases:
        _same(f"{case.id}, input", case.input, inputs)
        for artefact, expected in case.artefacts.items():
            _same(f"{case.id}, prepared for {artefact}", expected.prepared, inputs)
            _same(f"{case.id}, outputs of {artefact}", expected.outputs, outputs)


def _same(what: str, found: Mapping[str, Any], expected: Iterable[str]) -> None:
    if set(found) != set(expected):
        there, wanted = ", ".join(sorted(found)) or "none", ", ".join(sorted(expected))
        raise BundleError(
            "bundle/inconsistent", f"{what}: expected {wanted}, found {there}", where=GOLDEN, hint=PACK_AGAIN
        )


def golden_thing(each: Picture | FrameInput | RowInput | SignalInput, read: Callable[[str], bytes]) -> Any:
    """Gives what a golden input is: pixels, uint8 [height, width, 3], a Frame, a row or a Signal.

    Args:
        each: its record.
        read: gives a file of the bundle by its path.

    Raises:
        BundleError: as golden_pixels.
    """
    if isinstance(each, Picture):
        return golden_pixels(each, read(each.file))
    if isinstance(each, FrameInput):
        return golden_frame_of(each, read(each.file))
    return each.row if isinstance(each, RowInput) else each.value()


def golden_values(tensor: NDArray[np.generic]) -> Values:
    """Gives the record of an output tensor: all of it, or of more than WHOLE values evenly chosen ones."""
    little = np.ascontiguousarray(tensor).astype(tensor.dtype.newbyteorder("<"), copy=False)
    fields: dict[str, Any] = {"dtype": str(tensor.dtype.name), "shape": tensor.shape}
    kept = little.reshape(-1)
    if tensor.size > WHOLE:
        every = stride(tensor.shape)
        largest = float(np.abs(tensor.astype(np.float64)).max())
        fields |= {"every": every, "sha256": hashlib.sha256(little.tobytes()).hexdigest(), "largest": largest}
        kept = kept[::every]
    return Values.model_validate({**fields, "data": base64.b64encode(kept.tobytes()).decode()})


def stride(shape: tuple[int, ...]) -> int:
    """Gives the distance of the values that are kept of a large tensor: it meets every place of every axis in turn."""
    size = int(np.prod(shape, dtype=object))
    every = -(-size // WHOLE)
    while any(math.gcd(every, side) > 1 for side in shape):
        every += 1
    return every


def golden_prepared(tensor: NDArray[np.generic]) -> Prepared:
    """Gives hash and range of a prepared tensor."""
    little = np.ascontiguousarray(tensor).astype(tensor.dtype.newbyteorder("<"), copy=False)
    sha256 = hashlib.sha256(little.tobytes()).hexdigest()
    return Prepared(sha256=sha256, min=float(tensor.min()), max=float(tensor.max()))
