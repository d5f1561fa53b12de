#!/usr/bin/env bash
# Finds a Chromium for the browser tests, or gets one where that needs no question.
set -u
cd "$(dirname "$0")/.."

for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
.venv/bin/python - <<'EOF' && exit 0
import pathlib
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    raise SystemExit(0 if pathlib.Path(playwright.chromium.executable_path).exists() else 1)
EOF
echo "Satchel: fetching Chromium"
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
  $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium >/dev/null && exit 0
fi
.venv/bin/playwright install chromium >/dev/null 2>&1 && exit 0
echo "No Chromium was found or could be fetched: install Debian's package 'chromium', then run this again." >&2
exit 1
