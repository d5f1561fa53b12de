"""What passes promised of a model's weights, looked for in the .tflite that ships."""

from __future__ import annotations

from collections.abc import Sequence

from satchel.recipes.work import Facts
from satchel_converters.stored_kernels import stored_kernels
from satchel_metadata.errors import ConversionError


def require_kept(facts: Sequence[tuple[str, Facts]], tflite: bytes) -> dict[str, Facts]:
    """Gives zeros and different values of each kernel as stored, where passes left zeros or shared values.

    Args:
        facts: kind and facts of each pass: "prune" tells its zeros, "cluster" how many values each layer has. Zeros
            are not counted where some kernels are stored in another form (recurrent ones), or went with their channels.
        tflite: what was made in the end.

    Raises:
        ConversionError: model/sparsity-not-reached, fewer zeros than pruning left; model/clusters-not-reached, a
            channel with more different values than any layer was to have. (Channels differ from each other where a
            batch normalisation was folded in, or where each has an int8 scale of its own.)
    """
    told, found = dict(facts), stored_kernels(tflite)
    dense = [each for each in found if each.op != "DEPTHWISE_CONV_2D"]
    whole = sum(each.values.size for each in dense) >= told.get("prune", {}).get("weights", 0)
    zeros, there = told.get("prune", {}).get("zeros", 0), sum(each.zeros for each in found)
    if whole and there < zeros:
        raise _lost("model/sparsity-not-reached", f"expected the {zeros} zeros that pruning left, found {there}")
    if "cluster" in told and dense:
        most, there = max(told["cluster"]["clusters"].values()), max(each.different_in_a_channel for each in dense)
        if there > most:
            raise _lost(
                "model/clusters-not-reached", f"expected at most {most} values that a layer shares, found {there}"
            )
    return {
        each.name: {
            "weights": int(each.values.size),
            "zeros": each.zeros,
            "values": each.different,
            "values_in_a_channel": each.different_in_a_channel,
        }
        for each in found
    }


def _lost(code: str, message: str) -> ConversionError:
    hint = "The conversion changed the weights: leave out the pass that does, and report it with the model."
    return ConversionError(code, message, where="the .tflite", hint=hint)
