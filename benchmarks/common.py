"""What the benchmarks share: the machine's description, medians of ratios, and environments of their own."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def photo(name: str) -> Path:
    """Gives the file of one of the tests' photos."""
    if str(ROOT / "tests") not in sys.path:
        sys.path.append(str(ROOT / "tests"))
    import photos

    return photos.find(name)


def machine(*distributions: str) -> dict[str, Any]:
    """Gives where the numbers come from: processor, cores, system, and versions of the libraries that count."""
    versions = {name: metadata.version(name) for name in distributions}
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
        **versions,
    }


def described(found: dict[str, Any]) -> str:
    """Gives the machine in one line."""
    return ", ".join(f"{name} {value}" for name, value in found.items())


def median_ms(seconds: Sequence[float]) -> float:
    """Gives the median in milliseconds."""
    return statistics.median(seconds) * 1000


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Gives the median of ours / theirs over neighbouring runs, so that a busy moment of the machine hits both."""
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


def environment(name: str, *requirements: str) -> Path:
    """Gives the interpreter of `.envs/name`, which holds the requirements and nothing of Satchel; made at first use.

    Raises:
        subprocess.CalledProcessError: it cannot be made; its `stderr` says why.
    """
    folder = ROOT / ".envs" / name
    python = folder / "bin" / "python"
    if not python.exists():
        uv = shutil.which("uv", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))))
        venv = [uv or "uv", "venv", "-q", "--clear", "--python", sys.executable, str(folder)]
        install = [uv or "uv", "pip", "install", "-q", "--python", str(python), *requirements]
        for command in (venv, install):
            subprocess.run(command, check=True, capture_output=True, text=True)
    return python


def without_network(command: list[str]) -> list[str]:
    """Gives the command in a network namespace of its own, where this machine allows that; else as it is."""
    alone = ["unshare", "--net", "--map-root-user"]
    if shutil.which("unshare") and subprocess.run([*alone, "true"], capture_output=True).returncode == 0:
        return [*alone, *command]
    print("this machine allows no network namespace: the other program may use the network", file=sys.stderr)
    return command


def bundle_options(description: str | None, rounds: int) -> argparse.Namespace:
    """Gives `bundle`, `rounds` and `json` of the command line.

    Raises:
        SystemExit: the bundle is not there.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", nargs="?", type=Path, default=ROOT / "out" / "efficientnet-lite0.satchel")
    parser.add_argument("--rounds", type=int, default=rounds, help="how often each photo is asked about")
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    options = parser.parse_args()
    if not options.bundle.exists():
        raise SystemExit(f"{options.bundle} is not there: run `make demo-bundle`")
    return options


def write_json(path: Path | None, document: dict[str, Any]) -> None:
    """Writes the results for other programs, when a path is given."""
    if path is not None:
        path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
