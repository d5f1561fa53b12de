"""What the tests of bundle readers share: where a bundle is put, and the code of a refusal."""

from __future__ import annotations

import contextlib
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bundle_samples import (
    Files,
)
from satchel_metadata.bundle import BundleReader
from satchel_metadata.errors import SatchelError

Place = Callable[[Files], Path]


def code_of(use: Callable[[], Any]) -> str:
    with pytest.raises(SatchelError) as caught:
        use()
    return caught.value.code


def opened(place: Place, files: Files) -> str:
    return code_of(lambda: BundleReader.open(place(files)))


@contextlib.contextmanager
def peak_memory() -> Iterator[Callable[[], int]]:
    """Gives what tells, after the block, how many bytes were held at most within it."""
    tracemalloc.start()
    found = [0]
    try:
        yield lambda: found[0]
        found[0] = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
