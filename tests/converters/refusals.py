"""What the tests of refused models share."""

from __future__ import annotations

from pathlib import Path

import pytest

from satchel_converters.sources import load_source
from satchel_metadata.errors import ModelError


def refused(path: Path, work: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        load_source(path, work)
    assert not work.exists()
    assert "\n" not in str(caught.value)
    return caught.value
