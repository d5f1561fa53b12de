"""Vectors of CSV files, as Python's csv module reads them."""

from __future__ import annotations

import csv
import io
import platform
from collections.abc import Iterator
from typing import Any

import numpy as np

from generators.base import Case, VectorFile, invalid, valid


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("csv/python.json", "Python", ".".join(platform.python_version_tuple()[:2]), csv_cases())


def case(name: str, comment: str, text: str, by: str = ",", mark: bytes = b"", **form: Any) -> Case:
    """Gives a CSV file, behind a byte-order mark perhaps, and its rows, which are those of csv.reader."""
    records = [each for each in csv.reader(io.StringIO(text, newline=""), delimiter=by, strict=True) if each]
    rows = [dict(zip(records[0], each, strict=True)) for each in records[1:]]
    return valid(name, comment, {"bytes": np.frombuffer(mark + text.encode(), np.uint8)}, rows, form=form)


def csv_cases() -> Iterator[Case]:
    """Gives CSV files and their rows."""
    yield from csv_lines()
    yield from csv_fields()
    yield from csv_decimals()
    yield from csv_refused()


def csv_lines() -> Iterator[Case]:
    """Gives ends of lines, and separators."""
    yield case("plain", "a header and two rows", "a,b\n1,x\n2,y\n")
    yield case("no-last-line-end", "the last record needs no line end", "a,b\n1,x")
    yield case("byte-order-mark", "a byte-order mark is put aside", "a,b\n1,x\n", mark=b"\xef\xbb\xbf")
    comment = "the first name may be quoted behind a mark"
    yield case("mark-and-quotes", comment, '"a","b"\r\n1,2\r\n', mark=b"\xef\xbb\xbf")
    yield case("crlf", "records may end with CR LF", "a,b\r\n1,x\r\n2,y\r\n")
    yield case("cr", "records may end with CR", "a,b\r1,x\r2,y\r")
    yield case("mixed-ends", "line ends may differ", "a\r\n1\n2\r3")
    yield case("semicolon", "the separator is the header's", "a;b;c\n1,5;2;x\n", ";")
    yield case("tab", "a tab separates too", "a\tb\n1\tx,y;z\n", "\t")
    yield case("more-semicolons", "the one that the header has most of", "a;b,c;d\n1;2;3\n", ";")
    yield case("tie", "a comma comes first among equals", "a,b;c\n1,2\n")
    yield case("told-separator", "a separator that is told", "a,b;c\n1,2;3\n", ";", separator=";")
    yield case("told-bar", "any character can be told", "a|b\n1|x\n", "|", separator="|")
    yield case("quoted-header-comma", "separators in quotes do not count", '"a,b,c,d";e\n1;2\n', ";")


def csv_fields() -> Iterator[Case]:
    """Gives what a field may hold."""
    yield case("quotes", "quotes are taken off, doubled ones are one", 'a,b\n"x, ""y""",z\n')
    yield case("quoted-newline", "a quoted field holds line ends", 'a,b\n"one\r\ntwo\rthree",2\n3,"\n"\n')
    yield case("quoted-header-newline", "so does a name", '"a\nb",c\n1,2\n')
    yield case("quote-inside", "a quote inside a field is a character", 'a,b\n5" pipe,x"y"\n')
    yield case("blank-before-quote", "a blank before a quote makes it a character", 'a,b\n "x",y\n')
    yield case("empty-fields", "fields may be empty", "a,b,c\n,,\n,x,\n")
    yield case("empty-quoted", "a quoted field may be empty", 'a\n""\n1\n')
    yield case("blank-lines", "blank lines are passed over", "\n\na,b\n\n1,2\n\r\n3,4\n\n")
    yield case("one-column", "one column has no separator", "a\n1\n2\n")
    yield case("blanks-kept", "blanks belong to the field", " a , b \n 1 , x \n")
    yield case("unicode", "any text is read", "größe,絵文字\n12 µm,😀\u2028x\n")
    yield case("header-only", "a table may have no rows", "a,b\n")
    yield case("further-columns", "more columns than are asked for", "a,b,c\n1,2,3\n", columns=["c", "a"])
    yield case("last-cr", "a CR at the end of the file ends the record", "a\n1\r")


def csv_decimals() -> Iterator[Case]:
    """Gives numbers with a decimal comma."""
    comma = {"bytes": np.frombuffer(b"a;b;c\n1,5;-,25;2,5e3\n 7 ;x,y;1.234,5\n", np.uint8)}
    rows = [{"a": "1.5", "b": "-.25", "c": "2.5e3"}, {"a": "7", "b": "x,y", "c": "1.234,5"}]
    yield valid("decimal-comma", "numbers get a point, other texts stay", comma, rows, form={"decimal": ","})
    some = {"bytes": np.frombuffer(b"a;b\n1,5;2,5\n", np.uint8)}
    yield valid("decimal-columns", "only in columns of numbers", some, [{"a": "1.5", "b": "2,5"}],
                form={"decimal": ",", "numbers": ["a"]})  # fmt: skip


def csv_refused() -> Iterator[Case]:
    """Gives files that are no table, and forms that are wrong."""
    long = "x" * (2**17)
    for name, comment, code, data, form in (
        ("empty", "there is no header", "input/no-header", b"", {}),
        ("only-blank-lines", "blank lines are no header", "input/no-header", b"\n\r\n", {}),
        ("utf16", "UTF-16 is not UTF-8", "input/csv-encoding", "a,b\n1,2\n".encode("utf-16"), {}),
        ("latin1", "Latin-1 is not UTF-8", "input/csv-encoding", "größe\n1\n".encode("latin-1"), {}),
        ("open-quote", "a quote is not closed", "input/not-csv", b'a,b\n1,"x\n2,y\n', {}),
        ("behind-quote", "something stands behind a closing quote", "input/not-csv", b'a,b\n"x"y,2\n', {}),
        ("blank-behind-quote", "a blank too", "input/not-csv", b'a,b\n"x" ,2\n', {}),
        ("long-field", "a field is too long", "input/not-csv", f"a\n{long}x\n".encode(), {}),
        ("few-fields", "a row lacks a field", "input/ragged-row", b"a,b\n1,2\n3\n", {}),
        ("many-fields", "a row has one more", "input/ragged-row", b"a,b\n1,2,3\n", {}),
        ("blank-record", "a line of blanks is a record", "input/ragged-row", b"a,b\n1,2\n  \n", {}),
        ("twice", "a name stands twice", "input/duplicate-column", b"a,b,a\n1,2,3\n", {}),
        ("missing-column", "a name is missing", "input/missing-column", b"a,b\n1,2\n", {"columns": ["a", "z"]}),
        ("wrong-separator", "another separator than the file's", "input/missing-column", b"a;b\n1;2\n",
         {"columns": ["a"], "separator": ","}),
        ("two-characters", "a separator is one character", "input/wrong-separator", b"a,b\n", {"separator": "::"}),
        ("quote-separator", "and no quote", "input/wrong-separator", b"a,b\n", {"separator": '"'}),
        ("thousands", "with a decimal comma a point is none", "input/not-a-number", b"a;b\n1,5;1.234\n",
         {"decimal": ","}),
    ):  # fmt: skip
        yield invalid(name, comment, {"bytes": np.frombuffer(data, np.uint8)}, code, form=form)
