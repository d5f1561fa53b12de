"""Packs a model: one float model, its variants, golden answers and measurements, in one bundle."""

from __future__ import annotations

import contextlib
import errno
import tempfile
import warnings
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import JsonValue

from satchel import provenance
from satchel.artefacts import Made, build
from satchel.binding import sizes
from satchel.bundle import Bundle, open_bundle
from satchel.card import card as written_card
from satchel.describe import Description
from satchel.doubts import refuse_misfit, score_doubts, warn_of
from satchel.engines.threads import threads_of
from satchel.golden_cases import golden_cases, golden_things, need_golden
from satchel.measuring import measure
from satchel.noted import noted
from satchel.packing_samples import Samples, packing_samples, quantised
from satchel.recipes import Context, Recipe, named
from satchel.report.contents import MEASUREMENTS, REPORT, Contents
from satchel.report.front import FRONT, front_page
from satchel.report.page import report
from satchel.samples import Kind, kind_of
from satchel.training.data import Training
from satchel_converters.keras_bridge import open_tf_keras
from satchel_converters.sources import Source, load_source
from satchel_metadata import canonical
from satchel_metadata.bundle_write import GoldenFiles, refuse_existing, write_bundle
from satchel_metadata.errors import EnvironmentProblem, SatchelWarning, SpecError
from satchel_metadata.golden import GOLDEN_FLOOR, GOLDEN_SHARE
from satchel_metadata.infer import check_steps
from satchel_metadata.manifest import digest_of, parse_manifest
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.stored_form import Compression

Progress = Callable[[int, int, str], None]
Weights = Literal["float32", "float16", "uint8"]
VARIANTS = ("float32", "int8")
STAGES = ("reading inputs", "converting", "making variants", "running golden inputs", "measuring", "writing")


def pack(
    model: Any,
    description: Description | str | Path,
    out: str | Path,
    *,
    variants: str | Sequence[str | Recipe] | None = None,
    tfjs: Sequence[Weights] | None = None,
    calibration: Any = None,
    calibration_count: int | None = None,
    evaluation: Any = None,
    evaluation_groups: Sequence[Hashable] | None = None,
    golden: Any = None,
    training: Training | None = None,
    signature: str | None = None,
    io: Literal["uint8", "float32"] = "uint8",
    compress: Compression = False,
    overwrite: bool = False,
    threads: int | None = None,
    card: str = "",
    found: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Bundle:
    """Packs a model with everything it needs, and gives the open bundle.

    Args:
        model: a `.keras`, `.h5` or `.tflite` file, a SavedModel folder, a TF.js graph model (its model.json or the
            folder of it), or a live Keras (or tf_keras) model.
        description: what its input is made from and how its output is read (`satchel.image_classification(...)`), or
            the path of a spec.json. A model that it does not name (`model`) gets the name of its file.
        out: a path that ends in `.satchel` for one file, any other for a folder.
        variants: names (`satchel.recipes.VARIANTS`) or recipes, in the order of preference. When not given
            float32 and int8; of a .tflite that is quantised already, the precision that it has.
        tfjs: precisions of TF.js graph models to add: float32, float16 (joined to the variants of that name) and uint8
            (weights only). float32 when not given and the model has a SavedModel; `()` for none.
        calibration: a folder of photos, or a list of photos, that shows an int8 recipe the ranges of its activations;
            where the input is a camera's frame they become frames (`Frame.of_photo`), or are Frames;
            for other tasks a CSV file of rows, a folder of CSV files of signals, or a list of rows or signals.
        calibration_count: how many of them to use; all when not given, and an error when fewer can be read.
        evaluation: photos that the variants are compared on; when not given, every fifth of ten or more calibration
            photos is held out for that. No photo serves both.
        evaluation_groups: one key a photo of `evaluation`; photos of one key (crops of one picture) count as one.
        golden: photos for the golden inputs; three of the photos above, or three made pictures, when not given.
            There are no made rows or signals: of these it takes three.
        training: with what, and how long, passes train that change a Keras model (`Prune`, `Cluster`, `QAT`, ...).
        signature: which signature of a SavedModel.
        io: type of an int8 variant's input and output tensors.
        compress: store each .tflite compressed: "deflate" (raw DEFLATE), "entropy" (code books and range coded indexes;
            a third smaller for what was pruned and shared), or True for the better of both.
        overwrite: replace what stands at `out`.
        threads: of the interpreter while measuring.
        card: a model card in Markdown; one is made of the spec when not given.
        found: the front that a search found (`satchel.optimize`), for the measurements.
        progress: called with (done, total, what).

    Raises:
        SatchelError: SpecError, InputError, ModelError, ConversionError or BundleError; nothing is written then.
    """
    out = Path(out)
    threads_of(threads)
    tell = progress or (lambda done, total, what: None)
    if isinstance(description, (str, Path)):
        description = Description.read(description)
    description = description.named_after(model)
    refuse_existing(out, overwrite)
    finished = quantised(model)
    recipes = _recipes(variants or finished or VARIANTS, io)
    check_steps(description.spec)
    tell(0, len(STAGES), STAGES[0])
    kind = kind_of(description.spec)
    with noted() as told, _room_told(), tempfile.TemporaryDirectory(prefix="satchel-") as folder:
        samples = packing_samples(
            recipes, kind, calibration, calibration_count, evaluation, evaluation_groups, golden, finished is not None
        )
        job = _Job(description, recipes, kind, samples, tell)
        source = job.convert(model, Path(folder), signature)
        graphs = _graphs(tfjs, source)
        made = job.build(source, graphs, training, model)
        files = job.golden(made)
        tell(4, len(STAGES), STAGES[4])
        measured = measure(made, source, samples.judged, samples.groups, job.example, threads)
        measured |= {"warnings": told, "notes": list(made.notes), **({"search": found} if found else {})}
        tell(5, len(STAGES), STAGES[5])
        options: dict[str, JsonValue] = {"io": io, "tfjs": list(graphs), "compress": compress}
        options |= {"training": training.to_json()} if training else {}
        write_bundle(
            out,
            spec=made.spec,
            labels=description.labels,
            variants=made.variant_files(compress),
            golden=files,
            provenance=provenance.of(source, options, samples.calibration, kind.plural),
            measurements=partial(_measurements, made, files, measured),
            card=written_card(made.spec, tuple(made.recipes), measured, card),
            overwrite=overwrite,
        )
    tell(len(STAGES), len(STAGES), "done")
    return open_bundle(out, threads=threads)


class _Job:
    """The steps of one packing, in their order."""

    def __init__(
        self, description: Description, recipes: Sequence[Recipe], kind: Kind, samples: Samples, tell: Progress
    ) -> None:
        self.description, self.recipes, self.kind, self.samples, self.tell = description, recipes, kind, samples, tell
        need_golden(samples.golden, kind)
        self.pipeline = Pipeline(description.spec, description.labels)
        self.prepared = self._tensors(samples.golden)
        given = (*samples.judged, *samples.golden)
        self.example = given[0] if given else golden_things((), kind, self.pipeline)[0]

    def convert(self, model: Any, folder: Path, signature: str | None) -> Source:
        """Makes the float model, checked on what the golden photos become."""
        self.tell(1, len(STAGES), STAGES[1])
        inspect = partial(refuse_misfit, self.description)
        shapes = sizes(self.description.spec)
        return load_source(
            model,
            folder,
            signature=signature,
            samples=self.prepared,
            input_shapes=shapes,
            inspect=inspect,
            outputs=[each.name for each in self.description.spec.outputs],
        )

    def build(self, source: Source, graphs: Sequence[str], training: Training | None, model: Any) -> Made:
        """Makes every artefact; warns of what TFLite Metadata cannot say, but for what holds of nearly every model."""
        self.tell(2, len(STAGES), STAGES[2])
        context = Context(self._tensors(self.samples.calibration), self.tell if training else None, training)
        changed = open_tf_keras(model) if any(each.changes_model for each in self.recipes) else None
        made = build(source, self.description, self.recipes, graphs, context, changed)
        if made.warnings:
            text = "TFLite Metadata cannot say all of this spec; programs that read only that will differ: "
            warnings.warn(text + "; ".join(made.warnings), SatchelWarning, stacklevel=3)
        return made

    def golden(self, made: Made) -> GoldenFiles:
        """Runs the golden inputs through every artefact, on one thread so that the machine's cores do not matter."""
        self.tell(3, len(STAGES), STAGES[3])
        size = sum(map(len, made.models.values())) + sum(
            len(part) for each in made.graphs.values() for part in each.values()
        )
        room = int(max(GOLDEN_FLOOR, GOLDEN_SHARE * size))
        things = golden_things(self.samples.golden, self.kind, self.pipeline, room // 2)
        golden, files = golden_cases(things, made.ways(threads=1), made.bounds())
        warn_of(score_doubts(made.spec, golden), stacklevel=3)
        return GoldenFiles(golden, files)

    def _tensors(self, samples: Sequence[Any]) -> list[dict[str, Any]]:
        return [window.tensors for sample in samples for window in self.pipeline.windows(sample)]


def _recipes(variants: str | Sequence[str | Recipe], io: str) -> tuple[Recipe, ...]:
    variants = [variants] if isinstance(variants, str) else variants
    recipes = tuple(each if isinstance(each, Recipe) else named(each, io=io) for each in variants)
    for recipe in recipes:
        recipe.validate()
    names = [recipe.name for recipe in recipes]
    if not names or len(set(names)) < len(names):
        raise SpecError(
            "spec/inconsistent",
            f"expected variants with different names, found {names}",
            where="variants",
            hint="Ask for at least one, and for each once.",
        )
    return recipes


def _graphs(tfjs: Sequence[Weights] | None, source: Source) -> tuple[str, ...]:
    if tfjs is None:
        return ("float32",) if source.saved_model is not None else ()
    unknown = [kind for kind in tfjs if kind not in ("float32", "float16", "uint8")]
    if unknown:
        raise SpecError(
            "spec/unknown-value", f"found {unknown[0]!r}", where="tfjs", hint="Allowed: float32, float16, uint8."
        )
    if tfjs and source.saved_model is None:
        raise SpecError(
            "spec/inconsistent",
            "a .tflite cannot become a TF.js graph model",
            where="tfjs",
            hint="Pack the Keras model or SavedModel it came from, or leave TF.js out: the browser runs the .tflite.",
        )
    return tuple(dict.fromkeys(tfjs))


def _measurements(made: Made, golden: GoldenFiles, measured: dict[str, Any], manifest: bytes) -> dict[str, bytes]:
    """Gives measurements.json, and the report of the bundle whose manifest this is."""
    told = Contents(
        spec=made.spec,
        labels=made.labels,
        manifest=parse_manifest(manifest),
        digest=digest_of(manifest),
        golden=golden.golden,
        read=golden.files.__getitem__,
        measured=measured,
    )
    pages = {FRONT: front_page(made.spec.name, measured["search"]).encode()} if "search" in measured else {}
    return {MEASUREMENTS: canonical.dumps(measured), REPORT: report(told).encode(), **pages}


@contextlib.contextmanager
def _room_told() -> Iterator[None]:
    """Makes an error of a disk that is full one that says so."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise EnvironmentProblem(
            "env/disk-full",
            f"no room is left to write ({error.strerror})",
            where=str(error.filename or "temporary files"),
            hint="Free some space, or point TMPDIR at a larger disk; nothing was written.",
        ) from None
