"""Which browser the tests start."""

from __future__ import annotations

import shutil


def installed_chromium() -> str | None:
    """Gives Debian's Chromium where it is installed; None stands for Playwright's own."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
