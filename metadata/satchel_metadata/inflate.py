"""Raw DEFLATE, the one compression inside a bundle, undone within a stated size."""

from __future__ import annotations

import zlib

from satchel_metadata.errors import PACK_AGAIN, BundleError


def deflate(raw: bytes) -> bytes:
    """Gives raw DEFLATE data (RFC 1951, no header, level 9)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush()


def inflate(stored: bytes, size: int, where: str) -> bytes:
    """Gives the raw bytes of DEFLATE data; stops as soon as they pass the stated size.

    Raises:
        BundleError: bundle/bomb when there is more than `size`, bundle/wrong-length when there is less,
            bundle/changed-file when the data is not one whole DEFLATE stream.
    """
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        raw = unpacker.decompress(stored, size + 1)
    except zlib.error as error:
        raise BundleError(
            "bundle/changed-file", f"expected DEFLATE data ({error})", where=where, hint=PACK_AGAIN
        ) from None
    if len(raw) > size:
        raise BundleError(
            "bundle/bomb", f"the data inflates past the stated {size} bytes", where=where, hint=PACK_AGAIN
        )
    if not unpacker.eof or unpacker.unused_data:
        raise BundleError(
            "bundle/changed-file", "the DEFLATE data is cut short or has an end too many", where=where, hint=PACK_AGAIN
        )
    if len(raw) < size:
        raise BundleError(
            "bundle/wrong-length", f"expected {size} bytes inflated, found {len(raw)}", where=where, hint=PACK_AGAIN
        )
    return raw
