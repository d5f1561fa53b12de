"""Measures what was packed: agreement and latency. Kept outside the digest: another machine measures anew."""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from satchel import machine
from satchel.artefacts import Made, tflite_tensors
from satchel.binding import bound
from satchel.bundle import Runner, decision_of
from satchel.comparison import compare_all
from satchel.engines.litert import LiteRTEngine
from satchel_converters.sources import Source
from satchel_metadata.infer import answers_classes

REFERENCE = "float model"


def measure(
    made: Made,
    source: Source,
    samples: Sequence[Any],
    groups: Sequence[Hashable] | None,
    example: Any,
    threads: int | None,
) -> dict[str, Any]:
    """Gives agreement of every variant with the float model, latency and compressed size, and what was measured on.

    Args:
        made: the artefacts.
        source: the float model and how far its conversions are from it.
        samples: to compare on; none of them was calibrated with. Without any, agreement is not measured.
        groups: one key a sample; those of one key count as one.
        example: what latency is measured with.
        threads: of the interpreter.
    """
    runners = {name: made.runner(name, threads) for name in made.models}
    reference = next((name for name in runners if not made.recipes[name].passes), REFERENCE)
    judged = runners if reference in runners else {REFERENCE: _float(made, source, threads), **runners}
    outputs: dict[str, list[Any]] = {name: [] for name in judged}
    for sample in samples:
        for name, runner in judged.items():
            outputs[name].append(runner.numbers(sample))
    classes, decision = answers_classes(made.spec), decision_of(made.spec)
    compared = compare_all(outputs, reference, groups, classes=classes, decision=decision) if samples else ()
    return {
        "machine": machine.describe(),
        "compressed": compressed_sizes(made),
        "agreement": [each.to_json() for each in compared if each.variant != REFERENCE],
        "latency": {
            name: machine.latency(runner, runner.pipeline.windows(example)[0].tensors)
            for name, runner in runners.items()
        },
        "passes": {name: [{"pass": kind, **told} for kind, told in facts] for name, facts in made.facts.items()},
        "conversion": {"inputs": source.report.inputs, "largest": source.report.tflite.relative},
    }


def compressed_sizes(made: Made) -> dict[str, int]:
    """Gives the bytes that each artefact takes when its files are compressed (DEFLATE), two at a time."""
    files = {f"{name}/tflite": [model] for name, model in made.models.items()}
    files |= {f"{name}/tfjs": list(graph.values()) for name, graph in made.graphs.items()}
    with ThreadPoolExecutor(max_workers=2) as workers:
        sizes = workers.map(lambda parts: sum(len(zlib.compress(part)) for part in parts), files.values())
        return dict(zip(files, sizes, strict=True))


def _float(made: Made, source: Source, threads: int | None) -> Runner:
    """Gives the float model itself, where no variant is it."""
    tensors = tflite_tensors(source.tflite, made.spec)
    spec = bound(made.spec, {"float/tflite": tensors[0]}, {"float/tflite": tensors[1]})
    return Runner(spec, made.labels, "float/tflite", LiteRTEngine(source.tflite, threads=threads))
