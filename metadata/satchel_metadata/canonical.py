"""JSON with exactly one form: read strictly, written the same way every time."""

from __future__ import annotations

import json
import math
from typing import Any

from satchel_metadata.errors import SpecError

MAX_INTEGER = 2**53
"""Integers beyond this magnitude lose digits in binary64, so no reader accepts them."""
MAX_DEPTH = 100
"""A value inside more arrays and objects than this is refused: every reader has a limit, and theirs differ."""


def dumps(value: Any) -> bytes:
    """Gives the canonical UTF-8 bytes of a JSON value: sorted keys, no spaces, integral numbers without a fraction.

    Raises:
        ValueError: a number is NaN or infinite.
    """
    return json.dumps(
        _canonical(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def loads(text: bytes | str, where: str = "$") -> Any:
    """Gives the value of a JSON text, read as every language reads it.

    Args:
        text: the document; bytes must be UTF-8, a byte-order mark is not allowed.
        where: what to call the document in an error.

    Raises:
        SpecError: spec/not-json, spec/duplicate-key, spec/not-finite, spec/integer-too-large.
    """

    def number(literal: str) -> float:
        value = float(literal)
        if not math.isfinite(value):
            raise SpecError(
                "spec/not-finite", f"the number {literal} is not finite", where=where, hint="Use a finite number."
            )
        return value

    def constant(literal: str) -> float:
        raise SpecError("spec/not-finite", f"{literal} is not a JSON number", where=where, hint="Use a finite number.")

    def integer(literal: str) -> int:
        if len(literal) > 17 or abs(int(literal)) > MAX_INTEGER:
            raise SpecError(
                "spec/integer-too-large",
                f"the integer {literal[:40]} is beyond 2^53 and cannot be read exactly in every language",
                where=where,
                hint="Use a smaller number.",
            )
        return int(literal)

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in items:
            if key in found:
                raise SpecError(
                    "spec/duplicate-key",
                    f"the key {key!r} stands twice in one object",
                    where=where,
                    hint="Keep one of them.",
                )
            found[key] = value
        return found

    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        value = json.loads(
            decoded, parse_float=number, parse_int=integer, parse_constant=constant, object_pairs_hook=pairs
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise SpecError(
            "spec/not-json",
            f"expected a JSON document in UTF-8, found none ({error})",
            where=where,
            hint="Correct it there, and save it as UTF-8 without a byte-order mark.",
        ) from None
    _refuse_what_others_cannot_hold(value, where)
    return value


def _refuse_what_others_cannot_hold(value: Any, where: str) -> None:
    """Refuses half a surrogate pair, which is no text in UTF-8, and values that stand too deep."""
    level, depth = [value], 0
    while level:
        if depth > MAX_DEPTH:
            raise SpecError(
                "spec/not-json",
                f"a value stands inside more than {MAX_DEPTH} others",
                where=where,
                hint="Nest it less deeply.",
            )
        texts = [each for each in level if isinstance(each, str)]
        texts += [key for each in level if isinstance(each, dict) for key in each]
        if any("\ud800" <= character <= "\udfff" for text in texts for character in text):
            raise SpecError(
                "spec/not-json",
                "a text holds half a surrogate pair",
                where=where,
                hint="Write the character whole, or leave it out.",
            )
        inner = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, (dict, list))]
        level, depth = [each for values in inner for each in values], depth + 1


def _canonical(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_INTEGER:
        return int(value)
    if isinstance(value, dict):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    return value
