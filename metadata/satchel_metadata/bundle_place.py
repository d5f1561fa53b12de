"""Puts a file or a folder in its place in one step: written beside, synced, renamed.

Whoever looks sees the old one or the new one whole, also when the writer is killed. What a killed writer leaves beside
is a hidden name that ends in .tmp; the next writer of the same name removes it.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from satchel_metadata.errors import BundleError, EnvironmentProblem
from satchel_metadata.manifest import MANIFEST

_AT_FDCWD = -100
_NO_REPLACE, _EXCHANGE = 1, 2
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


def refuse_existing(out: Path, overwrite: bool) -> None:
    """Refuses a place that is taken, or that cannot be written, before any work is done for it.

    Raises:
        BundleError: bundle/exists, also with `overwrite` when what is there is a folder that is no bundle.
        EnvironmentProblem: env/cannot-write when the folder it shall lie in is not there or not writable.
    """
    parent = out.absolute().parent
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        raise EnvironmentProblem(
            "env/cannot-write", "expected a folder that can be written", where=str(parent), hint="Make it first."
        )
    if not os.path.lexists(out):
        return
    if not overwrite:
        raise exists(out)
    folder = out.is_dir() and not out.is_symlink()
    if folder != (out.suffix != ".satchel") or (folder and any(out.iterdir()) and not (out / MANIFEST).is_file()):
        raise BundleError(
            "bundle/exists",
            "found something that is not a bundle of this kind, which is never overwritten",
            where=str(out),
            hint="Choose another name, or remove it yourself.",
        )


def exists(out: Path) -> BundleError:
    """Gives the error for a place that is taken."""
    return BundleError(
        "bundle/exists",
        "it exists already",
        where=str(out),
        hint="Choose another name, or ask to overwrite it (--overwrite).",
    )


@contextlib.contextmanager
def beside(out: Path, *, folder: bool) -> Iterator[Path]:
    """Gives a fresh place beside `out`, a folder or the name of a file; what is left there at the end is removed.

    Raises:
        EnvironmentProblem: env/disk-full, env/cannot-write, for any failure to write inside the block.
    """
    _remove_abandoned(out)
    place = out.absolute().with_name(f".{out.name}.{secrets.token_hex(6)}.tmp")
    lock = place.with_suffix(".lock")
    try:
        with _held(lock):
            if folder:
                place.mkdir()
            yield place
    except OSError as error:
        raise _explained(error, out) from None
    finally:
        _remove(place)
        lock.unlink(missing_ok=True)


def put(place: Path, out: Path, *, overwrite: bool) -> None:
    """Renames what was written to its name, in one step; an old bundle there is replaced only with `overwrite`.

    Raises:
        BundleError: bundle/exists when something appeared there meanwhile.
    """
    if overwrite and os.path.lexists(out):
        if not out.is_dir():
            place.replace(out)
        elif not _rename(place, out, _EXCHANGE):
            old = place.with_suffix(".old.tmp")
            out.rename(old)
            place.rename(out)
            _remove(old)
    elif not _rename(place, out, _NO_REPLACE):
        if os.path.lexists(out):
            raise exists(out)
        place.rename(out)
    sync_folder(out.absolute().parent)


def write_synced(path: Path, data: bytes) -> None:
    """Writes a file that is on the disk when this returns."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder last, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _rename(place: Path, out: Path, flag: int) -> bool:
    """Renames with a condition that the kernel holds; False where this system has no such call."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(_AT_FDCWD, os.fsencode(place), _AT_FDCWD, os.fsencode(out), flag) == 0:
        return True
    code = ctypes.get_errno()
    if code == errno.EEXIST:
        raise exists(out)
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(out))


@contextlib.contextmanager
def _held(lock: Path) -> Iterator[None]:
    """Holds a lock file for as long as this process writes, so that others can tell a living writer from a dead one."""
    with lock.open("xb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remove_abandoned(out: Path) -> None:
    for lock in out.absolute().parent.glob(f".{_literal(out.name)}.*.lock"):
        with contextlib.suppress(OSError), lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(lock.with_suffix(".tmp"))
            lock.unlink()


def _literal(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


def _explained(error: OSError, out: Path) -> EnvironmentProblem:
    if error.errno in _FULL:
        hint = "Free some space, or write elsewhere; nothing was left behind."
        return EnvironmentProblem("env/disk-full", f"no room to write it ({error.strerror})", where=str(out), hint=hint)
    return EnvironmentProblem(
        "env/cannot-write",
        f"cannot be written ({error.strerror})",
        where=str(out),
        hint="Choose another place, or check that you may write there.",
    )
