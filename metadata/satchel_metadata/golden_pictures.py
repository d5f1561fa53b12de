"""Golden inputs that lie in files of their own, as raw DEFLATE: pictures and camera frames."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from satchel_metadata.errors import PACK_AGAIN, BundleError
from satchel_metadata.inflate import deflate, inflate
from satchel_metadata.manifest import RelativePath, Sha256, check_inflation
from satchel_metadata.spec import parse
from satchel_metadata.steps import Closed, Side, need
from satchel_metadata.values import Frame

RowStride = Annotated[int, Field(ge=1, le=65536)]
PixelStride = Annotated[int, Field(ge=1, le=16)]
Plane = tuple[NDArray[np.uint8], int, int, int, int]
"""Its bytes, the samples of a row, the rows, the bytes from one row to the next and from one sample to the next."""


class Picture(Closed):
    """RGB pixels in a file of their own; sha256 is of the raw rows, uint8, height x width x 3."""

    file: RelativePath
    width: Side
    height: Side
    sha256: Sha256


class FrameInput(Closed):
    """A camera's frame in a file of its own; sha256 is of its raw bytes.

    NV21 is one run of bytes without gaps. YUV_420_888 is the planes Y, U and V one after another, each of
    (rows - 1) * row stride + (samples - 1) * pixel stride + 1 bytes; `pixel_strides` are of Y, and of U and V.
    """

    file: RelativePath
    format: Literal["NV21", "YUV_420_888"]
    width: Side
    height: Side
    row_strides: tuple[RowStride, RowStride, RowStride] | None = None
    pixel_strides: tuple[PixelStride, PixelStride] | None = None
    range: Literal["full", "limited"] | None = None
    rotation: Literal[0, 90, 180, 270] | None = None
    sha256: Sha256

    @model_validator(mode="after")
    def _strides_fit(self) -> FrameInput:
        given = (self.row_strides is not None, self.pixel_strides is not None)
        need(
            given == (self.format != "NV21",) * 2,
            "YUV_420_888 has row_strides and pixel_strides, NV21 has neither",
            "Change 'format', or the strides.",
        )
        rows, (of_y, of_colour) = self.row_strides or (65536,) * 3, self.pixel_strides or (1, 1)
        across = (self.width - 1) // 2 * of_colour + 1
        fits = rows[0] > (self.width - 1) * of_y and min(rows[1:]) >= across
        need(fits, "a row stride is less than the samples of a row take", "Give the strides as the camera states them.")
        return self

    def sizes(self) -> tuple[int, int, int]:
        """Gives the bytes of the planes Y, U and V; of NV21 all are in the first."""
        across, down = (self.width + 1) // 2, (self.height + 1) // 2
        if self.row_strides is None or self.pixel_strides is None:
            return self.width * self.height + 2 * across * down, 0, 0
        of_y, of_colour = self.pixel_strides
        y, u, v = self.row_strides
        return (
            (self.height - 1) * y + (self.width - 1) * of_y + 1,
            (down - 1) * u + (across - 1) * of_colour + 1,
            (down - 1) * v + (across - 1) * of_colour + 1,
        )


def golden_picture(case: str, pixels: NDArray[np.uint8]) -> tuple[Picture, bytes]:
    """Gives the record of a golden input and the bytes of its file, `golden/<case>.rgb.z` (raw DEFLATE).

    Args:
        case: the id of the case.
        pixels: uint8 [height, width, 3], RGB.
    """
    raw = np.ascontiguousarray(pixels).tobytes()
    height, width = pixels.shape[:2]
    return Picture(file=f"golden/{case}.rgb.z", width=width, height=height, sha256=_hash(raw)), deflate(raw)


def golden_frame(case: str, frame: Frame) -> tuple[FrameInput, bytes]:
    """Gives the record of a golden input and the bytes of its file, `golden/<case>.yuv.z` (raw DEFLATE).

    Args:
        case: the id of the case.
        frame: one that yuv_to_rgb takes.

    Raises:
        SpecError: as frame_record.
    """
    record, raw = frame_record(case, frame)
    return record, deflate(raw)


def frame_record(case: str, frame: Frame) -> tuple[FrameInput, bytes]:
    """Gives the record of a golden input and the raw bytes of its planes.

    Strides stay as they are; what lies between the samples becomes 0, and planes that were interleaved lie apart.
    NV21 without gaps stays NV21.

    Args:
        case: the id of the case.
        frame: one that yuv_to_rgb takes.

    Raises:
        SpecError: spec/out-of-range, for strides or sides beyond those of a camera.
    """
    planes = _planes(frame)
    laid = [_laid_out(plane) for plane in planes]
    rows, steps = [plane[3] for plane in planes], [frame.y_pixel_stride, frame.uv_pixel_stride]
    fields: dict[str, Any] = {"format": "YUV_420_888", "row_strides": rows, "pixel_strides": steps}
    if is_nv21(frame):
        y, u, v = laid
        chroma = np.zeros(v.size + 1, np.uint8)
        chroma[0::2], chroma[1::2] = v[::2], u[::2]
        laid, fields = [y, chroma], {"format": "NV21"}
    fields |= {name: told for name in ("range", "rotation") if (told := getattr(frame, name)) is not None}
    raw = b"".join(each.tobytes() for each in laid)
    size = {"width": frame.width, "height": frame.height}
    record = {"file": f"golden/{case}.yuv.z", **size, **fields, "sha256": _hash(raw)}
    return parse(FrameInput, record, where=f"golden frame {case} $"), raw


def is_nv21(frame: Frame) -> bool:
    """Says whether a frame has the strides of NV21 without gaps."""
    across = (frame.width + 1) // 2 * 2
    strides = (frame.y_row_stride, frame.y_pixel_stride, frame.u_row_stride, frame.v_row_stride, frame.uv_pixel_stride)
    return strides == (frame.width, 1, across, across, 2)


def golden_pixels(picture: Picture, stored: bytes) -> NDArray[np.uint8]:
    """Gives the pixels of a golden input, uint8 [height, width, 3].

    Raises:
        BundleError: bundle/bomb, bundle/wrong-length, bundle/changed-file.
    """
    raw = _raw(picture, picture.width * picture.height * 3, stored)
    return np.frombuffer(raw, np.uint8).reshape(picture.height, picture.width, 3)


def golden_frame_of(each: FrameInput, stored: bytes) -> Frame:
    """Gives the frame of a golden input.

    Raises:
        BundleError: as golden_pixels.
    """
    sizes = each.sizes()
    raw = np.frombuffer(_raw(each, sum(sizes), stored), np.uint8)
    if each.row_strides is None or each.pixel_strides is None:
        return Frame.nv21(raw, each.width, each.height, range=each.range, rotation=each.rotation)
    y, u, v = np.split(raw, np.cumsum(sizes)[:2])
    strides = (*each.row_strides, *each.pixel_strides)
    return Frame(each.width, each.height, y, u, v, *strides, each.range, each.rotation)


def _raw(each: Picture | FrameInput, size: int, stored: bytes) -> bytes:
    check_inflation(len(stored), size, each.file)
    raw = inflate(stored, size, each.file)
    if _hash(raw) != each.sha256:
        raise BundleError(
            "bundle/changed-file", "the pixels are not those of golden.json", where=each.file, hint=PACK_AGAIN
        )
    return raw


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _planes(frame: Frame) -> tuple[Plane, Plane, Plane]:
    across, down = (frame.width + 1) // 2, (frame.height + 1) // 2
    return (
        (frame.y, frame.width, frame.height, frame.y_row_stride, frame.y_pixel_stride),
        (frame.u, across, down, frame.u_row_stride, frame.uv_pixel_stride),
        (frame.v, across, down, frame.v_row_stride, frame.uv_pixel_stride),
    )


def _laid_out(plane: Plane) -> NDArray[np.uint8]:
    """Gives the bytes of a plane up to its last sample, 0 between the samples."""
    data, width, height, row, step = plane
    places = np.arange(height)[:, np.newaxis] * row + np.arange(width) * step
    found = np.zeros((height - 1) * row + (width - 1) * step + 1, np.uint8)
    found[places] = np.asarray(data).reshape(-1)[places]
    return found
