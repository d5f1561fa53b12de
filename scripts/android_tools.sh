#!/usr/bin/env bash
# Finds the Android tools that Debian packages, or gets them where that needs no question.
set -u
tools=(apksigner zipalign dexdump)

missing() { for tool in "${tools[@]}"; do command -v "$tool" >/dev/null || echo "$tool"; done; }

[ -n "$(missing)" ] || exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
  echo "Satchel: fetching" $(missing)
  $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $(missing) >/dev/null
fi
[ -n "$(missing)" ] || exit 0
echo "The APK is made with Android's tools as Debian has them: apt-get install" $(missing) >&2
exit 1
