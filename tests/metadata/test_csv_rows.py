"""CSV files: what the vectors cannot say, about files, their length and where a mistake is; the rest is in them."""

from __future__ import annotations

import io
import itertools
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from satchel_metadata.csv_rows import read_rows, read_signal
from satchel_metadata.errors import InputError


class Endless(io.RawIOBase):
    """A file with a header and then the same row for ever."""

    def __init__(self, head: bytes, row: bytes) -> None:
        self._head, self._row, self.given = head, row, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._head or self._row * max(1, len(buffer) // (2 * len(self._row)))
        chunk, self._head = chunk[: len(buffer)], b""
        buffer[: len(chunk)] = chunk
        self.given += len(chunk)
        return len(chunk)


def test_a_table_longer_than_memory_is_read_row_by_row() -> None:
    endless = Endless(b"a,b\n", b"1,a text of some length\n")
    tracemalloc.start()
    last = next(itertools.islice(read_rows(io.BufferedReader(endless)), 200_000, None))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert last == {"a": "1", "b": "a text of some length"}
    assert endless.given > 4_000_000
    assert most < 1_000_000


def test_a_quote_that_is_never_closed_is_refused_before_it_fills_the_memory() -> None:
    endless = Endless(b'a,b\n1,"', b"x" * 1000 + b"\n")
    with pytest.raises(InputError) as caught:
        list(read_rows(io.BufferedReader(endless)))
    assert caught.value.code == "input/not-csv"
    assert endless.given < 4_000_000


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory() -> None:
    endless = Endless(b"a,b\n", b"x" * 1000)
    with pytest.raises(InputError) as caught:
        list(read_rows(io.BufferedReader(endless)))
    assert caught.value.code == "input/not-csv"
    assert endless.given < 8_000_000


def test_a_mistake_names_the_file_and_the_row(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('a,b\n1,2\n"x\ny",2\n3\n')
    with pytest.raises(InputError) as caught:
        list(read_rows(path))
    assert (caught.value.code, caught.value.where) == ("input/ragged-row", f"{path}, row 3")


def test_rows_before_a_mistake_are_given() -> None:
    rows = read_rows(b"a,b\n1,2\n3\n")
    assert next(rows) == {"a": "1", "b": "2"}
    with pytest.raises(InputError):
        next(rows)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        list(read_rows(tmp_path / "none.csv"))
    assert (caught.value.code, caught.value.where) == ("input/not-found", str(tmp_path / "none.csv"))


def test_missing_columns_are_named_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"'c', 'd'.*'a', 'b'"):
        list(read_rows(b"a,b\n1,2\n", columns=["a", "c", "d"]))


def test_a_signal_is_a_sample_a_row_with_its_channels_by_name() -> None:
    found = read_signal(b"t,x,y\n0;1;2\n".replace(b",", b";") + b"1;-.5;2e3\n", ["y", "x"])
    assert found.tolist() == [[2.0, 1.0], [2000.0, -0.5]]
    assert found.dtype == np.float64


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        (b"x,y\n1,\n", "input/empty-cell", "row 1"),
        (b"x,y\n1,2\n1,two\n", "input/not-a-number", "row 2"),
        (b"x,y\n", "input/empty", ""),
    ],
)
def test_a_signal_has_a_number_in_every_cell(text: bytes, code: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        read_signal(text)
    assert (caught.value.code, caught.value.where) == (code, where)
