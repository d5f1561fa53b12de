"""What goes from pass to pass, and what passes may look at besides it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from numpy.typing import NDArray

from satchel_metadata.errors import SpecError

if TYPE_CHECKING:
    from satchel.training.data import Training

Stage = Literal["model", "numeric", "storage"]
STAGES: tuple[Stage, ...] = ("model", "numeric", "storage")
"""In this order: what changes the Keras model, what sets the numeric type of the .tflite, how the .tflite travels."""
Progress = Callable[[int, int, str], None]
Facts = dict[str, Any]


class Pass(Protocol):
    """One frozen step of a recipe; its fields are its settings, `kind` is its name in JSON, `stage` its place."""

    kind: ClassVar[str]
    stage: ClassVar[Stage]

    def validate(self) -> None:
        """Refuses settings that are wrong."""


def allowed(step: Any, **values: Sequence[Any]) -> None:
    """Refuses a setting of a pass that is none of those named for it (spec/unknown-value)."""
    for name, choices in values.items():
        if (found := getattr(step, name)) not in choices:
            raise SpecError(
                "spec/unknown-value",
                f"found {name} {found!r}",
                where=type(step).__name__,
                hint=f"Allowed: {', '.join(map(repr, choices))}.",
            )


@dataclass(frozen=True)
class Context:
    """What passes may look at besides the model.

    Attributes:
        calibration: prepared inputs, one dict a photo: the model's input name -> float32 tensor with batch 1.
        progress: called with (done, total, what).
        training: how passes that train do it.
    """

    calibration: Sequence[dict[str, NDArray[Any]]] = ()
    progress: Progress | None = None
    training: Training | None = None


@dataclass(frozen=True)
class Work:
    """What goes from pass to pass.

    Attributes:
        model: a tf_keras model, never changed in place; None where the source is a .tflite.
        tflite: the .tflite; None after a pass that changed `model`, until it is needed.
        facts: (pass kind, what it measured, as JSON values), in the order of the passes.
    """

    model: Any = None
    tflite: bytes | None = None
    facts: tuple[tuple[str, Facts], ...] = ()

    def with_model(self, model: Any, kind: str, facts: Facts) -> Work:
        """Gives the work with another model, whose .tflite is not made yet."""
        return Work(model, None, (*self.facts, (kind, facts)))

    def with_tflite(self, tflite: bytes, kind: str, facts: Facts | None = None) -> Work:
        """Gives the work with another .tflite, and what was measured as it was made."""
        noted = ((kind, facts),) if facts else ()
        return dataclasses.replace(self, tflite=tflite, facts=(*self.facts, *noted))


Handler = Callable[[Any, Work, Context], Work]
