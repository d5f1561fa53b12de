"""Ctrl-C ends a conversion wherever TensorFlow happens to be."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from satchel_converters.interrupts import check, remembered
from satchel_converters.quiet import kept_back


@pytest.fixture(autouse=True)
def _pythons_own_handler() -> Iterator[None]:
    """Where tests run in the background of a shell, SIGINT is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def swallow() -> None:
    with suppress(KeyboardInterrupt):
        press()


def misread() -> None:
    try:
        press()
    except KeyboardInterrupt:
        raise RuntimeError("something went wrong in C++") from None


@pytest.mark.parametrize("what", [press, swallow, misread])
@pytest.mark.parametrize("block", [remembered, kept_back])
def test_a_block_ends_with_the_interrupt_whatever_became_of_it(what: Callable[[], None], block: type) -> None:
    with pytest.raises(KeyboardInterrupt), block():
        what()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_lost_between_two_blocks_ends_the_second() -> None:
    reached: list[str] = []

    def work() -> None:
        with remembered():
            swallow()
            with kept_back():
                reached.append("inside")
            reached.append("behind")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert reached == ["inside"]


def test_the_next_block_knows_nothing_of_an_interrupt_before_it() -> None:
    with pytest.raises(KeyboardInterrupt), remembered():
        press()
    with remembered():
        check()


class Pressing:
    """Presses Ctrl-C in its destructor, where Python prints and drops what is raised."""

    def __del__(self) -> None:
        press()


def test_an_interrupt_in_a_destructor_ends_the_block_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.unraisablehook
    with pytest.raises(KeyboardInterrupt), remembered():
        Pressing()
    assert capsys.readouterr().err == ""
    assert sys.unraisablehook is before


def test_another_error_in_a_destructor_is_told_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def __del__(self) -> None:
            raise OSError("the disk is gone")

    told: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: told.append(str(unraisable.exc_value)))
    with remembered():
        Failing()
    assert told == ["the disk is gone"]


def test_a_program_that_handles_the_signal_itself_goes_on_doing_so() -> None:
    seen: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        with kept_back():
            press()
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [signal.SIGINT]


def test_another_thread_may_convert() -> None:
    done: list[bool] = []

    def work() -> None:
        with kept_back():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
