"""The house keeps its shape: imports run downhill, the door is as listed, and heavy libraries stay out of it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import satchel
from satchel_metadata import errors
from satchel_metadata.errors import SatchelError

ROOT = Path(__file__).parents[2]
ROOMS = {
    "satchel_metadata": (ROOT / "metadata", set()),
    "satchel_converters": (ROOT / "converters", {"satchel_metadata"}),
    "satchel": (ROOT / "sdk", {"satchel_metadata", "satchel_converters", "satchel_server"}),
    "satchel_server": (ROOT / "web_demo" / "server", {"satchel_metadata"}),
}
HEAVY = {
    "h5py",
    "keras",
    "litert_quantizer",
    "tensorflow",
    "tensorflow_lite_support",
    "tensorflow_model_optimization",
    "tensorflowjs",
    "tf_keras",
}


def imported(path: Path, *, top: bool = False) -> Iterator[str]:
    """Gives the first name of every import in a file; with `top`, only of those that run when the module loads."""
    tree = ast.parse(path.read_text())
    nodes = [node for node in ast.walk(tree) if not top] or [
        node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
    ]
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def errors_made(path: Path) -> Iterator[ast.Call]:
    """Gives every call of a file that makes one of Satchel's errors."""
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, SatchelError)}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in kinds:
            yield node


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_downhill_only(room: str) -> None:
    folder, allowed = ROOMS[room]
    files = sorted((folder / room).rglob("*.py"))
    assert len(files) > 3
    uphill = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in imported(path)
        if name in ROOMS and name != room and name not in allowed
    }
    assert uphill == set()


@pytest.mark.parametrize("room", ROOMS)
def test_heavy_libraries_load_inside_the_function_that_needs_them(room: str) -> None:
    folder, _ = ROOMS[room]
    found = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (folder / room).rglob("*.py")
        for name in imported(path, top=True)
        if name in HEAVY
    }
    assert found == set()


@pytest.mark.parametrize("room", ROOMS)
def test_every_error_tells_what_to_do(room: str) -> None:
    folder, _ = ROOMS[room]
    made = [(path, call) for path in (folder / room).rglob("*.py") for call in errors_made(path)]
    assert made
    without = [
        f"{path.relative_to(ROOT)}, line {call.lineno}"
        for path, call in made
        if not any(each.arg == "hint" and ast.unparse(each.value) != "''" for each in call.keywords)
    ]
    assert without == []


def test_opening_and_describing_loads_no_tensorflow() -> None:
    program = (
        "import sys, satchel\n"
        "satchel.image_classification(labels=['a'], size=8)\n"
        "satchel.open, satchel.evaluate, satchel.agreement, satchel.Recipe\n"
        f"print(sorted(set(sys.modules) & {HEAVY!r}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_satchel_loads_nothing_but_the_standard_library() -> None:
    program = "import sys, satchel; print(sorted({'numpy', 'PIL', 'pydantic', 'click', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_door_is_as_listed() -> None:
    assert satchel.__all__ == [
        "Agreement",
        "Answer",
        "Budget",
        "Bundle",
        "CheckReport",
        "Class",
        "Description",
        "Diagnosis",
        "DynamicRange",
        "Evaluation",
        "Float16",
        "Frame",
        "Int8",
        "Preprocess",
        "Recipe",
        "Reference",
        "SatchelError",
        "SatchelWarning",
        "__version__",
        "agreement",
        "audio_classification",
        "converters",
        "diagnose",
        "embedding",
        "evaluate",
        "generic",
        "image_classification",
        "keypoints",
        "metadata",
        "object_detection",
        "open",
        "optimize",
        "pack",
        "segmentation",
        "signal_classification",
        "tabular_classification",
        "tabular_regression",
        "text_classification",
        "zoo",
    ]
    for name in satchel.__all__:
        assert getattr(satchel, name) is not None


def test_the_door_stays_a_function_after_its_modules_are_imported() -> None:
    import satchel.comparison
    import satchel.evaluation
    import satchel.packing

    assert callable(satchel.pack)
    assert callable(satchel.evaluate)
    assert callable(satchel.agreement)


def test_versions_agree() -> None:
    import tomllib

    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == satchel.__version__


def test_no_page_holds_a_gap_to_be_filled() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "metadata" / "SPEC.md"]
    assert [str(page) for page in pages if "@@" in page.read_text()] == []
