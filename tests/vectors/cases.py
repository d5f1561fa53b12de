"""Reads golden vectors and says where what was found is not what is expected."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

VECTORS = Path(__file__).parents[2] / "metadata" / "vectors"


def documents() -> list[tuple[str, str, dict[str, Any]]]:
    """Gives (op, path, file) of every file of vectors."""
    paths = sorted(VECTORS.glob("*/*.json"))
    return [(path.parent.name, f"{path.parent.name}/{path.name}", json.loads(path.read_text())) for path in paths]


def unpacked(value: Any) -> Any:
    """Gives a JSON value with its arrays as numpy arrays; one of which only the hash is stored stays as it is."""
    if isinstance(value, dict):
        if "dtype" in value and "data" in value:
            flat = np.frombuffer(base64.b64decode(value["data"]), np.dtype(value["dtype"]).newbyteorder("<"))
            return flat.reshape(value["shape"]).astype(value["dtype"])
        return {key: unpacked(each) for key, each in value.items()}
    return [unpacked(each) for each in value] if isinstance(value, list) else value


def stored(file: str) -> bytes:
    """Gives the bytes of a `.z` file beside the vectors."""
    return zlib.decompress((VECTORS / file).read_bytes(), -15)


def difference(found: Any, expected: Any, tolerance: dict[str, float] | None = None, path: str = "$") -> str | None:
    """Gives the first place where two values differ, in words; None where they agree."""
    if isinstance(expected, np.ndarray) or (isinstance(expected, dict) and "sha256" in expected):
        return _array_difference(np.asarray(found), expected, tolerance or {}, path)
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        parts = (difference(found[key], expected[key], tolerance, f"{path}.{key}") for key in expected)
        return next((each for each in parts if each), None)
    if isinstance(expected, list) and isinstance(found, (list, tuple)) and len(expected) == len(found):
        pairs = enumerate(zip(found, expected, strict=True))
        parts = (difference(one, other, tolerance, f"{path}[{place}]") for place, (one, other) in pairs)
        return next((each for each in parts if each), None)
    if isinstance(expected, float) and isinstance(found, (int, float)) and tolerance:
        return _array_difference(np.float32(found), np.array(expected, np.float32), tolerance, path)
    return None if found == expected else f"{path}: expected {expected!r}, found {found!r}"


def _array_difference(found: Any, expected: Any, tolerance: dict[str, float], path: str) -> str | None:
    if isinstance(expected, dict):
        plain = np.ascontiguousarray(found)
        same = [str(plain.dtype), list(plain.shape), hashlib.sha256(plain.tobytes()).hexdigest()]
        wanted = [expected["dtype"], expected["shape"], expected["sha256"]]
        return None if same == wanted else f"{path}: expected {wanted}, found {same}"
    if expected.dtype == np.uint8 and found.dtype == np.float32:
        expected = expected.astype(np.float32)
    if (found.dtype, found.shape) != (expected.dtype, expected.shape):
        return f"{path}: expected {expected.dtype} {expected.shape}, found {found.dtype} {found.shape}"
    wrong = np.argwhere(_apart(found, expected, tolerance))
    if not len(wrong):
        return None
    first = tuple(int(each) for each in wrong[0])
    text = f"expected {expected[first]!r}, found {found[first]!r}"
    return f"{path}{list(first)}: {text}; {len(wrong)} of {expected.size} differ"


def _apart(found: Any, expected: Any, tolerance: dict[str, float]) -> Any:
    if found.dtype.kind != "f":
        return found != expected
    both_nan = np.isnan(found) & np.isnan(expected)
    if "ulp" in tolerance:
        return (np.abs(_ordered(found) - _ordered(expected)) > tolerance["ulp"]) & ~both_nan
    if "absolute" in tolerance:
        return ~(np.abs(found.astype(np.float64) - expected) <= tolerance["absolute"]) & ~both_nan
    return ((found != expected) | (np.signbit(found) != np.signbit(expected))) & ~both_nan


def _ordered(values: Any) -> Any:
    """Gives whole numbers that lie as the binary32 values do, one apart for one unit in the last place."""
    bits = np.atleast_1d(values).view(np.int32).astype(np.int64).reshape(np.shape(values))
    return np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)
