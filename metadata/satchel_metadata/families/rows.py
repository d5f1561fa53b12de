"""Rows of a table: what each step makes of the columns, and how a row becomes a tensor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.csv_rows import read_rows
from satchel_metadata.errors import InputError, SpecError
from satchel_metadata.families.base import Family, Plan, Span, as_tensor, checked_steps
from satchel_metadata.ops import tables
from satchel_metadata.spec import Input, Tensor
from satchel_metadata.steps import Columns, Impute, OneHot, Standardize

_HINT = "A row's steps are columns, impute, standardize and one_hot."


@dataclass(frozen=True)
class RowShape:
    """What a step gives.

    Args:
        columns: name and kind of every column, in order; an indicator is what one_hot made.
    """

    columns: tuple[tuple[str, tables.Kind], ...]
    dtype: str = "float32"
    span: Span | None = None

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Gives the number of columns."""
        return (len(self.columns),)

    def kind(self, name: str) -> str | None:
        """Gives the kind of a column that a step may name; None when there is none."""
        return next((kind for each, kind in self.columns if each == name and kind != "indicator"), None)

    def words(self) -> str:
        """Gives `4 columns: a, b (numbers), c (categories), 3 indicators, float32`."""
        kinds = {"number": "numbers", "category": "categories"}
        parts = []
        for kind, word in kinds.items():
            names = [name for name, each in self.columns if each == kind]
            shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
            parts += [f"{shown} ({word})"] if names else []
        made = sum(kind == "indicator" for _, kind in self.columns)
        parts += [f"{made} indicators"] if made else []
        count = len(self.columns)
        return f"{count} column{'s' * (count > 1)}: {', '.join(parts)}, float32"


def row_shapes(steps: tuple[Any, ...], where: str) -> tuple[RowShape, ...]:
    """Gives what each step of a row gives.

    Raises:
        SpecError: spec/impossible-step, spec/unknown-column or spec/column-kind, with the path of the step.
    """
    start = RowShape(tuple((column.name, column.kind) for column in steps[0].columns))
    shapes: tuple[RowShape, ...] = checked_steps(steps, start, _after, where)
    left = [name for name, kind in shapes[-1].columns if kind == "category"]
    if left:
        message = f"the column {left[0]!r} still holds texts behind the last step"
        raise SpecError("spec/impossible-step", message, where=f"{where}.steps", hint="Add a one_hot step for it.")
    return shapes


def _after(step: Any, before: RowShape) -> RowShape:
    if isinstance(step, Impute):
        for name, value in step.values.items():
            _need_kind("impute", name, "category" if isinstance(value, str) else "number", before)
        return before
    if isinstance(step, Standardize):
        if step.columns is None:
            message = "standardize in a row needs columns, mean and scale"
            raise SpecError("spec/impossible-step", message, hint="Only a signal is standardized as a whole.")
        for name in step.columns:
            _need_kind("standardize", name, "number", before)
        return before
    if isinstance(step, OneHot):
        _need_kind("one_hot", step.column, "category", before)
        made: list[tuple[str, tables.Kind]] = [(f"{step.column}={each}", "indicator") for each in step.categories]
        made += [(step.column, "indicator")] if step.unknown == "bucket" else []
        place = before.columns.index((step.column, "category"))
        return replace(before, columns=(*before.columns[:place], *made, *before.columns[place + 1 :]))
    raise SpecError("spec/impossible-step", f"{step.op} is no step of a row behind its columns", hint=_HINT)


def _need_kind(op: str, name: str, kind: str, before: RowShape) -> None:
    found = before.kind(name)
    if found is None:
        known = ", ".join(repr(each) for each, of in before.columns if of != "indicator")
        message = f"{op} names the column {name!r}, which is not there"
        raise SpecError("spec/unknown-column", message, hint=f"The columns are: {known or 'none'}.")
    if found != kind:
        message = f"{op} takes a column of kind {kind}, {name!r} is of kind {found}"
        raise SpecError("spec/column-kind", message, hint="Change the kind in columns, or the step.")


def prepared(steps: tuple[Any, ...], row: Mapping[str, Any]) -> NDArray[np.float32]:
    """Gives the values of a row, float32 [columns].

    Raises:
        InputError: what the row's cells are not.
    """
    first = steps[0]
    cells = tables.columns(row, [(column.name, column.kind) for column in first.columns], first.missing)
    for step in steps[1:]:
        cells = applied(step, cells)
    return tables.row_values(cells)


def applied(step: Any, cells: tables.Cells) -> tables.Cells:
    """Gives what one step behind the columns makes of the cells."""
    if isinstance(step, Impute):
        return tables.impute(cells, step.values)
    if isinstance(step, OneHot):
        return tables.one_hot(cells, step.column, step.categories, step.unknown)
    return tables.standardize(cells, step.columns, step.mean, step.scale)


def load(thing: Any, each: Input) -> Mapping[str, Any]:
    """Gives the row that a mapping is, or the only row of a CSV file.

    Raises:
        InputError: input/wrong-row, or what the file is not.
    """
    if isinstance(thing, Mapping):
        return thing
    if isinstance(thing, (str, Path, bytes)):
        rows = read_rows(thing, numbers=number_columns(each))
        found = next(rows, None)
        if found is not None and next(rows, None) is None:
            return found
        message = f"expected one row, the table has {'none' if found is None else 'more'}"
        where = "" if isinstance(thing, bytes) else str(thing)
        raise InputError("input/wrong-row", message, where=where, hint="Read it with read_rows, and give row by row.")
    raise InputError(
        "input/wrong-row",
        f"expected a mapping of columns to cells, found {type(thing).__name__}",
        hint="Give a dict, or a CSV file of one row.",
    )


def number_columns(each: Input) -> tuple[str, ...]:
    """Gives the names of the columns that an input reads numbers from."""
    first = each.steps[0]
    named = first.columns if isinstance(first, Columns) else ()
    return tuple(column.name for column in named if column.kind == "number")


def plan(each: Input, shapes: tuple[RowShape, ...], tensor: Tensor | None) -> Plan:
    """Gives how a row becomes the tensor of an input."""
    return Plan(lambda row: as_tensor(prepared(each.steps, row), tensor))


ROW = Family("row", ("columns",), check=row_shapes, plan=plan, load=load)
