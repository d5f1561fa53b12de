"""The entropy coded form: the same bytes back, by compiled code and without, and damage refused within its bound."""

from __future__ import annotations

import shutil
from typing import Any

import numpy as np
import pytest

from satchel_metadata import entropy
from satchel_metadata.entropy import Part, decoded, decoded_plainly, encoded, encoded_plainly
from satchel_metadata.entropy_parts import parts_of
from satchel_metadata.errors import BundleError
from satchel_metadata.inflate import deflate
from satchel_metadata.manifest import CODED, DEFLATED, TFLITE
from satchel_metadata.stored_form import stored_form


@pytest.fixture(scope="module")
def sparse() -> list[Part]:
    rng = np.random.default_rng(11)
    index = (rng.integers(1, 12, (60, 80)) * (rng.random((60, 80)) < 0.05)).astype(np.uint8)
    return [Part(0, 5, 0, b"", b"graph"), Part(1, 60, 80, bytes(range(12)), index.tobytes())]


def raw_of(parts: list[Part]) -> bytes:
    return b"".join(bytes(part.book[i] for i in part.data) if part.width else part.data for part in parts)


def test_the_compiled_code_is_built_wherever_there_is_a_compiler() -> None:
    assert entropy.library is not None or shutil.which("cc") is None, (
        "entropy.c is not built: install the project again"
    )


def test_compiled_code_and_python_write_and_read_the_same(sparse: list[Part]) -> None:
    code, raw = encoded(sparse), raw_of(sparse)
    assert encoded_plainly(sparse) == code
    assert decoded(code, len(raw), "x") == decoded_plainly(code, len(raw), "x") == raw


def test_a_pruned_layer_takes_a_fifth_less_than_by_deflate(sparse: list[Part]) -> None:
    assert len(encoded(sparse)) < 0.8 * len(deflate(raw_of(sparse)))


@pytest.mark.parametrize("way", [decoded, decoded_plainly])
def test_flipped_bits_are_refused_or_give_the_stated_length(way: Any, sparse: list[Part]) -> None:
    code, size = encoded(sparse), len(raw_of(sparse))
    rng = np.random.default_rng(5)
    found: set[str | int] = set()
    for _ in range(400 if way is decoded else 25):
        damaged = bytearray(code)
        for place in rng.integers(0, 8 * len(code), rng.integers(1, 4)):
            damaged[place >> 3] ^= 1 << (place & 7)
        answer = outcome(way, bytes(damaged), size)
        found.add(answer if isinstance(answer, str) else len(answer))
    assert "bundle/changed-file" in found
    assert found <= {"bundle/bomb", "bundle/changed-file", size}


@pytest.mark.parametrize("seed", range(40))
def test_noise_is_the_same_to_compiled_code_and_to_python(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, 60, np.uint8).tobytes()
    assert outcome(decoded, noise) == outcome(decoded_plainly, noise)


def outcome(way: Any, code: bytes, size: int = 3000) -> Any:
    try:
        return way(code, size, "x")
    except BundleError as error:
        return error.code


def test_what_is_no_model_is_one_part_of_bytes() -> None:
    assert [part.data for part in parts_of(b"no model")] == [b"no model"]
    assert parts_of(b"") == []


def test_the_better_form_is_chosen_and_the_entropy_coded_one_only_where_it_saves_a_tenth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = b"anchors, boxes, scores; " * 30
    noise = np.random.default_rng(2).integers(0, 256, 20_000, np.uint8).tobytes()
    assert stored_form(text, False) == (TFLITE, text)
    assert stored_form(text, "deflate") == (DEFLATED, deflate(text))
    assert stored_form(noise, True)[0] == DEFLATED
    name, code = stored_form(noise, "entropy")
    assert (name, decoded(code, len(noise), "x")) == (CODED, noise)
    monkeypatch.setattr("satchel_metadata.stored_form.MAX_CODED", len(noise) - 1)
    assert stored_form(noise, True)[0] == DEFLATED
    with pytest.raises(BundleError, match="entropy coded") as refused:
        stored_form(noise, "entropy")
    assert refused.value.code == "bundle/too-large"
