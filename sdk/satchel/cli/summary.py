"""The table at the end of a packing: each variant with its size, its agreement with the first one, and its time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from satchel import units
from satchel.cli import terminal
from satchel.report.contents import FORMATS, measurements

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from satchel.bundle import Bundle


def show(bundle: Bundle, out: Console | None = None) -> None:
    """Prints the table, the machine it was measured on, and path, size and digest of the bundle.

    Args:
        bundle: an open bundle.
        out: where to print; standard output when None.
    """
    from rich.text import Text

    out = out or terminal.console()
    measured = measurements(bundle.reader)
    out.print(table(bundle))
    machine = measured.get("machine", {})
    if machine:
        text = f"Time of the interpreter alone, {machine.get('processor', '')}, {machine.get('cores', '')} cores."
        out.print(terminal.text(text, "dim"))
    total = sum(file.bytes for file in bundle.manifest.files)
    out.print(Text("bundle  "), terminal.text(bundle.path, "bold", 4000), Text(f"  {units.size(total)}"), sep="")
    out.print(Text(f"digest  {bundle.digest}"))


def table(bundle: Bundle, *, compress: bool = True) -> Table:
    """Gives the table: a row an artefact with its bytes in memory and over the wire, agreement and latency.

    Args:
        bundle: an open bundle.
        compress: compress what is stored raw, to tell its compressed size (about a second for 40 MB).
    """
    measured = measurements(bundle.reader)
    agreement = {each["variant"]: each for each in measured.get("agreement", ())}
    latency = measured.get("latency", {})
    columns = ("variant", "format", "in memory", "over the wire", _agreeing(agreement.values()), "time")
    made = terminal.table(*columns, right=("in memory", "over the wire", "time"))
    for variant in bundle.manifest.variants:
        for kind, artefact in sorted(variant.artefacts.items(), key=lambda each: list(FORMATS).index(each[0])):
            runs = kind == "tflite"
            made.add_row(
                terminal.text(variant.name, "bold"),
                FORMATS[kind],
                units.size(artefact.bytes),
                _compressed(bundle, measured, variant.name, kind, compress),
                _agreement(agreement.get(variant.name)) if runs else "",
                units.milliseconds(latency[variant.name]["median"]) if runs and variant.name in latency else "",
            )
    return made


def _compressed(bundle: Bundle, measured: dict[str, Any], variant: str, kind: str, compress: bool) -> str:
    artefact = bundle.reader.artefact(f"{variant}/{kind}")
    if artefact.stored_bytes != artefact.bytes:
        return units.size(artefact.stored_bytes)
    known = measured.get("compressed", {}).get(f"{variant}/{kind}")
    if known is not None or not compress:
        return "stored raw" if known is None else units.size(known)
    files = bundle.reader.tfjs(variant).values() if kind == "tfjs" else [bundle.reader.model(variant)]
    return units.size(sum(len(zlib.compress(content)) for content in files))


def _agreeing(found: Iterable[dict[str, Any]]) -> str:
    found = list(found)
    if any(each["top1"] is None for each in found):
        return "largest difference"
    return "same decision" if any(each["top5"] is None for each in found) else "same top class"


def _agreement(found: dict[str, Any] | None) -> str:
    if found is None:
        return "not measured"
    if found["variant"] == found["reference"]:
        return "the reference"
    if found["top1"] is None:
        return f"{found['relative']:.2g} away, of {found['n']}"
    low, high = (100 * bound for bound in found["interval"])
    return f"{100 * found['top1']:.1f} % ({low:.0f} to {high:.0f}) of {found['n']}"
