"""Steps on a row of a table: which columns, what stands in for missing values, and how texts become numbers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from satchel_metadata.steps.base import Closed, need

ColumnName = Annotated[str, Field(min_length=1, max_length=256)]
Text = Annotated[str, Field(max_length=1024)]


class Column(Closed):
    """One column: its name in the header, and whether its cells are numbers or texts of a few kinds."""

    name: ColumnName
    kind: Literal["number", "category"]


class Columns(Closed):
    """A row of a table -> the cells of these columns, in this order; texts that are in `missing` mean no value."""

    op: Literal["columns"] = "columns"
    columns: Annotated[tuple[Column, ...], Field(min_length=1, max_length=4096)]
    missing: Annotated[tuple[Text, ...], Field(max_length=256)]

    @model_validator(mode="after")
    def _named_once(self) -> Columns:
        names = [column.name for column in self.columns]
        twice = sorted({name for name in names if names.count(name) > 1})
        need(not twice, f"columns are named twice: {', '.join(twice)}", "Keep one of each.")
        return self


class Impute(Closed):
    """Missing cells -> the value of their column; a number in a column of numbers, a text in one of categories."""

    op: Literal["impute"] = "impute"
    values: Annotated[dict[ColumnName, float | str], Field(min_length=1)]


class Standardize(Closed):
    """x -> (x - mean) / scale, in binary64.

    In a row: `columns` names the columns, `mean` and `scale` have one number each. In a signal: no `columns`, one
    number for all channels or one a channel; or neither mean nor scale: each channel's own, window by window.
    """

    op: Literal["standardize"] = "standardize"
    columns: Annotated[tuple[ColumnName, ...], Field(min_length=1, max_length=4096)] | None = None
    mean: Annotated[tuple[float, ...], Field(min_length=1, max_length=4096)] | None = None
    scale: Annotated[tuple[float, ...], Field(min_length=1, max_length=4096)] | None = None

    @model_validator(mode="after")
    def _goes_together(self) -> Standardize:
        need((self.mean is None) == (self.scale is None), "mean and scale come together", "Give both, or neither.")
        need(
            0 not in (self.scale or ()),
            "scale holds a 0, by which nothing can be divided",
            "Give 1 for a column that never varies, as scikit-learn does.",
        )
        if self.columns is not None:
            names, means, scales = (len(each or ()) for each in (self.columns, self.mean, self.scale))
            need(
                names == means == scales,
                f"{names} columns have {means} means and {scales} scales",
                "Give one of each a column.",
            )
            need(len(set(self.columns)) == names, "a column is named twice", "Keep one of them.")
        return self


class OneHot(Closed):
    """A column of categories -> one indicator a category, in its place; `unknown` says what other texts become."""

    op: Literal["one_hot"] = "one_hot"
    column: ColumnName
    categories: Annotated[tuple[Text, ...], Field(min_length=1, max_length=100000)]
    unknown: Literal["error", "ignore", "bucket"]

    @model_validator(mode="after")
    def _distinct(self) -> OneHot:
        need(len(set(self.categories)) == len(self.categories), "a category stands twice", "Keep one of them.")
        return self
