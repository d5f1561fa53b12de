"""Golden inputs of a bundle: pixels, what each artefact must prepare from them, give back and answer."""

from __future__ import annotations

import base64
import hashlib
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from satchel_metadata import canonical
from satchel_metadata.errors import BundleError
from satchel_metadata.inflate import deflate, inflate
from satchel_metadata.manifest import RelativePath, Sha256, check_inflation
from satchel_metadata.spec import DType, parse, refuse_newer
from satchel_metadata.steps import Closed, Name, Side, need

GOLDEN_SHARE = 0.1
GOLDEN_FLOOR = 256 * 1024
"""golden/ may take a tenth of the bundle or 256 KB, whichever is larger."""


class Picture(Closed):
    """RGB pixels in a file of their own; sha256 is of the raw rows, uint8, height x width x 3."""

    file: RelativePath
    width: Side
    height: Side
    sha256: Sha256


class Prepared(Closed):
    """The prepared tensor of an input: the SHA-256 of its little-endian bytes, and its range."""

    sha256: Sha256
    min: float
    max: float


class Values(Closed):
    """A whole tensor: `data` is its little-endian bytes in base64."""

    dtype: DType
    shape: tuple[Annotated[int, Field(ge=0)], ...]
    data: str

    @model_validator(mode="after")
    def _bytes_fit(self) -> Values:
        count = int(np.prod(self.shape, dtype=object)) * np.dtype(self.dtype).itemsize
        try:
            found = len(base64.b64decode(self.data, validate=True))
        except ValueError:
            found = -1
        need(found == count, f"data is not base64 of the {count} bytes that shape and dtype need")
        return self

    def array(self) -> NDArray[np.generic]:
        """Gives the tensor as an array of its own shape and dtype."""
        flat = np.frombuffer(base64.b64decode(self.data), np.dtype(self.dtype).newbyteorder("<"))
        return flat.astype(self.dtype).reshape(self.shape)


class GoldenClass(Closed):
    """One class of an expected answer; score is a binary32 value."""

    index: Annotated[int, Field(ge=0)]
    score: float
    label: str | None = None


class GoldenAnswer(Closed):
    """The expected answer, in the form of the answer's own JSON."""

    classes: tuple[GoldenClass, ...]


class Expected(Closed):
    """What one artefact makes of a case: tensors by the spec's names of inputs and outputs, and the answer."""

    prepared: dict[Name, Prepared]
    outputs: dict[Name, Values]
    answer: GoldenAnswer


class Case(Closed):
    """One golden input with what every artefact, `float32/tflite`, makes of it."""

    id: Name
    input: dict[Name, Picture]
    artefacts: dict[str, Expected]


class Golden(Closed):
    """golden/golden.json. A bound of 0 means identical outputs, else max|a - b| <= bound * max|a| on every output."""

    satchel: Literal["1.0"] = "1.0"
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
    bounds: dict[str, Annotated[float, Field(ge=0)]]

    @model_validator(mode="after")
    def _goes_together(self) -> Golden:
        ids = [case.id for case in self.cases]
        need(len(set(ids)) == len(ids), f"two cases have the same id: {', '.join(ids)}")
        for case in self.cases:
            same = set(case.artefacts) == set(self.bounds)
            need(same, f"the case {case.id!r} and bounds name different artefacts")
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


def golden_picture(case: str, pixels: NDArray[np.uint8]) -> tuple[Picture, bytes]:
    """Gives the record of a golden input and the bytes of its file, `golden/<case>.rgb.z` (raw DEFLATE).

    Args:
        case: the id of the case.
        pixels: uint8 [height, width, 3], RGB.
    """
    raw = np.ascontiguousarray(pixels).tobytes()
    height, width = pixels.shape[:2]
    sha256 = hashlib.sha256(raw).hexdigest()
    return Picture(file=f"golden/{case}.rgb.z", width=width, height=height, sha256=sha256), deflate(raw)


def golden_pixels(picture: Picture, stored: bytes) -> NDArray[np.uint8]:
    """Gives the pixels of a golden input, uint8 [height, width, 3].

    Raises:
        BundleError: bundle/bomb, bundle/wrong-length, bundle/changed-file.
    """
    size = picture.width * picture.height * 3
    check_inflation(len(stored), size, picture.file)
    raw = inflate(stored, size, picture.file)
    if hashlib.sha256(raw).hexdigest() != picture.sha256:
        raise BundleError("bundle/changed-file", "the pixels are not those of golden.json", where=picture.file)
    return np.frombuffer(raw, np.uint8).reshape(picture.height, picture.width, 3)


def golden_values(tensor: NDArray[np.generic]) -> Values:
    """Gives the record of a whole output tensor."""
    little = np.ascontiguousarray(tensor).astype(tensor.dtype.newbyteorder("<"), copy=False)
    data = base64.b64encode(little.tobytes()).decode()
    return Values.model_validate({"dtype": str(tensor.dtype.name), "shape": tensor.shape, "data": data})


def golden_prepared(tensor: NDArray[np.generic]) -> Prepared:
    """Gives hash and range of a prepared tensor."""
    little = np.ascontiguousarray(tensor).astype(tensor.dtype.newbyteorder("<"), copy=False)
    sha256 = hashlib.sha256(little.tobytes()).hexdigest()
    return Prepared(sha256=sha256, min=float(tensor.min()), max=float(tensor.max()))
