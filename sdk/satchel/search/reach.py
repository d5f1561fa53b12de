"""Budgets that no recipe can meet, told before a search begins."""

from __future__ import annotations

from satchel import units
from satchel.search.budget import Budget
from satchel.search.front import Measured
from satchel.search.state import State
from satchel_metadata.errors import SpecError
from satchel_metadata.inflate import deflate


def require_in_reach(budget: Budget, float_model: Measured, state: State) -> None:
    """Refuses a size below what the graph, names and labels take over the wire without any weight.

    No pass makes these smaller: each works on the weights, or adds ops.

    Raises:
        SpecError: spec/budget-out-of-reach.
    """
    least = len(deflate(emptied(state.tflite([]))))
    for name, limit in (("size", budget.limits.get("wire")), ("memory", budget.limits.get("memory"))):
        if limit is not None and limit < least:
            raise SpecError(
                "spec/budget-out-of-reach",
                f"expected at least {units.size(least)}, which graph, names and labels take over the wire without any "
                f"weight, found {units.size(int(limit))}",
                where=f"Budget, {name}",
                hint=f"Allow more: the float model takes {units.size(float_model.wire)} over the wire.",
            )


def emptied(tflite: bytes) -> bytes:
    """Gives a .tflite whose every stored value is 0, of the same length."""
    from ai_edge_litert import schema_py_generated as schema

    found = bytearray(tflite)
    root = schema.Model.GetRootAs(found, 0)
    used = {
        graph.Tensors(place).Buffer()
        for graph in map(root.Subgraphs, range(root.SubgraphsLength()))
        for place in range(graph.TensorsLength())
    }
    for buffer in (root.Buffers(place) for place in sorted(used)):
        if buffer.DataLength():
            buffer.DataAsNumpy()[:] = 0
    return bytes(found)
