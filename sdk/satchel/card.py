"""The model card of a bundle: what a person who was handed the file wants to know first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from satchel_metadata.spec import Spec
from satchel_metadata.text import printable


def card(spec: Spec, names: Sequence[str], measured: dict[str, Any], author_card: str = "") -> str:
    """Gives card.md: the author's own card, or one from the spec, then the variants as they were measured."""
    head = author_card.strip() or _head(spec)
    lines = [
        head,
        "",
        "## Variants",
        "",
        f"| variant | {_measure(measured)} | n | median latency |",
        "| --- | --- | --- | --- |",
    ]
    agreement = {each["variant"]: each for each in measured.get("agreement", [])}
    for name in names:
        seen, taken = agreement.get(name), measured["latency"].get(name)
        share = _agreement(seen) if seen else "not measured"
        time = f"{1000 * taken['median']:.1f} ms" if taken else "in the browser"
        lines.append(f"| {name} | {share} | {seen['n'] if seen else 0} | {time} |")
    machine = measured["machine"]
    lines += ["", f"Latency of the interpreter alone, on {machine['processor']}, {machine['cores']} cores.", ""]
    return "\n".join(lines)


def _measure(measured: dict[str, Any]) -> str:
    seen = measured.get("agreement", [])
    if any(each["top1"] is None for each in seen):
        return "largest difference from the first"
    one = any(each["top5"] is None for each in seen)
    return "same decision as the first" if one else "top-1 agreement with the first"


def _agreement(seen: dict[str, Any]) -> str:
    return f"{seen['relative']:.2g}" if seen["top1"] is None else f"{100 * seen['top1']:.1f} %"


def _head(spec: Spec) -> str:
    about = [f"# {printable(spec.name)} {spec.version}", "", printable(spec.description) or f"Task: {spec.task}."]
    about += [f"Author: {printable(spec.author)}."] if spec.author else []
    about += [f"Licence: {printable(spec.license)}."] if spec.license else []
    return "\n".join(about)
