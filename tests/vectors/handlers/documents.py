"""Vectors of documents that are refused."""

from __future__ import annotations

import copy
from typing import Any

from satchel_metadata.infer import check_steps
from satchel_metadata.spec import parse_spec


def refused(case: dict[str, Any], file: dict[str, Any]) -> Any:
    document = case["document"] if "document" in case else _changed(file["valid"], **case["change"])
    check_steps(parse_spec(document))
    return None


def _changed(valid: Any, path: list[Any], value: Any) -> Any:
    document = copy.deepcopy(valid)
    if not path:
        return value
    owner = document
    for part in path[:-1]:
        owner = owner[part]
    owner[path[-1]] = value
    return document


HANDLERS = {"spec": refused}
