"""A small bundle, as files in memory, for tests that damage it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from satchel_metadata.bundle_write import GoldenFiles, ModelFiles, VariantFiles, write_bundle
from satchel_metadata.golden import (
    Case,
    Expected,
    Golden,
    GoldenAnswer,
    GoldenClass,
    golden_prepared,
    golden_values,
)
from satchel_metadata.golden_pictures import golden_picture
from satchel_metadata.manifest import Provenance
from satchel_metadata.spec import Spec, parse_spec

MODEL = bytes(range(256)) * 40
LABELS = ("tabby", "crane", "crane")
PIXELS = np.arange(5 * 6 * 3, dtype=np.uint8).reshape(5, 6, 3)
Files = dict[str, bytes]


def sample_spec(**changes: Any) -> Spec:
    """A whole classification spec with the artefacts float32/tflite and float32/tfjs."""
    image = {"name": "image:0", "index": 0, "shape": [1, 4, 4, 3], "dtype": "float32"}
    scores = {"name": "scores:0", "index": 0, "shape": [1, 3], "dtype": "float32"}
    artefacts = ("float32/tflite", "float32/tfjs")
    document = {
        "satchel": "1.0",
        "name": "sample",
        "task": "image_classification",
        "inputs": [
            {
                "name": "image",
                "steps": [
                    {"op": "decode"},
                    {"op": "resize", "method": "pillow.bicubic", "fit": "stretch", "width": 4, "height": 4},
                    {"op": "normalize", "mean": [127.0], "std": [128.0], "range": "0..255"},
                ],
                "tensor": dict.fromkeys(artefacts, image),
            }
        ],
        "outputs": [
            {
                "name": "scores",
                "steps": [{"op": "top_k", "k": 2}, {"op": "label", "labels": "classes"}],
                "tensor": dict.fromkeys(artefacts, scores),
            }
        ],
        "labels": {"classes": "labels.txt"},
    }
    return parse_spec(document | changes)


def sample_parts(compress: bool = False) -> dict[str, Any]:
    """What `write_bundle` takes, apart from the place."""
    picture, stored = golden_picture("one", PIXELS)
    expected = Expected(
        prepared={"image": golden_prepared(np.zeros((1, 4, 4, 3), np.float32))},
        outputs={"scores": golden_values(np.array([[0.25, 0.5, 0.25]], np.float32))},
        answer=GoldenAnswer(classes=(GoldenClass(index=1, score=0.5, label="crane"),)),
    )
    artefacts = {"float32/tflite": expected, "float32/tfjs": expected}
    cases = tuple(Case(id=name, input={"image": picture}, artefacts=artefacts) for name in ("one", "two", "three"))
    golden = Golden(cases=cases, bounds={"float32/tflite": 0.0, "float32/tfjs": 1e-5})
    variant = VariantFiles(
        name="float32",
        recipe=[],
        tflite=ModelFiles({"model.tflite": MODEL}, ["SOFTMAX", "CONV_2D"], ["litert-python", "litert-js"]),
        tfjs=ModelFiles({"model.json": b"{}", "group1-shard1of1.bin": b"1234"}, ["Conv2D"], ["tfjs"]),
        compress=compress,
    )
    return {
        "spec": sample_spec(),
        "labels": {"classes": LABELS},
        "variants": [variant],
        "golden": GoldenFiles(golden, {picture.file: stored}),
        "provenance": Provenance(source_sha256="0" * 64, source_format="keras", versions={"numpy": "2"}, options={}),
        "measurements": lambda _: {"latency.json": b"{}"},
        "card": "# Sample\n",
    }


def sample_files(folder: Path, compress: bool = False) -> Files:
    """The files of the sample bundle by path, as the writer writes them."""
    write_bundle(folder, **sample_parts(compress))
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def with_manifest(files: Files, change: Callable[[dict[str, Any]], None]) -> Files:
    """The files with a changed manifest.json."""
    manifest = json.loads(files["manifest.json"])
    change(manifest)
    return {**files, "manifest.json": json.dumps(manifest).encode()}


def relisted(files: Files, path: str, data: bytes) -> Files:
    """The files with one replaced or added, and the manifest made to agree with it."""

    def change(manifest: dict[str, Any]) -> None:
        record = {"path": path, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "role": "labels"}
        old = [each for each in manifest["files"] if each["path"] == path]
        record["role"] = old[0]["role"] if old else "labels"
        manifest["files"] = [each for each in manifest["files"] if each["path"] != path] + [record]

    return with_manifest({**files, path: data}, change)


def put_folder(files: Mapping[str, bytes], folder: Path) -> Path:
    """Lays the files out in a folder."""
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def put_zip(files: Mapping[str, bytes], path: Path) -> Path:
    """Stores the files in a zip, with Python's own library."""
    path.write_bytes(zip_bytes(files))
    return path


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """The bytes of a zip that stores the files, sorted."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()
