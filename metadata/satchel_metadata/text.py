"""Text from a foreign bundle, made safe to show on a terminal."""

from __future__ import annotations

import unicodedata

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that move the cursor, turn the direction of writing, or show nothing."""


def printable(text: str, limit: int = 200) -> str:
    """Gives the text on one line with every control, direction-override and invisible character written out.

    An ANSI escape becomes `\\x1b`, a right-to-left override `\\u202e`; letters of every script stay as they are.

    Args:
        text: what to show.
        limit: at most so many characters of the result; a longer one ends in an ellipsis.
    """
    shown = "".join(map(_shown, text[: limit + 1]))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _shown(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    if unicodedata.category(character) not in _HIDDEN and not _variation_selector(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _variation_selector(character: str) -> bool:
    return "︀" <= character <= "️" or "\U000e0100" <= character <= "\U000e01ef"
