"""satchel inspect: what is in a bundle, or in any .tflite."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  satchel inspect model.satchel
  satchel inspect model.satchel --report model.html
  satchel inspect model.tflite --json
"""
)
@click.argument("file", type=click.Path())
@click.option("--digest", metavar="HEX", help="Refuse the bundle unless this is its digest.")
@click.option("--table", is_flag=True, help="Of a bundle only the table of its variants.")
@click.option("--report", metavar="OUT", type=click.Path(path_type=Path), help="Write a bundle's report: an HTML page.")
@click.option("--overwrite", is_flag=True, help="Replace what stands at OUT.")
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
def command(file: str, digest: str | None, table: bool, report: Path | None, overwrite: bool, as_json: bool) -> None:
    """Show what is in a bundle or a .tflite.

    Of a bundle: its digest, the spec in words, the variants with sizes and recipes, the files, where it comes from and
    what was measured. Of a .tflite: tensors, quantisation, operators, metadata and attached files. Nothing is run.

    The report is one page for people: the same, with pictures of the golden inputs and each variant's answers.
    """
    from satchel.cli import inspect_bundle, inspect_tflite, summary
    from satchel.cli.terminal import console, write_json

    if is_tflite(Path(file)):
        option = "--digest" if digest else "--table" if table else "--report" if report else None
        if option:
            raise click.UsageError(f"{option} is for bundles, and this is a single .tflite.")
        found = inspect_tflite.read(file)
        write_json(inspect_tflite.to_json(found)) if as_json else inspect_tflite.show(found, console())
        return
    bundle = inspect_bundle.read(file, digest)
    if report is not None:
        inspect_bundle.write_report(bundle, report, overwrite)
    elif as_json:
        write_json(inspect_bundle.to_json(bundle))
    elif table:
        summary.show(bundle)
    else:
        inspect_bundle.show(bundle, console())


def is_tflite(path: Path) -> bool:
    """Says whether a file is a .tflite, by its name or by the identifier that every .tflite holds."""
    if path.is_dir() or not path.exists():
        return False
    with path.open("rb") as file:
        return path.suffix.lower() in (".tflite", ".lite") or file.read(8)[4:] == b"TFL3"
