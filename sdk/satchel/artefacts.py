"""Makes every artefact of a bundle from one float model, and binds the spec to the tensors of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from satchel import recipes
from satchel.binding import bound, positions
from satchel.bundle import Runner
from satchel.describe import Description
from satchel.doubts import model_doubts, warn_of
from satchel.engines.litert import LiteRTEngine
from satchel.recipes import Context, Mixed, Recipe
from satchel.recipes.entropy_code import EntropyCode
from satchel_converters import tfjs
from satchel_converters.noise import order_noise
from satchel_converters.precision import float_ops
from satchel_converters.sources import Source
from satchel_metadata import canonical
from satchel_metadata.bundle_write import ModelFiles, VariantFiles
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.plausible import check_model, doubts
from satchel_metadata.spec import Spec, Tensor
from satchel_metadata.stored_form import Compression
from satchel_metadata.tflite_metadata import write_metadata
from satchel_metadata.tflite_model import inspect_model
from satchel_metadata.tflite_notes import is_usual

_FLOAT_COMPUTED = {"float32", "float16", "weight_only", "int4"}
_LITERT_JS = {"float32", "int32", "uint8", "int8"}
"""The dtypes of the tensors that LiteRT.js takes and gives."""
TFJS_NAMES = {"float32": "float32", "float16": "float16", "uint8": "uint8_weights"}
"""Variant that a TF.js graph model of each weight type belongs to."""
BOUNDS = {"exact": 0.0, "float": 1e-5, "tfjs": 1e-4, "dynamic_range": 5e-2}
"""How far another runtime's outputs may be, relative to the largest: integer models are identical everywhere; a
dynamic-range model rounds activations while it runs, where a last bit can move a value by a whole level; TF.js sums in
its own order. A float model that another order of its sums moves further is given that much (`FLOAT_BOUNDS`)."""
FLOAT_BOUNDS = (1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4)

GraphModel = dict[str, bytes]
Infer = Callable[[Mapping[str, NDArray[Any]]], dict[str, NDArray[Any]]]


@dataclass(frozen=True)
class Made:
    """Every artefact of a bundle, before it is written.

    Attributes:
        spec: complete, with a tensor for every artefact.
        labels: the label lists.
        models: variant name -> .tflite with its metadata.
        graphs: variant name -> files of its TF.js graph model.
        recipes: variant name -> recipe, in the author's order.
        warnings: what TFLite Metadata cannot say of this spec.
        facts: variant name -> what its passes measured, (pass, values) in their order.
    """

    spec: Spec
    labels: Mapping[str, tuple[str, ...]]
    models: Mapping[str, bytes]
    graphs: Mapping[str, GraphModel]
    recipes: Mapping[str, Recipe]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    facts: Mapping[str, tuple[tuple[str, dict[str, Any]], ...]]

    def variant_files(self, compress: Compression) -> list[VariantFiles]:
        """Gives what the bundle's writer takes; a recipe that ends in `EntropyCode` is stored so."""
        return [
            VariantFiles(
                name=name,
                recipe=recipe.to_json(),
                tflite=_tflite_files(self.models[name], recipe) if name in self.models else None,
                tfjs=_tfjs_files(self.graphs[name]) if name in self.graphs else None,
                compress="entropy" if any(isinstance(each, EntropyCode) for each in recipe.passes) else compress,
            )
            for name, recipe in self.recipes.items()
        ]

    def runner(self, variant: str, threads: int | None) -> Runner:
        """Gives a variant's pipeline and engine."""
        engine = LiteRTEngine(self.models[variant], threads=threads)
        return Runner(self.spec, self.labels, f"{variant}/tflite", engine)

    def ways(self, threads: int) -> dict[str, tuple[Pipeline, Infer]]:
        """Gives every artefact's pipeline and what runs it: LiteRT, or TensorFlow on a TF.js model's very graph."""
        found: dict[str, tuple[Pipeline, Infer]] = {}
        for name in self.models:
            runner = self.runner(name, threads)
            found[f"{name}/tflite"] = (runner.pipeline, runner.infer)
        for name, files in self.graphs.items():
            artefact = f"{name}/tfjs"
            found[artefact] = (Pipeline(self.spec, self.labels, artefact), _graph_runner(self.spec, artefact, files))
        return found

    def bounds(self) -> dict[str, float]:
        """Gives, for each artefact, how far another runtime's outputs may be."""
        found = {
            f"{name}/tflite": _bound(_kind(self.recipes[name], model), model) for name, model in self.models.items()
        }
        return {**found, **{f"{name}/tfjs": BOUNDS["tfjs"] for name in self.graphs}}


def _bound(kind: str, model: bytes) -> float:
    if kind != "float":
        return BOUNDS[kind]
    noise = order_noise(model)
    return next((bound for bound in FLOAT_BOUNDS if noise <= bound), FLOAT_BOUNDS[-1])


def build(
    source: Source,
    description: Description,
    wanted: Sequence[Recipe],
    graphs: Sequence[str],
    context: Context,
    model: Any = None,
) -> Made:
    """Gives every artefact, with its spec bound and its metadata written; passes that train begin with `model`.

    Raises:
        SpecError: the spec does not fit the model's tensors (before any variant is made).
        ConversionError: a precision was not reached, or a conversion gives other answers.
    """
    spec = description.spec
    float_tensors = tflite_tensors(source.tflite, spec)
    fitted = bound(spec, *_single("float32/tflite", float_tensors))
    check_model(fitted, "float32/tflite", description.labels)
    found = list(model_doubts(fitted, "float32/tflite", source.tflite))
    variants = {recipe.name: recipes.run(recipe, source.tflite, context, model=model) for recipe in wanted}
    graph_files = _graphs(source, graphs)
    tensors = {f"{name}/tflite": tflite_tensors(each.tflite, spec) for name, each in variants.items()}
    tensors |= {f"{name}/tfjs": _graph_tensors(files, spec) for name, files in graph_files.items()}
    complete = bound(
        spec, {name: each[0] for name, each in tensors.items()}, {name: each[1] for name, each in tensors.items()}
    )
    found += [doubt for name in variants for doubt in doubts(complete, f"{name}/tflite")]
    warn_of(found, stacklevel=4)
    written = {
        name: write_metadata(each.tflite, complete, description.labels, f"{name}/tflite")
        for name, each in variants.items()
    }
    unsaid = dict.fromkeys(text.partition(", ")[2] for each in written.values() for text in each[1])
    every = [*variants, *(name for name in graph_files if name not in variants)]
    return Made(
        spec=complete,
        labels=description.labels,
        models={name: each[0] for name, each in written.items()},
        graphs={name: _with_spec(files, complete) for name, files in graph_files.items()},
        recipes={name: variants[name].recipe if name in variants else Recipe(name) for name in every},
        notes=tuple(text for text in unsaid if is_usual(text)),
        warnings=tuple(text for text in unsaid if not is_usual(text)),
        facts={name: each.facts for name, each in variants.items() if each.facts},
    )


_EXACT = ("int8", "qat", "int16x8")
_KINDS = {**dict.fromkeys(_EXACT, "exact"), "dynamic_range": "dynamic_range"}


def _kind(recipe: Recipe, model: bytes) -> str:
    """Gives what a variant's bound goes by; a mix of floats and integers rounds within, as a dynamic-range one does."""
    for step in recipe.passes:
        if isinstance(step, Mixed):
            wanted = {precision for _, precision in step.rules}
            if wanted <= _FLOAT_COMPUTED:
                return "float"
            return "dynamic_range" if float_ops(model) else "exact"
        if step.kind in _KINDS:
            return _KINDS[step.kind]
    return "float"


def _graphs(source: Source, kinds: Sequence[Any]) -> dict[str, GraphModel]:
    """Gives the TF.js graph models by the name of the variant each belongs to."""
    if not kinds:
        return {}
    assert source.saved_model is not None
    made = tfjs.graph_models(source.saved_model, kinds, {})
    return {TFJS_NAMES[kind]: files for kind, files in made.items()}


def _single(artefact: str, tensors: tuple[list[Tensor], list[Tensor]]) -> tuple[dict[str, Any], dict[str, Any]]:
    return {artefact: tensors[0]}, {artefact: tensors[1]}


def tflite_tensors(model: bytes, spec: Spec) -> tuple[list[Tensor], list[Tensor]]:
    """Gives the tensors of the spec's inputs and outputs, found by signature name or tensor name."""
    engine = LiteRTEngine(model, threads=1)
    aliases = _signature_names(model)
    inputs = [(*aliases["inputs"].get(each.name, ()), each.name) for each in engine.inputs]
    outputs = [(*aliases["outputs"].get(each.name, ()), each.name) for each in engine.outputs]
    return (
        [engine.inputs[place] for place in positions([each.name for each in spec.inputs], inputs, "input")],
        [engine.outputs[place] for place in positions([each.name for each in spec.outputs], outputs, "output")],
    )


def _signature_names(model: bytes) -> dict[str, dict[str, tuple[str, ...]]]:
    """Gives, for inputs and outputs, tensor name -> the names that the model's signatures give it."""
    found: dict[str, dict[str, tuple[str, ...]]] = {"inputs": {}, "outputs": {}}
    info = inspect_model(model)
    for signature in info.signatures:
        tensors = info.subgraphs[signature.subgraph].tensors
        for kind, names in (("inputs", signature.inputs), ("outputs", signature.outputs)):
            for name, index in names.items():
                tensor = tensors[index].name
                found[kind][tensor] = (*found[kind].get(tensor, ()), name)
    return found


def _graph_tensors(files: GraphModel, spec: Spec) -> tuple[list[Tensor], list[Tensor]]:
    """Gives the tensors of the spec's inputs and outputs in a TF.js graph model, from its signature."""
    signature = json.loads(files["model.json"])["signature"]
    found = []
    for kind, wanted in (("inputs", spec.inputs), ("outputs", spec.outputs)):
        named = list(signature[kind].items())
        places = positions([each.name for each in wanted], [(name,) for name, _ in named], kind[:-1])
        found.append([_graph_tensor(named[place][1], place) for place in places])
    return found[0], found[1]


def _graph_tensor(entry: dict[str, Any], place: int) -> Tensor:
    shape = tuple(max(1, int(side.get("size", 1))) for side in entry["tensorShape"].get("dim", []))
    dtypes: dict[str, Any] = {"DT_FLOAT": "float32", "DT_INT32": "int32", "DT_UINT8": "uint8", "DT_BOOL": "bool"}
    return Tensor(name=entry["name"], index=place, shape=shape, dtype=dtypes[entry["dtype"]])


def _with_spec(files: GraphModel, spec: Spec) -> GraphModel:
    document = json.loads(files["model.json"])
    document["userDefinedMetadata"] = {"satchel": json.loads(spec.dumps())}
    return {**files, "model.json": canonical.dumps(document)}


def _graph_runner(spec: Spec, artefact: str, files: GraphModel) -> Infer:
    inputs = {each.name: each.tensor[artefact].name for each in spec.inputs}
    outputs = {each.name: each.tensor[artefact].name for each in spec.outputs}
    by_tensor = {
        kind: {entry["name"]: name for name, entry in json.loads(files["model.json"])["signature"][kind].items()}
        for kind in ("inputs", "outputs")
    }
    run = tfjs.graph_runner(files)

    def infer(tensors: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        found = run({by_tensor["inputs"][inputs[name]]: tensor for name, tensor in tensors.items()})
        return {name: found[by_tensor["outputs"][tensor]] for name, tensor in outputs.items()}

    return infer


def _tflite_files(model: bytes, recipe: Recipe) -> ModelFiles:
    info = inspect_model(model)
    edges = {tensor.dtype for tensor in (*info.inputs, *info.outputs)}
    runtimes = ["litert-python"] if any(each.custom for each in info.ops) else ["litert-python", "tflite-android"]
    # LiteRT.js is slow and not repeatable where activations are quantised as it runs.
    if edges <= _LITERT_JS and _kind(recipe, model) != "dynamic_range":
        runtimes.insert(0, "litert-js")
    return ModelFiles({"model.tflite": model}, sorted({each.name for each in info.ops}), runtimes)  # type: ignore[arg-type]


def _tfjs_files(files: GraphModel) -> ModelFiles:
    nodes = json.loads(files["model.json"])["modelTopology"]["node"]
    return ModelFiles(files, sorted({node["op"] for node in nodes}), ["tfjs"])


__all__ = ["BOUNDS", "TFJS_NAMES", "Made", "build", "tflite_tensors"]
