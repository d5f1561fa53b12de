"""A manifest says the same thing twice nowhere: its parts are held against each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bundle_samples import sample_files
from satchel_metadata.errors import SatchelError
from satchel_metadata.manifest import digest_of, parse_manifest

Document = dict[str, Any]
Change = Callable[[Document], Any]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return sample_files(tmp_path_factory.mktemp("sample") / "whole", compress=True)["manifest.json"]


def refused(written: bytes, change: Change) -> tuple[str, str]:
    document = json.loads(written)
    change(document)
    with pytest.raises(SatchelError) as caught:
        parse_manifest(json.dumps(document).encode())
    return caught.value.code, caught.value.where


def test_a_manifest_is_written_back_as_it_was_read(written: bytes) -> None:
    assert parse_manifest(written).dumps() == written


def test_the_digest_is_a_sha256_in_hexadecimal() -> None:
    assert digest_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


FORM: list[tuple[Change, str, str]] = [
    (lambda m: m.update(extra=1), "spec/unknown-key", "$.extra"),
    (lambda m: m.pop("provenance"), "spec/missing-key", "$.provenance"),
    (lambda m: m.update(satchel="1.2"), "spec/newer-version", "$.satchel"),
    (lambda m: m.update(satchel="0.9"), "spec/unknown-value", "$.satchel"),
    (lambda m: m["files"][0].update(bytes=-1), "spec/out-of-range", "$.files[0].bytes"),
    (lambda m: m["files"][0].update(bytes=1.5), "spec/wrong-type", "$.files[0].bytes"),
    (lambda m: m["files"][0].update(bytes="1"), "spec/wrong-type", "$.files[0].bytes"),
    (lambda m: m["files"][0].update(role="other"), "spec/unknown-value", "$.files[0].role"),
    (lambda m: m["files"][0].update(sha256="A" * 64), "spec/out-of-range", "$.files[0].sha256"),
    (lambda m: m["files"][0].update(path=""), "spec/out-of-range", "$.files[0].path"),
    (lambda m: m["files"][0].update(path="x" * 401), "spec/out-of-range", "$.files[0].path"),
    (lambda m: m.update(variants=[]), "spec/out-of-range", "$.variants"),
    (lambda m: m["variants"][0].update(name="../up"), "spec/out-of-range", "$.variants[0].name"),
    (lambda m: m["variants"][0].update(artefacts={}), "spec/out-of-range", "$.variants[0].artefacts"),
    (lambda m: m["variants"].append(m["variants"][0]), "spec/inconsistent", "$"),
]


@pytest.mark.parametrize("case", FORM, ids=[f"{code} {where}" for _, code, where in FORM])
def test_what_is_wrong_with_the_form_is_named_with_its_place(written: bytes, case: tuple[Change, str, str]) -> None:
    change, code, where = case
    assert refused(written, change) == (code, f"manifest.json {where}")


def artefact(document: Document, kind: str) -> Document:
    found: Document = document["variants"][0]["artefacts"][kind]
    return found


def record(document: Document, path: str) -> Document:
    found: Document = next(file for file in document["files"] if file["path"] == path)
    return found


CONTRADICTIONS: dict[str, Change] = {
    "a spec of another role": lambda m: record(m, "spec.json").update(role="labels"),
    "labels of another role": lambda m: record(m, "labels.txt").update(role="model"),
    "the manifest among its files": lambda m: record(m, "labels.txt").update(path="manifest.json"),
    "the card among the files": lambda m: record(m, "labels.txt").update(path="card.md"),
    "measurements among the files": lambda m: record(m, "labels.txt").update(path="measurements/labels.txt"),
    "an artefact without a file": lambda m: artefact(m, "tflite").update(file="variants/float32/other.tflite"),
    "an artefact in another variant": lambda m: artefact(m, "tflite").update(file="variants/int8/model.tflite.z"),
    "an artefact that is another file": lambda m: artefact(m, "tflite").update(file="labels.txt"),
    "a stored length that differs": lambda m: artefact(m, "tflite").update(stored_bytes=1),
    "a sum that differs": lambda m: artefact(m, "tfjs").update(bytes=1),
    "a hash that differs": lambda m: artefact(m, "tfjs").update(sha256="0" * 64),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_parts_that_contradict_each_other_are_refused(written: bytes, name: str) -> None:
    assert refused(written, CONTRADICTIONS[name]) == ("bundle/inconsistent", "manifest.json")
