"""The older .pth format, written here byte by byte; pickles are made with stand-ins for torch's names."""

from __future__ import annotations

import builtins
import collections
import io
import os
import pickle
import struct
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from satchel.zoo.torch_file import read_state_dict
from satchel_metadata.errors import ModelError

HEADER = (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}})


class Reference:
    """Becomes a persistent id when pickled."""

    def __init__(self, key: str, storage_type: str, count: int) -> None:
        self.id = ("storage", getattr(sys.modules["torch"], storage_type), key, "cpu", count, None)


class View:
    """Becomes a call of torch._utils._rebuild_tensor_v2 when pickled."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = (*arguments, False, collections.OrderedDict())

    def __reduce__(self) -> tuple[Any, ...]:
        return sys.modules["torch._utils"]._rebuild_tensor_v2, self.arguments


class Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        return value.id if isinstance(value, Reference) else None


@pytest.fixture(autouse=True)
def torch_names(monkeypatch: pytest.MonkeyPatch) -> None:
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in ("FloatStorage", "LongStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2() -> None: ...

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def written(state: Any, storages: dict[str, np.ndarray], header: tuple[Any, ...] = HEADER) -> bytes:
    stream = io.BytesIO()
    for value in (*header, state, list(storages)):
        Pickler(stream, protocol=2).dump(value)
    for storage in storages.values():
        stream.write(struct.pack("<q", storage.size) + storage.tobytes())
    return stream.getvalue()


def read_error(content: bytes) -> ModelError:
    with pytest.raises(ModelError) as caught:
        read_state_dict(content, "w.pth")
    return caught.value


FLOATS = np.arange(24, dtype="<f4")


def test_contiguous_tensors_come_back_whole() -> None:
    state = {
        "weight": View(Reference("7", "FloatStorage", 24), 0, (2, 3, 4), (12, 4, 1)),
        "steps": View(Reference("8", "LongStorage", 1), 0, (), ()),
    }
    read = read_state_dict(written(collections.OrderedDict(state), {"7": FLOATS, "8": np.array([5], "<i8")}))
    assert list(read) == ["weight", "steps"]
    assert read["weight"].dtype == np.float32
    np.testing.assert_array_equal(read["weight"], FLOATS.reshape(2, 3, 4))
    assert (read["steps"].shape, read["steps"].dtype, int(read["steps"])) == ((), np.int64, 5)


def test_permuted_strides_and_offsets_are_honoured() -> None:
    state = {
        "permuted": View(Reference("1", "FloatStorage", 24), 0, (4, 3, 2), (1, 4, 12)),
        "second half": View(Reference("1", "FloatStorage", 24), 12, (3, 4), (4, 1)),
        "one value": View(Reference("1", "FloatStorage", 24), 23, (2, 2), (0, 0)),
    }
    read = read_state_dict(written(state, {"1": FLOATS}))
    np.testing.assert_array_equal(read["permuted"], FLOATS.reshape(2, 3, 4).transpose(2, 1, 0))
    np.testing.assert_array_equal(read["second half"], FLOATS.reshape(2, 3, 4)[1])
    np.testing.assert_array_equal(read["one value"], np.full((2, 2), 23, np.float32))
    assert all(array.flags.c_contiguous for array in read.values())


class Attack:
    """Runs a function of another module when unpickled without restriction."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.function, self.arguments


@pytest.mark.parametrize(
    ("function", "named"),
    [(os.system, "posix.system"), (builtins.eval, "eval"), (builtins.getattr, "getattr"), (io.open, "io.open")],
)
@pytest.mark.parametrize("place", range(5))
def test_a_pickle_that_would_run_something_is_refused_by_name_and_not_run(
    tmp_path: Path, function: Any, named: str, place: int
) -> None:
    marker = tmp_path / "ran"
    arguments = (f"touch {marker}",) if function is os.system else (str(marker), "w")
    parts: list[Any] = [*HEADER, {"weight": View(Reference("1", "FloatStorage", 24), 0, (24,), (1,))}, ["1"]]
    parts[place] = Attack(function, *arguments)
    stream = io.BytesIO()
    for part in parts:
        Pickler(stream, protocol=2).dump(part)
    error = read_error(stream.getvalue())
    assert error.code == "model/unsafe-pickle"
    assert named in error.message
    assert not marker.exists()


def test_an_attack_hidden_in_a_known_dictionary_is_refused() -> None:
    state = collections.OrderedDict(weight=collections.OrderedDict(inner=Attack(os.system, "false")))
    assert read_error(written(state, {})).code == "model/unsafe-pickle"


@pytest.mark.parametrize(
    ("view", "says"),
    [
        ((0, (25,), (1,)), "a view of element 24 in a storage of 24"),
        ((20, (2, 4), (4, 1)), "a view of element 27 in a storage of 24"),
        ((-1, (2,), (1,)), "found -1"),
        ((0, (2,), (-1,)), "found -1"),
        ((0, (2.0,), (1,)), "found 2.0"),
        ((0, (2, 2), (1,)), "ValueError"),
        ((0, (True,), (1,)), "found True"),
    ],
)
def test_a_view_outside_its_storage_is_refused(view: tuple[Any, ...], says: str) -> None:
    error = read_error(written({"weight": View(Reference("1", "FloatStorage", 24), *view)}, {"1": FLOATS}))
    assert error.code == "model/not-a-model"
    assert says in error.message


def test_a_pickle_that_would_take_all_memory_is_refused() -> None:
    header = io.BytesIO()
    for value in HEADER:
        Pickler(header, protocol=2).dump(value)
    error = read_error(header.getvalue() + b"\x80\x02Nr\xff\xff\xff\x7f.")
    assert error.code == "model/not-a-model"
    assert "remembers its value number 2147483647" in error.message


def test_a_file_of_another_kind_is_refused() -> None:
    state = {"weight": View(Reference("1", "FloatStorage", 24), 0, (24,), (1,))}
    good = written(state, {"1": FLOATS})
    cases = {
        "empty": b"",
        "text": b"not a model at all",
        "newer format": b"PK\x03\x04" + good,
        "cut short": good[:-1],
        "longer": good + b"\0",
        "wrong magic": written(state, {"1": FLOATS}, (1, *HEADER[1:])),
        "wrong version": written(state, {"1": FLOATS}, (HEADER[0], 1002, HEADER[2])),
        "big-endian": written(state, {"1": FLOATS}, (*HEADER[:2], {"little_endian": False})),
        "a list": written([1, 2], {}),
        "no storage": written(state, {}),
        "a storage too many": written(state, {"1": FLOATS, "2": FLOATS}),
        "another length": written(state, {"1": FLOATS[:-1]}),
    }
    assert {name: read_error(content).code for name, content in cases.items()} == dict.fromkeys(
        cases, "model/not-a-model"
    )


@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")  # pickletools on a changed text opcode
def test_a_file_with_changed_bytes_is_read_or_refused_and_nothing_else() -> None:
    state = collections.OrderedDict(weight=View(Reference("1", "FloatStorage", 24), 0, (2, 3, 4), (12, 4, 1)))
    good = written(state, {"1": FLOATS})
    pickled = len(good) - FLOATS.nbytes
    random = np.random.default_rng(0)
    refused = 0
    for _ in range(2000):
        changed = bytearray(good)
        changed[random.integers(pickled)] = random.integers(256)
        try:
            read_state_dict(bytes(changed))
        except ModelError:
            refused += 1
    assert refused > 1000
