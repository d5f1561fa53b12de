"""Makes bundles that differ from the demo's in one respect, with its models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from satchel_metadata.bundle import BundleReader
from satchel_metadata.bundle_write import GoldenFiles, ModelFiles, VariantFiles, write_bundle
from satchel_metadata.golden import Expected, Golden, GoldenAnswer
from satchel_metadata.spec import Spec
from satchel_metadata.steps import TopK

Relabel = Callable[[int, str], str]


def rebuild(
    source: Path,
    out: Path,
    *,
    variants: Sequence[str],
    top_k: int | None = None,
    relabel: Relabel = lambda index, label: label,
    name: str | None = None,
) -> Path:
    """Writes the bundle anew with only the .tflite of these variants, with another k, other labels or another name."""
    reader = BundleReader.open(source)
    spec = _narrowed(reader.spec, [f"{variant}/tflite" for variant in variants])
    if top_k is not None:
        spec = _with_top_k(spec, top_k)
    labels = {key: [relabel(i, label) for i, label in enumerate(each)] for key, each in reader.labels.items()}
    write_bundle(
        out,
        spec=spec.model_copy(update={"name": name or spec.name}),
        labels=labels,
        variants=[_variant(reader, each) for each in variants],
        golden=_golden(reader, [f"{variant}/tflite" for variant in variants], relabel),
        provenance=reader.manifest.provenance,
    )
    return out


def _narrowed(spec: Spec, artefacts: Sequence[str]) -> Spec:
    def keep(each: object) -> object:
        tensors = {key: value for key, value in each.tensor.items() if key in artefacts}  # type: ignore[attr-defined]
        return each.model_copy(update={"tensor": tensors})  # type: ignore[attr-defined]

    return spec.model_copy(update={"inputs": tuple(map(keep, spec.inputs)), "outputs": tuple(map(keep, spec.outputs))})


def _with_top_k(spec: Spec, k: int) -> Spec:
    steps = tuple(TopK(k=k) if step.op == "top_k" else step for step in spec.outputs[0].steps)
    return spec.model_copy(update={"outputs": (spec.outputs[0].model_copy(update={"steps": steps}),)})


def _variant(reader: BundleReader, name: str) -> VariantFiles:
    artefact = reader.artefact(f"{name}/tflite")
    recipe = next(each.recipe for each in reader.manifest.variants if each.name == name)
    model = ModelFiles({"model.tflite": reader.model(name)}, artefact.ops, artefact.runtimes)
    return VariantFiles(name, recipe, tflite=model)


def _golden(reader: BundleReader, artefacts: Sequence[str], relabel: Relabel) -> GoldenFiles:
    golden = reader.golden()
    # One picture for all three cases: golden/ may not outgrow a bundle that became smaller.
    fewest = [golden.cases[0].model_copy(update={"id": f"picture-{number}"}) for number in (1, 2, 3)]
    cases = tuple(
        case.model_copy(update={"artefacts": {key: _relabelled(case.artefacts[key], relabel) for key in artefacts}})
        for case in fewest
    )
    files = {picture.file: reader.read(picture.file) for case in cases for picture in case.input.values()}
    return GoldenFiles(Golden(cases=cases, bounds={key: golden.bounds[key] for key in artefacts}), files)


def _relabelled(expected: Expected, relabel: Relabel) -> Expected:
    classes = tuple(
        each.model_copy(update={"label": relabel(each.index, each.label or "")}) for each in expected.answer.classes
    )
    return expected.model_copy(update={"answer": GoldenAnswer(classes=classes)})
