"""How far the outputs of a float model move when the same sums are taken in another order."""

from __future__ import annotations

from typing import Any

import numpy as np

from satchel_converters.compare import largest_difference
from satchel_converters.frozen import TensorInfo
from satchel_converters.inputs import random_inputs
from satchel_converters.quiet import kept_back

INPUTS = 2


def order_noise(model: bytes) -> float:
    """Gives the largest max|a-b| / max|a| between XNNPACK's kernels and the plain ones, on random inputs.

    Both compute the same function; a deep net whose activations saturate late shows more of the difference than others.
    """
    from ai_edge_litert.interpreter import OpResolverType

    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    with kept_back():
        fast, slow = _interpreter(model), _interpreter(model, experimental_op_resolver_type=plain)
    details = fast.get_input_details()
    infos = [TensorInfo(each["name"], tuple(map(int, each["shape"])), np.dtype(each["dtype"]).name) for each in details]
    given = random_inputs(infos, INPUTS)
    return largest_difference([_run(fast, each) for each in given], [_run(slow, each) for each in given]).relative


def _interpreter(model: bytes, **options: Any) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=model, num_threads=1, **options)
    interpreter.allocate_tensors()
    return interpreter


def _run(interpreter: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    for each in interpreter.get_input_details():
        interpreter.set_tensor(each["index"], inputs[each["name"]])
    interpreter.invoke()
    found = {}
    for place, each in enumerate(interpreter.get_output_details()):
        found[str(place)] = interpreter.get_tensor(each["index"])
    return found
