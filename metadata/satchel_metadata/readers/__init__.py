"""The reading steps by op. Each family's module holds its own; an output's steps are these, one after another."""

from __future__ import annotations

from satchel_metadata.readers.base import Context, Read, ReadOp
from satchel_metadata.readers.boxes import BOXES
from satchel_metadata.readers.masks import MASKS
from satchel_metadata.readers.numbers import NUMBERS
from satchel_metadata.readers.points import POINTS
from satchel_metadata.readers.scores import SCORES

READ_OPS: dict[str, ReadOp] = {**SCORES, **BOXES, **POINTS, **MASKS, **NUMBERS}

__all__ = ["READ_OPS", "Context", "Read", "ReadOp"]
