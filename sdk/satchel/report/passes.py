"""How each variant was made: its passes in words, with what they measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from satchel import units
from satchel.report.contents import Contents
from satchel.report.html import Html, joined, table, tag

_WIDEST = 5
"""Tensors with the widest ranges that are named."""


def passes(told: Contents) -> Html:
    """Gives a row a pass that measured something, and nothing where none did."""
    rows = [
        (tag("strong", variant) if place == 0 else "", _name(found), _said(found))
        for variant, measured in told.measured.get("passes", {}).items()
        for place, found in enumerate(each for each in measured if each["pass"] in _WORDS)
    ]
    if not rows:
        return Html("")
    return tag("section", tag("h2", "How the variants were made"), table(["Variant", "Pass", "What it measured"], rows))


def _name(found: Mapping[str, Any]) -> str:
    return str(found["pass"]).replace("_", " ")


def _said(found: Mapping[str, Any]) -> Html:
    text = _WORDS[found["pass"]](found)
    epochs = found.get("epochs") or ()
    many = f"{len(epochs)} epochs" if len(epochs) > 1 else "One epoch"
    trained = f" {many}; {_measure(epochs[-1])} at the end." if epochs else ""
    left = found.get("left_alone") or ()
    alone = f" Left alone: {', '.join(left)}." if left else ""
    return joined((text, tag("small", trained + alone)))


def _measure(epoch: Mapping[str, float]) -> str:
    if "accuracy" in epoch:
        return f"{100 * epoch['accuracy']:.2f} % of the validation right"
    return f"loss {epoch['loss']:.4g}"


def _prune(found: Mapping[str, Any]) -> str:
    layers = ", ".join(f"{name} {100 * share:.1f} %" for name, share in found["sparsity"].items())
    return f"{found['zeros']:,} of {found['weights']:,} weights are zero ({layers})."


def _cluster(found: Mapping[str, Any]) -> str:
    layers = ", ".join(f"{name} {count}" for name, count in found["clusters"].items())
    return f"Values that the weights of a layer share: {layers}."


def _ranges(found: Mapping[str, Any]) -> str:
    if "samples" not in found:
        return "No activations were made integers."
    widest = sorted(found["tensors"].items(), key=lambda each: each[1]["min"] - each[1]["max"])[:_WIDEST]
    shown = ", ".join(f"{_short(name)} {ends['min']:.3g} to {ends['max']:.3g}" for name, ends in widest)
    method = str(found["method"]).replace("_", " ")
    return f"Ranges by {method} over {found['samples']} samples. The widest: {shown}."


def _short(name: str) -> str:
    """Gives the end of a tensor's name, which says most of it."""
    return name.partition(";")[0].split("/")[-1] if len(name) > 40 else name


def _qat(found: Mapping[str, Any]) -> str:
    return f"{found['scheme']}: trained with its quantisation in the loop."


def _channels(found: Mapping[str, Any]) -> str:
    layers = ", ".join(f"{name} {was} to {now}" for name, (was, now) in found["channels"].items() if was != now)
    weights, operations = found["weights"], found["operations"]
    less = f"Weights {weights[0]:,} to {weights[1]:,}, operations {operations[0]:,} to {operations[1]:,}."
    return f"Channels: {layers}. {less}"


def _fold(found: Mapping[str, Any]) -> str:
    return f"{len(found['normalisations'])} batch normalisations went into the layers before them."


def _entropy(found: Mapping[str, Any]) -> str:
    return f"{units.size(found['entropy'])} instead of {units.size(found['deflate'])} by DEFLATE, metadata not counted."


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "fold": _fold,
    "remove_channels": _channels,
    "prune": _prune,
    "cluster": _cluster,
    "qat": _qat,
    "int8": _ranges,
    "int16x8": _ranges,
    "mixed": _ranges,
    "entropy_code": _entropy,
}
