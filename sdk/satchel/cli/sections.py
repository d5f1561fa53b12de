"""A command with so many options that its help page needs headings."""

from __future__ import annotations

from typing import ClassVar

import click


class Sections(click.Command):
    """Writes the options under headings; those that no heading names come first, under `Options`."""

    headings: ClassVar[dict[str, tuple[str, ...]]] = {}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes a section a heading."""
        named = {name: heading for heading, names in self.headings.items() for name in names}
        rows: dict[str, list[tuple[str, str]]] = {"Options": [], **{heading: [] for heading in self.headings}}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                rows[named.get(parameter.name or "", "Options")].append(record)
        for heading, records in rows.items():
            with formatter.section(heading):
                formatter.write_dl(records)
