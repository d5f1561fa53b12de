"""Answers on a terminal, one form a kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from satchel import units
from satchel.cli import terminal

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from satchel.answer import Answer
    from satchel_metadata.answers import Keypoint, Object
    from satchel_metadata.pipeline import Class
    from satchel_metadata.values import Mask

BAR = 24
VALUES = 12
"""How many numbers of a long answer are shown."""


def show(name: str, answer: Answer) -> None:
    """Prints what was asked about, how long it took, and the answer."""
    from rich.text import Text

    out = terminal.console()
    stages = [f"{stage} {units.thousandths(took)}" for stage, took in answer.timings.items() if stage != "total"]
    total = units.milliseconds(answer.timings["total"])
    out.print(terminal.text(name, "bold", 4000))
    windows = f", mean of {len(answer.windows)} windows" if answer.windows else ""
    out.print(Text(f"{answer.variant}, {total}: {', '.join(stages)}{windows}", "dim"))
    out.print(_rows(answer, out))
    out.print()


def _rows(answer: Answer, out: Console) -> RenderableType:
    if answer.objects is not None:
        return _objects(answer.objects)
    if answer.keypoints is not None:
        return _keypoints(answer.keypoints)
    if answer.mask is not None:
        return _mask(answer.mask)
    if answer.values is not None:
        return _values(answer.values.reshape(-1).tolist(), answer.values.shape)
    return _classes(answer.classes or (), out)


def _classes(classes: Sequence[Class], out: Console) -> RenderableType:
    from rich.text import Text

    shares = all(0 <= each.score <= 1 for each in classes)
    room = BAR if shares and out.width >= 60 else 0
    rows = terminal.grid(room)
    for each in classes:
        score = f"{each.score * 100:.1f} %" if shares else units.number(each.score)
        bar = terminal.bar(each.score, room) if room else ""
        rows.add_row(Text(score), bar, _name(each.label, each.index), Text(str(each.index), "dim"))
    return rows if classes else Text("  no class reaches the threshold")


def _objects(objects: Sequence[Object]) -> RenderableType:
    from rich.text import Text

    rows = terminal.table("score", "object", "left", "top", "right", "bottom", right=("score", *_SIDES))
    for each in objects:
        rows.add_row(f"{each.score * 100:.1f} %", _name(each.label, each.index), *_numbers(each.box))
    return rows if objects else Text("  nothing was found")


def _keypoints(keypoints: Sequence[Keypoint]) -> RenderableType:
    rows = terminal.table("point", "x", "y", "score", right=("x", "y", "score"))
    for place, each in enumerate(keypoints):
        score = "" if each.score is None else f"{each.score * 100:.1f} %"
        name = f"point {place}" if each.name is None else each.name
        rows.add_row(terminal.text(name), *_numbers((each.x, each.y)), score)
    return rows


def _mask(mask: Mask) -> RenderableType:
    import numpy as np

    indices, counts = np.unique(mask.indices, return_counts=True)
    rows = terminal.table("class", "share", right=("share",))
    for index, count in zip(indices.tolist(), counts.tolist(), strict=True):
        label = mask.labels[index] if mask.labels and index < len(mask.labels) else None
        rows.add_row(_name(label, index), f"{100 * count / mask.indices.size:.1f} %")
    return rows


def _values(values: Sequence[float], shape: tuple[int, ...]) -> RenderableType:
    from rich.text import Text

    shown = "  ".join(_numbers(values[:VALUES]))
    rest = f"  ... {' x '.join(map(str, shape))} values" if len(values) > VALUES else ""
    return Text(f"  {shown}{rest}")


_SIDES = ("left", "top", "right", "bottom")


def _name(label: str | None, index: int) -> Any:
    return terminal.text(f"class {index}" if label is None else label)


def _numbers(values: Iterable[float]) -> list[str]:
    return [f"{value:.5g}" for value in values]
