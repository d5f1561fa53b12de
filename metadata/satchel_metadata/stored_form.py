"""How a .tflite is stored in a bundle: as it is, as raw DEFLATE, or entropy coded."""

from __future__ import annotations

from typing import Literal

from satchel_metadata.entropy import MAX_CODED, encoded
from satchel_metadata.entropy_parts import parts_of
from satchel_metadata.errors import BundleError
from satchel_metadata.inflate import deflate
from satchel_metadata.manifest import CODED, DEFLATED, TFLITE

Compression = Literal["deflate", "entropy"] | bool
MAX_DECISIONS = 2**23
"""Bits to be foretold, beyond which nothing is entropy coded unasked: without compiled code that takes a minute."""
GAIN = 0.9
"""The entropy coded form takes longer to open, so it is chosen only where it is at most so much of raw DEFLATE."""


def stored_form(tflite: bytes, compress: Compression) -> tuple[str, bytes]:
    """Gives the name in the variant's folder and the bytes as stored.

    Args:
        tflite: the model as runtimes take it.
        compress: False, "deflate", "entropy", or True for whichever is smaller (`GAIN`, `MAX_DECISIONS`).

    Raises:
        BundleError: bundle/too-large when "entropy" is asked of more than MAX_CODED bytes.
    """
    if not compress:
        return TFLITE, tflite
    if compress == "entropy" and len(tflite) > MAX_CODED:
        raise BundleError(
            "bundle/too-large",
            f"expected at most {MAX_CODED} bytes to be entropy coded, found {len(tflite)}",
            where=TFLITE,
            hint="Store it as raw DEFLATE.",
        )
    deflated = deflate(tflite)
    if compress == "deflate" or len(tflite) > MAX_CODED:
        return DEFLATED, deflated
    parts = parts_of(tflite)
    if compress is True and sum(part.decisions for part in parts) > MAX_DECISIONS:
        return DEFLATED, deflated
    coded = encoded(parts)
    if compress == "entropy" or len(coded) <= GAIN * len(deflated):
        return CODED, coded
    return DEFLATED, deflated
