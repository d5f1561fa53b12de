"""What each layer of a model bears: one layer at a time in each precision, and at each sparsity."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel.progress import Progress
from satchel.search.causes import Layer, causes, rule, short
from satchel.search.layers import Layers, Trial
from satchel.search.measures import Answer, Distance, right
from satchel_converters.by_op import OpPrecision
from satchel_converters.float_tflite import runner
from satchel_metadata.errors import InputError
from satchel_metadata.infer import answers_classes

Runner = Callable[[Mapping[str, NDArray[Any]]], Answer]

BROKEN = 20.0
"""Decibels of signal to noise below which a layer is said to break: its noise is a tenth of the outputs."""
LOUD = 30.0
"""Decibels below which a cause is looked for."""
_NAMED = 3


@dataclass(frozen=True)
class LayerEffect:
    """What one layer's change does to the model.

    Attributes:
        name: of the op: that of its output tensor, as the rules of `Mixed` match it.
        op_type: `CONV_2D`.
        index: its place among the ops.
        precision: that the layer has, the others being float32; None where it was pruned instead.
        sparsity: share of its weights set to zero; None where it has another precision instead.
        bytes_saved: of the .tflite in memory; of a pruned layer what its zeros took.
        snr_db: signal to noise of the outputs, infinite where they are the same.
        kl: mean divergence of the probabilities from the float model's, in nats; None where the outputs are none.
        measure_drop: by how much the share of right classes falls; None without labels.
        causes: why, in words, where the layer is quantised to int8.
    """

    name: str
    op_type: str
    index: int
    precision: OpPrecision | None
    sparsity: float | None
    bytes_saved: int
    snr_db: float
    kl: float | None
    measure_drop: float | None
    causes: tuple[tuple[str, str, str], ...] = ()

    @property
    def short(self) -> str:
        """The end of its name, which says most of it."""
        return short(self.name)

    @property
    def how(self) -> str:
        """What was done to the layer, in words."""
        return f"{100 * self.sparsity:g} % zeros" if self.sparsity is not None else str(self.precision)


@dataclass(frozen=True)
class Sensitivity:
    """A sweep: an effect for each layer and each precision or sparsity, in the order of the layers."""

    layers: tuple[LayerEffect, ...]
    inputs: int
    refused: tuple[tuple[str, str], ...] = ()

    def ranked(self) -> tuple[LayerEffect, ...]:
        """Gives the effects, the worst first: by what is lost of the measure, then by signal to noise."""
        return tuple(sorted(self.layers, key=lambda each: (-max(each.measure_drop or 0.0, 0.0), each.snr_db)))

    def json(self) -> dict[str, Any]:
        """Gives the sweep as JSON values; an infinite ratio, where nothing changed, is null."""
        told = [asdict(each) | {"snr_db": each.snr_db if math.isfinite(each.snr_db) else None} for each in self.layers]
        for each in told:
            each["causes"] = [dict(zip(("kind", "cause", "remedy"), cause, strict=True)) for cause in each["causes"]]
        refused = [{"what": what, "why": why} for what, why in self.refused]
        return {"inputs": self.inputs, "layers": told, "refused": refused, "sentences": list(self.sentences())}

    def sentences(self) -> tuple[str, ...]:
        """Says which layers break int8 and why, with the remedy; or that none does."""
        found = [each for each in self.ranked() if each.precision == "int8"]
        if not found:
            return ()
        broken = [each for each in found if each.snr_db < BROKEN]
        if not broken:
            worst = found[0]
            left = f"the worst, {worst.short}, alone leaves {worst.snr_db:.0f} dB of signal to noise"
            return (f"No layer breaks int8: {left}.",)
        told = [_sentence(each) for each in broken[:_NAMED]]
        more = len(broken) - len(told)
        return (*told, *([f"{more} more are below {BROKEN:.0f} dB."] if more else []))


def _sentence(each: LayerEffect) -> str:
    drop = each.measure_drop or 0.0
    lost = f" and loses {100 * drop:.1f} points of accuracy" if drop > 0 else ""
    head = f"{each.short} ({each.op_type}) breaks int8: alone it leaves {each.snr_db:.1f} dB of signal to noise{lost}"
    if not each.causes:
        return f"{head}. No single cause was found in it. Remedy: {rule(each.name)}."
    _, cause, remedy = each.causes[0]
    return f"{head}. Cause: {cause}. Remedy: {remedy}."


def sweep(
    tflite: bytes,
    spec: Any,
    inputs: Sequence[Mapping[str, NDArray[Any]]],
    *,
    labels: Sequence[int] | None = None,
    precisions: Sequence[OpPrecision] = ("int8",),
    sparsities: Sequence[float] = (),
    progress: Progress | None = None,
    threads: int = 2,
) -> Sensitivity:
    """Gives the effect of each layer with weights, changed alone, on the outputs and on the share of right classes.

    The float model runs over the inputs once, for its answers, and once more for the ranges of its activations; each
    changed model is made from these while the one before it runs, and no model is converted twice.

    Args:
        tflite: the float model.
        spec: how its outputs are read: with `labels` they must be classes.
        inputs: prepared ones, input name -> float32 tensor with batch 1; they fix the ranges and are measured on.
        labels: the class of each input.
        precisions: that each layer gets; "int4" where a layer can have it.
        sparsities: shares of each layer's smallest weights that are set to zero.
        progress: called with (done, total, what).
        threads: of the interpreter.

    Raises:
        InputError: input/no-samples; input/labels-misfit.
        ConversionError: model/already-quantised.
    """
    _require(spec, inputs, labels)
    tell = progress or (lambda done, total, what: None)
    found = Layers(tflite, inputs, precisions, sparsities, lambda done, total, what: tell(done, total, "ranges"))
    run = runner(tflite, threads)
    expected = [_copied(run(each)) for each in inputs]
    share = right(expected, labels) if labels is not None else None
    effects: list[LayerEffect] = []
    refused: list[tuple[str, str]] = []
    for place, (trial, changed) in enumerate(_ahead(found, threads)):
        tell(place, len(found.trials), f"{trial.what}: {short(trial.op.name)}")
        if changed is None:
            refused.append((f"{trial.what} of {trial.op.name}", trial.refused))
            continue
        effects.append(_effect(trial, changed, inputs, expected, labels, share))
    effects = [_explained(each, found) for each in effects]
    tell(len(found.trials), len(found.trials), "done")
    return Sensitivity(tuple(effects), len(inputs), tuple(refused))


def _require(spec: Any, inputs: Sequence[Any], labels: Sequence[int] | None) -> None:
    if not inputs:
        raise InputError(
            "input/no-samples",
            "expected inputs to measure on, found none",
            where="inputs",
            hint="Give some like those the model will see: 50 or more.",
        )
    if labels is None:
        return
    if len(labels) != len(inputs) or (spec is not None and not answers_classes(spec)):
        raise InputError(
            "input/labels-misfit",
            f"expected the class of each of {len(inputs)} inputs, found {len(labels)}"
            if len(labels) != len(inputs)
            else "classes are given, and the model's answer is no class",
            where="labels",
            hint="Give one class an input, or none: then the outputs alone are compared.",
        )


def _ahead(found: Layers, threads: int) -> Iterator[tuple[Trial, Runner | None]]:
    """Gives each trial with what runs it; the next one is made and opened meanwhile, all in one other thread."""

    def opened(place: int) -> tuple[Trial, Runner | None]:
        trial = found.made(place)
        return trial, runner(trial.tflite, threads) if trial.tflite is not None else None

    with ThreadPoolExecutor(1) as maker:
        waiting = maker.submit(opened, 0) if found.trials else None
        for place in range(len(found.trials)):
            assert waiting is not None
            made = waiting.result()
            if place + 1 < len(found.trials):
                waiting = maker.submit(opened, place + 1)
            yield made


def _effect(
    trial: Trial,
    run: Runner,
    inputs: Sequence[Any],
    expected: Sequence[Answer],
    labels: Sequence[int] | None,
    share: float | None,
) -> LayerEffect:
    distance, hits = Distance(), 0
    for place, each in enumerate(inputs):
        answer = run(each)
        distance.add(expected[place], answer)
        hits += labels is not None and int(np.argmax(next(iter(answer.values())))) == labels[place]
    return LayerEffect(
        trial.op.name,
        trial.op.kind,
        trial.index,
        trial.precision,
        trial.sparsity,
        trial.bytes_saved,
        distance.snr_db,
        distance.kl,
        None if share is None else share - hits / len(inputs),
    )


def _explained(effect: LayerEffect, found: Layers) -> LayerEffect:
    """Gives the effect with its causes, where it is one of int8 and large."""
    if effect.precision != "int8" or effect.snr_db >= LOUD:
        return effect
    given, made = found.ends(effect.index)
    told = causes(Layer(effect.name, effect.op_type, found.kernel(effect.index), given, made))
    return replace(effect, causes=tuple((each.kind, each.sentence, each.remedy) for each in told))


def _copied(answer: Answer) -> dict[str, NDArray[Any]]:
    return {name: np.array(each) for name, each in answer.items()}
