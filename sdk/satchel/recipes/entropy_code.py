"""Weights that travel as indexes into their code books, range coded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from satchel.recipes.work import Context, Work
from satchel_metadata.entropy import encoded
from satchel_metadata.entropy_parts import parts_of
from satchel_metadata.inflate import deflate


@dataclass(frozen=True)
class EntropyCode:
    """The same .tflite -> fewer bytes over the wire, for what was pruned and shared; in memory nothing changes.

    Before: `variants/v/model.tflite`. After: `variants/v/model.tflite.rz`: the distinct values of each layer once, and
    for each weight which of them it is, in the bits that its neighbours leave uncertain. Readers decode it to the same
    bytes. Source: Han, Mao and Dally 2016, Deep Compression, section 4 (a Huffman code there); the form is in SPEC.md,
    section 6.
    """

    kind: ClassVar[str] = "entropy_code"
    stage: ClassVar[Literal["storage"]] = "storage"

    def validate(self) -> None:
        """Nothing can be wrong: the pass has no settings."""


def handle(step: EntropyCode, work: Work, context: Context) -> Work:
    """Gives the work as it is, with its bytes noted: the bundle's writer stores the .tflite in that form."""
    tflite = work.tflite or b""
    return work.with_tflite(tflite, step.kind, sizes(tflite))


def sizes(tflite: bytes) -> dict[str, int]:
    """Gives the bytes of a .tflite in memory and over the wire: `memory`, and `deflate` and `entropy` as stored so."""
    return {"memory": len(tflite), "deflate": len(deflate(tflite)), "entropy": len(encoded(parts_of(tflite)))}
