"""What lies in a bundle, held against its manifest, before anything of it is used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from satchel_metadata import canonical
from satchel_metadata.bundle_folder import open_folder, read_alone
from satchel_metadata.bundle_zip import PACK_FIRST, open_zip
from satchel_metadata.errors import CHECK_PATH, PACK_AGAIN, BundleError
from satchel_metadata.manifest import (
    CARD,
    MANIFEST,
    MAX_MANIFEST,
    MAX_OUTSIDE,
    MEASUREMENTS,
    Manifest,
    digest_of,
    outside,
    parse_manifest,
)
from satchel_metadata.paths import check_distinct, check_path
from satchel_metadata.spec import refuse_newer
from satchel_metadata.text import printable


class Store(Protocol):
    """Where the bytes of a bundle lie."""

    @property
    def sizes(self) -> dict[str, int]:
        """The length of every file by its path."""

    def chunks(self, path: str, limit: int) -> Iterator[bytes]:
        """Yields the bytes of a file, at most `limit` of them and one more."""


def open_listing(root: Path, digest: str | None) -> tuple[Store, bytes, Manifest]:
    """Gives the files of a bundle, the bytes of its manifest and the manifest, all listed files there and no other.

    Raises:
        BundleError, SpecError: as BundleReader.open.
    """
    try:
        store, raw = _opened(root)
    except OSError as error:  # a name that is too long, a folder that may not be entered
        where = printable(str(root))
        raise BundleError(
            "bundle/unreadable", f"cannot be read ({error.strerror})", where=where, hint=CHECK_PATH
        ) from None
    _check_digest(root, raw, digest)
    manifest = parse_manifest(raw)
    _check_listing(root, store, manifest)
    return store, raw, manifest


def wrong_length(where: str, expected: int, found: str) -> BundleError:
    """Gives the error for a file that is shorter or longer than the manifest says."""
    return BundleError("bundle/wrong-length", f"expected {expected} bytes, found {found}", where=where, hint=PACK_AGAIN)


def too_large(where: str, found: str, limit: int) -> BundleError:
    """Gives the error for something beyond a limit of this reader."""
    return BundleError(
        "bundle/too-large", f"expected at most {limit} bytes, found {found}", where=where, hint=PACK_AGAIN
    )


def _opened(root: Path) -> tuple[Store, bytes]:
    """Gives where the files lie, and the bytes of a manifest that is not newer than this reader."""
    if root.is_dir():
        raw = _known_version(_folder_manifest(root))
        return open_folder(root), raw
    store = _zip_store(root)
    if MANIFEST not in store.sizes:
        raise _not_a_bundle(root, f"found no {MANIFEST} in it")
    return store, _known_version(_limited(b"".join(store.chunks(MANIFEST, MAX_MANIFEST)), root))


def _folder_manifest(root: Path) -> bytes:
    if not os.path.lexists(root / MANIFEST):
        raise _not_a_bundle(root, f"found a folder without {MANIFEST}")
    return _limited(read_alone(root, MANIFEST, MAX_MANIFEST), root)


def _zip_store(root: Path) -> Store:
    if not root.exists():
        raise BundleError(
            "bundle/not-found", "there is no such file or folder", where=printable(str(root)), hint=CHECK_PATH
        )
    if not root.is_file():
        raise _not_a_bundle(root, "found a device, pipe or socket")
    return open_zip(root)


def _limited(raw: bytes, root: Path) -> bytes:
    if len(raw) > MAX_MANIFEST:
        raise too_large(f"{root}: {MANIFEST}", "more", MAX_MANIFEST)
    return raw


def _known_version(raw: bytes) -> bytes:
    refuse_newer(canonical.loads(raw, where=MANIFEST), where=f"{MANIFEST} $.satchel")
    return raw


def _check_digest(root: Path, raw: bytes, digest: str | None) -> None:
    if digest is not None and digest.lower() != digest_of(raw):
        raise BundleError(
            "bundle/digest",
            f"expected the digest {printable(digest)}, found {digest_of(raw)}",
            where=str(root),
            hint="This is another bundle than the one that was promised; get the right one.",
        )


def _check_listing(root: Path, store: Store, manifest: Manifest) -> None:
    """Refuses what is in the bundle and not in the manifest, what is not and should be, and lengths that differ."""
    where = str(root)
    for path in store.sizes:
        check_path(path, where)
    check_distinct(store.sizes, where)
    listed = {file.path: file.bytes for file in manifest.files}
    for path, size in listed.items():
        if path not in store.sizes:
            raise BundleError(
                "bundle/missing-file", f"expected {printable(path)!r}, which is not there", where=where, hint=PACK_AGAIN
            )
        if store.sizes[path] != size:
            raise wrong_length(f"{where}: {printable(path)}", size, str(store.sizes[path]))
    _check_loose({path: size for path, size in store.sizes.items() if path not in listed}, where)


def _check_loose(loose: dict[str, int], where: str) -> None:
    for path in loose:
        if not outside(path):
            raise BundleError(
                "bundle/extra-file",
                f"found {printable(path)!r}, which the manifest does not list",
                where=where,
                hint=f"Only {MEASUREMENTS} and {CARD} may hold what the manifest does not list.",
            )
    unlisted = sum(size for path, size in loose.items() if path != MANIFEST)
    if unlisted > MAX_OUTSIDE:
        raise too_large(f"{where}: {MEASUREMENTS} and {CARD}", str(unlisted), MAX_OUTSIDE)


def _not_a_bundle(root: Path, found: str) -> BundleError:
    return BundleError(
        "bundle/not-a-bundle",
        f"expected a folder with {MANIFEST} or a .satchel file, {found}",
        where=str(root),
        hint=PACK_FIRST,
    )
