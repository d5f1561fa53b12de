"""Text of a foreign bundle cannot move the cursor, recolour the terminal or hide a part of itself."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from satchel_metadata.text import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tabby cat", "tabby cat"),
        ("Übergröße, кошка, 鶴, क्षि, 🦊", "Übergröße, кошка, 鶴, क्षि, 🦊"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b2J", "\\x9b2J"),
        ("two\nlines\r\n\tend", "two\\nlines\\r\\n\\tend"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("\u2066isolated\u2069", "\\u2066isolated\\u2069"),
        ("zero\u200bwidth\u200d\ufeff", "zero\\u200bwidth\\u200d\\ufeff"),
        ("soft\xadhyphen", "soft\\xadhyphen"),
        ("para\u2029line\u2028", "para\\u2029line\\u2028"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("lone\udc9b", "lone\\udc9b"),
        ("bell\a\b\x00\x7f", "bell\\x07\\x08\\x00\\x7f"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_no_character_of_unicode_escapes() -> None:
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) in hidden:
            assert printable(chr(code)).isascii()


def test_a_long_text_ends_in_an_ellipsis_at_the_limit() -> None:
    assert printable("a" * 200) == "a" * 200
    assert printable("a" * 201) == "a" * 199 + "…"
    assert printable("\x1b" * 10_000_000, limit=10) == "\\x1b\\x1b\\…"
