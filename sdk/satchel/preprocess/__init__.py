"""How other libraries prepare a photo, read from their own configuration: one module a library."""

from __future__ import annotations

from satchel.preprocess.base import Preprocess

__all__ = ["Preprocess"]
