"""Reads a finished APK as a phone would: its signatures, its layout, its manifest, its classes, and what it weighs."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

ANDROID = "{http://schemas.android.com/apk/res/android}"
OVERHEAD = 500_000
GIVEN = ("lib/", "assets/bundles/")
COMPONENTS = ("activity", "service", "provider", "receiver", "instrumentation")


def check(apk: Path, demo: Path) -> None:
    """Ends the program with what is wrong; tells of what the APK weighs where nothing is."""
    print(weigh(apk))
    run("zipalign", "-c", "-p", "4", apk)
    signatures(apk)
    badging(apk, demo)
    classes(apk, demo)


def weigh(apk: Path) -> str:
    """Gives a table of what the APK is made of; refuses 0.5 MB beside the interpreter's libraries and the bundles."""
    with zipfile.ZipFile(apk) as held:
        given = {each.filename: each.compress_size for each in held.infolist() if each.filename.startswith(GIVEN)}
    total = apk.stat().st_size
    rest = total - sum(given.values())
    rows = [*sorted(given.items()), ("code, resources, sample photos, signature", rest), (str(apk), total)]
    table = "\n".join(f"{name:<58}{size / 1e6:>10.2f} MB" for name, size in rows)
    if rest > OVERHEAD:
        raise SystemExit(f"{table}\nThe app's own part is {rest} bytes; {OVERHEAD} are allowed")
    return table


def signatures(apk: Path) -> None:
    """Refuses an APK that is not signed by schemes 2 and 3 with the debug key."""
    said = run("apksigner", "verify", "--verbose", "--print-certs", apk)
    for line in (
        "(APK Signature Scheme v2): true",
        "(APK Signature Scheme v3): true",
        "Number of signers: 1",
        "CN=Satchel debug key",
    ):
        expect(line, said, "apksigner verify")


def badging(apk: Path, demo: Path) -> None:
    """Refuses a manifest that says anything else than what the app is."""
    said = run(demo / "app" / "target" / "tools" / "prebuilt" / "linux" / "aapt2", "dump", "badging", apk)
    for line in (
        "package: name='dev.satchel.app' versionCode='1' versionName='0.1.0'",
        "minSdkVersion:'26'",
        "targetSdkVersion:'35'",
        "application-debuggable",
        "launchable-activity: name='dev.satchel.app.MainActivity'",
        "uses-feature-not-required: name='android.hardware.camera.any'",
        "native-code: 'arm64-v8a' 'x86_64'",
    ):
        expect(line, said, "aapt2 dump badging")


def classes(apk: Path, demo: Path) -> None:
    """Refuses dex without the manifest's classes or the interpreter's, and native methods that no library has."""
    held, native = dexdump(apk)
    runtime = demo / "runtime" / "target" / "classes"
    wanted = {*components(demo), *(str(path.relative_to(runtime).with_suffix("")) for path in runtime.rglob("*.class"))}
    if absent := sorted(wanted - held):
        raise SystemExit(f"{apk} is without the classes {', '.join(absent)}")
    with zipfile.ZipFile(apk) as archive:
        libraries = {name: archive.read(name) for name in archive.namelist() if name.startswith("lib/")}
    for abi in {name.split("/")[1] for name in libraries}:
        code = b"".join(content for name, content in libraries.items() if f"/{abi}/" in name)
        if unknown := sorted(name for name in native if f"{name}\0".encode() not in code):
            raise SystemExit(f"no library of {abi} has {', '.join(unknown)}")


def components(demo: Path) -> set[str]:
    """Gives the classes that the merged manifest names."""
    manifest = ElementTree.parse(demo / "app" / "target" / "android" / "AndroidManifest.xml")
    return {each.attrib[f"{ANDROID}name"].replace(".", "/") for tag in COMPONENTS for each in manifest.iter(tag)}


def dexdump(apk: Path) -> tuple[set[str], set[str]]:
    """Gives the names of all classes, and the names that native methods have in libraries."""
    held, native, name, method = set(), set(), "", ""
    for line in run("dexdump", apk).splitlines():
        if found := re.match(r"\s*Class descriptor\s*: 'L(.*);'", line):
            name = found[1]
            held.add(name)
        elif found := re.match(r"\s*name\s*: '(.*)'", line):
            method = found[1]
        elif re.match(r"\s*access\s*:.*\bNATIVE\b", line):
            native.add("Java_" + "_".join(mangled(word) for word in (*name.split("/"), method)))
    return held, native


def mangled(word: str) -> str:
    """Gives a part of a name as the Java Native Interface writes it."""
    return "".join(
        letter if letter.isascii() and letter.isalnum() else {"_": "_1"}.get(letter, f"_0{ord(letter):04x}")
        for letter in word
    )


def differing(first: Path, second: Path) -> list[str]:
    """Gives the names of the entries in which two APKs differ; what is between entries where these are the same."""
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as other:
        sums = [{each.filename: each.CRC for each in archive.infolist()} for archive in (one, other)]
    return sorted({name for name, _ in sums[0].items() ^ sums[1].items()}) or ["the order, the layout or the signature"]


def expect(line: str, said: str, program: str) -> None:
    """Ends the program where another program did not say what it must."""
    if line not in said:
        raise SystemExit(f"{program} does not say {line!r}; it says:\n{said}")


def run(*command: str | Path) -> str:
    """Gives what a program says; ends this one where it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
