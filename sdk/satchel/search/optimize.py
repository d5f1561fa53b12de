"""Finds the recipe that meets a budget, and packs what it makes."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from satchel import machine, provenance
from satchel.binding import sizes
from satchel.bundle import Bundle
from satchel.describe import Description
from satchel.doubts import refuse_misfit
from satchel.engines.threads import threads_of
from satchel.packing import pack
from satchel.recipes import Context, Recipe
from satchel.search.budget import Budget
from satchel.search.datasets import Sets, prepared, require_untrained, three_sets
from satchel.search.doubts import warn_of_sets
from satchel.search.front import Front, chosen, in_the_way
from satchel.search.judging import Judge, measure_of
from satchel.search.reach import require_in_reach
from satchel.search.searching import Search
from satchel.search.state import State
from satchel.training.data import Training
from satchel_converters.finite import require_finite
from satchel_converters.keras_bridge import open_tf_keras
from satchel_converters.sources import Source, load_source
from satchel_metadata.bundle_write import refuse_existing
from satchel_metadata.errors import ConversionError, SatchelWarning
from satchel_metadata.infer import check_steps
from satchel_metadata.pipeline import Pipeline


def optimize(
    model: Any,
    description: Description | str | Path,
    data: Any,
    *,
    budget: Budget,
    out: str | Path | None = None,
    agreement: bool = False,
    calibration: Any = None,
    test: Any = None,
    training: Training | None = None,
    recipes: Sequence[Recipe] = (),
    exhaustive: bool = False,
    state: str | Path | None = None,
    overwrite: bool = False,
    threads: int | None = None,
    progress: Any = None,
) -> Bundle:
    """Gives the bundle of the candidate that meets a budget, or comes nearest, with the front in its measurements.

    It tries recipes one after another, those that need no training first, and stops when the budget is met; where only
    the accuracy is limited it tries all, and takes the smallest that keeps it. Each is measured on the .tflite that
    ships, in the interpreter. `satchel.search.front.front_of(bundle)` gives the front; a budget that is not met is
    told in a warning, with what stands in the way.

    Args:
        model: as `satchel.pack` takes it; for passes that train a Keras model.
        description: what its input is made from and how its output is read, or the path of a spec.json.
        data: labelled samples: a folder with one subfolder a class, or (samples, classes), of which some are searched
            with, others calibrated with, others tested with, by their hashes. None may have been trained with.
        budget: the limits.
        out: the bundle, as `satchel.pack` takes it; NAME.satchel in the current folder when not given, by the model's
            name.
        agreement: judge by how often candidates answer as the float model does, not by classes; `data` is then samples.
        calibration: samples to calibrate with, in place of a part of `data`.
        test: as `data`, to test with in place of a part of it.
        training: with what passes train; without it they are left out.
        recipes: tried first, before those of the search.
        exhaustive: goes on when the budget is met, to see the whole front.
        state: folder of what was measured; a search that was stopped goes on from there. Kept nowhere when not given.
        overwrite: replace what stands at `out`.
        threads: of the interpreter.
        progress: called with (done, total, what).

    Raises:
        SpecError: spec/budget-out-of-reach, and those of the description.
        InputError: input/sets-overlap, input/too-few-photos, input/labels-misfit, ...
        ModelError: model/not-finite, model/already-quantised, ...
        EnvironmentProblem: env/disk-full, env/cannot-write.
    """
    threads_of(threads)
    tell = progress or (lambda done, total, what: None)
    description = Description.read(description) if isinstance(description, (str, Path)) else description
    description = description.named_after(model)
    out = Path(out if out is not None else f"{description.spec.name}.satchel")
    refuse_existing(out, overwrite)
    check_steps(description.spec)
    measure = measure_of(description.spec, agreement)
    tell(0, 0, "reading samples")
    sets = three_sets(description, data, calibration, test, agreement)
    with tempfile.TemporaryDirectory(prefix="satchel-") as folder, _state(state) as kept:
        tell(0, 0, "converting")
        source = _source(model, description, Path(folder))
        training = _training(training, kept, sets, description)
        context = _context(sets, description, training, tell, budget)
        judge = Judge(
            source,
            description,
            sets,
            context,
            open_tf_keras(model) if training else None,
            measure,
            State.opened(kept, *_fingerprint(source, description, sets, training, measure, threads)),
            threads,
        )
        search = Search(judge, budget, tell, exhaustive)
        require_in_reach(budget, search.begun(recipes), judge.state)
        search.run()
        tell(search.total - 1, search.total, "testing what was found, and packing")
        found = _tested(search, judge)
        bundle = _packed(model, description, out, found, sets, training, overwrite, threads, tell)
    if not found.met:
        warnings.warn(f"the budget is not met: {' '.join(found.in_the_way)}", SatchelWarning, stacklevel=2)
    return bundle


@contextlib.contextmanager
def _state(given: str | Path | None) -> Iterator[Path]:
    if given is not None:
        yield Path(given)
        return
    with tempfile.TemporaryDirectory(prefix="satchel-search-") as folder:
        yield Path(folder)


def _source(model: Any, description: Description, folder: Path) -> Source:
    """Gives the float model, refused where it is quantised or its weights are no numbers."""

    def inspect(inputs: Any, outputs: Any) -> None:
        refuse_misfit(description, inputs, outputs)

    outputs = [each.name for each in description.spec.outputs]
    source = load_source(model, folder, input_shapes=sizes(description.spec), inspect=inspect, outputs=outputs)
    if source.precision != "float32":
        raise ConversionError(
            "model/already-quantised",
            f"a search begins with a float model, and this one is {source.precision} already",
            where=str(model),
            hint="Give the float model that it was made from.",
        )
    require_finite(source.tflite)
    return source


def _training(given: Training | None, kept: Path, sets: Sets, description: Description) -> Training | None:
    """Gives the training with checkpoints in the state's folder, its samples apart from those searched with."""
    if given is None:
        return None
    require_untrained(sets, given.examples, Pipeline(description.spec, description.labels))
    return given if given.resume else dataclasses.replace(given, resume=kept / "training")


def _context(sets: Sets, description: Description, training: Training | None, tell: Any, budget: Budget) -> Context:
    """Gives what passes may look at; warns of sets that say little."""
    pipeline = Pipeline(description.spec, description.labels)
    tensors = [dict(each) for each in prepared(sets.calibration, sets, pipeline)]
    classes = len(next(iter(description.labels.values()), ()))
    warn_of_sets(sets, tensors, pipeline, classes, budget.limits.get("drop"))
    return Context(tensors, tell if training else None, training)


def _fingerprint(
    source: Source, description: Description, sets: Sets, training: Training | None, measure: str, threads: int | None
) -> tuple[Any, ...]:
    told = training.to_json() if training else None
    labels = {name: list(each) for name, each in description.labels.items()}
    versions = provenance.versions()
    model = hashlib.sha256(source.tflite).hexdigest()
    return (
        model,
        description.spec.dumps().decode(),
        labels,
        sets.digests,
        told,
        measure,
        threads,
        machine.describe(),
        versions,
    )


def _tested(search: Search, judge: Judge) -> Front:
    """Gives the front, those on it and the float model measured on the test set, which took no part in the choice."""
    budget, found = search.budget, search.found
    best = chosen(budget, found)
    reasons = [*in_the_way(budget, best, found), *(search.left_out if budget.excess(best.numbers) else ())]
    front = Front(
        measure=judge.measure,
        limits=budget.limits,
        met=not budget.excess(best.numbers),
        chosen=best.name,
        in_the_way=tuple(reasons),
        candidates=tuple(found),
        refused=tuple(search.refused),
        left_out=tuple(search.left_out),
        sets=judge.sets.digests,
    )
    # The float model comes first: drops on the test set are from its measure there.
    names = {found[0].name, best.name, *(each.name for each in front.best)}
    tested = tuple(dataclasses.replace(each, test=judge.tested(each)) if each.name in names else each for each in found)
    return _held(dataclasses.replace(front, candidates=tested), best.name)


def _held(front: Front, name: str) -> Front:
    """Gives the front, not met where the drop on the test set is beyond the limit."""
    test, limit = front.candidate(name).test or {}, front.limits.get("drop")
    if not front.met or limit is None or test["drop"] <= limit + 1e-9:
        return front
    text = (
        f"{name} keeps the budget on the samples that it was chosen by, and falls by {100 * test['drop']:.2f} pp on "
        f"the {test['n']} of the test set (limit {100 * limit:.2f} pp). More samples tell whether that is chance."
    )
    return dataclasses.replace(front, met=False, in_the_way=(text,))


def _packed(
    model: Any,
    description: Description,
    out: Path,
    found: Front,
    sets: Sets,
    training: Training | None,
    overwrite: bool,
    threads: int | None,
    tell: Any,
) -> Bundle:
    best = found.candidate(found.chosen)
    recipe = best.to_recipe()
    bundle = pack(
        model,
        description,
        out,
        variants=[recipe],
        tfjs=(),
        calibration=[each.thing for each in sets.calibration] if recipe.needs_calibration else None,
        evaluation=[each.thing for each in sets.test],
        training=training if recipe.changes_model else None,
        compress="deflate",
        overwrite=overwrite,
        threads=threads,
        found=found.to_json(),
    )
    made = hashlib.sha256(bundle.reader.model(best.variant)).hexdigest()
    if made != best.sha256:
        raise ConversionError(
            "model/not-repeatable",
            f"packing made another .tflite than was measured: expected SHA-256 {best.sha256}, found {made}",
            where=f"{out}, {best.variant}",
            hint="The bundle is whole, but its numbers are of another file: search again with a new state folder.",
        )
    return bundle
