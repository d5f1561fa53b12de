#!/usr/bin/env bash
# Makes the phone's own TensorFlow Lite loadable by a desktop JVM: build.sh LIBRARY FOLDER
# LIBRARY is Android's x86_64 libtensorflowlite_jni.so; FOLDER gets it as glibc can load it, or a file "reason" that says in a
# sentence why it cannot. Without it the tests run models in another TensorFlow Lite, and say so.
set -uo pipefail
library=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
cd "$(dirname "$0")"

if [ -f "$folder/libtensorflowlite_jni.so" ]; then
  newer=$(find bionic.c patch.py build.sh "$library" -newer "$folder/libtensorflowlite_jni.so")
  [ -z "$newer" ] && exit 0
fi

give_up() {
  rm -f "$folder"/*.so
  echo "$1" | tee "$folder/reason"
  exit 0
}

[ "$(uname -sm)" = "Linux x86_64" ] || give_up "it is built for Linux on x86_64, this is $(uname -sm)"
getconf GNU_LIBC_VERSION >/dev/null 2>&1 || give_up "it needs glibc, and this system has another C library"
python=../../.venv/bin/python
[ -x "$python" ] || python=$(command -v python3) || give_up "Python 3.11 is not installed: apt-get install python3"

ready() { echo '#include <stdio.h>' | cc -E - >/dev/null 2>&1; }
ready || bash ../../scripts/compiler.sh 2>/dev/null
ready || give_up "there is no C compiler: apt-get install gcc libc6-dev"

cc -O2 -Wall -Wextra -Werror -shared -fPIC -Wl,-soname,libbio.so -Wl,--no-as-needed -o "$folder/libbio.so.new" bionic.c -lm -ldl -lpthread &&
  mv "$folder/libbio.so.new" "$folder/libbio.so" &&
  "$python" patch.py "$library" "$folder/libtensorflowlite_jni.so.new" &&
  mv "$folder/libtensorflowlite_jni.so.new" "$folder/libtensorflowlite_jni.so" ||
  give_up "it could not be built: see the messages of the compiler and of patch.py"
rm -f "$folder/reason"
