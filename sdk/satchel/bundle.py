"""An open bundle: ask it about photos, compare its variants, check that it is whole."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from satchel.answer import Answer
from satchel.engines.litert import LiteRTEngine
from satchel.engines.threads import threads_of
from satchel.samples import Kind, kind_of
from satchel_metadata.bundle import BundleReader
from satchel_metadata.errors import BundleError
from satchel_metadata.infer import answer_output, answers_classes
from satchel_metadata.manifest import Manifest
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from satchel.check import CaseResult, CheckReport


def open_bundle(
    path: str | Path, *, digest: str | None = None, variant: str | None = None, threads: int | None = None
) -> Bundle:
    """Gives the bundle at a path: a `.satchel` file, or the same as a folder.

    Args:
        path: the bundle.
        digest: the digest (hex SHA-256 of its manifest) that it must have.
        variant: the variant that answers unless told otherwise; the first of the bundle when not given.
        threads: of the interpreter; chosen for the machine when not given.

    Raises:
        BundleError: it is damaged, hostile, or not the one with that digest; bundle/no-such-variant.
        SpecError: spec/out-of-range, for fewer threads than one.
    """
    threads_of(threads)
    return Bundle(BundleReader.open(path, digest=digest), Path(path), variant=variant, threads=threads)


def background_of(spec: Spec) -> tuple[int, int, int]:
    """Gives the colour that a spec lays transparent photos on."""
    return next((step.background for step in spec.inputs[0].steps if step.op == "decode"), (0, 0, 0))


def decision_of(spec: Spec) -> float:
    """Gives the score from which a model of one score says yes: its highest threshold step's, or one half."""
    return max((step.score for step in answer_output(spec).steps if step.op == "threshold"), default=0.5)


class Runner:
    """One variant, ready: its pipeline and its engine.

    Raises:
        ModelError: model/tensor-not-found, where the model lacks a tensor that the spec names.
    """

    def __init__(self, spec: Spec, labels: Mapping[str, tuple[str, ...]], artefact: str, engine: LiteRTEngine) -> None:
        self.pipeline = Pipeline(spec, labels, artefact)
        self.engine = engine
        self._inputs = {each.name: engine.input(each.tensor[artefact].name).name for each in spec.inputs}
        self._outputs = {each.name: engine.output(each.tensor[artefact].name).name for each in spec.outputs}

    def infer(self, tensors: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Gives the raw output tensors by the spec's output names, of prepared tensors by its input names."""
        found = self.engine.run({self._inputs[name]: tensor for name, tensor in tensors.items()})
        return {name: found[tensor] for name, tensor in self._outputs.items()}

    def numbers(self, thing: Any) -> NDArray[Any]:
        """Gives what two variants are compared by, float32 [n]: the scores of every class, or else all outputs."""
        return self.pipeline.numbers([self.infer(window.tensors) for window in self.pipeline.windows(thing)])


class Bundle:
    """A model with everything it needs: open it once, run it often, from as many threads as you like.

    Attributes:
        path: where it was opened.
        spec, manifest: what it says of itself.
        digest: hex SHA-256 of its manifest; the same digest means the same bundle.
        variants: names of the variants that run in Python, in the author's order.
    """

    def __init__(self, reader: BundleReader, path: Path, *, variant: str | None, threads: int | None) -> None:
        self.reader, self.path = reader, path
        self._threads = threads
        self._runners: dict[str, Runner] = {}
        self._opening = threading.Lock()
        self.default = self.known(variant) if variant else next(iter(self.variants), "")

    @property
    def spec(self) -> Spec:
        """How input is prepared and output is read."""
        return self.reader.spec

    @property
    def manifest(self) -> Manifest:
        """The files, the variants and where they come from."""
        return self.reader.manifest

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the manifest."""
        return self.reader.digest

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants that hold a .tflite, in the author's order."""
        return tuple(each.name for each in self.manifest.variants if "tflite" in each.artefacts)

    @property
    def labels(self) -> Mapping[str, tuple[str, ...]]:
        """The label lists by name."""
        return self.reader.labels

    @property
    def kind(self) -> Kind:
        """What its inputs are made from: photos, rows or signals."""
        return kind_of(self.spec)

    @property
    def answers_classes(self) -> bool:
        """Says whether an answer is a ranking of classes."""
        return answers_classes(self.spec)

    @property
    def background(self) -> tuple[int, int, int]:
        """The colour that transparent photos are laid on."""
        return background_of(self.spec)

    def run(self, thing: Any, variant: str | None = None) -> Answer:
        """Gives the answer for one photo, camera frame, row or signal.

        Args:
            thing: a photo (a path, the bytes of a picture, a PIL image, uint8 [height, width, 3] in RGB), a camera's
                Frame (for a bundle of photos one that says its range and rotation), a row (column name -> value), a
                Signal (or float64 [samples, channels], or the path of a CSV file); for inputs that are made from
                different things, a mapping from their names.
            variant: the variant to ask; the bundle's default when not given.

        Raises:
            InputError: it cannot be read. BundleError: no such variant.
        """
        name = self.known(variant or self.default)
        runner = self.runner(name)
        clock: dict[str, float] = {}
        started = time.perf_counter()
        windows = runner.pipeline.windows(thing, clock)
        before = time.perf_counter()
        outputs = [(window.start, runner.infer(window.tensors)) for window in windows]
        clock["infer"] = time.perf_counter() - before
        found = runner.pipeline.read_windows(outputs, clock, windows[0].trace)
        timings: dict[str, float] = {
            stage: clock[stage] for stage in ("decode", "prepare", "infer", "read") if stage in clock
        }
        return Answer(**vars(found), timings={**timings, "total": time.perf_counter() - started}, variant=name)

    def check(self, progress: Callable[[CaseResult], None] | None = None) -> CheckReport:
        """Gives what happens when every hash is checked and the golden inputs run through every variant here."""
        from satchel.check import check

        return check(self, progress)

    def report(self) -> str:
        """Gives the report of this bundle as one HTML page, made anew of what it holds: the one inside is a stranger's.

        Raises:
            SatchelError: a file that the report tells of is damaged.
        """
        from satchel.report.contents import Contents
        from satchel.report.page import report

        return report(Contents.of(self.reader))

    def runner(self, variant: str) -> Runner:
        """Gives the pipeline and engine of a variant, opened at first use."""
        with self._opening:
            if variant not in self._runners:
                engine = LiteRTEngine(self.reader.model(variant), threads=self._threads)
                self._runners[variant] = Runner(self.spec, self.labels, f"{variant}/tflite", engine)
            return self._runners[variant]

    def scores(self, photo: Any, variant: str) -> NDArray[Any]:
        """Gives the scores of every class for one photo, float32 [classes]: what the reading steps rank."""
        runner = self.runner(self.known(variant))
        return runner.pipeline.scores(runner.infer(runner.pipeline.prepare(photo)))

    def numbers(self, thing: Any, variant: str) -> NDArray[Any]:
        """Gives what variants are compared by, float32 [n]: the scores of every class, or else all outputs."""
        return self.runner(self.known(variant)).numbers(thing)

    def known(self, variant: str) -> str:
        """Gives the name of a variant that runs here.

        Raises:
            BundleError: bundle/no-such-variant.
        """
        if variant in self.variants:
            return variant
        message = f"expected a variant that runs in Python, found {variant!r}"
        hint = f"This bundle has: {', '.join(self.variants)}."
        if not self.variants:
            message = f"this bundle has no variant for Python, only {', '.join(self.manifest.artefacts())} for browsers"
            hint = (
                "Open it in a browser with `satchel serve`, or pack the model again with a variant for Python: "
                "`satchel pack ... --variants float32`."
            )
        raise BundleError("bundle/no-such-variant", message, where=str(self.path), hint=hint)

    def __repr__(self) -> str:
        return f"Bundle({str(self.path)!r}, variants={list(self.variants)}, digest={self.digest[:12]!r})"
