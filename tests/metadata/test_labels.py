"""A label file is UTF-8, one label a line, and nothing is silently left out."""

from __future__ import annotations

import pytest

from satchel_metadata.errors import SpecError
from satchel_metadata.labels import check_labels, dump_labels, parse_labels


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (b"a\nb\n", ("a", "b")),
        (b"a\nb", ("a", "b")),
        (b"a\r\nb\r\n", ("a", "b")),
        (b"\xef\xbb\xbfa\nb\n", ("a", "b")),
        (b" a \n", (" a ",)),
        ("a\u2028b\x0cc\x85d\n".encode(), ("a\u2028b\x0cc\x85d",)),
        (b"crane\ncrane\n", ("crane", "crane")),
        (b"<b>\x1b[31m\n", ("<b>\x1b[31m",)),
    ],
)
def test_a_line_is_a_label_and_only_a_line_feed_ends_it(text: bytes, labels: tuple[str, ...]) -> None:
    assert parse_labels(text) == labels


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        (b"", "spec/no-labels", "labels.txt"),
        (b"a\n\nb\n", "spec/blank-label", "labels.txt, line 2"),
        (b"a\n \t\n", "spec/blank-label", "labels.txt, line 2"),
        (b"a\n\n", "spec/blank-label", "labels.txt, line 2"),
        (b"a\nb\n\xe4\n", "spec/label-encoding", "labels.txt"),
        ("a\n".encode("utf-16"), "spec/label-encoding", "labels.txt"),
    ],
)
def test_what_is_no_list_of_labels_is_refused_with_its_line(text: bytes, code: str, where: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_labels(text, "labels.txt")
    assert (caught.value.code, caught.value.where) == (code, where)


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("", "spec/blank-label"),
        ("two\nlines", "spec/label-newline"),
        ("two\rlines", "spec/label-newline"),
        ("\udc80", "spec/label-encoding"),
        ("\ufeffmarked", "spec/label-encoding"),
    ],
)
def test_a_label_that_would_not_come_back_is_not_written(label: str, code: str) -> None:
    with pytest.raises(SpecError) as caught:
        dump_labels(["good", label])
    assert (caught.value.code, caught.value.where) == (code, "labels, line 2")


def test_what_is_written_is_what_is_read() -> None:
    labels = ("кошка", "a\u2028b", " ends in blanks ", "\x1b[0m")
    assert parse_labels(dump_labels(labels)) == check_labels(labels) == labels
