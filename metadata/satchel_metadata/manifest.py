"""The manifest of a bundle: every file with its length and hash, every variant, and where it all comes from."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from satchel_metadata import canonical
from satchel_metadata.errors import PACK_AGAIN, BundleError
from satchel_metadata.paths import check_distinct, check_path
from satchel_metadata.spec import FIRST, Input, Output, Spec, Version, parse, refuse_newer
from satchel_metadata.steps import Closed, Name, need

MANIFEST = "manifest.json"
SPEC = "spec.json"
CARD = "card.md"
GOLDEN = "golden/golden.json"
TFLITE, DEFLATED, CODED = "model.tflite", "model.tflite.z", "model.tflite.rz"
"""Names of a .tflite in its variant's folder: as it is, raw DEFLATE, entropy coded (since version 1.1)."""
MEASUREMENTS = "measurements/"

MAX_MANIFEST = 4 * 2**20
"""Bytes of the longest manifest that is read."""
MAX_FILES = 4096
"""Files (and, in a folder, folders) that a bundle may hold."""
MAX_TOTAL = 2**32 - 2**24
"""Bytes of all files together: what a zip without 64-bit fields can hold."""
MAX_OUTSIDE = 64 * 2**20
"""Bytes of measurements/ and card.md together, which the manifest does not list."""
FREE_INFLATION = 64 * 2**20
MAX_RATIO = 100
"""Compressed data may state any raw size up to FREE_INFLATION, beyond that at most MAX_RATIO times its own."""

Role = Literal["spec", "labels", "model", "tfjs", "golden"]
Format = Literal["tflite", "tfjs"]
Runtime = Literal["litert-python", "litert-js", "tfjs", "tflite-android"]
Size = Annotated[int, Field(ge=0, le=MAX_TOTAL)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
RelativePath = Annotated[str, Field(min_length=1, max_length=400)]


class File(Closed):
    """One file of the bundle: its path inside it, what it is for, its length and hash as stored."""

    path: RelativePath
    role: Role
    bytes: Size
    sha256: Sha256


class Artefact(Closed):
    """One variant for one family of runtimes.

    `bytes` and `sha256` are of the raw model (a .tflite before it was compressed; for TF.js the sum of its files, and
    the hash of model.json); `stored_bytes` is what it takes in the bundle. `ops` are the operators that a runtime must
    know.
    """

    file: RelativePath
    bytes: Size
    sha256: Sha256
    stored_bytes: Size
    ops: tuple[str, ...]
    runtimes: tuple[Runtime, ...]


class Variant(Closed):
    """One form of the model: the passes that made it, in order, and an artefact a format."""

    name: Name
    recipe: tuple[dict[str, JsonValue], ...]
    artefacts: Annotated[dict[Format, Artefact], Field(min_length=1)]


class Provenance(Closed):
    """Where the bundle comes from: the source model, the library versions and the options that determined its bytes."""

    source_sha256: Sha256
    source_format: str
    versions: dict[str, str]
    options: dict[str, JsonValue]


class Manifest(Closed):
    """manifest.json. It holds only what inputs and pinned versions determine; its own hash is the bundle's digest."""

    satchel: Version = FIRST
    name: Annotated[str, Field(min_length=1, max_length=200)]
    version: str
    files: Annotated[tuple[File, ...], Field(max_length=MAX_FILES)]
    variants: Annotated[tuple[Variant, ...], Field(min_length=1)]
    provenance: Provenance

    @model_validator(mode="after")
    def _variants_differ(self) -> Manifest:
        names = [variant.name.casefold() for variant in self.variants]
        need(len(set(names)) == len(names), f"two variants have the same name: {', '.join(names)}", PACK_AGAIN)
        return self

    def dumps(self) -> bytes:
        """Gives the canonical bytes of manifest.json."""
        return canonical.dumps(self.model_dump(exclude_none=True))

    def file(self, path: str) -> File | None:
        """Gives the file with this path, None where there is none."""
        return next((file for file in self.files if file.path == path), None)

    def artefacts(self) -> dict[str, Artefact]:
        """Gives every artefact by its id, `float32/tflite`."""
        return {f"{each.name}/{kind}": found for each in self.variants for kind, found in each.artefacts.items()}


def digest_of(manifest: bytes) -> str:
    """Gives the digest of a bundle: the SHA-256 of its manifest.json, in hexadecimal."""
    return hashlib.sha256(manifest).hexdigest()


def parse_manifest(document: bytes) -> Manifest:
    """Gives the manifest of a manifest.json, its paths safe and its parts consistent.

    Raises:
        SpecError: spec/newer-version before anything else, then what is wrong with its form.
        BundleError: a path (bundle/absolute-path, bundle/climbing-path, bundle/unsafe-name, bundle/duplicate-name), too
            much (bundle/too-large, bundle/bomb), or parts that contradict each other (bundle/inconsistent).
    """
    value = canonical.loads(document, where=MANIFEST)
    refuse_newer(value, where=f"{MANIFEST} $.satchel")
    manifest = parse(Manifest, value, where=f"{MANIFEST} $")
    for file in manifest.files:
        check_path(file.path, MANIFEST)
    check_distinct((file.path for file in manifest.files), MANIFEST)
    total = sum(file.bytes for file in manifest.files)
    if total > MAX_TOTAL:
        raise BundleError(
            "bundle/too-large",
            f"the files are {total} bytes together, expected at most {MAX_TOTAL}",
            where=MANIFEST,
            hint="Pack fewer variants, or a smaller model.",
        )
    _check_roles(manifest)
    for name, artefact in manifest.artefacts().items():
        _check_artefact(manifest, name, artefact)
    return manifest


def check_tensors(spec: Spec, manifest: Manifest) -> None:
    """Refuses a spec that does not say, for each artefact of the manifest and no other, where its tensors go.

    Raises:
        BundleError: bundle/inconsistent.
    """
    expected = sorted(manifest.artefacts())
    tensors: tuple[Input | Output, ...] = (*spec.inputs, *spec.outputs)
    for each in tensors:
        if sorted(each.tensor) != expected:
            found = ", ".join(sorted(each.tensor)) or "none"
            raise BundleError(
                "bundle/inconsistent",
                f"expected a tensor for each of {', '.join(expected)}, found {found}",
                where=f"{SPEC}: {each.name}",
                hint=PACK_AGAIN,
            )


def check_inflation(stored: int, raw: int, where: str) -> None:
    """Refuses compressed data that claims to grow beyond every honest use.

    Raises:
        BundleError: bundle/bomb.
    """
    if raw > FREE_INFLATION and raw > stored * MAX_RATIO:
        raise BundleError(
            "bundle/bomb",
            f"{stored} compressed bytes are said to hold {raw}, expected at most {MAX_RATIO} times as many",
            where=where,
            hint=PACK_AGAIN,
        )


def role_of(path: str) -> Role | None:
    """Gives the role that a path has by its place; None for a label file and for what has no place in a bundle."""
    if path == SPEC:
        return "spec"
    if path.startswith("golden/"):
        return "golden"
    if path.startswith("variants/"):
        return "tfjs" if path.split("/")[2:3] == ["tfjs"] else "model"
    return None


def _check_roles(manifest: Manifest) -> None:
    for file in manifest.files:
        if outside(file.path) or file.role != (role_of(file.path) or "labels"):
            raise _inconsistent(f"a file of role {file.role!r} has no place at {file.path!r}")
    for needed in (SPEC, GOLDEN):
        if manifest.file(needed) is None:
            raise BundleError(
                "bundle/missing-file", f"expected {needed} among the files, found none", where=MANIFEST, hint=PACK_AGAIN
            )


def outside(path: str) -> bool:
    """Says whether a path is outside the digest: the manifest itself, measurements/ and card.md."""
    return path in (MANIFEST, CARD) or path.startswith(MEASUREMENTS)


def _check_artefact(manifest: Manifest, name: str, artefact: Artefact) -> None:
    variant, kind = name.split("/")
    folder = f"variants/{variant}/"
    allowed = {"tflite": _tflite_names(manifest.satchel), "tfjs": ("tfjs/model.json",)}[kind]
    file = manifest.file(artefact.file)
    if file is None or artefact.file not in [folder + each for each in allowed]:
        raise _inconsistent(f"the artefact {name} has no file {folder + allowed[0]!r} among the files")
    if kind == "tfjs":
        stored = sum(each.bytes for each in manifest.files if each.path.startswith(f"{folder}tfjs/"))
        same = (artefact.bytes, artefact.stored_bytes, artefact.sha256) == (stored, stored, file.sha256)
    elif artefact.file != folder + allowed[0]:
        check_inflation(file.bytes, artefact.bytes, artefact.file)
        same = artefact.stored_bytes == file.bytes
    else:
        same = (artefact.bytes, artefact.stored_bytes, artefact.sha256) == (file.bytes, file.bytes, file.sha256)
    if not same:
        raise _inconsistent(f"the artefact {name} and its file {artefact.file!r} disagree on length or hash")


def _tflite_names(version: Version) -> tuple[str, ...]:
    """Gives the names that a .tflite may be stored under, the raw one first."""
    return (TFLITE, DEFLATED) if version == FIRST else (TFLITE, DEFLATED, CODED)


def _inconsistent(message: str) -> BundleError:
    return BundleError("bundle/inconsistent", message, where=MANIFEST, hint=PACK_AGAIN)
