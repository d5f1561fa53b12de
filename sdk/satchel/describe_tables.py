"""Descriptions of models that take a row of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Unpack

from satchel.describe import Description, Labels, Values, read_labels
from satchel.describe_pictures import About, about_of
from satchel_metadata.errors import SpecError
from satchel_metadata.spec import Task, parse_spec

Categories = Sequence[str]
Columns = Sequence[str] | Mapping[str, Literal["number"] | Categories]
Numbers = float | Sequence[float] | Mapping[str, float]
Activation = Literal["none", "softmax", "sigmoid"]

MISSING = (
    *("", " ", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"),
    *("<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"),
)
"""The texts that pandas.read_csv takes for missing values."""


def tabular_classification(
    *,
    columns: Columns,
    labels: Labels,
    impute: Mapping[str, float | str] | None = None,
    mean: Numbers | None = None,
    scale: Numbers | None = None,
    scaler: Any = None,
    unknown: Literal["error", "ignore", "bucket"] = "error",
    missing: Sequence[str] = MISSING,
    activation: Activation = "none",
    top_k: int | None = None,
    threshold: float | None = None,
    **about: Unpack[About],
) -> Description:
    """Gives the description of a model that puts one row of a table into classes.

    Missing cells are filled first, then numbers are scaled, then each column of categories becomes one value a
    category, in its place: what scikit-learn's SimpleImputer, StandardScaler and OneHotEncoder do.

    Args:
        columns: the columns in the order of the model's input: names of columns of numbers; or a mapping from each name
            to `number`, or to the categories of a column of texts, in the order of the encoder.
        labels: a text file with one label a line, or the labels, in the order of the model's output.
        impute: what stands in for a missing cell of a column; a row that lacks another cell is refused.
        mean, scale: of the columns of numbers: (x - mean) / scale. One number for all, one a column of numbers in
            their order, or by column name (the columns that are not named stay as they are).
        scaler: a fitted StandardScaler (or whatever has `mean_` and `scale_`) of the columns of numbers, instead.
        unknown: what becomes of a text that is no category: `error`, `ignore` (zeros) or `bucket` (one more value).
        missing: the texts that mean that a cell is empty; pandas' list unless told.
        activation: what is still to be done to the output; `none` when the model itself ends in softmax or sigmoid.
        top_k: how many classes an answer has; all when not given.
        threshold: the least score of an answer's class.
        about: name, version, author, license and description of the model; the version is semantic (`1.0.0`).

    Raises:
        SpecError: values that are wrong or do not go together, with the JSON path in the spec.
    """
    found = read_labels(labels)
    steps = row_steps(columns, impute, _scaling(columns, mean, scale, scaler), unknown, missing)
    reading = class_steps(activation, top_k or len(found), threshold)
    return described("tabular_classification", "row", steps, reading, about, found)


def tabular_regression(
    *,
    columns: Columns,
    impute: Mapping[str, float | str] | None = None,
    mean: Numbers | None = None,
    scale: Numbers | None = None,
    scaler: Any = None,
    unknown: Literal["error", "ignore", "bucket"] = "error",
    missing: Sequence[str] = MISSING,
    target_mean: Values | None = None,
    target_std: Values | None = None,
    **about: Unpack[About],
) -> Description:
    """Gives the description of a model that makes numbers of one row of a table; the answer's `values` are its output.

    Args:
        columns, impute, mean, scale, scaler, unknown, missing: as for `tabular_classification`.
        target_mean, target_std: of the targets it was trained with, where these were standardised: the answer is
            output * target_std + target_mean.
        about: name, version, author, license and description of the model; the version is semantic (`1.0.0`).

    Raises:
        SpecError: values that are wrong or do not go together, with the JSON path in the spec.
    """
    steps = row_steps(columns, impute, _scaling(columns, mean, scale, scaler), unknown, missing)
    reading: list[dict[str, Any]] = []
    if target_mean is not None or target_std is not None:
        means, stds = _pair(0.0 if target_mean is None else target_mean, 1.0 if target_std is None else target_std)
        reading.append({"op": "denormalize", "mean": means, "std": stds})
    return described("tabular_regression", "row", steps, reading, about)


def row_steps(
    columns: Columns,
    impute: Mapping[str, float | str] | None,
    scaling: Mapping[str, tuple[float, float]],
    unknown: str,
    missing: Sequence[str],
) -> list[dict[str, Any]]:
    """Gives the steps that prepare a row; `scaling` has mean and scale of the columns that are scaled."""
    kinds = _kinds(columns)
    listed = [{"name": name, "kind": kind if kind == "number" else "category"} for name, kind in kinds.items()]
    steps: list[dict[str, Any]] = [{"op": "columns", "columns": listed, "missing": list(missing)}]
    steps += [{"op": "impute", "values": dict(impute)}] if impute else []
    if scaling:
        means, scales = (list(each) for each in zip(*scaling.values(), strict=True))
        steps.append({"op": "standardize", "columns": list(scaling), "mean": means, "scale": scales})
    for name, kind in kinds.items():
        if not isinstance(kind, str):
            steps.append({"op": "one_hot", "column": name, "categories": list(kind), "unknown": unknown})
    return steps


def class_steps(activation: Activation, top_k: int, threshold: float | None) -> list[dict[str, Any]]:
    """Gives the steps that make the best classes of scores."""
    steps: list[dict[str, Any]] = [{"op": activation}] if activation != "none" else []
    steps.append({"op": "top_k", "k": top_k})
    steps += [{"op": "threshold", "score": threshold}] if threshold is not None else []
    return [*steps, {"op": "label", "labels": "classes"}]


def described(
    task: Task,
    source: str,
    steps: Sequence[dict[str, Any]],
    reading: Sequence[dict[str, Any]],
    about: About,
    labels: tuple[str, ...] | None = None,
) -> Description:
    """Gives the description with one input, made from `source`, and one output."""
    output = "values" if labels is None else "probabilities"
    document = {
        "name": "model",
        **about_of(about),
        "task": task,
        "inputs": [{"name": source, "steps": list(steps)}],
        "outputs": [{"name": output, "steps": list(reading)}],
        "labels": {} if labels is None else {"classes": "labels/classes.txt"},
    }
    return Description(parse_spec(document), {} if labels is None else {"classes": labels})


def _pair(mean: Values, std: Values) -> tuple[list[float], list[float]]:
    """Gives both as lists of the same length; a single number goes with any."""
    means, stds = ([float(each)] if isinstance(each, (int, float)) else list(map(float, each)) for each in (mean, std))
    return means * (len(stds) if len(means) == 1 else 1), stds * (len(means) if len(stds) == 1 else 1)


def _kinds(columns: Columns) -> dict[str, Literal["number"] | Categories]:
    if isinstance(columns, str):
        raise _wrong("columns", f"expected names of columns, found the text {columns!r}", "Give a list of names.")
    if not isinstance(columns, Mapping):
        names = [str(name) for name in columns]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise _wrong("columns", f"the column {twice[0]!r} is named twice", "Name every column once.")
        return dict.fromkeys(names, "number")
    for name, kind in columns.items():
        if isinstance(kind, str) and kind != "number":
            message = f"expected 'number' or a list of categories for {name!r}, found {kind!r}"
            raise _wrong("columns", message, "Give the categories in the order of the encoder.")
    return dict(columns)


def _scaling(
    columns: Columns, mean: Numbers | None, scale: Numbers | None, scaler: Any
) -> dict[str, tuple[float, float]]:
    """Gives mean and scale of each column of numbers that is scaled."""
    names = [name for name, kind in _kinds(columns).items() if isinstance(kind, str)]
    if scaler is not None:
        if mean is not None or scale is not None:
            raise _wrong("scaler", "the scaler has mean and scale already", "Leave out mean= and scale=.")
        mean, scale = _fitted(scaler)
    means = _by_column(names, mean, "mean")
    scales = _by_column(names, scale, "scale")
    if means.keys() != scales.keys() and means and scales:
        raise _wrong("scale", "mean and scale name different columns", "Name the same columns in both.")
    return {name: (means.get(name, 0.0), scales.get(name, 1.0)) for name in (means or scales)}


def _fitted(scaler: Any) -> tuple[list[float], list[float]]:
    """Gives what a StandardScaler learned; one that was told not to centre or not to scale has None there."""
    try:
        count = len(scaler.mean_ if scaler.mean_ is not None else scaler.scale_)
        mean = [0.0] * count if scaler.mean_ is None or not getattr(scaler, "with_mean", True) else scaler.mean_
        scale = [1.0] * count if scaler.scale_ is None else scaler.scale_
    except (AttributeError, TypeError):
        message = f"expected a fitted StandardScaler, found {type(scaler).__name__} without mean_ and scale_"
        raise _wrong("scaler", message, "Fit it first, or give mean= and scale=.") from None
    return [float(each) for each in mean], [float(each) for each in scale]


def _by_column(names: Sequence[str], numbers: Numbers | None, what: str) -> dict[str, float]:
    if numbers is None:
        return {}
    if isinstance(numbers, Mapping):
        return {str(name): float(each) for name, each in numbers.items()}
    if isinstance(numbers, (int, float)):
        return dict.fromkeys(names, float(numbers))
    found = [float(each) for each in numbers]
    if len(found) != len(names):
        message = f"{what} has {len(found)} numbers, there are {len(names)} columns of numbers"
        raise _wrong(what, message, f"Give one number a column: {', '.join(names)}.")
    return dict(zip(names, found, strict=True))


def _wrong(where: str, message: str, hint: str) -> SpecError:
    return SpecError("spec/inconsistent", message, where=where, hint=hint)
