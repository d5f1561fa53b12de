"""What the model is, how its input is made, what packing warned of, where the bundle comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from satchel import units
from satchel.report.contents import Contents
from satchel.report.html import Html, facts, joined, tag, text
from satchel.spec_in_words import Told, inputs_in_words, outputs_in_words

SHOWN_LABELS = 12
_COUNTED = {"sha256": "SHA-256"}
_OPTIONS = {
    "calibration": "Calibration",
    "compress": "Stored compressed",
    "io": "Tensors of int8",
    "tfjs": "Weights for TF.js",
    "training": "Trained with",
}


def head(told: Contents) -> Html:
    """Gives name, description and what tells this bundle from others."""
    spec = told.spec
    total = sum(file.bytes for file in told.manifest.files)
    rows: list[tuple[str, object]] = [("Author", spec.author), ("Licence", spec.license)]
    rows = [(name, value) for name, value in rows if value]
    rows.append(("Bundle", f"{units.size(total)} in {len(told.manifest.files)} files"))
    rows.append(("Digest", tag("code", told.digest)))
    return tag(
        "header",
        tag("p", spec.task.replace("_", " "), class_="task"),
        tag("h1", spec.name, " ", tag("span", spec.version, class_="version")),
        tag("p", spec.description, class_="lead") if spec.description else "",
        facts(rows),
    )


def preparation(told: Contents) -> Html:
    """Gives every input and output in words, and the labels."""
    ends = (*inputs_in_words(told.spec), *outputs_in_words(told.spec))
    parts = [_steps(each) for each in ends]
    parts += [_labels(name, entries) for name, entries in told.labels.items()]
    return tag("section", tag("h2", "From the input to the answer"), tag("div", *parts, class_="columns"))


def _steps(told: Told) -> Html:
    steps = [tag("li", tag("span", does), tag("small", gives)) for does, gives in told.steps]
    whole = tag("ol", *steps, class_="steps") if steps else tag("p", "As the model gives it.", class_="soft")
    return tag("div", tag("h3", told.title), whole)


def _labels(name: str, entries: Sequence[str]) -> Html:
    more = f", and {len(entries) - SHOWN_LABELS} more" if len(entries) > SHOWN_LABELS else ""
    shown = ", ".join(entries[:SHOWN_LABELS])
    return tag("div", tag("h3", f"Labels {name}: {len(entries)}"), tag("p", shown + more, class_="soft"))


def warnings(told: Contents) -> Html:
    """Gives what packing warned of and noted; nothing where the bundle does not say."""
    found = told.measured.get("warnings")
    if found is None:
        return Html("")
    listed = tag("ul", *(tag("li", each) for each in found), class_="warnings")
    notes = [tag("p", f"Note: {each}.", class_="soft") for each in told.measured.get("notes", ())]
    none = tag("p", "Packing had none.", class_="soft")
    return tag("section", tag("h2", "Warnings"), listed if found else none, *notes)


def provenance(told: Contents) -> Html:
    """Gives the source, the options, the recipes and the libraries."""
    source = told.manifest.provenance
    rows: list[tuple[str, object]] = [
        ("Source", joined((source.source_format, ", SHA-256 ", tag("code", source.source_sha256))))
    ]
    rows += [(_OPTIONS.get(name, name), _value(value)) for name, value in source.options.items() if value is not None]
    rows += [
        (f"Recipe of {each.name}", ", then ".join(map(_pass_in_words, each.recipe)) or "as converted")
        for each in told.manifest.variants
    ]
    rows.append(("Made with", ", ".join(f"{name} {version}" for name, version in source.versions.items())))
    return tag("section", tag("h2", "Where it comes from"), facts(rows))


def _pass_in_words(step: Mapping[str, Any]) -> str:
    options = ", ".join(f"{name} {value}" for name, value in step.items() if name != "pass")
    return f"{step.get('pass', '?')} ({options})" if options else str(step.get("pass", "?"))


def _value(value: Any) -> Html:
    if isinstance(value, bool):
        return text("yes" if value else "no")
    if isinstance(value, Mapping):
        return text(", ".join(f"{_COUNTED.get(name, name)} {each}" for name, each in value.items()))
    if isinstance(value, list):
        return text(", ".join(map(str, value)) or "none")
    return text(value)
