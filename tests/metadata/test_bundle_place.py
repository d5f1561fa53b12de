"""A killed or failed writer leaves the old bundle or none, and nothing that stays."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bundle_samples import MODEL, sample_parts
from satchel_metadata import bundle_place
from satchel_metadata.bundle import BundleReader
from satchel_metadata.bundle_write import refuse_existing, write_bundle
from satchel_metadata.errors import EnvironmentProblem, SatchelError

NAMES = ["bundle", "bundle.satchel"]
TESTS = Path(__file__).parent.parent
METADATA = TESTS.parent / "metadata"


def newer_parts() -> dict[str, Any]:
    parts = sample_parts()
    return {**parts, "spec": parts["spec"].model_copy(update={"version": "2.0.0"})}


def code_of(act: Callable[[], Any]) -> str:
    with pytest.raises(SatchelError) as caught:
        act()
    return caught.value.code


def in_child(act: Callable[[], Any]) -> int:
    """Runs it in a process of its own; gives the exit status, negative for a signal."""
    child = os.fork()
    if child == 0:
        try:
            act()
        except SatchelError as error:
            os._exit({"env/disk-full": 40, "bundle/exists": 41}.get(error.code, 42))
        except BaseException:
            os._exit(43)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(line: int, act: Callable[[], Any]) -> Callable[[], None]:
    """The act, killed when so many lines of the writer have run."""
    left = line

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if Path(frame.f_code.co_filename).name not in ("bundle_place.py", "bundle_write.py"):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    def run() -> None:
        sys.settrace(trace)
        act()

    return run


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("there", [False, True])
def test_a_writer_killed_at_any_line_leaves_the_old_bundle_or_none(tmp_path: Path, name: str, there: bool) -> None:
    out = tmp_path / "place" / name
    states = set()
    for line in range(1, 10_000, 5):
        shutil.rmtree(out.parent, ignore_errors=True)
        out.parent.mkdir()
        if there:
            write_bundle(out, **sample_parts())
        status = in_child(killed_at(line, lambda: write_bundle(out, **newer_parts(), overwrite=there)))
        if out.exists():
            reader = BundleReader.open(out)
            reader.verify()
            states.add(reader.manifest.version)
        else:
            states.add("none")
        if status == 0:
            break
        assert status == -signal.SIGKILL
    assert states == ({"1.0.0", "2.0.0"} if there else {"none", "2.0.0"})


@pytest.mark.parametrize("name", NAMES)
def test_the_next_writer_removes_what_a_killed_one_left(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    leftovers = 0
    for line in range(20, 400, 40):
        in_child(killed_at(line, lambda: write_bundle(out, **sample_parts())))
        leftovers += len([path for path in tmp_path.iterdir() if path != out])
        shutil.rmtree(out, ignore_errors=True)
        out.unlink(missing_ok=True) if not out.is_dir() else None
    write_bundle(out, **sample_parts())
    assert leftovers > 0
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("name", NAMES)
def test_what_another_writer_is_writing_is_left_alone(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    with bundle_place.beside(out, folder=True) as place:
        (place / "half").write_bytes(b"written")
        write_bundle(out, **sample_parts())
        assert (place / "half").read_bytes() == b"written"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("limit", [0, 500, 4000, len(MODEL)])
def test_a_full_disk_leaves_the_old_bundle_and_nothing_beside(tmp_path: Path, name: str, limit: int) -> None:
    out = tmp_path / name
    write_bundle(out, **sample_parts())

    def write() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        write_bundle(out, **newer_parts(), overwrite=True)

    status = in_child(write)
    assert status == 40 or (status == 0 and limit >= len(MODEL) and name == "bundle")
    assert list(tmp_path.iterdir()) == [out]
    assert BundleReader.open(out).manifest.version == ("2.0.0" if status == 0 else "1.0.0")


@pytest.mark.parametrize("name", NAMES)
def test_a_disk_that_fills_up_is_told_in_one_paragraph(tmp_path: Path, name: str) -> None:
    script = (
        f"import sys; sys.path[:0] = [{str(TESTS)!r}, {str(METADATA)!r}]\n"
        "from pathlib import Path\n"
        "from bundle_samples import sample_parts\n"
        "from satchel_metadata.bundle_write import write_bundle\n"
        "from satchel_metadata.errors import SatchelError\n"
        "try: write_bundle(Path(sys.argv[1]), **sample_parts())\n"
        "except SatchelError as error: print(error)\n"
        "print(sorted(path.name for path in Path(sys.argv[1]).parent.iterdir()))\n"
    )
    mounted = 'mount -t tmpfs -o size=12k none "$1" && exec "$2" -c "$3" "$4"'
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", mounted]
    done = subprocess.run(
        [*command, "sh", str(tmp_path), sys.executable, script, str(tmp_path / name)], capture_output=True, text=True
    )
    if "mount:" in done.stderr or "unshare:" in done.stderr:
        pytest.skip(f"this machine lets nobody mount a small disk: {done.stderr.strip()}")
    message, listing = done.stdout.splitlines()
    assert message == (
        f"{tmp_path / name}: no room to write it ({os.strerror(errno.ENOSPC)}). "
        "Free some space, or write elsewhere; nothing was left behind."
    )
    assert listing == "[]"


@pytest.mark.parametrize("name", NAMES)
def test_an_existing_bundle_is_kept_unless_asked(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    write_bundle(out, **sample_parts())
    assert code_of(lambda: write_bundle(out, **newer_parts())) == "bundle/exists"
    assert BundleReader.open(out).manifest.version == "1.0.0"
    write_bundle(out, **newer_parts(), overwrite=True)
    assert BundleReader.open(out).manifest.version == "2.0.0"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("name", NAMES)
def test_what_appears_while_writing_is_not_overwritten(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    place = tmp_path / "new"
    write_bundle(place if name == "bundle" else place.with_suffix(".satchel"), **newer_parts())
    refuse_existing(out, overwrite=False)
    write_bundle(out, **sample_parts())
    made = next(path for path in tmp_path.iterdir() if path.stem == "new")
    assert code_of(lambda: bundle_place.put(made, out, overwrite=False)) == "bundle/exists"
    assert BundleReader.open(out).manifest.version == "1.0.0"


@pytest.mark.parametrize("name", NAMES)
def test_without_the_kernels_conditional_rename_the_outcome_is_the_same(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_place, "_rename", lambda *_: False)
    out = tmp_path / name
    write_bundle(out, **sample_parts())
    assert code_of(lambda: write_bundle(out, **newer_parts())) == "bundle/exists"
    write_bundle(out, **newer_parts(), overwrite=True)
    assert BundleReader.open(out).manifest.version == "2.0.0"
    assert list(tmp_path.iterdir()) == [out]


def test_a_folder_that_is_no_bundle_is_never_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "photos"
    out.mkdir()
    (out / "cat.jpg").write_bytes(b"meow")
    assert code_of(lambda: refuse_existing(out, overwrite=True)) == "bundle/exists"
    assert (out / "cat.jpg").read_bytes() == b"meow"


def test_an_empty_folder_may_be_overwritten(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    write_bundle(tmp_path / "bundle", **sample_parts(), overwrite=True)
    BundleReader.open(tmp_path / "bundle").verify()


@pytest.mark.parametrize("name", NAMES)
def test_a_bundle_of_the_other_kind_is_not_overwritten(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    if name == "bundle":
        out.write_bytes(b"a file")
    else:
        out.mkdir()
    assert code_of(lambda: write_bundle(out, **sample_parts(), overwrite=True)) == "bundle/exists"


def test_a_folder_that_is_not_there_is_named_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        refuse_existing(tmp_path / "none" / "bundle.satchel", overwrite=False)
    assert (caught.value.code, caught.value.where) == ("env/cannot-write", str(tmp_path / "none"))


def test_a_name_with_wildcards_is_taken_literally(tmp_path: Path) -> None:
    for name in ("a.satchel", "*.satchel", "[a].satchel"):
        write_bundle(tmp_path / name, **sample_parts())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["*.satchel", "[a].satchel", "a.satchel"]
