"""A list of labels as a file: UTF-8, one label a line, in the order of the output's classes."""

from __future__ import annotations

from collections.abc import Sequence

from satchel_metadata.errors import SpecError

BLANKS = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""Unicode's White_Space. Languages strip more than that or less, each in its own way."""


def parse_labels(text: bytes, where: str = "labels") -> tuple[str, ...]:
    """Gives the labels of a file; label i is line i + 1.

    Lines end in a line feed, with or without a carriage return before it; a byte-order mark and the last line's end may
    be absent or present. The same label may stand twice: classes are told apart by index.

    Raises:
        SpecError: spec/label-encoding, spec/blank-label, spec/no-labels.
    """
    try:
        lines = text.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        raise SpecError(
            "spec/label-encoding",
            f"expected labels in UTF-8, found the byte 0x{text[error.start]:02x} in line {line}",
            where=where,
            hint="Save the file as UTF-8.",
        ) from None
    if lines[-1] == "":
        lines.pop()
    return check_labels([line.removesuffix("\r") for line in lines], where)


def dump_labels(labels: Sequence[str], where: str = "labels") -> bytes:
    """Gives the bytes of the label file: each label, then a line feed.

    Raises:
        SpecError: as `check_labels`.
    """
    return "".join(f"{label}\n" for label in check_labels(labels, where)).encode()


def check_labels(labels: Sequence[str], where: str = "labels") -> tuple[str, ...]:
    """Gives the labels back when each is text on one line.

    Raises:
        SpecError: spec/no-labels, spec/blank-label, spec/label-newline, spec/label-encoding.
    """
    if not labels:
        raise SpecError(
            "spec/no-labels",
            "expected one label a line, found none",
            where=where,
            hint="Write one label a line, in the order of the model's classes.",
        )
    for line, label in enumerate(labels, start=1):
        _check_label(label, f"{where}, line {line}")
    return tuple(labels)


def _check_label(label: str, where: str) -> None:
    if not label.strip(BLANKS):
        raise SpecError(
            "spec/blank-label",
            "expected a label, found a blank line",
            where=where,
            hint="Name the class, or write its number; labels are counted by line.",
        )
    if "\n" in label or "\r" in label:
        raise SpecError(
            "spec/label-newline",
            f"the label {label[:60]!r} runs over the end of its line",
            where=where,
            hint="Write each label on one line.",
        )
    if label.startswith("\ufeff") or any("\ud800" <= character <= "\udfff" for character in label):
        raise SpecError(
            "spec/label-encoding",
            f"the label {label[:60]!r} cannot be written as UTF-8",
            where=where,
            hint="Take out the byte-order mark or the half character.",
        )
