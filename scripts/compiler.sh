#!/usr/bin/env bash
# Gets a C compiler where that needs no question. Without one all works too: numpy then resizes, more slowly.
set -u

command -v cc >/dev/null && exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
  echo "Satchel: fetching a C compiler"
  $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq gcc libc6-dev >/dev/null && exit 0
fi
echo "There is no C compiler: photos are resized more slowly. For speed install Debian's packages gcc and libc6-dev, then run make setup again." >&2
exit 0
