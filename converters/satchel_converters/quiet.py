"""TensorFlow imported and used without its chatter, and without losing what it says when something goes wrong."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from typing import IO, Any

from satchel_converters.interrupts import remembered
from satchel_metadata.errors import EnvironmentProblem

_LOCK = threading.RLock()
_TAIL = 2000
_depth = 0


@contextlib.contextmanager
def tensorflow() -> Iterator[Any]:
    """Gives the tensorflow module; what it and its converters print meanwhile is kept back.

    Its C++ side writes to file descriptor 2 whatever the log level says, so the descriptor itself is pointed at a
    temporary file; Python's own sys.stderr goes on to the terminal. When the block fails, the end of what was kept back
    is added to the exception as a note.

    Raises:
        EnvironmentProblem: env/package-missing.
    """
    with _LOCK, kept_back():
        yield _import()


def _import() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Conversion runs on the CPU: a GPU would change the last bits of folded constants.
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    # Where its output is not a terminal, this import of tensorflowjs' would look for a notebook to advertise in, and
    # fail.
    os.environ.setdefault("TFDF_DISABLE_WELCOME_MESSAGE", "1")
    try:
        import tensorflow
    except ImportError as error:
        raise EnvironmentProblem(
            "env/package-missing",
            f"packing a model needs TensorFlow, which cannot be imported here ({error})",
            hint="Install it with `pip install satchel[author]`; running and inspecting bundles do without.",
        ) from None
    return tensorflow


@contextlib.contextmanager
def kept_back() -> Iterator[None]:
    """Keeps back what the block writes to file descriptor 2 and sys.stdout, and its warnings; a failure notes it.

    Ctrl-C ends the block even where TensorFlow swallows the KeyboardInterrupt.
    """
    global _depth
    if _depth:
        with remembered():
            yield
        return
    _depth += 1
    try:
        with remembered(), tempfile.TemporaryFile() as chatter, _descriptor_2_to(chatter), _logging_errors_only():
            printed = io.StringIO()
            try:
                with contextlib.redirect_stdout(printed), warnings.catch_warnings():
                    # Deprecations inside these libraries are theirs to mend; Satchel warns outside such blocks.
                    warnings.simplefilter("ignore")
                    yield
            except Exception as error:
                _note(error, chatter, printed.getvalue())
                raise
    finally:
        _depth -= 1


@contextlib.contextmanager
def _descriptor_2_to(chatter: IO[bytes]) -> Iterator[None]:
    original = os.dup(2)
    python_stderr = sys.stderr
    if _writes_to_descriptor_2(python_stderr):
        sys.stderr = io.TextIOWrapper(os.fdopen(os.dup(original), "wb", 0), write_through=True, errors="replace")
    os.dup2(chatter.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(original, 2)
        os.close(original)
        if sys.stderr is not python_stderr:
            sys.stderr, replaced = python_stderr, sys.stderr
            replaced.close()


def _writes_to_descriptor_2(stream: Any) -> bool:
    try:
        return bool(stream.fileno() == 2)
    except (AttributeError, OSError, ValueError):
        return False


@contextlib.contextmanager
def _logging_errors_only() -> Iterator[None]:
    import logging

    loggers = [logging.getLogger(name) for name in ("tensorflow", "absl", "h5py")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _note(error: Exception, chatter: IO[bytes], printed: str) -> None:
    chatter.seek(max(0, chatter.seek(0, io.SEEK_END) - _TAIL))
    said = (chatter.read().decode(errors="replace") + printed[-_TAIL:]).strip()
    if said:
        error.add_note(f"What TensorFlow wrote meanwhile:\n{said}")
