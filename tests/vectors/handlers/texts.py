"""Vectors of texts: JSON documents, label files, and names of files in a bundle."""

from __future__ import annotations

from typing import Any

from satchel_metadata import canonical
from satchel_metadata.labels import parse_labels
from satchel_metadata.paths import check_distinct, check_path


def json_text(case: dict[str, Any], file: dict[str, Any]) -> dict[str, Any]:
    """Gives the value of a text; it is written again in the one form that there is."""
    given = case["input"]
    value = canonical.loads(given["text"] if "text" in given else given["bytes"].tobytes())
    written = canonical.dumps(value).decode()
    assert written == case["canonical"], f"{case['id']}: expected {case['canonical']}, wrote {written}"
    return {"value": value}


def label_file(case: dict[str, Any], file: dict[str, Any]) -> list[str]:
    """Gives the labels of a file."""
    return list(parse_labels(case["input"]["bytes"].tobytes()))


def path(case: dict[str, Any], file: dict[str, Any]) -> dict[str, bool]:
    """Gives that the paths may stand in one bundle."""
    for each in case["input"]["paths"]:
        check_path(each, "manifest.json")
    check_distinct(case["input"]["paths"], "manifest.json")
    return {"refused": False}


HANDLERS = {"json": json_text, "label_file": label_file, "path": path}
