"""Reads tables from CSV, row by row: a file of any length takes the memory of one row."""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO, Literal

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import CHECK_PATH, InputError
from satchel_metadata.ops.tables import BLANKS, DECIMAL_COMMA, NAMED_SO, has_decimal_comma, number_of

Source = str | Path | bytes | IO[bytes]
Decimal = Literal[".", ","]

SEPARATORS = (",", ";", "\t")
MAX_RECORD = 2**20
MAX_FIELD = 2**17
"""Characters of a record with its line ends, and of a field: more than that is a quote that nobody closed."""

_DECIMAL_COMMA = re.compile(r"[+-]?(?:[0-9]+,?[0-9]*|,[0-9]+)(?:[eE][+-]?[0-9]+)?")


def read_rows(
    source: Source,
    *,
    separator: str | None = None,
    decimal: Decimal = ".",
    numbers: Collection[str] | None = None,
    columns: Sequence[str] | None = None,
) -> Iterator[dict[str, str]]:
    """Gives the rows of a CSV file, each as column name -> text, one at a time.

    The first record is the header. UTF-8, with or without a byte-order mark; fields may be quoted with ", which is
    doubled inside; a quoted field may hold separators and line ends; records end with LF, CR LF or CR; blank lines are
    passed over.

    Args:
        source: a path, the bytes of a file, or an open binary file.
        separator: one character; when not given, that of comma, semicolon and tab which the header has most of.
        decimal: what divides a number's fraction. With a comma, numbers are given with a point instead.
        numbers: the columns that a decimal comma is looked for in; all when not given.
        columns: names that the header must have.

    Raises:
        InputError: input/not-found, input/wrong-separator, input/csv-encoding, input/not-csv, input/no-header,
            input/duplicate-column, input/missing-column, input/ragged-row, input/not-a-number; it names the row, the
            first behind the header being 1.
    """
    name = "" if isinstance(source, bytes) or hasattr(source, "read") else str(source)
    if separator is not None and (len(separator) != 1 or separator in '"\r\n'):
        message = f"expected one character, found {separator!r}"
        raise InputError("input/wrong-separator", message, where=name, hint="Use a comma, a semicolon or a tab.")
    with _opened(source, name) as text:
        lines = _Lines(text, name)
        lines.separator = separator or _detected(lines)
        records = _records(lines)
        header = _header(next(records, []), columns, name)
        changed = [decimal == "," and (numbers is None or each in numbers) for each in header]
        for number, record in enumerate(records, 1):
            where = f"{name}, row {number}".removeprefix(", ")
            if len(record) != len(header):
                message = f"expected {len(header)} fields as in the header, found {len(record)}"
                hint = "Quote fields that hold the separator, or name another separator."
                raise InputError("input/ragged-row", message, where=where, hint=hint)
            yield {
                key: _with_point(field, key, where) if comma else field
                for key, field, comma in zip(header, record, changed, strict=True)
            }


def read_signal(
    source: Source,
    columns: Sequence[str] | None = None,
    *,
    separator: str | None = None,
    decimal: Decimal = ".",
) -> NDArray[np.float64]:
    """Gives the samples of a CSV file, one a row: float64 [samples, channels].

    Args:
        source: as read_rows takes it.
        columns: the names of the channels, in order; all columns of the file when not given.
        separator, decimal: as read_rows takes them.

    Raises:
        InputError: what read_rows raises; input/empty-cell, input/not-a-number, input/empty.
    """
    values, channels = array("d"), 0
    rows = read_rows(source, separator=separator, decimal=decimal, numbers=columns, columns=columns)
    for number, row in enumerate(rows, 1):
        for name in row if columns is None else columns:
            values.append(_sample(row[name], name, number))
        channels = channels or len(values)
    if not channels:
        raise InputError("input/empty", "the table has no rows", hint="A signal has one sample a row.")
    return np.frombuffer(values, np.float64).reshape(-1, channels)


class _Lines:
    """The lines of a file, with their ends; a record of more than MAX_RECORD characters is refused."""

    def __init__(self, text: IO[str], name: str) -> None:
        self._text, self._name = text, name
        self._again: list[str] = []
        self._record = 0
        self.separator = ","

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop(0) if self._again else self.read()
        self._record += len(line)
        if self._record > MAX_RECORD:
            raise self.refusal(f"a record is longer than {MAX_RECORD} characters")
        if not line:
            raise StopIteration
        return line

    def read(self) -> str:
        """Gives the next line of the file, or the beginning of one that is too long; nothing at the end."""
        try:
            return self._text.readline(MAX_RECORD + 1)
        except UnicodeDecodeError:
            raise InputError(
                "input/csv-encoding",
                "expected text in UTF-8, found other bytes",
                where=self._name,
                hint="Give a table, saved as CSV UTF-8.",
            ) from None

    def put_back(self, lines: list[str]) -> None:
        """Makes the lines the next ones."""
        self._again = lines

    def begin_record(self) -> None:
        """Says that the record before has ended."""
        self._record = 0

    def refusal(self, message: str) -> InputError:
        """Gives the error of a file that is no CSV."""
        hint = "Check that every quote is closed, and doubled where it stands inside a field."
        return InputError("input/not-csv", message, where=self._name, hint=hint)


def _opened(source: Source, name: str) -> IO[str]:
    try:
        if isinstance(source, bytes):
            raw: IO[bytes] = io.BytesIO(source)
        elif isinstance(source, (str, Path)):
            raw = Path(source).open("rb")  # noqa: SIM115 - the text wrapper around it closes it
        else:
            raw = source
    except OSError as error:
        raise InputError("input/not-found", f"cannot be read ({error.strerror})", where=name, hint=CHECK_PATH) from None
    return io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")


def _detected(lines: _Lines) -> str:
    """Gives the separator that the header has most of outside quotes; the first of SEPARATORS among equals."""
    header: list[str] = []
    quotes = length = 0
    while length <= MAX_RECORD and (line := lines.read()):
        header.append(line)
        quotes, length = quotes + line.count('"'), length + len(line)
        if quotes % 2 == 0 and line.strip("\r\n"):
            break
    lines.put_back(header)
    plain = "".join("".join(header).split('"')[::2])
    return max(SEPARATORS, key=plain.count)


def _records(lines: _Lines) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=lines.separator, strict=True)
    while True:
        lines.begin_record()
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise lines.refusal(f"record {reader.line_num} is damaged ({error})") from None
        if record is None:
            return
        if any(len(field) > MAX_FIELD for field in record):
            raise lines.refusal(f"a field is longer than {MAX_FIELD} characters")
        if record:
            yield record


def _header(found: list[str], columns: Sequence[str] | None, name: str) -> list[str]:
    if not found:
        raise InputError(
            "input/no-header",
            "expected a header with the columns' names, found nothing",
            where=name,
            hint="Write the columns' names in the first line.",
        )
    twice = sorted({each for each in found if found.count(each) > 1})
    if twice:
        raise InputError(
            "input/duplicate-column",
            f"the header has {twice[0]!r} twice",
            where=name,
            hint="Give each column a name of its own.",
        )
    lacking = [each for each in columns or () if each not in found]
    if lacking:
        message = f"the columns {', '.join(map(repr, lacking))} are missing"
        hint = f"The header has: {', '.join(map(repr, found[:20]))}. {NAMED_SO}"
        raise InputError("input/missing-column", message, where=name, hint=hint)
    return found


def _with_point(field: str, column: str, where: str) -> str:
    trimmed = field.strip(BLANKS)
    if _DECIMAL_COMMA.fullmatch(trimmed):
        return trimmed.replace(",", ".")
    if number_of(trimmed) is not None:
        message = f"expected a number with a decimal comma in the column {column!r}, found {trimmed[:80]!r}"
        raise InputError("input/not-a-number", message, where=where, hint="Points do not group thousands here.")
    return field


def _sample(field: str, column: str, number: int) -> float:
    where = f"row {number}"
    if not field.strip(BLANKS):
        message = f"expected a number in the column {column!r}, found an empty cell"
        raise InputError("input/empty-cell", message, where=where, hint="Fill the gaps of a signal before.")
    value = number_of(field)
    if value is None:
        message = f"expected a number in the column {column!r}, found {field[:80]!r}"
        hint = DECIMAL_COMMA if has_decimal_comma(field) else "Leave out columns that are no channels."
        raise InputError("input/not-a-number", message, where=where, hint=hint)
    return value
