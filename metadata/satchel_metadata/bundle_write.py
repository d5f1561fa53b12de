"""Writes a bundle: the same bytes for the same content, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pydantic import JsonValue

from satchel_metadata import canonical
from satchel_metadata.bundle_place import beside, put, refuse_existing, sync_folder, write_synced
from satchel_metadata.errors import BundleError
from satchel_metadata.golden import GOLDEN_FLOOR, GOLDEN_SHARE, Golden
from satchel_metadata.labels import dump_labels
from satchel_metadata.manifest import (
    CARD,
    CODED,
    GOLDEN,
    MANIFEST,
    MEASUREMENTS,
    SPEC,
    Provenance,
    Runtime,
    check_tensors,
    digest_of,
    outside,
    parse_manifest,
    role_of,
)
from satchel_metadata.paths import check_distinct, check_path
from satchel_metadata.spec import FIRST, VERSION, Spec
from satchel_metadata.stored_form import Compression, stored_form

MAX_ZIP = 2**31 - 2**24
"""Bytes of all files of a .satchel file together: beyond 2^31 many zip readers want the 64-bit form."""

__all__ = ["GoldenFiles", "ModelFiles", "VariantFiles", "refuse_existing", "write_bundle", "zip_files"]


@dataclass(frozen=True)
class ModelFiles:
    """One artefact to be packed.

    Attributes:
        files: the .tflite under the name `model.tflite`, or a TF.js graph model's files with `model.json` among them.
        ops: the operators that a runtime must know.
        runtimes: the runtimes that can run it.
    """

    files: Mapping[str, bytes]
    ops: Sequence[str]
    runtimes: Sequence[Runtime]


@dataclass(frozen=True)
class VariantFiles:
    """One variant to be packed: its name, the passes that made it as JSON, its artefacts.

    `compress` says how the .tflite is stored: False as it is; "deflate" (model.tflite.z); "entropy" (model.tflite.rz);
    True as whichever is smaller, the entropy coded form only where it saves a tenth.
    """

    name: str
    recipe: Sequence[Mapping[str, JsonValue]]
    tflite: ModelFiles | None = None
    tfjs: ModelFiles | None = None
    compress: Compression = False


@dataclass(frozen=True)
class GoldenFiles:
    """The golden cases and the files that hold their pixels, by path in the bundle (`golden/<case>.rgb.z`)."""

    golden: Golden
    files: Mapping[str, bytes] = field(default_factory=dict)


def write_bundle(
    out: Path,
    *,
    spec: Spec,
    labels: Mapping[str, Sequence[str]],
    variants: Sequence[VariantFiles],
    golden: GoldenFiles,
    provenance: Provenance,
    measurements: Callable[[bytes], Mapping[str, bytes]] | None = None,
    card: str = "",
    overwrite: bool = False,
) -> str:
    """Writes a bundle and gives its digest.

    Args:
        out: `NAME.satchel` for one file, any other name for a folder.
        spec: complete, with a tensor for every artefact.
        labels: the lists that the spec names.
        variants: at least one; each has one artefact or more.
        golden: at most a tenth of the bundle or 256 KB, whichever is larger.
        provenance: what determined the bytes.
        measurements: gives, of manifest.json's bytes, the files of measurements/ by name: they stand outside the digest
            and may tell it.
        card: the model card, outside the digest; empty for none.
        overwrite: whether a bundle that is there already may be replaced.

    Raises:
        SpecError: a label list (spec/blank-label, spec/label-newline), or a manifest that cannot be read back.
        BundleError: bundle/exists, bundle/golden-too-large, bundle/inconsistent, and for unsafe names as the reader.
        EnvironmentProblem: env/disk-full, env/cannot-write.
    """
    refuse_existing(out, overwrite)
    files = {SPEC: spec.dumps(), **_label_files(spec, labels), GOLDEN: golden.golden.dumps(), **golden.files}
    records = []
    for variant in variants:
        record, stored = _variant(variant)
        records.append(record)
        files.update(stored)
    _check_golden_size(files)
    manifest = _manifest(spec, files, records, provenance)
    check_tensors(spec, parse_manifest(manifest))
    loose = {f"{MEASUREMENTS}{name}": data for name, data in (measurements(manifest) if measurements else {}).items()}
    if card:
        loose[CARD] = card.encode()
    for path in loose:
        check_path(path, str(out))
    check_distinct([*files, *loose], str(out))
    _check_zip_size(out, [*files.values(), *loose.values()])
    _place(out, {MANIFEST: manifest, **files, **loose}, overwrite)
    return digest_of(manifest)


def _label_files(spec: Spec, labels: Mapping[str, Sequence[str]]) -> dict[str, bytes]:
    if set(labels) != set(spec.labels):
        message = f"the spec names the label lists {sorted(spec.labels)}, given are {sorted(labels)}"
        raise BundleError("bundle/inconsistent", message, where="labels", hint="Give one list for each of those names.")
    files: dict[str, bytes] = {}
    for name, path in spec.labels.items():
        data = dump_labels(labels[name], path)
        if role_of(path) or outside(path) or files.setdefault(path, data) != data:
            raise BundleError(
                "bundle/inconsistent",
                "a label file needs a place of its own",
                where=path,
                hint="Choose another path for it under $.labels.",
            )
    return files


def _variant(variant: VariantFiles) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Gives the record of a variant and its files by path in the bundle."""
    folder = f"variants/{variant.name}/"
    artefacts: dict[str, Any] = {}
    stored: dict[str, bytes] = {}
    if variant.tflite is not None:
        raw = variant.tflite.files["model.tflite"]
        name, packed = stored_form(raw, variant.compress)
        path = folder + name
        stored[path] = packed
        artefacts["tflite"] = _artefact(variant.tflite, path, raw, len(raw), len(stored[path]))
    if variant.tfjs is not None:
        beside_model = {f"{folder}tfjs/{name}": data for name, data in variant.tfjs.files.items()}
        total = sum(map(len, beside_model.values()))
        path = f"{folder}tfjs/model.json"
        artefacts["tfjs"] = _artefact(variant.tfjs, path, beside_model[path], total, total)
        stored.update(beside_model)
    recipe = [dict(step) for step in variant.recipe]
    return {"name": variant.name, "recipe": recipe, "artefacts": artefacts}, stored


def _artefact(model: ModelFiles, path: str, head: bytes, size: int, stored: int) -> dict[str, Any]:
    return {
        "file": path,
        "bytes": size,
        "sha256": hashlib.sha256(head).hexdigest(),
        "stored_bytes": stored,
        "ops": sorted(set(model.ops)),
        "runtimes": sorted(set(model.runtimes)),
    }


def _manifest(
    spec: Spec, files: Mapping[str, bytes], variants: Sequence[Mapping[str, Any]], provenance: Provenance
) -> bytes:
    listed = [
        {
            "path": path,
            "role": role_of(path) or "labels",
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        for path, data in sorted(files.items())
    ]
    coded = any(path.endswith(CODED) for path in files)
    document = {"satchel": VERSION if coded else FIRST, "name": spec.name, "version": spec.version, "files": listed}
    return canonical.dumps({**document, "variants": variants, "provenance": provenance.model_dump()})


def _check_golden_size(files: Mapping[str, bytes]) -> None:
    total = sum(map(len, files.values()))
    size = sum(len(data) for path, data in files.items() if path.startswith("golden/"))
    limit = max(GOLDEN_FLOOR, int(total * GOLDEN_SHARE))
    if size > limit:
        raise BundleError(
            "bundle/golden-too-large",
            f"expected at most {limit} bytes of golden inputs (a tenth of the bundle, at least 256 KB), found {size}",
            where="golden/",
            hint="Use fewer or smaller golden photos.",
        )


def _check_zip_size(out: Path, contents: Sequence[bytes]) -> None:
    total = sum(map(len, contents))
    if out.suffix == ".satchel" and total > MAX_ZIP:
        raise _too_large(str(total), str(out))


def _too_large(found: str, where: str) -> BundleError:
    return BundleError(
        "bundle/too-large",
        f"expected at most {MAX_ZIP} bytes in one file, found {found}",
        where=where,
        hint="Write it as a folder, or pack fewer variants.",
    )


def _place(out: Path, files: Mapping[str, bytes], overwrite: bool) -> None:
    zipped = out.suffix == ".satchel"
    with beside(out, folder=not zipped) as place:
        if zipped:
            _write_zip(place, files)
        else:
            _write_folder(place, files)
        put(place, out, overwrite=overwrite)


def zip_files(file: IO[bytes], files: Iterable[tuple[str, bytes]], where: str) -> None:
    """Writes the zip that a .satchel file is: its entries stored, and nothing in it of the machine or the day.

    Args:
        file: open for writing, empty.
        files: path in the bundle and bytes, in the order in which they are written.
        where: the bundle, for the error.

    Raises:
        BundleError: bundle/too-large.
    """
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
            for path, data in files:
                entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
                entry.create_system = 3
                entry.external_attr = 0o100644 << 16
                archive.writestr(entry, data)
    except zipfile.LargeZipFile:
        raise _too_large("more", where) from None


def _write_zip(place: Path, files: Mapping[str, bytes]) -> None:
    with place.open("xb") as file:
        zip_files(file, sorted(files.items()), str(place))
        file.flush()
        os.fsync(file.fileno())


def _write_folder(place: Path, files: Mapping[str, bytes]) -> None:
    for path, data in sorted(files.items()):
        target = place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_synced(target, data)
    for folder in {place, *(each.parent for each in place.rglob("*"))}:
        sync_folder(folder)
