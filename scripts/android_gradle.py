"""Checks the Gradle build as far as that goes without Gradle: its scripts by type, its versions beside Maven's.

Each script becomes a Kotlin function on what Gradle would run it on (a Project, the Settings), with the version
catalogue's accessors written out, and Maven compiles these against the interfaces of Gradle and its plugins.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "android_demo"
SCRIPTS = ("settings.gradle.kts", "build.gradle.kts", "satchel/build.gradle.kts", "app/build.gradle.kts")
KINDS = {
    "versions": "Provider<String>",
    "libraries": "Provider<MinimalExternalModuleDependency>",
    "plugins": "Provider<PluginDependency>",
}
IMPORTS = """\
import org.gradle.api.*
import org.gradle.api.artifacts.*
import org.gradle.api.initialization.*
import org.gradle.api.initialization.resolve.*
import org.gradle.api.provider.*
import org.gradle.api.tasks.*
import org.gradle.api.tasks.testing.*
import org.gradle.plugin.use.*
"""
# What both builds take: the catalogue's name, and the property of a pom.
SHARED = {
    "kotlin": "kotlin.version",
    "tflite": "tflite.version",
    "javacpp": "javacpp.version",
    "zxing": "zxing.version",
    "min-sdk": "android.min",
    "target-sdk": "android.target",
    "junit": "junit.version",
}


def check() -> None:
    """Ends the program with what is wrong."""
    catalogue = tomllib.loads((DEMO / "gradle" / "libs.versions.toml").read_text())
    if different := sorted(disagreements(catalogue["versions"])):
        raise SystemExit("gradle/libs.versions.toml and Maven's files disagree: " + "; ".join(different))
    folder = DEMO / "gradle" / "target" / "scripts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Libs.kt").write_text(accessors(catalogue))
    for number, script in enumerate(SCRIPTS):
        (folder / f"Script{number}.kt").write_text(function(DEMO / script, f"script{number}"))
    compile_scripts()
    print(f"Gradle: {len(SCRIPTS)} scripts are well typed, {len(SHARED)} versions are Maven's")


def disagreements(versions: Mapping[str, str]) -> Iterator[str]:
    """Gives each version that one build has otherwise than the other."""
    for name, pinned in SHARED.items():
        for pom in sorted(DEMO.glob("**/pom.xml")):
            for found in re.findall(rf"<{re.escape(pinned)}>(.*?)</", pom.read_text()):
                if found != versions[name]:
                    yield f"{name} is {versions[name]}, and {pinned} of {pom.relative_to(ROOT)} is {found}"


def accessors(catalogue: Mapping[str, Any]) -> str:
    """Gives the classes by which a script names what the catalogue holds: `libs.plugins.kotlin.jvm`."""
    tree: dict[str, Any] = {}
    for table, kind in KINDS.items():
        for name in catalogue[table]:
            place = tree if table == "libraries" else tree.setdefault(table, {})
            for part in name.split("-"):
                place = place.setdefault(part, {})
            place[""] = kind
    lines = ["package scripts\n", IMPORTS, *written("Libs", tree)]
    return "\n".join([*lines, "val Project.libs: Libs get() = throw NotImplementedError()", ""])


def written(name: str, tree: Mapping[str, Any]) -> Iterator[str]:
    """Gives the lines of one such class, after those of the classes that it names."""
    parts = {part: below for part, below in tree.items() if part}
    for part, below in parts.items():
        yield from written(name + part.title(), below)
    base = f" : {tree['']} by lazyOf<{tree['']}>(throw NotImplementedError()).value" if "" in tree else ""
    yield f"class {name}{base} {{"
    for part in parts:
        yield f"    val {part}: {name}{part.title()} get() = throw NotImplementedError()"
    yield "}"


def function(script: Path, name: str) -> str:
    """Gives a script as a function on the object that Gradle runs it on."""
    lines = script.read_text().splitlines()
    imports = [line for line in lines if line.startswith("import ")]
    body = ["    " + line for line in lines if not line.startswith("import ")]
    receiver = "Settings" if script.name.startswith("settings") else "Project"
    return "\n".join(["package scripts\n", IMPORTS, *imports, f"fun {receiver}.{name}() {{", *body, "}", ""])


def compile_scripts() -> None:
    """Has Maven compile them; ends the program with what the compiler says."""
    command = ["mvn", "-B", "-ntp", "-q", "-f", str(DEMO / "gradle" / "pom.xml"), "compile"]
    done = subprocess.run([*command, "-o"], capture_output=True, text=True)
    if done.returncode and "offline mode" in done.stdout:
        print("Satchel: fetching the interfaces of Gradle")
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"The Gradle scripts do not compile:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(check())
