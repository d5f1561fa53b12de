"""Reads a bundle, a folder or a .satchel file, and gives nothing that was not checked."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import Any

from satchel_metadata.bundle_listing import Store, open_listing, too_large, wrong_length
from satchel_metadata.entropy import decoded
from satchel_metadata.errors import PACK_AGAIN, BundleError
from satchel_metadata.golden import Case, Golden, check_golden, golden_thing, parse_golden
from satchel_metadata.inflate import inflate
from satchel_metadata.labels import parse_labels
from satchel_metadata.manifest import (
    CARD,
    CODED,
    GOLDEN,
    MANIFEST,
    MAX_OUTSIDE,
    MEASUREMENTS,
    SPEC,
    TFLITE,
    Artefact,
    File,
    Manifest,
    Role,
    check_tensors,
    digest_of,
)
from satchel_metadata.spec import Spec, parse_spec
from satchel_metadata.text import printable

MAX_DOCUMENT = 64 * 2**20
"""Bytes of the longest spec.json, golden.json or label file that is read."""


class BundleReader:
    """An open bundle.

    Opening reads the names and lengths of all files and the manifest; every other file is read, and its hash checked,
    when it is asked for. Nothing is kept open in between.
    """

    def __init__(self, path: Path, store: Store, raw_manifest: bytes, manifest: Manifest) -> None:
        self.path, self.manifest, self.raw_manifest = path, manifest, raw_manifest
        self.digest = digest_of(raw_manifest)
        self._store = store
        self._files = {file.path: file for file in manifest.files}

    @classmethod
    def open(cls, path: str | os.PathLike[str], digest: str | None = None) -> BundleReader:
        """Opens a bundle.

        Args:
            path: a folder that holds manifest.json, or a .satchel file.
            digest: the digest that the bundle must have, 64 hexadecimal digits; None takes any.

        Raises:
            BundleError: what is damaged or hostile; SPEC.md lists the codes.
            SpecError: spec/newer-version before every other check, then what is wrong with the manifest's form.
        """
        if not isinstance(path, (str, os.PathLike)):
            raise BundleError(
                "bundle/not-found",
                f"expected a path, found {type(path).__name__}",
                hint="Give the path of a folder or a .satchel file.",
            )
        root = Path(path)
        store, raw, manifest = open_listing(root, digest)
        return cls(root, store, raw, manifest)

    @cached_property
    def spec(self) -> Spec:
        """The spec, with a tensor for every artefact of the manifest and no other."""
        spec = parse_spec(self._document(SPEC, "spec"))
        check_tensors(spec, self.manifest)
        return spec

    @cached_property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """The label lists by name, each in the order of its output's classes."""
        return {name: parse_labels(self._document(path, "labels"), path) for name, path in self.spec.labels.items()}

    @cached_property
    def _golden(self) -> Golden:
        golden = parse_golden(self._document(GOLDEN, "golden"))
        check_golden(golden, self.spec, self.manifest.artefacts())
        return golden

    def golden(self) -> Golden:
        """Gives the golden cases: of exactly the manifest's artefacts and of all the spec's inputs and outputs."""
        return self._golden

    def golden_input(self, case: Case) -> dict[str, Any]:
        """Gives what a golden case is made of by input name: pixels, uint8 [height, width, 3], a row or a Signal."""
        return {name: golden_thing(each, self._golden_file) for name, each in case.input.items()}

    def artefact(self, artefact_id: str) -> Artefact:
        """Gives the record of an artefact, `float32/tflite`.

        Raises:
            BundleError: bundle/unknown-artefact.
        """
        found = self.manifest.artefacts()
        if artefact_id not in found:
            raise BundleError(
                "bundle/unknown-artefact",
                f"there is no {printable(artefact_id)!r} in this bundle",
                where=str(self.path),
                hint=f"It holds: {', '.join(found)}.",
            )
        return found[artefact_id]

    def model(self, variant: str) -> bytes:
        """Gives the .tflite of a variant, inflated where it is stored compressed, both hashes checked."""
        artefact = self.artefact(f"{variant}/tflite")
        stored = self.read(artefact.file)
        if artefact.file.endswith(TFLITE):
            return stored
        unpacked = decoded if artefact.file.endswith(CODED) else inflate
        raw = unpacked(stored, artefact.bytes, self._where(artefact.file))
        self._check_hash(hashlib.sha256(raw).hexdigest(), artefact.sha256, f"{artefact.file} inflated")
        return raw

    def tfjs(self, variant: str) -> dict[str, bytes]:
        """Gives the files of a variant's TF.js graph model by their path beside model.json."""
        folder = self.artefact(f"{variant}/tfjs").file.removesuffix("model.json")
        paths = [file.path for file in self.manifest.files if file.path.startswith(folder)]
        return {path.removeprefix(folder): self.read(path) for path in paths}

    def read(self, path: str) -> bytes:
        """Gives a file that the manifest lists, or the manifest itself; length and hash are checked.

        Raises:
            BundleError: bundle/unknown-path, bundle/wrong-length, bundle/changed-file, bundle/unreadable.
        """
        if path == MANIFEST:
            return self.raw_manifest
        file = self._files.get(path)
        if file is None:
            raise BundleError(
                "bundle/unknown-path",
                f"the manifest lists no {printable(path)!r}",
                where=str(self.path),
                hint="Read what manifest.json lists.",
            )
        data = b"".join(self._store.chunks(path, file.bytes))
        self._check_length(len(data), file)
        self._check_hash(hashlib.sha256(data).hexdigest(), file.sha256, path)
        return data

    def verify(self) -> None:
        """Checks length and hash of every file, every compressed model, spec, labels and golden inputs.

        Raises:
            SatchelError: the first thing that is wrong.
        """
        for file in self.manifest.files:
            self._check_stream(file)
        for variant in self.manifest.variants:
            if "tflite" in variant.artefacts and not variant.artefacts["tflite"].file.endswith(TFLITE):
                self.model(variant.name)
        _ = self.spec, self.labels
        for case in self.golden().cases:
            self.golden_input(case)

    def measurements(self) -> dict[str, bytes]:
        """Gives the files under measurements/, which no hash covers, by their path inside it."""
        paths = sorted(path for path in self._store.sizes if path.startswith(MEASUREMENTS))
        return {path.removeprefix(MEASUREMENTS): self._outside(path) for path in paths}

    def card(self) -> str:
        """Gives the model card, which no hash covers; empty when there is none."""
        return self._outside(CARD).decode("utf-8", "replace") if CARD in self._store.sizes else ""

    def _document(self, path: str, role: Role) -> bytes:
        size = self._listed(path, role).bytes
        if size > MAX_DOCUMENT:
            raise too_large(self._where(path), str(size), MAX_DOCUMENT)
        return self.read(path)

    def _golden_file(self, path: str) -> bytes:
        return self.read(self._listed(path, "golden").path)

    def _listed(self, path: str, role: Role) -> File:
        file = self._files.get(path)
        if file is None or file.role != role:
            raise BundleError(
                "bundle/missing-file",
                f"the manifest lists no {role} file {printable(path)!r}",
                where=str(self.path),
                hint=PACK_AGAIN,
            )
        return file

    def _outside(self, path: str) -> bytes:
        return b"".join(self._store.chunks(path, MAX_OUTSIDE))[:MAX_OUTSIDE]

    def _check_stream(self, file: File) -> None:
        hashed, length = hashlib.sha256(), 0
        for chunk in self._store.chunks(file.path, file.bytes):
            hashed.update(chunk)
            length += len(chunk)
        self._check_length(length, file)
        self._check_hash(hashed.hexdigest(), file.sha256, file.path)

    def _check_length(self, length: int, file: File) -> None:
        if length != file.bytes:
            found = f"more than {file.bytes}" if length > file.bytes else str(length)
            raise wrong_length(self._where(file.path), file.bytes, found)

    def _check_hash(self, found: str, expected: str, path: str) -> None:
        if found != expected:
            raise BundleError(
                "bundle/changed-file",
                f"expected the SHA-256 {expected}, found {found}",
                where=self._where(path),
                hint="The file was changed or damaged after packing; get the bundle again.",
            )

    def _where(self, path: str) -> str:
        return f"{self.path}: {printable(path)}"
