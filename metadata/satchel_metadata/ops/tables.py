"""Rows of a table: columns, impute, standardize, one_hot; binary64 in the order written, rounded once at the end."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import InputError

Kind = Literal["number", "category", "indicator"]
Value = float | str | None
Unknown = Literal["error", "ignore", "bucket"]

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""A number as text: ASCII digits, at most one decimal point, an exponent; no blanks, no groups of thousands."""
BLANKS = " \t"
DECIMAL_COMMA = 'It looks like a decimal comma: read the file with decimal="," (--decimal-comma).'
NAMED_SO = "Name them as the model does, in the first line of a table."
MAX_INTEGER = 2**53


@dataclass(frozen=True)
class Cell:
    """One cell of a row; a value of None is missing. An indicator is what one_hot made, and no step names it."""

    name: str
    kind: Kind
    value: Value


Cells = tuple[Cell, ...]


def columns(row: Mapping[str, Any], wanted: Sequence[tuple[str, Kind]], missing: Sequence[str]) -> Cells:
    """Gives the cells of the wanted columns, in that order; other columns are passed over.

    A number loses the blanks and tabs around it; a category is the text as it stands, or the digits of a whole number.
    A text that is one of `missing` means that there is no value, and so do None and a NaN that is no text.

    Raises:
        InputError: input/missing-column, input/not-a-number, input/not-finite, input/wrong-cell.
    """
    lacking = [name for name, _ in wanted if name not in row]
    if lacking:
        several = len(lacking) > 1
        message = f"the column{'s' * several} {_listed(lacking)} {'are' if several else 'is'} missing"
        raise InputError("input/missing-column", message, hint=f"The columns are: {_listed(row)}. {NAMED_SO}")
    cells = []
    for name, kind in wanted:
        read = _number if kind == "number" else _category
        cells.append(Cell(name, kind, read(name, row[name], missing)))
    return tuple(cells)


def impute(cells: Cells, values: Mapping[str, float | str]) -> Cells:
    """Gives the cells with the values of their columns where they were missing (SimpleImputer's transform)."""
    return tuple(
        replace(each, value=values[each.name])
        if each.value is None and each.kind != "indicator" and each.name in values
        else each
        for each in cells
    )


def standardize(cells: Cells, names: Sequence[str], mean: Sequence[float], scale: Sequence[float]) -> Cells:
    """Gives (x - mean) / scale in the columns named (StandardScaler's transform); a missing value stays missing."""
    places = {name: place for place, name in enumerate(names)}

    def one(cell: Cell) -> Cell:
        if cell.kind != "number" or cell.name not in places or cell.value is None:
            return cell
        place = places[cell.name]
        return replace(cell, value=(float(cell.value) - mean[place]) / scale[place])

    return tuple(map(one, cells))


def one_hot(cells: Cells, column: str, categories: Sequence[str], unknown: Unknown) -> Cells:
    """Gives the cells with one column replaced by an indicator a category, 1 for the cell's own and 0 for the others.

    A text that is none of them, or a missing one, is refused (`error`), has no 1 (`ignore`, as OneHotEncoder does), or
    has it in one more indicator behind the others (`bucket`, as OneHotEncoder's infrequent categories).

    Raises:
        InputError: input/unknown-category.
    """
    found: list[Cell] = []
    for cell in cells:
        if cell.name != column or cell.kind != "category":
            found.append(cell)
            continue
        if unknown == "error" and cell.value not in categories:
            shown = "an empty cell" if cell.value is None else repr(cell.value)
            message = f"expected a known category in the column {column!r}, found {shown}"
            raise InputError("input/unknown-category", message, hint=f"Allowed: {_listed(categories)}.")
        found += [Cell(f"{column}={each}", "indicator", float(cell.value == each)) for each in categories]
        if unknown == "bucket":
            found.append(Cell(column, "indicator", float(cell.value not in categories)))
    return tuple(found)


def row_values(cells: Cells) -> NDArray[np.float32]:
    """Gives the values of a row, float32 [columns], each rounded once.

    Raises:
        InputError: input/empty-cell, input/not-finite.
    """
    for cell in cells:
        if cell.value is None:
            message = f"expected a value in the column {cell.name!r}, found an empty cell"
            raise InputError("input/empty-cell", message, hint="Fill it in, or give the spec an impute step for it.")
    with np.errstate(over="ignore"):
        found = np.array([cell.value for cell in cells], np.float64).astype(np.float32)
    for cell, value in zip(cells, found, strict=True):
        if not math.isfinite(value):
            message = f"the value of the column {cell.name!r} is infinite in binary32"
            raise InputError("input/not-finite", message, hint="Check the cell, mean and scale.")
    return found


def number_of(text: str) -> float | None:
    """Gives the number that a text is, without blanks and tabs around it; None when it is none. It may be infinite."""
    trimmed = text.strip(BLANKS)
    return float(trimmed) if NUMBER.fullmatch(trimmed) else None


def has_decimal_comma(text: str) -> bool:
    """Says whether a text is a number but for a comma where its point would be."""
    return "," in text and number_of(text.replace(",", ".", 1)) is not None


def _number(name: str, value: Any, missing: Sequence[str]) -> float | None:
    if isinstance(value, str):
        if value in missing or value.strip(BLANKS) in missing:
            return None
        number = number_of(value)
        if number is None:
            message = f"expected a number in the column {name!r}, found {value[:80]!r}"
            raise InputError("input/not-a-number", message, hint=_number_hint(value))
    else:
        number = _plain(name, value)
        if number is None or math.isnan(number):
            return None
    if math.isinf(number):
        raise InputError(
            "input/not-finite",
            f"the number in the column {name!r} is infinite",
            hint="Correct the cell, or leave it empty.",
        )
    return number


def _number_hint(text: str) -> str:
    if has_decimal_comma(text):
        return DECIMAL_COMMA
    return "Use digits with a decimal point, or list the text among the step's missing."


def _category(name: str, value: Any, missing: Sequence[str]) -> str | None:
    if isinstance(value, str):
        return None if value in missing else value
    number = _plain(name, value)
    if number is None or math.isnan(number):
        return None
    if not number.is_integer() or abs(number) > MAX_INTEGER:
        message = f"expected a text in the column {name!r}, found the number {number:g}"
        raise InputError("input/wrong-cell", message, hint="Give a category as text, or as a whole number.")
    text = str(int(number))
    return None if text in missing else text


def _plain(name: str, value: Any) -> float | None:
    """Gives a cell that is no text as a number."""
    if value is None:
        return None
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:  # an integer beyond binary64
            return math.inf
    message = f"expected text or a number in the column {name!r}, found {type(value).__name__}"
    raise InputError("input/wrong-cell", message, hint="Give text, a number, or None for an empty cell.")


def _listed(names: Any) -> str:
    found = [repr(name) for name in names]
    return ", ".join(found[:12]) + (f" and {len(found) - 12} more" if len(found) > 12 else "")
