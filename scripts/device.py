"""Says by its exit code whether an Android device is ready: `make test-device` builds the app and bundles only then."""

from __future__ import annotations

import os
import sys

from satchel.device import adb
from satchel_metadata.errors import SatchelError


def ready() -> bool:
    """Says whether there is one device to take; what stands in the way is told by `satchel check --android`."""
    program = adb.program()
    try:
        return program is not None and bool(adb.choose(adb.devices(program), os.environ.get("ANDROID_SERIAL") or None))
    except SatchelError:
        return False


if __name__ == "__main__":
    sys.exit(not ready())
