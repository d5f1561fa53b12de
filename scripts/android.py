"""Makes the app's APK of what Maven compiled, without an Android SDK.

`android.py assets FILE...` lays bundles and photos ready; `android.py apk OUT.apk` makes the file: R8 writes the dex,
this program the zip (every entry of the same time, in one order, so that the same sources give the same bytes), then
zipalign lays it out, apksigner signs it, and `android_checks.py` reads it as a phone would; `android.py again OUT.apk`
makes it once more elsewhere and compares.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import android_checks
from android_checks import run
from PIL import Image

import satchel

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "android_demo"
ASSETS = ROOT / "out" / "android" / "assets"
BUNDLES = "bundles"
ABIS = ("arm64-v8a", "x86_64")
MIN_SDK = 26
SAMPLE_SIDE = 400
WRITTEN = (1981, 1, 1, 1, 1, 2)
STORED = (".so", ".arsc", ".satchel", ".jpg", ".png")


def assets(files: Sequence[Path], folder: Path = ASSETS) -> None:
    """Lays bundles and sample photos where both builds look for them; what was there and is no longer wanted goes."""
    wanted = {folder / BUNDLES / each.name: each for each in files if each.suffix == ".satchel"}
    photos = [each for each in files if each.suffix != ".satchel"] + [person()]
    wanted |= {folder / "samples" / f"{each.stem}.jpg": each for each in photos}
    for old in set(folder.rglob("*.*")) - set(wanted):
        old.unlink()
    for copy, original in wanted.items():
        copy.parent.mkdir(parents=True, exist_ok=True)
        newest = max(original.stat().st_mtime, Path(__file__).stat().st_mtime)
        if not copy.exists() or copy.stat().st_mtime < newest:
            lay(original, copy)


def lay(original: Path, copy: Path) -> None:
    """Copies a bundle as it is; of a photo a JPEG small enough for the screen of a phone and the APK's weight."""
    if original.suffix == ".satchel":
        shutil.copyfile(original, copy)
    else:
        photo = Image.open(original).convert("RGB")
        photo.thumbnail((SAMPLE_SIDE, SAMPLE_SIDE), Image.Resampling.LANCZOS)
        photo.save(copy, quality=75, optimize=True)


def person() -> Path:
    """Gives a photo with a person, for the model that looks for one."""
    return satchel.zoo.get("selfie-segmenter").known_answers[0].photo


def apk(out: Path, demo: Path = DEMO, carried: Path = ASSETS) -> None:
    """Writes the signed APK of a work tree that `kotlin.sh app process-classes` has compiled."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        dex(demo / "app", demo / "runtime", work)
        loose, aligned = work / "loose.apk", work / "aligned.apk"
        write(loose, sorted(contents(demo, carried, work)))
        run("zipalign", "-p", "4", loose, aligned)
        signed = work / "signed.apk"
        sign(aligned, signed, demo / "app" / "debug.keystore")
        shutil.move(signed, out)


def dex(app: Path, runtime: Path, out: Path) -> None:
    """Writes classes.dex with R8: the app, the library, what they use of others, and the interpreter's classes."""
    android = app / "target" / "android"
    packaged = (android / "packaged").read_text().strip().split(":")
    framework = (android / "framework").read_text().strip()
    rules = [app / "proguard-rules.pro", android / "resources.pro"]
    rules += sorted(runtime.glob("target/aar/*/proguard.txt"))
    inputs = [
        archive(Path(each), out) for each in (app / "target" / "classes", *packaged, runtime / "target" / "classes")
    ]
    program = [
        java(),
        "-Xmx2g",
        "-XX:+UseSerialGC",
        "-cp",
        app / "target" / "tools" / "r8.jar",
        "com.android.tools.r8.R8",
    ]
    run(
        *program,
        *("--release", "--min-api", str(MIN_SDK), "--output", out),
        *("--lib", framework, "--lib", java_home()),
        *(word for each in rules for word in ("--pg-conf", each)),
        *inputs,
    )


def archive(classes: Path, folder: Path) -> Path:
    """Gives a jar of a folder of classes; a jar as it is."""
    if classes.is_file():
        return classes
    jar = folder / f"{len(list(folder.iterdir()))}.jar"
    with zipfile.ZipFile(jar, "w") as held:
        for path in sorted(classes.rglob("*.class")):
            held.write(path, path.relative_to(classes))
    return jar


def contents(demo: Path, carried: Path, work: Path) -> Iterator[tuple[str, bytes]]:
    """Gives the name and the bytes of every entry."""
    with zipfile.ZipFile(demo / "app" / "target" / "android" / "resources.apk") as resources:
        for name in resources.namelist():
            yield name, resources.read(name)
    for path in work.glob("*.dex"):
        yield path.name, path.read_bytes()
    for abi in ABIS:
        for path in demo.glob(f"runtime/target/aar/*/jni/{abi}/*.so"):
            yield f"lib/{abi}/{path.name}", path.read_bytes()
    for path in carried.rglob("*.*"):
        yield f"assets/{path.relative_to(carried).as_posix()}", path.read_bytes()


def write(out: Path, entries: Sequence[tuple[str, bytes]]) -> None:
    """Writes a zip whose bytes follow from its entries alone; what the system maps into memory is stored."""
    with zipfile.ZipFile(out, "w") as held:
        for name, content in entries:
            entry = zipfile.ZipInfo(name, WRITTEN)
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(STORED) else zipfile.ZIP_DEFLATED
            held.writestr(entry, content, compresslevel=9)


def sign(unsigned: Path, out: Path, keystore: Path) -> None:
    """Signs with the public debug key, by schemes 2 and 3; Android 8, the oldest that the app runs on, knows 2."""
    key = ("--ks", keystore, "--ks-pass", "pass:android", "--ks-key-alias", "androiddebugkey")
    schemes = ("--v1-signing-enabled", "false", "--v2-signing-enabled", "true", "--v3-signing-enabled", "true")
    run("apksigner", "sign", *key, *schemes, "--min-sdk-version", str(MIN_SDK), "--out", out, unsigned)


def java_home() -> Path:
    """Gives the folder of the JDK that `java` belongs to."""
    if "JAVA_HOME" in os.environ:
        return Path(os.environ["JAVA_HOME"])
    found = shutil.which("javac")
    if found is None:
        raise SystemExit("javac is not on the path: install JDK 17")
    return Path(found).resolve().parents[1]


def java() -> Path:
    """Gives that JDK's java."""
    return java_home() / "bin" / "java"


def again(first: Path) -> None:
    """Makes the APK once more, from copies of the sources in another folder; refuses one that differs in a byte."""
    with tempfile.TemporaryDirectory() as name:
        elsewhere, second = Path(name) / "elsewhere", Path(name) / "again.apk"
        shutil.copytree(DEMO, elsewhere / DEMO.name, ignore=shutil.ignore_patterns("target"))
        shutil.copytree(ROOT / "scripts", elsewhere / "scripts")
        run("bash", elsewhere / "scripts" / "kotlin.sh", "app", "process-classes")
        apk(second, elsewhere / DEMO.name)
        if first.read_bytes() != second.read_bytes():
            raise SystemExit(f"The APK made again is another: {', '.join(android_checks.differing(first, second))}")
    print(f"{first} made again from the same sources elsewhere: the same bytes")


def main(verb: str, *paths: str) -> None:
    """Does what the command line says."""
    if verb == "assets":
        assets([Path(path) for path in paths])
    elif verb == "again":
        again(Path(paths[0]))
    else:
        apk(Path(paths[0]))
        android_checks.check(Path(paths[0]), DEMO)


if __name__ == "__main__":
    main(*sys.argv[1:])
