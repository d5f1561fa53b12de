#!/usr/bin/env bash
# Maven in the Kotlin library: kotlin.sh process-test-classes, kotlin.sh -P lint test -Dsatchel.bundles=FILE:FILE
# With "app" first in the library, the phone's runtime and the app: kotlin.sh app test -Dtest=ResourcesTest
# It works offline as soon as all that it needs was fetched once; it tells what counts, and everything where it fails.
set -uo pipefail
cd "$(dirname "$0")/../android_demo/satchel"

ready() { command -v mvn >/dev/null && javac -version 2>&1 | grep -qE '^javac (1[7-9]|[2-9][0-9])'; }

if ! ready; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root="sudo -n"
  if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
    echo "Satchel: fetching JDK 17 and Maven"
    $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq openjdk-17-jdk-headless maven >/dev/null
  fi
  ready || { echo "The Kotlin library needs JDK 17 or newer and Maven: apt-get install openjdk-17-jdk-headless maven" >&2; exit 1; }
fi

target=target
poms=(pom.xml)
if [ "${1:-}" = app ]; then
  shift
  cd ..
  target=app/target
  poms=(pom.xml */pom.xml)
  set -- -P library-only -pl satchel,runtime,app "$@"
fi
mkdir -p "$target"
log="$target/maven.log"
goals="$*"
goals="${goals%% -D*}"
fetched="$target/.fetched-${goals//[ ,]/}"
# The compiler is done before the JVM's second compiler pays.
export MAVEN_OPTS="${MAVEN_OPTS:--XX:TieredStopAtLevel=1 -XX:+UseSerialGC}"
offline=(-o)
for pom in "${poms[@]}"; do
  [ "$fetched" -nt "$pom" ] || offline=()
done
[ ${#offline[@]} -gt 0 ] || echo "Satchel: fetching what the Kotlin sources are built with"
mvn -B -ntp "${offline[@]}" "$@" >"$log" 2>&1
failed=$?
if [ $failed != 0 ] && [ ${#offline[@]} -gt 0 ] && grep -q "in offline mode" "$log"; then
  mvn -B -ntp "$@" >"$log" 2>&1
  failed=$?
fi
if [ $failed != 0 ]; then
  grep -vE '^\[(INFO|ERROR)\] *$' "$log" >&2
  echo "Satchel: what failed:" >&2
  grep -E '^\[ERROR\] +[A-Za-z_.$]+(Test)?[.:>].*|^\[ERROR\] .*\.kt:|^e: |Tests run:.*FAILURE' "$log" | cut -c1-300 | tail -20 >&2
  exit 1
fi
touch "$fetched"
grep -E '^vectors:|^engines:|golden answers|^\[(INFO|WARNING)\] Tests run: [0-9]+, Failures: 0, Errors: 0, Skipped: [0-9]+$' "$log"
exit 0
