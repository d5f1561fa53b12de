"""Vectors of texts as every reader takes them: JSON documents, label files, and names of files in a bundle."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from typing import Any

import numpy as np

from generators.base import Case, VectorFile, invalid, valid


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("json/python.json", "Python json", platform.python_version(), json_cases())
    yield VectorFile("label_file/contract.json", "SPEC.md", "1.0", label_cases())
    yield VectorFile("path/contract.json", "SPEC.md", "1.0", path_cases())


def json_cases() -> Iterator[Case]:
    """Gives texts with the value they hold and the canonical form of that, and texts that are refused."""
    for name, comment, text in READ:
        value = json.loads(text)
        yield valid(name, comment, {"text": text}, {"value": value}, canonical=canonical(value))
    for name, comment, text, code in REFUSED:
        yield invalid(name, comment, {"text": text}, code, "$")
    for name, comment, data in (
        ("not-utf-8", "a byte that is no UTF-8", b'"\xff"'),
        ("overlong", "an overlong form of UTF-8", b'"\xc0\xaf"'),
        ("surrogate-in-utf-8", "a surrogate as UTF-8", b'"\xed\xa0\x80"'),
        ("utf-16", "UTF-16", '{"a":1}'.encode("utf-16-le")),
    ):
        yield invalid(name, comment, {"bytes": np.frombuffer(data, np.uint8)}, "spec/not-json", "$")


def canonical(value: Any) -> str:
    """Gives a value with sorted keys and no blanks, integral numbers up to 2^53 without a fraction."""

    def plain(each: Any) -> Any:
        if isinstance(each, dict):
            return {key: plain(inner) for key, inner in each.items()}
        if isinstance(each, list):
            return [plain(inner) for inner in each]
        return int(each) if isinstance(each, float) and each.is_integer() and abs(each) <= 2**53 else each

    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


READ = (
    ("in-spec", "keys sorted, no blanks, no fraction that is 0", '{ "b" : 1.0, "a" : [1e-7, 0.5] }'),
    ("nothing", "an empty object", "{}"),
    ("blanks", "blanks, tabs and line ends between all", " \t\r\n[ 1 ,\n2 ]\r\n"),
    ("words", "the three words", "[true,false,null]"),
    ("integer-forms", "three ways to write 224", "[224,224.0,2.24e2]"),
    ("minus-0", "-0 is written as 0", "[-0,-0.0]"),
    ("2-to-53", "the largest integer, and its opposite", "[9007199254740992,-9007199254740992]"),
    ("beyond-2-to-53", "with an exponent it is no integer, and stays so", "[1e16,9007199254740994.0,1E+22]"),
    ("shortest", "the shortest digits that read back the same", "[0.1,0.30000000000000004,1.7976931348623157e308]"),
    ("shortest-tie", "of two that are as near, the one with an even last digit", "[160.870758056640625,1.5]"),
    ("exponents", "an exponent below -4 or from 16 on, of two digits at least", "[0.0001,0.00001,1.5e-7,1.5e300]"),
    ("smallest", "the smallest of all numbers", "[5e-324,2.2250738585072014e-308]"),
    ("underflow", "what is nearer to 0 than to any other number is 0", "[1e-999,-1e-400]"),
    (
        "tie-in-binary64",
        "a tie is read to the even neighbour",
        "[9007199254740993.0,1.00000000000000011102230246251565]",
    ),
    ("many-digits", "every digit counts", "[0.1000000000000000055511151231257827021181583404541015625]"),
    ("escapes", "every escape there is", r'["\"\\\/\b\f\n\r\t\u0041\u00e9"]'),
    ("controls", "control characters are written as escapes, in small letters", r'["\u0000\u001f\u007f\u0080"]'),
    ("pair", "a surrogate pair is one character, and written as itself", r'["\ud83d\ude00"]'),
    ("line-separators", "U+2028 and U+2029 are characters like others", '["\u2028\u2029"]'),
    ("sorted", "keys by code point: U+FF5E before U+1F600", '{"\U0001f600":1,"\uff5e":2,"b":3,"B":4,"":5}'),
    ("odd-keys", "keys that languages have plans for", '{"__proto__":1,"constructor":{"toString":2}}'),
    ("deep", "100 arrays inside each other, the last one empty", "[" * 100 + "]" * 100),
    ("deepest-value", "a value inside 100 arrays", "[" * 100 + "1" + "]" * 100),
)
"""(id, comment, text)"""
JSON, FINITE, LARGE = "spec/not-json", "spec/not-finite", "spec/integer-too-large"
REFUSED = (
    ("too-deep", "a value inside 101 arrays", "[" * 101 + "1" + "]" * 101, JSON),
    ("too-deep-object", "a value inside 101 objects", '{"a":' * 101 + "1" + "}" * 101, JSON),
    ("array-too-deep", "an empty array inside 101 others", "[" * 102 + "]" * 102, JSON),
    ("very-deep", "100,000 arrays", "[" * 100000, JSON),
    ("half-pair", "half a surrogate pair is no text", r'["\ud83d"]', JSON),
    ("half-pair-key", "in a key neither", r'{"\udc00":1}', JSON),
    ("turned-pair", "the halves in the other order", r'["\ude00\ud83d"]', JSON),
    ("nothing-at-all", "no value", "", JSON),
    ("only-blanks", "blanks alone", " \n", JSON),
    ("two-values", "something behind the value", "{} {}", JSON),
    ("byte-order-mark", "a byte-order mark is not allowed", "\ufeff{}", JSON),
    ("other-blank", "a form feed is no blank", "\f{}", JSON),
    ("comma", "a comma too many", "[1,]", JSON),
    ("quotes", "other quotes", "{'a':1}", JSON),
    ("comment", "JSON has no comments", "[1] // one", JSON),
    ("tab-in-text", "a control character in a text", '["\t"]', JSON),
    ("escape", "an escape that there is not", r'["\x41"]', JSON),
    ("leading-0", "a 0 in front", "[01]", JSON),
    ("plus", "a sign in front", "[+1]", JSON),
    ("bare-point", "no digit before the point", "[.5]", JSON),
    ("point-at-end", "no digit behind the point", "[5.]", JSON),
    ("hexadecimal", "another base", "[0x10]", JSON),
    ("minus-nan", "NaN has no sign", "[-NaN]", JSON),
    ("nan", "NaN is no number", "[NaN]", FINITE),
    ("infinity", "nor is infinity", "[Infinity]", FINITE),
    ("minus-infinity", "nor its opposite", "[-Infinity]", FINITE),
    ("overflow", "a number beyond binary64", "[1e400]", FINITE),
    ("integer", "an integer beyond 2^53", "[9007199254740993]", LARGE),
    ("negative-integer", "or below -2^53", "[-9007199254740993]", LARGE),
    ("long-integer", "of many digits", "[" + "9" * 5000 + "]", LARGE),
    ("zeros", "of as many characters as no integer up to 2^53 has", "[100000000000000000]", LARGE),
    ("key-twice", "a key twice", '{"a":1,"a":1}', "spec/duplicate-key"),
    ("key-twice-escaped", "also when it is written in another way", r'{"a":1,"\u0061":2}', "spec/duplicate-key"),
    ("key-twice-inside", "in any object", '[{"a":{"b":1,"b":2}}]', "spec/duplicate-key"),
)
"""(id, comment, text, code)"""


def label_cases() -> Iterator[Case]:
    """Gives label files, and files that are refused."""
    for name, comment, data, labels in LABELS:
        yield valid(name, comment, {"bytes": np.frombuffer(data, np.uint8)}, labels)
    for name, comment, data, code in BAD_LABELS:
        yield invalid(name, comment, {"bytes": np.frombuffer(data, np.uint8)}, code)


LABELS = (
    ("in-spec", "one label a line", b"cat\ndog\n", ["cat", "dog"]),
    ("no-last-end", "the last line need not end", b"cat\ndog", ["cat", "dog"]),
    ("windows", "carriage return and line feed", b"cat\r\ndog\r\n", ["cat", "dog"]),
    ("mixed", "both in one file", b"cat\r\ndog\nowl", ["cat", "dog", "owl"]),
    ("mark", "a byte-order mark is passed over", b"\xef\xbb\xbfcat\n", ["cat"]),
    ("twice", "the same label twice: classes are told apart by index", b"crane\ncrane\n", ["crane", "crane"]),
    ("blanks-kept", "blanks around a label belong to it", b" cat\t\n", [" cat\t"]),
    (
        "separators",
        "U+2028, U+0085 and form feed end no label",
        "a\u2028b\u0085c\fd\n".encode(),
        ["a\u2028b\u0085c\fd"],
    ),
    ("zero-width", "a zero-width space is no blank", "\u200b\n".encode(), ["\u200b"]),
    ("file-separator", "U+001C is no blank", b"\x1c\n", ["\x1c"]),
    ("null", "a zero byte is a character", b"a\0b\n", ["a\0b"]),
    ("mark-inside", "a byte-order mark inside a label", "a\ufeffb\n".encode(), ["a\ufeffb"]),
    ("scripts", "letters of other scripts", "猫\nкот\n😺\n".encode(), ["猫", "кот", "😺"]),
    ("composed", "composed and not: two labels", "\u00e9\ne\u0301\n".encode(), ["\u00e9", "e\u0301"]),
)
"""(id, comment, file, labels)"""
BLANK, ENCODING, END = "spec/blank-label", "spec/label-encoding", "spec/label-newline"
BAD_LABELS = (
    ("empty", "no label", b"", "spec/no-labels"),
    ("mark-alone", "a byte-order mark alone", b"\xef\xbb\xbf", "spec/no-labels"),
    ("one-end", "one line, and it is blank", b"\n", BLANK),
    ("blank-line", "a blank line between", b"cat\n\ndog\n", BLANK),
    ("blank-at-end", "a blank line at the end", b"cat\n\n", BLANK),
    ("blank-of-windows", "a carriage return alone in its line", b"cat\r\n\r\ndog\r\n", BLANK),
    ("blanks", "blanks and tabs", b"cat\n \t\n", BLANK),
    ("wide-blanks", "a no-break space, an ideographic one, U+0085", "\u00a0\u3000\u0085\n".encode(), BLANK),
    ("line-separator", "U+2028 alone", "\u2028\n".encode(), BLANK),
    ("mac", "carriage returns alone end no line", b"cat\rdog\r", END),
    ("two-returns", "only one carriage return goes with a line feed", b"cat\r\r\n", END),
    ("latin-1", "Latin-1", b"caf\xe9\n", ENCODING),
    ("utf-16", "UTF-16", "cat\n".encode("utf-16"), ENCODING),
    ("surrogate", "a surrogate as UTF-8", b"\xed\xa0\x80\n", ENCODING),
    ("mark-in-front", "a byte-order mark in front of a later label", "cat\n\ufeffdog\n".encode(), ENCODING),
    ("two-marks", "one byte-order mark is passed over, not two", "\ufeff\ufeffcat\n".encode(), ENCODING),
    ("later-mark-alone", "it is no blank", "cat\n\ufeff\n".encode(), ENCODING),
)
"""(id, comment, file, code)"""


def path_cases() -> Iterator[Case]:
    """Gives lists of paths that may stand in one bundle, and lists that may not."""
    for name, comment, paths in PATHS:
        yield valid(name, comment, {"paths": paths}, {"refused": False})
    for name, comment, paths, code in BAD_PATHS:
        yield invalid(name, comment, {"paths": paths}, f"bundle/{code}")


PATHS = (
    ("plain", "files and folders", ["manifest.json", "variants/int8/model.tflite", "a-b_c.d"]),
    ("dots", "names that begin with dots", [".a", "..b", "...c"]),
    ("blank-inside", "a blank inside, or in front", ["a b", " a"]),
    ("scripts", "letters of other scripts", ["猫/😺.txt", "é"]),
    ("longest-part", "200 bytes", ["a" * 200, "é" * 100]),
    ("longest-path", "400 characters", ["/".join(["a" * 99] * 4) + "b"]),
    ("nearly-reserved", "names that only look like those of Windows", ["console", "com", "com10", "nul1", "xcon.txt"]),
    ("beside-its-folder", "names that begin alike", ["a", "a.b/c", "ab/c"]),
    ("zero-width", "an invisible character", ["a\u200bb"]),
)
"""(id, comment, paths)"""
UNSAFE, TWICE = "unsafe-name", "duplicate-name"
BAD_PATHS = (
    ("root", "from the root", ["/a"], "absolute-path"),
    ("share", "a share of Windows", ["\\\\host\\a"], "absolute-path"),
    ("drive", "a drive", ["C:/a"], "absolute-path"),
    ("drive-relative", "a drive without a slash", ["c:a"], "absolute-path"),
    ("up", "out of the bundle", ["../a"], "climbing-path"),
    ("up-inside", "up again", ["a/../b"], "climbing-path"),
    ("up-backslash", "up between backslashes", ["a\\..\\b"], "climbing-path"),
    ("root-and-up", "the first of both that is looked for", ["/../a"], "absolute-path"),
    ("empty", "no name", [""], UNSAFE),
    ("two-slashes", "an empty part", ["a//b"], UNSAFE),
    ("last-slash", "an empty part at the end", ["a/"], UNSAFE),
    ("dot", "a part that is a dot", ["a/./b"], UNSAFE),
    ("dot-at-end", "Windows leaves out the dot", ["a."], UNSAFE),
    ("blank-at-end", "and the blank", ["a /b"], UNSAFE),
    ("backslash", "a backslash", ["a\\b"], UNSAFE),
    ("colon", "a colon", ["ab:c"], UNSAFE),
    ("star", "a star", ["a*"], UNSAFE),
    ("control", "a control character", ["a\nb"], UNSAFE),
    ("c1", "U+0085", ["a\u0085b"], UNSAFE),
    ("reserved", "a name of Windows", ["a/NUL"], UNSAFE),
    ("reserved-ending", "with an ending", ["con.txt"], UNSAFE),
    ("reserved-odd-ending", "with any ending", ["aux.\u2028"], UNSAFE),
    ("reserved-digit", "a digit that is high", ["com\u00b9"], UNSAFE),
    ("long-part", "201 bytes", ["a" * 201], UNSAFE),
    ("long-part-utf-8", "bytes, not characters", ["é" * 100 + "a"], UNSAFE),
    ("long-path", "401 characters", ["/".join(["a" * 99] * 4) + "bc"], UNSAFE),
    ("same", "one name twice", ["a", "a"], TWICE),
    ("case", "one name on some systems", ["Labels.txt", "labels.TXT"], TWICE),
    ("composed", "composed and not", ["\u00e9", "e\u0301"], TWICE),
    ("sharp-s", "two letters for one", ["stra\u00dfe", "STRASSE"], TWICE),
    ("capital-sharp-s", "and its capital", ["stra\u1e9ee", "stra\u00dfe"], TWICE),
    ("sigma", "the last sigma", ["\u03bf\u03c2", "\u039f\u03a3"], TWICE),
    ("dotless", "i without its dot has the capital I", ["\u0131", "i"], TWICE),
    ("kelvin", "the sign of kelvin", ["\u212a", "k"], TWICE),
    ("folder", "a file that is also a folder", ["a", "a/b"], TWICE),
    ("folder-case", "in another case", ["A/b", "a"], TWICE),
)
"""(id, comment, paths, code)"""
