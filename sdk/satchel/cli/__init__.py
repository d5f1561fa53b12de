"""The command line. Each command's module is imported when it is used, so that `satchel --help` answers at once."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

SUMMARIES = {
    "spec": "Start, check and explain the description of a model.",
    "pack": "Pack a trained model with its preparation, labels and proof.",
    "sensitivity": "Say what each layer of a model bears, and which breaks int8.",
    "optimize": "Find the recipe that meets a budget of size, accuracy and time.",
    "run": "Ask a bundle about photos, camera frames, rows or signals.",
    "inspect": "Show what is in a bundle or a .tflite.",
    "check": "Prove that a bundle is whole and answers as it should here.",
    "diagnose": "Say which stage makes a bundle answer otherwise, and why.",
    "zoo": "List and get ready-made models.",
    "serve": "Show bundles in a browser on this machine.",
    "doctor": "Say what this machine has, what is missing and how to get it.",
}

BUG = 70
INTERRUPTED = 130
PIPE_CLOSED = 141


class PipeClosedError(Exception):
    """The reader of standard output has gone (`satchel inspect ... | head -1`)."""


class Commands(click.Group):
    """The commands, by name; the help page is written without importing any of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Gives the commands in the order in which one meets them."""
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Gives a command, importing its module now."""
        if cmd_name not in SUMMARIES:
            return None
        command = importlib.import_module(f"satchel.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; that nobody reads its output any more is told in a way that click leaves alone."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise PipeClosedError from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes one line a command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 well, 1 a check failed, 2 a mistake that you can mend, 3 a budget is not met, "
    "70 a bug of Satchel's.",
)
@click.version_option(package_name="satchel", message="satchel %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error (as SATCHEL_DEBUG=1 does).")
def group(debug: bool) -> None:
    """Pack a trained model so that it gives the same answer in Python, in a browser and on a phone.

    \b
    Example:
      satchel zoo get efficientnet-lite0 -o lite0
      satchel pack lite0/model.keras --spec lite0/spec.json --calibration lite0/calibration -o lite0.satchel
      satchel run lite0.satchel cat.jpg
    """
    if debug:
        os.environ["SATCHEL_DEBUG"] = "1"
    from satchel.cli.failures import tell_warnings

    tell_warnings()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and gives its exit code.

    Args:
        arguments: what follows the program's name; those of this process when None.
    """
    _never_fail_to_print()
    try:
        code = group.main(args=arguments, prog_name="satchel", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except (PipeClosedError, BrokenPipeError):
        # Python flushes standard output once more when it exits; there is nobody left to read it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return PIPE_CLOSED
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except Exception as error:
        from satchel.cli.failures import tell

        return tell(error)


def _never_fail_to_print() -> None:
    """Writes what a terminal's encoding lacks as an escape (`\\xe9`) where Python would stop."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
