"""satchel serve: bundles in a browser on this machine."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  satchel serve model.satchel
  satchel serve lite0.satchel lite2.satchel --port 8080 --open
  satchel serve model.satchel --host 0.0.0.0
"""
)
@click.argument("bundles", metavar="BUNDLE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one.")
@click.option(
    "--allow-host", "allow_hosts", metavar="NAME", multiple=True, help="One more name this machine is called by."
)
@click.option("--samples", type=click.Path(path_type=Path), help="A folder of sample photos.")
@click.option("--open", "open_browser", is_flag=True, help="Open the page in the browser.")
def command(
    bundles: tuple[Path, ...],
    host: str,
    port: int,
    allow_hosts: tuple[str, ...],
    samples: Path | None,
    open_browser: bool,
) -> None:
    """Show bundles in a browser on this machine.

    Drop a photo on the page and see the answer of each variant and runtime, the time of each stage and what the model
    saw. Only this machine can reach the page unless --host says otherwise: with 0.0.0.0, phones on the same network
    get bundles by the QR code that is printed. Ctrl-C stops it.
    """
    import satchel_server

    satchel_server.serve(
        list(bundles), host=host, port=port, allow_hosts=list(allow_hosts), samples=samples, open_browser=open_browser
    )
