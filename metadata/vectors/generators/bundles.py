"""Vectors of whole bundles: what is refused, and in which order. No library says so: the contract alone does."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from generators.base import Case, VectorFile, invalid, valid
from satchel_metadata.entropy import Part, encoded_plainly

MODEL = bytes(range(64)) * 8
PIXELS = bytes(range(12))
GOLDEN, PICTURE, LABELS = "golden/golden.json", "golden/one.rgb.z", "labels/classes.txt"
PLAIN, PACKED, GRAPH = "variants/v/model.tflite", "variants/v/model.tflite.z", "variants/v/tfjs/model.json"
CODED = "variants/v/model.tflite.rz"
SHARD = "variants/v/tfjs/weights.bin"
LARGEST = 2**32 - 2**24
NOTHING = object()
"""Stands where something is taken away."""


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("bundle/contract.json", "SPEC.md", "1.0", cases())


def packed(value: Any) -> bytes:
    """Gives a document."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def deflated(raw: bytes) -> bytes:
    """Gives raw DEFLATE."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(raw) + packer.flush()


def sha256(data: bytes) -> str:
    """Gives a hash in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def parts() -> dict[str, Any]:
    """Gives a whole bundle: documents, further files that are listed, and files that are not."""

    def tensors(name: str, shape: list[int]) -> dict[str, Any]:
        return {key: {"name": name, "index": 0, "shape": shape, "dtype": "float32"} for key in ("v/tflite", "v/tfjs")}

    steps = [{"op": "decode"}, {"op": "resize", "method": "pillow.box", "fit": "stretch", "width": 2, "height": 2}]
    reading = [{"op": "softmax"}, {"op": "label", "labels": "classes"}]
    spec = {
        "satchel": "1.0",
        "name": "two",
        "task": "image_classification",
        "inputs": [{"name": "image", "steps": steps, "tensor": tensors("x", [1, 2, 2, 3])}],
        "outputs": [{"name": "scores", "steps": reading, "tensor": tensors("y", [1, 2])}],
        "labels": {"classes": LABELS},
    }
    scores = base64.b64encode(np.array([1, 2], "<f4").tobytes()).decode()
    expected = {
        "prepared": {"image": {"sha256": "0" * 64, "min": 0, "max": 11}},
        "outputs": {"scores": {"dtype": "float32", "shape": [1, 2], "data": scores}},
        "answer": {"classes": [{"index": 1, "score": 0.5, "label": "dog"}]},
    }
    image = {"image": {"file": PICTURE, "width": 2, "height": 2, "sha256": sha256(PIXELS)}}  # one for all cases
    both = {"v/tflite": expected, "v/tfjs": expected}
    golden = {
        "satchel": "1.0",
        "cases": [{"id": each, "input": image, "artefacts": both} for each in ("one", "two", "three")],
        "bounds": {"v/tflite": 0, "v/tfjs": 0.0001},
    }
    files = {PICTURE: deflated(PIXELS), LABELS: b"cat\ndog\n", PACKED: deflated(MODEL)}
    files |= {GRAPH: b"{}", SHARD: b"1234"}
    return {"spec": spec, "golden": golden, "files": files, "loose": {}}


def stored(content: dict[str, Any]) -> dict[str, bytes]:
    """Gives all files that are listed, by path."""
    return {"spec.json": packed(content["spec"]), GOLDEN: packed(content["golden"]), **content["files"]}


def changed(owner: Any, path: list[Any], value: Any) -> None:
    """Sets what stands at a path, or takes it away."""
    for part in path[:-1]:
        owner = owner[part]
    if value is NOTHING:
        del owner[path[-1]]
    else:
        owner[path[-1]] = value


def role(path: str) -> str:
    """Gives the role that a file has by its place."""
    if path == "spec.json":
        return "spec"
    if path.startswith("golden/"):
        return "golden"
    return ("tfjs" if "/tfjs/" in path else "model") if path.startswith("variants/") else "labels"


def listed(files: dict[str, bytes]) -> dict[str, Any]:
    """Gives the manifest of files, in the order of their paths."""
    model = next(path for path in files if path in (PLAIN, PACKED, CODED))
    graph = sum(len(data) for path, data in files.items() if "/tfjs/" in path)
    artefacts = {
        "tflite": {"file": model, "bytes": len(MODEL), "sha256": sha256(MODEL), "stored_bytes": len(files[model])},
        "tfjs": {"file": GRAPH, "bytes": graph, "sha256": sha256(files[GRAPH]), "stored_bytes": graph},
    }
    for each in artefacts.values():
        each |= {"ops": [], "runtimes": []}
    return {
        "satchel": "1.0",
        "name": "two",
        "version": "1.0.0",
        "files": [
            {"path": path, "role": role(path), "bytes": len(data), "sha256": sha256(data)}
            for path, data in sorted(files.items())
        ],
        "variants": [{"name": "v", "recipe": [], "artefacts": artefacts}],
        "provenance": {"source_sha256": "0" * 64, "source_format": "keras", "versions": {}, "options": {}},
    }


def zipped(files: dict[str, bytes]) -> Any:
    """Gives a .satchel file of these files, as an array of bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o100644 << 16
            archive.writestr(info, data)
    return np.frombuffer(out.getvalue(), np.uint8)


def cases() -> Iterator[Case]:
    """Gives whole bundles, and bundles that are refused."""
    whole = stored(parts())
    record = listed(whole)
    manifest = packed(record)
    yield from sound(whole, manifest)
    yield invalid("no-manifest", "a zip of other things", {"bytes": zipped(whole)}, "bundle/not-a-bundle")
    for name, comment, text, code in TEXTS:
        given = {"bytes": zipped({"manifest.json": text, **whole}), "digest": "0" * 64}
        yield invalid(name, comment, given, code)
    for name, comment, path, value, code, *where in RECORDS:
        other = json.loads(manifest)
        changed(other, path, value)
        yield invalid(name, comment, {"bytes": zipped({"manifest.json": packed(other), **whole})}, code, *where)
    for name, comment, there, code in THERE:
        files = {path: data for path, data in (whole | there).items() if data is not None}
        yield invalid(name, comment, {"bytes": zipped({"manifest.json": manifest, **files})}, code)
    for name, comment, path, value, code in CONTENT:
        content = parts()
        changed(content, path, value)
        files = stored(content)
        together = {"manifest.json": packed(listed(files)), **files}
        yield invalid(name, comment, {"bytes": zipped(together)}, code)


def sound(whole: dict[str, bytes], manifest: bytes) -> Iterator[Case]:
    """Gives bundles with nothing wrong."""
    given = {"bytes": zipped({"manifest.json": manifest, **whole})}
    found = {"digest": sha256(manifest), "labels": {"classes": ["cat", "dog"]}}
    yield valid("in-spec", "all that is there is listed", given, found)
    promised = {**given, "digest": sha256(manifest).upper()}
    yield valid("promised", "the digest that was asked for, in capitals", promised, found)
    loose = {"card.md": b"# Two", "measurements/a/b.json": b"anything"}
    more = {"bytes": zipped({"manifest.json": manifest, **whole, **loose})}
    yield valid("outside-the-digest", "card.md and measurements/ are not listed", more, found)
    plain = {PLAIN if path == PACKED else path: MODEL if path == PACKED else data for path, data in whole.items()}
    text = packed(listed(plain))
    given = {"bytes": zipped({"manifest.json": text, **plain})}
    yield valid("plain-model", "a model that is not compressed", given, {**found, "digest": sha256(text)})
    code = encoded_plainly([Part(0, len(MODEL), 0, b"", MODEL)])
    coded = {CODED if path == PACKED else path: code if path == PACKED else data for path, data in whole.items()}
    text = packed({**listed(coded), "satchel": "1.1"})
    given = {"bytes": zipped({"manifest.json": text, **coded})}
    yield valid("coded-model", "an entropy coded model, since version 1.1", given, {**found, "digest": sha256(text)})
    given = {"bytes": zipped({"manifest.json": packed(listed(coded)), **coded})}
    yield invalid("coded-too-early", "an entropy coded model in a bundle of version 1.0", given, INCONSISTENT)
    cut = {path: data[:-1] if path == CODED else data for path, data in coded.items()}
    given = {"bytes": zipped({"manifest.json": packed({**listed(cut), "satchel": "1.1"}), **cut})}
    yield invalid("coded-model-cut", "an entropy coded model without its end", given, CHANGED)


TEXTS = (
    ("newer", "a newer manifest, before its digest and form", b'{"satchel":"2.0","colour":1}', "spec/newer-version"),
    ("not-json", "before its version: text that is no JSON", b'{"satchel":"2.0",}', "spec/not-json"),
    (
        "large-integer",
        "or that no version may hold",
        b'{"satchel":"2.0","a":9007199254740993}',
        "spec/integer-too-large",
    ),
    ("other-digest", "another digest, before the form", b'{"satchel":"1.0","colour":1}', "bundle/digest"),
)
"""(id, comment, text of the manifest, code; the digest of 64 zeros is asked for)"""
MISSING, INCONSISTENT, CHANGED = "bundle/missing-file", "bundle/inconsistent", "bundle/changed-file"
UNKNOWN, LENGTH, BEYOND = "spec/unknown-key", "bundle/wrong-length", "spec/out-of-range"
HEAD = "manifest.json $"
ARTEFACTS = ["variants", 0, "artefacts"]
FILE = ["files", 2]
"""The record of the labels."""
RECORDS: tuple[tuple[Any, ...], ...] = (
    ("unknown-key", "a key that is not known", ["colour"], 1, UNKNOWN, f"{HEAD}.colour"),
    ("key-of-objects", "a key that objects of some languages have", [*FILE, "toString"], 1, UNKNOWN,
     f"{HEAD}.files[2].toString"),
    ("other-format", "a key of a map is named", [*ARTEFACTS, "onnx"], {}, "spec/unknown-value",
     f"{HEAD}.variants[0].artefacts.onnx"),
    ("other-role", "a role that is not known", [*FILE, "role"], "card", "spec/unknown-value", f"{HEAD}.files[2].role"),
    ("hash-in-capitals", "a hash is of small letters", ["provenance", "source_sha256"], "A" * 64, BEYOND,
     f"{HEAD}.provenance.source_sha256"),
    ("no-variants", "one variant at least", ["variants"], [], BEYOND, f"{HEAD}.variants"),
    ("absolute", "a path from the root", [*FILE, "path"], "/labels.txt", "bundle/absolute-path"),
    ("climbing", "a path out of the bundle", [*FILE, "path"], "../labels.txt", "bundle/climbing-path"),
    ("long-part", "a part of 201 bytes", [*FILE, "path"], "a" * 201, "bundle/unsafe-name"),
    ("path-twice", "one name on some systems", [*FILE, "path"], "SPEC.JSON", "bundle/duplicate-name"),
    ("too-large", "more than 2^32 - 2^24 bytes together", [*FILE, "bytes"], LARGEST, "bundle/too-large"),
    ("one-too-large", "one file of more", [*FILE, "bytes"], LARGEST + 1, BEYOND, f"{HEAD}.files[2].bytes"),
    ("no-spec", "no spec.json among the files", ["files", 3], NOTHING, MISSING),
    ("no-golden", "no golden.json among the files", ["files", 0], NOTHING, MISSING),
    ("role-elsewhere", "a role that does not belong to the place", [*FILE, "role"], "model", INCONSISTENT),
    ("card-listed", "card.md is outside the digest", [*FILE, "path"], "card.md", INCONSISTENT),
    ("model-elsewhere", "a model in another place", [*ARTEFACTS, "tflite", "file"], LABELS, INCONSISTENT),
    ("model-unlisted", "a model that is not listed", [*ARTEFACTS, "tflite", "file"], PLAIN, INCONSISTENT),
    ("model-length", "another length than its file's", [*ARTEFACTS, "tflite", "stored_bytes"], 1, INCONSISTENT),
    ("graph-length", "of TF.js the lengths of all files", [*ARTEFACTS, "tfjs", "bytes"], 2, INCONSISTENT),
    ("graph-hash", "of TF.js the hash of model.json", [*ARTEFACTS, "tfjs", "sha256"], "0" * 64, INCONSISTENT),
    ("bomb", "64 MiB and a byte from a few", [*ARTEFACTS, "tflite", "bytes"], 2**26 + 1, "bundle/bomb"),
    ("stated-length", "another length than stated", [*FILE, "bytes"], 9, LENGTH),
    ("stated-hash", "another hash than stated", [*FILE, "sha256"], "0" * 64, CHANGED),
    ("stated-raw-hash", "of what is inflated, too", [*ARTEFACTS, "tflite", "sha256"], "0" * 64, CHANGED),
)  # fmt: skip
"""(id, comment, path in the manifest, value, code, and where if that is the same in every language)"""
THERE: tuple[tuple[str, str, dict[str, bytes | None], str], ...] = (
    ("missing", "a listed file that is not there", {LABELS: None}, MISSING),
    ("longer", "a file that is longer", {LABELS: b"cat\ndog\nowl\n"}, LENGTH),
    ("changed-labels", "a byte of the labels", {LABELS: b"cat\ndig\n"}, CHANGED),
    ("changed-shard", "a byte of a shard", {SHARD: b"1235"}, CHANGED),
    ("extra", "a file that is not listed", {"more.txt": b""}, "bundle/extra-file"),
    ("extra-measurements", "measurements is a folder", {"measurements": b""}, "bundle/extra-file"),
    ("extra-climbing", "names that are not listed are looked at", {"measurements/../a": b""}, "bundle/climbing-path"),
    ("extra-twice", "one name on some systems", {"SPEC.json": b""}, "bundle/duplicate-name"),
)
"""(id, comment, what lies there instead, code)"""
IMAGE = ["golden", "cases", 0, "input", "image"]
CONTENT: tuple[tuple[str, str, list[Any], Any, str], ...] = (
    ("labels-of-spec", "a label list has the role labels", ["spec", "labels", "classes"], "spec.json", MISSING),
    ("labels-of-graph", "a part of a model has not", ["spec", "labels", "classes"], GRAPH, MISSING),
    ("labels-of-manifest", "the manifest has no role", ["spec", "labels", "classes"], "manifest.json", MISSING),
    ("labels-not-listed", "labels that are not there", ["spec", "labels", "classes"], "c.txt", MISSING),
    ("labels-blank", "labels that are wrong", ["files", LABELS], b"cat\n \n", "spec/blank-label"),
    ("picture-of-manifest", "the manifest has no role", [*IMAGE, "file"], "manifest.json", MISSING),
    ("picture-of-labels", "a golden picture has the role golden", [*IMAGE, "file"], LABELS, MISSING),
    ("picture-not-listed", "a golden picture that is not there", [*IMAGE, "file"], "golden/two.rgb.z", MISSING),
    ("picture-larger", "more pixels than stated", [*IMAGE, "width"], 1, "bundle/bomb"),
    ("picture-smaller", "fewer pixels than stated", [*IMAGE, "height"], 3, LENGTH),
    ("picture-hash", "other pixels than were meant", [*IMAGE, "sha256"], "0" * 64, CHANGED),
    ("picture-damaged", "a byte behind the end", ["files", PICTURE], deflated(PIXELS) + b"\0", CHANGED),
    ("model-hash", "a model of other bytes", ["files", PACKED], deflated(MODEL[::-1]), CHANGED),
    ("model-larger", "more than the stated size", ["files", PACKED], deflated(MODEL + b"\0"), "bundle/bomb"),
    ("model-smaller", "less than the stated size", ["files", PACKED], deflated(MODEL[:-1]), LENGTH),
    ("model-cut", "a model without its end", ["files", PACKED], deflated(MODEL)[:-1], CHANGED),
    ("golden-of-two", "three cases at least", ["golden", "cases", 0], NOTHING, BEYOND),
    ("golden-newer", "a newer golden.json", ["golden", "satchel"], "1.2", "spec/newer-version"),
    ("golden-bounds", "an artefact without a bound", ["golden", "bounds", "v/tfjs"], NOTHING, "spec/inconsistent"),
    ("golden-input", "a case of an input that is not there", ["spec", "inputs", 0, "name"], "photo", INCONSISTENT),
    ("golden-output", "or of such an output", ["spec", "outputs", 0, "name"], "logits", INCONSISTENT),
    ("spec-newer", "a newer spec.json", ["spec", "satchel"], "1.2", "spec/newer-version"),
    ("spec-tensor", "an artefact without a tensor", ["spec", "inputs", 0, "tensor", "v/tfjs"], NOTHING, INCONSISTENT),
    ("spec-other-tensor", "a tensor without an artefact", ["spec", "inputs", 0, "tensor", "w/tflite"],
     {"name": "x", "index": 0, "shape": [1], "dtype": "float32"}, INCONSISTENT),
)  # fmt: skip
"""(id, comment, path in the content, which the manifest lists as it is then, value, code)"""
