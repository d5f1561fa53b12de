"""What a packing is shown: read before any work is done, and each sample used for one thing only."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from satchel.photos import hold_out
from satchel.recipes import Recipe
from satchel.samples import Kind, hash_of, readable, readable_keyed
from satchel_converters import precision
from satchel_converters.formats import find_format
from satchel_metadata.errors import InputError, SatchelWarning
from satchel_metadata.photo import Photo
from satchel_metadata.values import Frame


@dataclass(frozen=True)
class Samples:
    """What a packing is shown, each used for one thing only (golden inputs are taken from those it is judged by)."""

    calibration: tuple[Any, ...]
    judged: tuple[Any, ...]
    golden: tuple[Any, ...]
    groups: tuple[Hashable, ...] | None


def packing_samples(
    recipes: Sequence[Recipe],
    kind: Kind,
    calibration: Any,
    count: int | None,
    evaluation: Any,
    groups: Any,
    golden: Any,
    finished: bool,
) -> Samples:
    """Reads every photo before any work is done, and keeps those to calibrate with apart from those to judge by."""
    wanting = [recipe.name for recipe in recipes if recipe.needs_calibration and not finished]
    if wanting and calibration is None:
        raise InputError(
            "input/no-photos",
            f"the variant {wanting[0]!r} needs calibration {kind.plural}, found none",
            where="calibration",
            hint=f"Give {kind.plural} like those the model will see; 100 are plenty. Or leave out what needs them: "
            'variants=["float32"], or --variants float32.',
        )
    given = kind.listed(calibration) if calibration is not None else []
    judged = kind.listed(evaluation) if evaluation is not None else []
    if evaluation is None:
        given, judged = hold_out(given)
    elif groups is not None and len(groups) != len(judged):
        raise InputError(
            "input/groups",
            f"expected a group a photo, found {len(groups)} for {len(judged)}",
            hint="Give one key for each evaluation photo, in the same order.",
        )
    seen = readable(given, count, "calibration", kind) if given else []
    keyed = list(zip(groups if groups is not None else range(len(judged)), judged, strict=True))
    kept = readable_keyed(keyed, None, "evaluation", kind) if judged else []
    compared = [sample for _, sample in kept]
    _apart(seen, compared)
    chosen = readable(kind.listed(golden), None, "golden", kind) if golden is not None else _spread(compared, seen)
    _tell_of_alpha([each for each in (*seen, *chosen) if isinstance(each, Photo)])
    return Samples(tuple(seen), tuple(compared), tuple(chosen), tuple(key for key, _ in kept) or None)


def quantised(model: Any) -> Literal["int8", "dynamic_range"] | None:
    """Gives the precision of a .tflite that is quantised already: nothing else can be made of it, without calibration.

    Raises:
        ModelError: it is not there, no model, or damaged.
    """
    path = Path(model) if isinstance(model, (str, Path)) else None
    if path is None or find_format(path) != "tflite":
        return None
    found = precision.of(path.read_bytes(), str(path))
    return found if found in ("int8", "dynamic_range") else None


def _spread(judged: Sequence[Any], calibration: Sequence[Any]) -> list[Any]:
    """Gives three of the judged, filled up with others: first, middle and last, as folders are sorted by class."""
    taken: list[Any] = []
    for each in (judged, calibration):
        count = min(3 - len(taken), len(each))
        taken += [each[round(place * (len(each) - 1) / max(count - 1, 1))] for place in range(count)]
    return taken


def _apart(calibration: Sequence[Any], judged: Sequence[Any]) -> None:
    """Refuses a photo that serves both, under whatever name (rows and signals may rightly be equal)."""
    seen = {hash_of(each) for each in calibration if isinstance(each, (Photo, Frame))}
    both = [each for each in judged if isinstance(each, (Photo, Frame)) and hash_of(each) in seen]
    if both:
        raise InputError(
            "input/calibration-is-evaluation",
            f"{len(both)} of the evaluation photos are calibration photos too",
            where=getattr(both[0], "name", "frame"),
            hint="A photo that the model was fitted to says nothing about others: keep the two apart.",
        )


def _tell_of_alpha(photos: Sequence[Photo]) -> None:
    clear = [photo.name for photo in photos if photo.had_alpha]
    if clear:
        text = (
            f"{len(clear)} photo(s) have transparency, which is laid on the spec's background; Pillow's convert and "
            f"TensorFlow drop it instead: {', '.join(clear[:5])}"
        )
        warnings.warn(text, SatchelWarning, stacklevel=4)
