"""Says which stage made the difference: the same samples through the author's route and the bundle's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel.bundle import Bundle, decision_of
from satchel.diagnosis import attribution
from satchel.diagnosis.attribution import Split, split_of
from satchel.diagnosis.causes import Cause, Stage
from satchel.diagnosis.input_range import input_range_cause
from satchel.diagnosis.preparation import preparation_causes
from satchel.diagnosis.reading import answer_causes, labelled_cause, names_cause
from satchel.diagnosis.reference import Reference, reference_of, require_steady
from satchel.diagnosis.runtimes import Cell, cells, runtime_causes
from satchel.diagnosis.stages import Stages, float_variant, stages_of
from satchel.diagnosis.verdict import quantisation_cause, sentences, stage_differs
from satchel.evaluation import labelled
from satchel.progress import Progress
from satchel.samples import hash_of
from satchel_metadata.errors import InputError, SatchelError
from satchel_metadata.pipeline import Pipeline

_LOOKED_AT = 8
"""Samples whose tensors a detector of preparation compares."""
_RUN_IN_OTHER_WAYS = 8
_BROKEN = 0.1
"""Share of the samples that may be unreadable."""


@dataclass
class Diagnosis:
    """What was found.

    Attributes:
        digest: of the bundle.
        splits: variant -> the difference from the reference, and what of it each stage brings.
        runtimes: every variant in every way that this machine can run it.
        causes: why, the surest of the stage that explains most first.
        notes: samples that were left out, and other things to know.
        against: what the variants were held against.
    """

    digest: str
    against: str
    splits: dict[str, Split] = field(default_factory=dict)
    runtimes: tuple[Cell, ...] = ()
    causes: tuple[Cause, ...] = ()
    notes: tuple[str, ...] = ()
    accuracy: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Says whether no stage is at fault."""
        return not self.causes

    def sentences(self) -> tuple[str, ...]:
        """Gives the verdict in words, the worst first."""
        return sentences(self)

    def to_json(self) -> dict[str, Any]:
        """Gives the diagnosis as JSON values."""
        return {
            "ok": self.ok,
            "digest": self.digest,
            "against": self.against,
            "verdict": list(self.sentences()),
            "causes": [each.to_json() for each in self.causes],
            "variants": {
                name: {
                    "samples": split.samples,
                    "changed": split.changed,
                    "stages": [each.to_json() for each in split.ranked()],
                }
                for name, split in self.splits.items()
            },
            "runtimes": [each.to_json() for each in self.runtimes],
            "accuracy": {name: {"right": right, "of": of} for name, (right, of) in self.accuracy.items()},
            "notes": list(self.notes),
        }


def diagnose(
    bundle: Bundle,
    data: Any,
    *,
    reference: Any = None,
    model: Any = None,
    labelled_data: bool = False,
    variants: Sequence[str] | None = None,
    samples: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Diagnosis:
    """Gives which of preparation, conversion, quantisation, runtime or reading makes a bundle answer otherwise.

    Every sample goes through the author's route (the author's own preparation and model, as far as they are given, else
    the spec and the float model) and through the bundle's, and then through routes in which one stage is swapped. A
    sample is in memory once; a model is not asked twice about the same tensors.

    Args:
        bundle: the open bundle.
        data: samples like those that the model will see: a folder, paths, rows, signals. Where one is a path, the
            author's functions get that path.
        reference: `satchel.Reference` with the author's functions, or one function that answers.
        model: the author's model, as `pack` takes it.
        labelled_data: `data` is a folder with a subfolder a class: accuracy is measured, and the order of labels held
            against it.
        variants: of the bundle; all that run here when not given.
        samples: at most so many.
        threads: of the interpreter.
        progress: called with (done, total, what).

    Raises:
        InputError: input/no-photos; input/reference for a function that draws at random or gives another shape; what
            the author's function raises passes through.
        SatchelError: what opening the model or a variant raises.
    """
    own = reference_of(reference) if reference is not None else None
    chosen = [bundle.known(each) for each in variants] if variants else list(bundle.variants)
    if not chosen:
        bundle.known("")
    things, truths = _things(bundle, data, labelled_data, samples)
    tell = progress or (lambda done, total, what: None)
    with stages_of(bundle, model, own, chosen, threads) as stages:
        job = _Job(bundle, own, stages, chosen)
        for done, thing in enumerate(things):
            tell(done, len(things), "samples")
            job.add(thing, truths[done] if truths else None)
        tell(len(things), len(things), "samples")
        job.require_enough(len(things))
        return job.finished(lambda what: tell(0, 0, what))


def _things(bundle: Bundle, data: Any, labels: bool, most: int | None) -> tuple[list[Any], list[int] | None]:
    if labels:
        cases = labelled(Path(data), next(iter(bundle.labels.values()), ()))
        step = max(1, len(cases) // most) if most else 1
        cases = cases[::step][:most]
        return [path for path, _ in cases], [truth for _, truth in cases]
    return list(bundle.kind.listed(data))[:most], None


class _Job:
    """The samples' sums, and what the detectors look at."""

    def __init__(self, bundle: Bundle, own: Reference | None, stages: Stages, variants: list[str]) -> None:
        self.bundle, self.own, self.stages = bundle, own, stages
        known: list[Stage] = ["quantisation"]
        known += ["preparation"] if own and own.prepare else []
        known += ["conversion"] if stages.source else []
        plain = float_variant(bundle)
        self.splits = {
            name: split_of(name, [each for each in known if each != "quantisation" or name != plain])
            for name in variants
        }
        self.pipeline = Pipeline(bundle.spec, bundle.labels)
        self.pairs: list[tuple[Any, Any]] = []
        self.inputs: list[Any] = []
        self.scores: list[tuple[Any, Any]] = []
        self.best: dict[str, list[int]] = {name: [] for name in variants}
        self.truths: list[int] = []
        self.notes: list[str] = []
        self.seen: dict[str, str] = {}
        self.broken: list[str] = []
        self.least = decision_of(bundle.spec) if bundle.spec.task == "object_detection" else 0.0

    def add(self, thing: Any, truth: int | None) -> None:
        """Counts one sample."""
        name = str(thing) if isinstance(thing, (str, Path)) else f"sample {len(self.seen) + 1}"
        try:
            loaded = self.bundle.kind.load(thing)
            digest = hash_of(loaded)
        except SatchelError as error:
            self.broken.append(str(error))
            return
        if digest in self.seen:
            self.notes.append(f"{name} is the same as {self.seen[digest]}, and counted once")
            return
        if not self.seen and self.own:
            require_steady(self.own, thing)
        self.seen[digest] = name
        given = thing if self.own else loaded
        for variant, route in self.stages.variants.items():
            split = self.splits[variant]
            attribution.add(split, given, self.stages.reference, route, self.stages.middle, self.least, name)
        self._look(given, truth)

    def _look(self, thing: Any, truth: int | None) -> None:
        """Keeps what the detectors look at."""
        shipped = {name: route.run(thing) for name, route in self.stages.variants.items()}
        first = next(iter(shipped.values()))
        if self.own and self.own.prepare and len(self.pairs) < _LOOKED_AT:
            authors = self.stages.reference.prepare.run(thing)
            self.pairs += [(one.tensors, other.tensors) for one, other in zip(first.windows, authors, strict=True)]
        if len(self.inputs) < _RUN_IN_OTHER_WAYS:
            self.inputs.append(first.windows[0].tensors)
        if self.own and self.own.predict and self.bundle.answers_classes:
            self.scores.append((self._read_scores(thing), self.own.predicted(thing)))
        if truth is not None and self.bundle.answers_classes:
            self.truths.append(truth)
            for name, ran in shipped.items():
                self.best[name].append(ran.answer.top.index if ran.answer.top else -1)

    def _read_scores(self, thing: Any) -> NDArray[np.float64]:
        """Gives the scores as the spec reads them, by the reference's preparation and model."""
        route = self.stages.reference
        outputs = [route.model.run(each.tensors) for each in route.prepare.run(thing)]
        return np.asarray(self.pipeline.numbers(outputs), np.float64)

    def require_enough(self, count: int) -> None:
        """Refuses data of which too much cannot be read."""
        if not self.seen or len(self.broken) > max(_BROKEN * count, 0):
            raise InputError(
                "input/too-few-photos",
                f"{len(self.broken)} of {count} {self.bundle.kind.plural} cannot be read",
                where="data",
                hint=" ".join(self.broken[:3]) or "Give some like those that the model will see.",
            )
        self.notes += [f"left out: {each}" for each in self.broken]

    def finished(self, tell: Any) -> Diagnosis:
        """Gives the diagnosis of what was counted."""
        tell("looking for causes")
        found = Diagnosis(self.bundle.digest, self._against(), self.splits, notes=tuple(self.notes))
        found.runtimes = tuple(each for name in self.splits for each in self._cells(name, tell))
        found.causes = (*self._preparation(), *self._reading(), *self._models(), *runtime_causes(found.runtimes))
        if self.truths:
            found.accuracy = {
                name: (int(np.sum(np.equal(best, self.truths))), len(best)) for name, best in self.best.items()
            }
        return found

    def _against(self) -> str:
        own = self.own or Reference()
        given = {"preparation": own.prepare, "answers": own.predict, "model": self.stages.source}
        parts = [f"the author's {word}" for word, there in given.items() if there]
        return " and ".join(parts) or f"the model {self.stages.middle.name!r} of the bundle"

    def _cells(self, name: str, tell: Any) -> tuple[Cell, ...]:
        model = self.bundle.reader.model(name)
        expected = [self.stages.variants[name].model.run(each) for each in self.inputs]
        floats = [self.stages.middle.run(each) for each in self.inputs]
        return cells(name, model, self.bundle.spec, self.inputs, expected, floats, tell)

    def _preparation(self) -> tuple[Cause, ...]:
        if not self.pairs:
            return ()
        found: list[Cause] = []
        for each in self.bundle.spec.inputs:
            found += preparation_causes(each, [(one[each.name], other[each.name]) for one, other in self.pairs])
        return tuple(found)

    def _reading(self) -> tuple[Cause, ...]:
        names = next(iter(self.bundle.labels.values()), ())
        if self.own and self.own.labels is not None and (cause := names_cause(names, self.own.labels)):
            return (cause,)
        if self.scores:
            return answer_causes(self.scores, names, alone=not (self.own and self.own.prepare))
        if self.truths:
            cause = labelled_cause(next(iter(self.best.values())), self.truths)
            return (cause,) if cause else ()
        return ()

    def _models(self) -> tuple[Cause, ...]:
        found = []
        for name, split in self.splits.items():
            if cause := input_range_cause(self.bundle.spec, name, self.inputs):
                found.append(cause)
                continue
            for stage in ("conversion", "quantisation"):
                boundary = split.boundaries.get(stage)
                if boundary is not None and stage_differs(boundary):
                    found.append(quantisation_cause(boundary, name))
        return tuple(found)
