"""Camera frames in files, as `satchel run --frame` reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from satchel.bundle import Bundle
    from satchel_metadata.values import Frame

EXAMPLE = "640x480, or with range (full, limited) and rotation (0, 90, 180, 270): 640x480,full,90"


@dataclass(frozen=True)
class FrameForm:
    """What NV21 bytes do not say of themselves.

    Attributes:
        width, height: pixels.
        range, rotation: None where the spec says them.
    """

    width: int
    height: int
    range: Literal["full", "limited"] | None = None
    rotation: Literal[0, 90, 180, 270] | None = None

    def frame(self, given: str | bytes) -> Frame:
        """Gives the frame of a file of NV21 bytes, or of the bytes.

        Raises:
            InputError: input/not-readable; input/wrong-frame, for another number of bytes.
        """
        from satchel_metadata.errors import CHECK_PATH, InputError
        from satchel_metadata.values import Frame

        name = given if isinstance(given, str) else "frame"
        try:
            data = Path(given).read_bytes() if isinstance(given, str) else given
        except OSError as error:
            raise InputError(
                "input/not-readable", f"cannot be read ({error.strerror})", where=name, hint=CHECK_PATH
            ) from None
        needed = self.width * self.height + 2 * ((self.width + 1) // 2) * ((self.height + 1) // 2)
        if len(data) != needed:
            message = f"an NV21 frame of {self.width} x {self.height} has {needed} bytes, found {len(data)}"
            hint = "Give raw NV21 bytes, width * height of brightness and then V and U by turns, or another --frame."
            raise InputError("input/wrong-frame", message, where=name, hint=hint)
        return Frame.nv21(data, self.width, self.height, range=self.range, rotation=self.rotation)


class _Form(click.ParamType[Any]):
    name = "frame"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Gives `640x480,full,90` as a FrameForm."""
        if not isinstance(value, str):
            return value
        found = re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})(?:,(full|limited),(0|90|180|270))?", value)
        if found is None:
            self.fail(f"expected width x height ({EXAMPLE}), found {value!r}", param, ctx)
        width, height, value_range, rotation = found.groups()
        return FrameForm(int(width), int(height), value_range, int(rotation) if rotation else None)  # type: ignore[arg-type]


FORM = _Form()


def refuse_misuse(bundle: Bundle, form: FrameForm | None) -> None:
    """Refuses a form that the bundle's inputs do not need, or lack.

    Raises:
        click.UsageError: --frame is missing, says too little, or is for another kind of bundle.
    """
    kind = bundle.kind
    if kind.name == "frame" and form is None:
        raise click.UsageError(
            "this model is asked about camera frames, brightness and colour in planes, not about photos: give raw NV21 "
            "bytes and say how large they are with --frame WIDTHxHEIGHT; in Python give bundle.run a satchel.Frame."
        )
    if form is not None and not kind.is_picture:
        raise click.UsageError(f"--frame is for camera frames, and this model is asked about {kind.plural}.")
    if form is not None and kind.name == "photo" and form.range is None:
        size = f"{form.width}x{form.height}"
        raise click.UsageError(
            "this model takes photos, and of a frame needs range (full, limited) and rotation (0, 90, 180, 270) too: "
            f"--frame {size},full,90, for example."
        )
