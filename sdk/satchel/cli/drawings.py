"""Where `satchel run --draw` puts its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from satchel.answer import Answer
    from satchel.bundle import Bundle
    from satchel_metadata.errors import EnvironmentProblem
    from satchel_metadata.values import Frame

PNG = ".png"


class Drawings:
    """A .png for one photo, or a folder with one for each photo, by its name.

    Raises:
        click.UsageError: the bundle does not look at photos, or one file is named for several of them.
        EnvironmentProblem: env/cannot-write, the folder that it goes into is not there.
    """

    def __init__(self, bundle: Bundle, out: Path, inputs: Sequence[str]) -> None:
        if not bundle.kind.is_picture:
            raise click.UsageError(f"--draw draws on photos, and this bundle is asked about {bundle.kind.plural}.")
        if not out.parent.is_dir():
            raise _cannot_write(out, f"there is no folder {out.parent}")
        several = len(inputs) > 1 or Path(inputs[0]).is_dir()
        if several and out.suffix.lower() == PNG:
            raise click.UsageError("--draw takes a folder for several photos, found the name of one picture.")
        self.bundle, self.out = bundle, out
        self.alone = out.suffix.lower() == PNG
        self._names: set[str] = set()

    def add(self, name: str, photo: str | bytes | Frame, answer: Answer) -> None:
        """Draws the answer of a photo, or of a frame as the picture that it becomes, and says where on standard error.

        Raises:
            EnvironmentProblem: env/cannot-write.
        """
        from satchel.cli.failures import complain
        from satchel.draw import draw
        from satchel_metadata.families import family_of

        seen = self.bundle.spec.inputs[0]
        picture = draw(family_of(seen).load(photo, seen), answer)
        path = self.out if self.alone else self.out / self._free(Path(name).stem)
        try:
            path.parent.mkdir(exist_ok=True)
            picture.save(path, "PNG")
        except OSError as error:
            raise _cannot_write(path, error.strerror) from None
        complain("note", f"drew {path}")

    def _free(self, stem: str) -> str:
        """Gives a name that no other photo of this run has got."""
        stem = stem if stem not in ("", "-") else "photo"
        name, number = f"{stem}{PNG}", 1
        while name.casefold() in self._names:
            number += 1
            name = f"{stem}-{number}{PNG}"
        self._names.add(name.casefold())
        return name


def _cannot_write(path: Path, reason: str | None) -> EnvironmentProblem:
    from satchel_metadata.errors import EnvironmentProblem

    hint = "Make the folder, or name another place with --draw."
    return EnvironmentProblem(
        "env/cannot-write", f"the picture cannot be written ({reason})", where=str(path), hint=hint
    )
