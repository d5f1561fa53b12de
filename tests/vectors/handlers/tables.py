"""Makes of the cases of tables what Satchel makes of them: cells, rows of CSV files, tensors."""

from __future__ import annotations

from typing import Any

from satchel_metadata.csv_rows import read_rows
from satchel_metadata.families import rows
from satchel_metadata.infer import check_steps
from satchel_metadata.ops import tables
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.spec import Spec, parse_spec


def _row(given: dict[str, Any]) -> dict[str, Any]:
    """Gives a row; {"number": "NaN"} is what JSON has no word for."""
    return {name: float(cell["number"]) if isinstance(cell, dict) else cell for name, cell in given.items()}


def _spec(steps: list[dict[str, Any]], tensor: dict[str, Any] | None = None) -> Spec:
    bound = {"a/tflite": {"name": "row", "index": 0, "shape": [1, 4], **tensor}} if tensor else {}
    output = {"a/tflite": {"name": "scores", "index": 0, "shape": [1, 2], "dtype": "float32"}} if tensor else {}
    return parse_spec(
        {
            "satchel": "1.0",
            "name": "case",
            "task": "tabular_regression",
            "inputs": [{"name": "row", "steps": steps, "tensor": bound}],
            "outputs": [{"name": "scores", "steps": [], "tensor": output}],
        }
    )


def _encoding(columns: list[dict[str, Any]], step: dict[str, Any]) -> list[dict[str, Any]]:
    """Gives steps that end a row: one for each column of texts that the step leaves."""
    left = [each["name"] for each in columns if each["kind"] == "category"]
    return [
        {"op": "one_hot", "column": name, "categories": ["x"], "unknown": "ignore"}
        for name in left
        if not (step["op"] == "one_hot" and step["column"] == name)
    ]


def _cells(found: tables.Cells) -> list[dict[str, Any]]:
    return [{"name": cell.name, "kind": cell.kind, "value": cell.value} for cell in found]


def columns(case: dict[str, Any], file: dict[str, Any]) -> list[dict[str, Any]]:
    """Gives the cells that a row has for its columns."""
    given = case["step"]
    spec = _spec([given, *_encoding(given["columns"], given)])
    check_steps(spec)
    step: Any = spec.inputs[0].steps[0]
    wanted = [(column.name, column.kind) for column in step.columns]
    return _cells(tables.columns(_row(case["input"]), wanted, step.missing))


def row_step(case: dict[str, Any], file: dict[str, Any]) -> list[dict[str, Any]]:
    """Gives the cells behind one step."""
    given = [each for each in case["input"] if each["kind"] != "indicator"]
    named = [{"name": each["name"], "kind": each["kind"]} for each in given]
    first = {"op": "columns", "columns": named, "missing": []}
    spec = _spec([first, case["step"], *_encoding(named, case["step"])])
    check_steps(spec)
    cells = tuple(tables.Cell(each["name"], each["kind"], each["value"]) for each in case["input"])
    return _cells(rows.applied(spec.inputs[0].steps[1], cells))


def row_pipeline(case: dict[str, Any], file: dict[str, Any]) -> Any:
    """Gives the tensor of a row."""
    tensor = case.get("tensor")
    pipeline = Pipeline(_spec(case["steps"], tensor), {}, "a/tflite" if tensor else None)
    return pipeline.prepare(_row(case["input"]))["row"]


def csv(case: dict[str, Any], file: dict[str, Any]) -> list[dict[str, str]]:
    """Gives the rows of a CSV file."""
    return list(read_rows(case["input"]["bytes"].tobytes(), **case["form"]))


HANDLERS = {"columns": columns, "impute": row_step, "one_hot": row_step, "row_pipeline": row_pipeline, "csv": csv}
