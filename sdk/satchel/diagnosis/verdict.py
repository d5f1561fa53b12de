"""From numbers to words: when a stage counts as different, and the sentence that a person needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from satchel.diagnosis.attribution import Boundary
from satchel.diagnosis.causes import STAGES, Cause
from satchel.statistics import wilson

if TYPE_CHECKING:
    from satchel.diagnosis.diagnose import Diagnosis

QUIET = {"conversion": 50.0, "quantisation": 8.0}
"""Decibels of signal to noise of the outputs below which a stage is at fault, whatever the answers."""
CHANGES = {"conversion": 0.02, "quantisation": 0.15}
"""Share of changed answers that a stage may bring: it is at fault where the lower end of the interval is above."""


def stage_differs(boundary: Boundary) -> bool:
    """Says whether a model stage is at fault: too much noise, or more changed answers than such a stage brings.

    A share counts from the lower end of its 95 % interval on, so that few samples accuse nobody.
    """
    if boundary.tensors.noise == 0:
        return False
    low, _ = wilson(boundary.changed / max(boundary.samples, 1), boundary.samples)
    return boundary.tensors.snr_db < QUIET[boundary.stage] or low > CHANGES[boundary.stage]


def quantisation_cause(boundary: Boundary, variant: str) -> Cause:
    """Gives the cause of a model stage at fault."""
    changed = f"{boundary.changed} of {boundary.samples} answers change"
    noise = f"the outputs have {boundary.tensors.snr_db:.1f} dB of signal to noise"
    if boundary.stage == "conversion":
        text = f"the float model of the bundle is not the author's: {changed}, {noise}"
        return Cause("conversion", "other_model", text, "Pack the model that was trained.", 1.0)
    text = f"{variant} is not as good as the float model: {changed}, {noise}"
    remedy = f"Find the layer: `satchel sensitivity`; or keep it in float16 with Mixed. Until then leave {variant} out."
    return Cause("quantisation", "variant_off", text, remedy, 1.0)


def sentences(found: Diagnosis) -> tuple[str, ...]:
    """Gives the verdict, the stage that explains most first; one sentence where nothing is at fault."""
    if not found.causes:
        return (_healthy(found),)
    told = []
    for stage in _order(found):
        causes = [each for each in found.causes if each.stage == stage]
        text = "; ".join(each.sentence for each in causes)
        remedies = " ".join(dict.fromkeys(each.remedy for each in causes))
        told.append(f"{_share(found, stage)}{stage}: {text}. {remedies}")
    return tuple(told)


def _order(found: Diagnosis) -> list[str]:
    def explained(stage: str) -> int:
        return max(
            (b.explained for split in found.splits.values() for b in split.boundaries.values() if b.stage == stage),
            default=0,
        )

    present = {each.stage for each in found.causes}
    return sorted(present, key=lambda stage: (-explained(stage), STAGES.index(stage)))


def _share(found: Diagnosis, stage: str) -> str:
    worst = max(
        (split for split in found.splits.values() if stage in split.boundaries),
        key=lambda split: split.changed,
        default=None,
    )
    if worst is None or not worst.changed:
        return "From "
    boundary = worst.boundaries[stage]  # type: ignore[index]
    return (
        f"{boundary.explained} of {worst.changed} changed answers ({worst.variant}, {worst.samples} samples) come from "
    )


def _healthy(found: Diagnosis) -> str:
    parts = [f"{name} {split.changed} of {split.samples}" for name, split in found.splits.items()]
    return f"Nothing was lost: against {found.against}, changed answers are {', '.join(parts)}."
