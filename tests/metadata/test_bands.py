"""Bands of rows on the threads that stand ready: every band once, errors told, and no thread in anyone's way."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from satchel_metadata.ops import bands

RESIZE = """
import numpy as np
from satchel_metadata.ops import bands, resize_pillow
from satchel_metadata.ops.geometry import Window

bands.processors = lambda: 2
pixels = np.random.default_rng(1).integers(0, 256, (600, 800, 3), dtype=np.uint8)
wanted = np.asarray(resize_pillow.Image.fromarray(pixels).resize((200, 150), resize_pillow.Image.Resampling.BICUBIC))


def resized():
    return resize_pillow.resize_array(pixels, 200, 150, "pillow.bicubic", Window(0, 0, 200, 150))


def right():
    return bool((resized() == wanted).all())


assert right()
"""


def run(code):
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", RESIZE + code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(autouse=True)
def three(monkeypatch):
    monkeypatch.setattr(bands, "processors", lambda: 3)


def test_every_place_is_visited_once_on_several_threads():
    seen, names = [], set()

    def visit(place):
        seen.append(place)
        names.add(threading.current_thread().name)
        time.sleep(0.002)

    bands.together(visit, range(30))
    assert sorted(seen) == list(range(30))
    assert len(names) > 1


def test_threads_are_made_once():
    for _ in range(20):
        bands.together(lambda place: time.sleep(0.001), range(6))
    helpers = [thread.name for thread in threading.enumerate() if thread.name.startswith("satchel-band")]
    assert 1 <= len(helpers) <= 3


def test_an_error_of_any_thread_is_raised_when_nothing_runs_any_more():
    running = []

    def fail(place):
        running.append(place)
        time.sleep(0.01)
        running.remove(place)
        raise ValueError(f"place {place}")

    with pytest.raises(ValueError, match="place"):
        bands.together(fail, range(3))
    assert running == []


def test_what_is_left_after_an_error_on_a_helper_is_still_raised():
    caller = threading.current_thread()

    def fail(place):
        if threading.current_thread() is not caller:
            raise ValueError("a helper's")
        time.sleep(0.005)

    with pytest.raises(ValueError, match="a helper's"):
        bands.together(fail, range(40))


def test_callers_within_one_another_and_side_by_side_do_not_block():
    seen = []

    def outer(place):
        bands.together(lambda inner: seen.append((place, inner)), range(5))

    with ThreadPoolExecutor(8) as callers:
        list(callers.map(lambda _: bands.together(outer, range(5)), range(20)))
    assert len(seen) == 20 * 25
    assert set(seen) == {(place, inner) for place in range(5) for inner in range(5)}


def test_it_works_alone_where_the_process_has_one_processor(monkeypatch):
    monkeypatch.setattr(bands, "processors", lambda: 1)
    names = set()
    bands.together(lambda place: names.add(threading.current_thread()), range(5))
    assert names == {threading.current_thread()}


def test_it_works_alone_where_no_thread_can_be_had(monkeypatch):
    class Ended:
        def submit(self, work):
            raise RuntimeError("cannot schedule new futures after interpreter shutdown")

    monkeypatch.setattr(bands, "_helpers", Ended())
    found = np.zeros(5, np.int64)
    bands.together(lambda place: found.__setitem__(place, place + 1), range(5))
    np.testing.assert_array_equal(found, [1, 2, 3, 4, 5])


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system pins no process to processors")
def test_processors_are_those_that_the_process_may_use():
    code = """
import os
from satchel_metadata.ops import bands
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
print(bands.processors())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "1\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_makes_threads_of_its_own_and_both_end():
    done = run("""
import os, threading
child = os.fork()
if child == 0:
    names = [thread.name for thread in threading.enumerate()]
    ok = right() and not any(name.startswith("satchel-band") for name in names)
    ok = ok and any(thread.name.startswith("satchel-band") for thread in threading.enumerate())
    import sys
    sys.exit(0 if ok else 3)
_, status = os.waitpid(child, 0)
assert status == 0, status
assert right()
print("both")
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "both\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_forked_while_threads_are_at_work_is_free_of_them():
    done = run("""
import os, threading
stop = threading.Event()


def busy():
    while not stop.is_set():
        assert right()


threads = [threading.Thread(target=busy) for _ in range(2)]
[thread.start() for thread in threads]
for _ in range(20):
    child = os.fork()
    if child == 0:
        os._exit(0 if right() else 3)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
[thread.join() for thread in threads]
print("twenty")
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "twenty\n", "")


def test_the_interpreter_ends_cleanly_and_bands_are_made_to_the_last():
    done = run("""
import atexit
atexit.register(lambda: print(right()))
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


def test_the_interpreter_ends_cleanly_while_a_thread_is_at_work():
    done = run("""
import threading


def busy():
    while True:
        resized()


threading.Thread(target=busy, daemon=True).start()
print(right())
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")
