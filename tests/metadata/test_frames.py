"""Camera frames: made of bytes, planes and photos to the libraries' bits, and taken by specs for photos and frames."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from satchel_metadata.errors import InputError
from satchel_metadata.golden_pictures import golden_frame, golden_frame_of
from satchel_metadata.ops.yuv import rgb_to_yuv, yuv_to_rgb
from satchel_metadata.photo import MAX_PIXELS
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.spec import parse_spec
from satchel_metadata.values import Frame

DECODE = {"op": "decode"}


def noise(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def taking(*firsts: dict[str, Any]) -> Pipeline:
    """A pipeline with an input for each first step."""
    inputs = [{"name": f"input{place}", "steps": [first]} for place, first in enumerate(firsts)]
    document = {"satchel": "1.0", "name": "test", "task": "generic", "inputs": inputs, "outputs": [{"name": "out"}]}
    document["outputs"] = [{"name": "out", "steps": []}]
    return Pipeline(parse_spec(document), {})


def yuv(format: str = "NV21", range: str = "full", rotation: int = 0) -> dict[str, Any]:
    return {"op": "yuv_to_rgb", "format": format, "range": range, "rotation": rotation}


def refused(made: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        made()
    return caught.value


@pytest.mark.parametrize("subsampling", [0, 2])
def test_full_range_planes_are_libjpegs(subsampling: int) -> None:
    """A flat block of a JPEG of quality 100 keeps its YCbCr: the first coefficient is a whole number of levels."""
    colours = noise(40, 60)
    colours[0, :8] = [[r, g, b] for r in (0, 255) for g in (0, 255) for b in (0, 255)]
    written = BytesIO()
    blocks = Image.fromarray(colours.repeat(16, axis=0).repeat(16, axis=1))
    blocks.save(written, "JPEG", quality=100, subsampling=subsampling)
    stored = Image.open(written)
    stored.draft("YCbCr", stored.size)
    expected = np.asarray(stored)[8::16, 8::16]
    found = rgb_to_yuv(colours.repeat(2, axis=0).repeat(2, axis=1), "full")
    assert np.array_equal(np.stack([found[0][::2, ::2], *found[1:]], axis=-1), expected)


def test_limited_range_planes_are_opencvs() -> None:
    pixels = noise(64, 96)
    y, u, v = rgb_to_yuv(pixels, "limited")
    assert np.array_equal(y, cv2.cvtColor(pixels, cv2.COLOR_RGB2YUV_I420)[:64])
    blocks = pixels.reshape(32, 2, 48, 2, 3).astype(np.int64).sum(axis=(1, 3))
    means = ((blocks + 2) // 4).astype(np.uint8).repeat(2, axis=0).repeat(2, axis=1)
    chroma = cv2.cvtColor(means, cv2.COLOR_RGB2YUV_I420)[64:].reshape(2, 32, 48)
    assert np.array_equal(np.stack([u, v]), chroma)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 4), (5, 2), (7, 9)])
def test_the_last_row_and_column_of_an_odd_picture_count_twice(height: int, width: int) -> None:
    pixels = noise(height, width)
    even = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    (y, u, v), (whole, *colours) = rgb_to_yuv(pixels, "full"), rgb_to_yuv(even, "full")
    assert y.shape == (height, width)
    assert u.shape == ((height + 1) // 2, (width + 1) // 2)
    assert np.array_equal(y, whole[:height, :width])
    assert np.array_equal(np.stack([u, v]), np.stack(colours))


@pytest.mark.parametrize("value_range", ["full", "limited"])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("kind", ["NV21", "YUV_420_888"])
def test_a_frame_of_a_photo_is_upright_when_it_is_prepared(kind: Any, rotation: Any, value_range: Any) -> None:
    """The colour of a 2 x 2 block comes back within three levels, whichever way the camera is turned."""
    photo = noise(6, 9).repeat(2, axis=0).repeat(2, axis=1)
    frame = Frame.of_photo(photo, format=kind, range=value_range, rotation=rotation)
    assert (frame.width, frame.height) == ((18, 12) if rotation in (0, 180) else (12, 18))
    assert (frame.range, frame.rotation, frame.uv_pixel_stride) == (value_range, rotation, 2 if kind == "NV21" else 1)
    for first in (DECODE, yuv(kind, value_range, rotation)):
        found = taking(first).prepare(frame)["input0"][0]
        assert np.abs(found - photo.astype(np.float32)).max() <= 3


def test_a_frame_is_prepared_for_photos_as_for_frames() -> None:
    data = noise(4, 10).tobytes()[:112]
    plain, told = Frame.nv21(data, 8, 9), Frame.nv21(data, 8, 9, range="full", rotation=90)
    expected = taking(yuv(rotation=90)).prepare(plain)["input0"]
    assert np.array_equal(taking(DECODE).prepare(told)["input0"], expected)
    assert np.array_equal(taking(yuv(rotation=90)).prepare(told)["input0"], expected)


def test_what_comes_out_of_a_turned_frame_lies_on_the_upright_picture() -> None:
    frame = Frame.of_photo(noise(6, 10), rotation=90)
    trace = taking(DECODE).prepare_traced(frame).trace["input0"]
    assert (trace.x.given, trace.y.given) == (10, 6)


def test_a_frame_that_a_spec_for_photos_cannot_place_is_refused() -> None:
    error = refused(lambda: taking(DECODE).load(Frame.nv21(bytes(6), 2, 2, rotation=0)))
    assert (error.code, error.message.rpartition("its ")[2]) == ("input/wrong-frame", "range")
    error = refused(lambda: taking(DECODE).load(Frame.nv21(bytes(6), 2, 2)))
    assert error.message.endswith("its range and rotation")


@pytest.mark.parametrize("told", [{"range": "limited"}, {"rotation": 90}])
def test_a_frame_that_contradicts_the_spec_is_refused(told: Any) -> None:
    error = refused(lambda: taking(yuv()).load(Frame.nv21(bytes(6), 2, 2, **told)))
    assert error.code == "input/wrong-frame"
    assert str(next(iter(told.values()))) in error.message


def test_what_is_no_frame_is_told_what_one_is() -> None:
    error = refused(lambda: taking(yuv()).load("cat.jpg"))
    assert (error.code, error.message) == ("input/wrong-frame", "expected a camera's frame, found str")
    assert "Frame.nv21(bytes, width, height)" in error.hint


@pytest.mark.parametrize("told", [{"range": "video"}, {"rotation": 45}])
def test_there_are_two_ranges_and_four_rotations(told: Any) -> None:
    assert refused(lambda: Frame.nv21(bytes(6), 2, 2, **told)).code == "input/wrong-frame"
    assert refused(lambda: Frame.of_photo(noise(2, 2), **told)).code == "input/wrong-frame"


def test_planes_are_taken_as_arrays_of_any_memory() -> None:
    y, u, v = rgb_to_yuv(noise(5, 7), "full")
    turned = Frame.planar(np.asfortranarray(y), u[::-1][::-1], v, range="full", rotation=0)
    assert np.array_equal(yuv_to_rgb(turned, "full", 0), yuv_to_rgb(Frame.planar(y, u, v), "full", 0))
    for wrong in ((y.astype(np.int16), u, v), (y, u[:-1], v), (y, u, y), (y[0], u, v)):
        assert refused(lambda wrong=wrong: Frame.planar(*wrong)).code == "input/wrong-frame"


def test_a_frame_of_too_many_pixels_is_refused_before_it_is_converted() -> None:
    side = 2**14
    nothing = np.broadcast_to(np.uint8(0), (side * side,))
    frame = Frame(side, side, nothing, nothing, nothing, side, side, side)
    assert side * side > MAX_PIXELS
    assert refused(lambda: taking(yuv("YUV_420_888")).load(frame)).code == "input/too-large"


def frames() -> dict[str, Frame]:
    """Frames of every layout, with something between the samples."""
    y, u, v = rgb_to_yuv(noise(5, 7), "full")
    apart = [np.full((rows, stride), 77, np.uint8) for rows, stride in ((5, 17), (3, 9), (3, 11))]
    for memory, plane, step in zip(apart, (y, u, v), (2, 2, 2), strict=True):
        memory[:, : (plane.shape[1] - 1) * step + 1 : step] = plane
    mixed = np.full((3, 12), 77, np.uint8)
    mixed[:, 0:8:2], mixed[:, 1:8:2] = u, v
    flat = mixed.reshape(-1)
    return {
        "nv21": Frame.of_photo(noise(5, 7), rotation=90),
        "planar": Frame.planar(y, u, v),
        "apart": Frame(7, 5, *(each.reshape(-1) for each in apart), 17, 9, 11, 2, 2, "limited", 270),
        "interleaved": Frame(7, 5, y.reshape(-1), flat, flat[1:], 7, 12, 12, 1, 2),
    }


@pytest.mark.parametrize("name", frames())
def test_a_golden_frame_comes_back_with_its_strides(name: str) -> None:
    frame = frames()[name]
    record, stored = golden_frame("one", frame)
    back = golden_frame_of(record, stored)
    assert record.file == "golden/one.yuv.z"
    assert record.format == ("NV21" if name == "nv21" else "YUV_420_888")
    for key in ("width", "height", "y_row_stride", "u_row_stride", "v_row_stride", "y_pixel_stride"):
        assert getattr(back, key) == getattr(frame, key)
    assert (back.uv_pixel_stride, back.range, back.rotation) == (frame.uv_pixel_stride, frame.range, frame.rotation)
    assert np.array_equal(yuv_to_rgb(back, "full", 0), yuv_to_rgb(frame, "full", 0))


def test_what_lies_between_the_samples_of_a_golden_frame_is_not_kept() -> None:
    record, stored = golden_frame("one", frames()["apart"])
    back = golden_frame_of(record, stored)
    assert 77 not in back.y.reshape(-1)[14:17]
    assert back.y.size == 4 * 17 + 6 * 2 + 1


def test_inputs_of_different_kinds_are_named_where_one_thing_is_given() -> None:
    both = taking(DECODE, yuv())
    frame = Frame.of_photo(noise(4, 6))
    assert np.array_equal(
        both.prepare({"input0": noise(4, 6), "input1": frame})["input1"], taking(yuv()).prepare(frame)["input0"]
    )
    for thing in (noise(4, 6), {"input0": noise(4, 6)}, {}):
        error = refused(lambda thing=thing: both.load(thing))
        assert error.code == "input/wrong-type"
        assert "input0 (a photo), input1 (a frame)" in error.message
