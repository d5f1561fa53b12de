"""What the author really did: a function of the author's own, held to what it must give."""

from __future__ import annotations

import importlib.util
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import InputError

HINT = "It takes one sample as it is given and gives a float array in the model's shape, the same every time."


@dataclass(frozen=True)
class Reference:
    """The author's own functions, each as far as there is one.

    Attributes:
        prepare: sample -> the model's input as an array (with or without the batch axis), or input name -> array; of a
            signal with several windows a list of them.
        predict: sample -> what the model answers: the scores of every class or the values, as an array; or the name or
            the index of the class.
        labels: names of the classes in the order of the author's outputs, where the spec's are to be held against them.
    """

    prepare: Callable[[Any], Any] | None = None
    predict: Callable[[Any], Any] | None = None
    labels: Sequence[str] | None = None

    def prepared(
        self, thing: Any, names: Sequence[str], shapes: Sequence[tuple[int, ...]], count: int
    ) -> list[dict[str, NDArray[np.float32]]]:
        """Gives the tensors of every window of a thing, float32 with batch 1.

        Raises:
            InputError: input/reference, for another shape, another number of windows or no numbers. What the function
                raises itself passes through.
        """
        assert self.prepare is not None
        given = _asked(self.prepare, thing)
        windows = given if isinstance(given, (list, tuple)) else [given]
        if len(windows) != count:
            raise _refused(f"expected {count} window(s), found {len(windows)}")
        return [_named(each, names, shapes) for each in windows]

    def predicted(self, thing: Any) -> NDArray[np.float32] | int | str:
        """Gives what the author's function answers: float32 scores or values, an index, or a name.

        Raises:
            InputError: input/reference.
        """
        assert self.predict is not None
        given = _asked(self.predict, thing)
        if isinstance(given, (str, int)) and not isinstance(given, bool):
            return given
        return _array(given)


def reference_of(given: Any) -> Reference:
    """Gives a Reference of what `diagnose` takes: one, or a function that answers.

    Raises:
        InputError: input/reference.
    """
    if isinstance(given, Reference):
        return given
    if callable(given):
        return Reference(predict=given)
    raise _refused(f"expected a function or a satchel.Reference, found {type(given).__name__}")


def function_of(place: str) -> Callable[[Any], Any]:
    """Gives a function of the author's own file, named as `file.py:function`; the file is run.

    Raises:
        InputError: input/reference, where there is none or the file raises.
    """
    path, _, name = place.rpartition(":")
    if not path or not Path(path).is_file():
        raise _refused(f"expected FILE.py:FUNCTION, found {place!r}{'' if not path else ': no such file'}")
    loading = importlib.util.spec_from_file_location(Path(path).stem, path)
    if loading is None or loading.loader is None:
        raise _refused(f"{path} is no Python file")
    module = importlib.util.module_from_spec(loading)
    _asked(loading.loader.exec_module, module)
    found = getattr(module, name, None)
    if not callable(found):
        raise _refused(f"{path} has no function {name!r}")
    function: Callable[[Any], Any] = found
    return function


def require_steady(reference: Reference, thing: Any) -> None:
    """Refuses functions that give something else the second time.

    Raises:
        InputError: input/reference.
    """
    for name in ("prepare", "predict"):
        function = getattr(reference, name)
        if function is None:
            continue
        first, second = _asked(function, thing), _asked(function, thing)
        if not _same(first, second):
            raise _refused(f"{name} gave something else for the same sample the second time: it draws at random")


def _asked(function: Callable[[Any], Any], thing: Any) -> Any:
    """Gives what an author's function gives; what it raises is shown as its own traceback, not Satchel's."""
    try:
        return function(thing)
    except Exception as error:
        own = error.__traceback__.tb_next if error.__traceback__ else None
        told = "".join(traceback.format_exception(type(error), error, own)).rstrip()
        raise InputError(
            "input/reference",
            f"the author's function raised {type(error).__name__} for {thing!r:.200}:\n{told}\n",
            where="reference",
            hint="Mend the function, or leave that sample out.",
        ) from None


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    first, second = np.asarray(one), np.asarray(other)
    return bool(np.array_equal(first, second, equal_nan=first.dtype.kind == "f" and second.dtype.kind == "f"))


def _named(given: Any, names: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> dict[str, NDArray[np.float32]]:
    if not isinstance(given, Mapping):
        if len(names) != 1:
            raise _refused(f"expected a mapping by the names of {len(names)} inputs, found one array")
        given = {names[0]: given}
    if missing := [name for name in names if name not in given]:
        raise _refused(f"expected the inputs {', '.join(names)}, found no {missing[0]}")
    return {name: _shaped(_array(given[name]), shape, name) for name, shape in zip(names, shapes, strict=True)}


def _shaped(found: NDArray[np.float32], shape: tuple[int, ...], name: str) -> NDArray[np.float32]:
    if found.shape == shape[1:]:
        return found[np.newaxis]
    if found.shape == shape:
        return found
    raise _refused(f"expected {name} in the shape {list(shape)}, found {list(found.shape)}")


def _array(given: Any) -> NDArray[np.float32]:
    try:
        found = np.ascontiguousarray(np.asarray(given), np.float32)
    except (TypeError, ValueError):
        raise _refused(f"expected an array of numbers, found {type(given).__name__}") from None
    if not np.isfinite(found).all():
        raise _refused("expected numbers, found NaN or infinity")
    return found


def _refused(message: str) -> InputError:
    return InputError("input/reference", message, where="reference", hint=HINT)
