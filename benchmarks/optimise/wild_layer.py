"""Is the one wild layer of a model found, and does raising it alone mend int8? What does a sweep cost?

    python benchmarks/optimise/wild_layer.py [--json FILE]

EfficientNet-Lite0 three times, each with one layer (early, in the middle, late) in which one input channel is dead and
its weights are huge: no float answer sees them, and the scales of int8 are ruined. A sweep over 64 pictures names the
layers below 20 dB that the healthy model does not have; its time is shown as a ratio to the sum of its inferences.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))
from common import described, machine, write_json

import satchel
from satchel.samples import kind_of
from satchel.search.sensitivity import BROKEN, Sensitivity, sweep
from satchel_converters import precision
from satchel_converters.float_tflite import runner
from satchel_converters.tflite_graph import read_graph
from satchel_metadata.pipeline import Pipeline

RESULTS = Path(__file__).parent / "results" / "wild_layer.json"
PLACES, TIMES = (0.2, 0.5, 0.8), 3000.0


def spoiled(tflite: bytes, share: float) -> tuple[bytes, str]:
    """Gives the model with a wild layer so far into it, and the layer's name: a 1 x 1 convolution after a ReLU6."""
    from ai_edge_litert.interpreter import Interpreter

    ran = Interpreter(model_content=tflite)
    places = {each["name"]: each["index"] for each in ran.get_tensor_details()}
    ops = read_graph(tflite).ops
    made_by = {each.outputs[0].name: each for each in ops}
    fit = [
        each
        for each in ops
        if each.name == "CONV_2D" and made_by.get(each.inputs[0].name, each).name == "DEPTHWISE_CONV_2D"
    ]
    layer = fit[int(share * len(fit))]
    before = made_by[layer.inputs[0].name]
    for op, axis, value in ((before, -1, 0.0), (layer, -1, TIMES)):
        for tensor in op.inputs[1 : 3 if op is before else 2]:
            old = ran.get_tensor(places[tensor.name])
            new = old.copy()
            np.moveaxis(new, axis, 0)[0] = value * (np.abs(old).max() if value else 0)
            tflite = _replaced(tflite, old.tobytes(), new.tobytes())
    return tflite, layer.outputs[0].name


def _replaced(whole: bytes, old: bytes, new: bytes) -> bytes:
    assert whole.count(old) == 1, "the weights stand in the file once"
    return whole.replace(old, new)


def broken(found: Sensitivity) -> set[str]:
    """Gives the layers that a sweep names."""
    return {each.name for each in found.layers if each.snr_db < BROKEN}


def bare(tflite: bytes, inputs: list[Any], times: int) -> float:
    """Gives the seconds of so many runs of the float model over the inputs, nothing else."""
    run = runner(tflite)
    run(inputs[0])
    start = time.perf_counter()
    for each in inputs:
        run(each)
    return (time.perf_counter() - start) * times


def main() -> None:
    """Sweeps the healthy model and three spoiled ones, prints and keeps what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, default=RESULTS)
    asked = parser.parse_args()
    model = satchel.zoo.get("efficientnet-lite0")
    description = model.description()
    pipeline, kind = Pipeline(description.spec, description.labels), kind_of(description.spec)
    inputs = [window.tensors for each in model.calibration for window in pipeline.windows(kind.load(each))]
    tflite = satchel.open(Path(__file__).parents[2] / "out" / "efficientnet-lite0.satchel").reader.model("float32")
    healthy = broken(sweep(tflite, description.spec, inputs))
    layers = sum(each.name in precision.WEIGHTED for each in read_graph(tflite).ops)
    results = []
    for share in PLACES:
        spoilt, name = spoiled(tflite, share)
        start = time.perf_counter()
        found = sweep(spoilt, description.spec, inputs)
        seconds, least = time.perf_counter() - start, bare(spoilt, inputs, layers + 2)
        named = sorted(broken(found) - healthy)
        results.append(
            {
                "wild": name,
                "named": named,
                "first": found.ranked()[0].name,
                "found_alone": named == [found.ranked()[0].name] and name in named[0],
                "sentence": found.sentences()[0],
                "seconds": seconds,
                "inferences": least,
                "ratio": seconds / least,
            }
        )
        print(
            f"{results[-1]['found_alone']}: {results[-1]['sentence']}\n"
            f"  {seconds:.1f} s, {seconds / least:.2f} of its inferences"
        )
    about = machine("litert-quantizer", "ai-edge-litert", "numpy")
    print(described(about))
    write_json(asked.json, {"machine": about, "inputs": len(inputs), "layers": layers, "results": results})


if __name__ == "__main__":
    main()
