"""Makes one candidate and measures it: on the .tflite that ships, in the interpreter."""

from __future__ import annotations

import hashlib
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from satchel import machine
from satchel.artefacts import build, tflite_tensors
from satchel.binding import bound
from satchel.bundle import Runner, decision_of
from satchel.check import relative
from satchel.describe import Description
from satchel.engines.litert import LiteRTEngine
from satchel.recipes import Context, Recipe
from satchel.search.candidates import entropy_coded
from satchel.search.datasets import Sample, Sets
from satchel.search.front import Measured, measured_from
from satchel.search.state import State
from satchel.statistics import wilson
from satchel_converters.sources import Source
from satchel_metadata.entropy import encoded
from satchel_metadata.entropy_parts import parts_of
from satchel_metadata.errors import InputError, ModelError, SatchelWarning
from satchel_metadata.infer import answers_classes
from satchel_metadata.inflate import deflate
from satchel_metadata.spec import Spec
from satchel_metadata.stored_form import GAIN, MAX_DECISIONS

Measure = Literal["accuracy", "agreement", "closeness"]
Answers = list[NDArray[Any]]


def measure_of(spec: Spec, agreement: bool) -> Measure:
    """Gives what candidates are judged by.

    That is "accuracy": the share of samples whose best class is theirs; "agreement": whose best class is the float
    model's; "closeness", where an answer is no class: one less the largest difference from the float model's outputs
    relative to its largest value, at least 0, a mean over samples.

    Raises:
        InputError: input/labels-misfit for classes where the answer is none.
    """
    if answers_classes(spec):
        return "agreement" if agreement else "accuracy"
    if not agreement:
        raise InputError(
            "input/labels-misfit",
            "classes are given, and the model's answer is no class",
            where="data",
            hint="Measure how near candidates stay to the float model: agreement=True (--agreement).",
        )
    return "closeness"


def runner_of(tflite: bytes, description: Description, threads: int | None) -> Runner:
    """Gives the pipeline and engine of one .tflite."""
    inputs, outputs = tflite_tensors(tflite, description.spec)
    spec = bound(description.spec, {"candidate/tflite": inputs}, {"candidate/tflite": outputs})
    return Runner(spec, description.labels, "candidate/tflite", LiteRTEngine(tflite, threads=threads))


@dataclass(eq=False)
class Judge:
    """Measures candidates, each once.

    Attributes:
        source, description, sets: what is searched for, and with what.
        context: what passes may look at; its calibration is that of the calibration set.
        model: the tf_keras model that passes which train begin with; None where there are none.
        measure: what candidates are judged by.
        state: where measurements are kept.
        threads: of the interpreter.
    """

    source: Source
    description: Description
    sets: Sets
    context: Context
    model: Any
    measure: Measure
    state: State
    threads: int | None = None
    _float: dict[str, Answers] = field(default_factory=dict)
    _shares: dict[str, float] = field(default_factory=dict)

    def judged(self, recipe: Recipe) -> tuple[Measured, ...] | str:
        """Gives a recipe as measured, and where its file gets a tenth smaller by entropy coding, that form of it too.

        The float model is to be judged first. What cannot be made gives the reason.

        Raises:
            EnvironmentProblem: env/disk-full, ...; what else ends a search.
        """
        passes = recipe.to_json()
        told = self.state.read(passes)
        if told is None:
            told = self._new(recipe)
        if "refused" in told:
            return str(told["refused"])
        plain = measured_from(
            {**told["measured"], "sha256": told["sha256"], "name": recipe.name, "variant": recipe.name}
        )
        if not recipe.passes:
            self._shares["search"] = plain.measure
        if told["entropy"] is None:
            return (plain,)
        coded = entropy_coded(recipe)
        fields = {**vars(plain), "name": coded.name, "wire": told["entropy"], "recipe": tuple(coded.to_json())}
        return plain, Measured(**fields)

    def tested(self, each: Measured) -> dict[str, float]:
        """Gives measure, drop and number of samples of a candidate on the test set."""
        share = self._share(self._tflite(each), "test")
        if not each.recipe:
            self._shares["test"] = share
        return {"measure": share, "drop": self._shares["test"] - share, "n": len(self.sets.test)}

    def _tflite(self, each: Measured) -> bytes:
        return self.state.tflite([step for step in each.recipe if step["pass"] != "entropy_code"])

    def _new(self, recipe: Recipe) -> dict[str, Any]:
        started = time.perf_counter()
        passes = recipe.to_json()
        try:
            tflite, facts = self._made(recipe)
            told = self._measured(recipe, tflite, started) | {"facts": facts}
        except ModelError as error:
            # Without the float model there is nothing to search among.
            if not recipe.passes:
                raise
            self.state.write(passes, {"refused": error.message}, None)
            return {"refused": error.message}
        whole = {"measured": told, "entropy": _entropy(tflite, told["wire"])}
        self.state.write(passes, whole, tflite)
        return {**whole, "sha256": hashlib.sha256(tflite).hexdigest()}

    def _made(self, recipe: Recipe) -> tuple[bytes, list[dict[str, Any]]]:
        model = self.model if recipe.changes_model else None
        with warnings.catch_warnings():
            # What is doubtful of the model was said when the float one was made.
            warnings.simplefilter("ignore" if recipe.passes else "default", SatchelWarning)
            made = build(self.source, self.description, (recipe,), (), self.context, model)
        facts = [{"pass": kind, **told} for kind, told in made.facts.get(recipe.name, ())]
        return made.models[recipe.name], facts

    def _measured(self, recipe: Recipe, tflite: bytes, started: float) -> dict[str, Any]:
        runner = runner_of(tflite, self.description, self.threads)
        example = runner.pipeline.windows(self.sets.kind.load(self.sets.search[0].thing))[0].tensors
        latency = machine.latency(runner, example)["median"]
        share, n = self._share(tflite, "search", runner), len(self.sets.search)
        return {
            "recipe": recipe.to_json(),
            "memory": len(tflite),
            "wire": len(deflate(tflite)),
            "measure": share,
            "interval": None if self.measure == "closeness" else wilson(share, n),
            "drop": self._shares.get("search", share) - share,
            "n": n,
            "latency": latency,
            "seconds": round(time.perf_counter() - started, 3),
            "test": None,
        }

    def _share(self, tflite: bytes, role: Literal["search", "test"], runner: Runner | None = None) -> float:
        samples = self.sets.role(role)
        found = self._answers(runner or runner_of(tflite, self.description, self.threads), samples)
        if self.measure != "accuracy" and role not in self._float:
            floats = runner_of(self.source.tflite, self.description, self.threads)
            self._float[role] = self._answers(floats, samples)
        expected = self._float.get(role, found)
        decision = decision_of(self.description.spec)
        return float(np.mean(_hits(self.measure, found, expected, samples, decision)))

    def _answers(self, runner: Runner, samples: Sequence[Sample]) -> Answers:
        return [runner.numbers(self.sets.kind.load(each.thing)) for each in samples]


def _hits(
    measure: Measure, found: Answers, expected: Answers, samples: Sequence[Sample], decision: float
) -> list[float]:
    if measure == "closeness":
        return [max(0.0, 1.0 - relative(a, b)) for a, b in zip(expected, found, strict=True)]
    best = [_best(each, decision) for each in found]
    if measure == "agreement":
        return [float(a == _best(b, decision)) for a, b in zip(best, expected, strict=True)]
    return [float(a == each.label) for a, each in zip(best, samples, strict=True)]


def _best(scores: NDArray[Any], decision: float) -> int:
    """Gives the best class; of a model with one score, whether it reaches the score from which that says yes."""
    return int(scores[0] >= np.float32(decision)) if scores.size == 1 else int(np.argmax(scores))


def _entropy(tflite: bytes, deflated: int) -> int | None:
    """Gives the bytes of the entropy coded form, None where it is not worth its time."""
    parts = parts_of(tflite)
    if sum(part.decisions for part in parts) > MAX_DECISIONS:
        return None
    coded = len(encoded(parts))
    return coded if coded <= GAIN * deflated else None
