"""Whether a variant's quantised input holds the values that are prepared for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from satchel.diagnosis.causes import Cause
from satchel.diagnosis.routes import Tensors
from satchel_metadata.infer import tensor_of
from satchel_metadata.spec import Spec

CUT = 0.005
"""Share of the values that may be beyond the input's range: calibration by percentile cuts a few off on purpose."""


def input_range_cause(spec: Spec, variant: str, inputs: Sequence[Tensors]) -> Cause | None:
    """Gives the cause where a variant's input cuts values off by more than a step; None where it holds them.

    Args:
        spec: bound to the variant.
        variant: its name.
        inputs: prepared, float32, by the names of the spec's inputs.
    """
    for each in spec.inputs:
        tensor = tensor_of(each, f"{variant}/tflite", "$.inputs")
        if tensor.scale is None or tensor.zero_point is None:
            continue
        limits = np.iinfo(tensor.dtype)
        least, most = ((end - tensor.zero_point) * tensor.scale for end in (int(limits.min), int(limits.max)))
        values = np.concatenate([given[each.name].ravel() for given in inputs])
        cut = float(np.mean((values < least - tensor.scale) | (values > most + tensor.scale)))
        if cut > CUT:
            text = (
                f"{variant} takes {each.name} from {least:.3g} to {most:.3g}, and {cut:.1%} of the values prepared for "
                f"it, from {values.min():.3g} to {values.max():.3g}, are cut off"
            )
            return Cause("quantisation", "input_range", text, "Calibrate with samples like those of use.", 1.0)
    return None
