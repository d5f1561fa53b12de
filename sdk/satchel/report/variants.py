"""The variants side by side: size, agreement with the float model, time."""

from __future__ import annotations

from typing import Any

from satchel import units
from satchel.report.contents import FORMATS, Contents
from satchel.report.html import Html, bar, joined, table, tag


def variants(told: Contents) -> Html:
    """Gives a row an artefact, and what the numbers mean."""
    agreement = {each["variant"]: each for each in told.measured.get("agreement", ())}
    columns = ["Variant", "In memory", "Over the wire", _agreeing(list(agreement.values())), "Time"]
    rows = [_row(told, artefact, agreement) for artefact in told.artefacts]
    filled = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    made = table(
        [columns[place] for place in filled],
        [[row[place] for place in filled] for row in rows],
        right=("In memory", "Over the wire", "Time"),
    )
    notes = [tag("p", each, class_="note") for each in _notes(told)]
    return tag("section", tag("h2", "Variants"), made, *notes)


def _row(told: Contents, artefact: str, agreement: dict[str, Any]) -> tuple[Html | str, ...]:
    variant, _, kind = artefact.rpartition("/")
    size = told.manifest.artefacts()[artefact].bytes
    share = size / max(each.bytes for each in told.manifest.artefacts().values())
    taken = told.measured.get("latency", {}).get(variant) if kind == "tflite" else None
    return (
        joined((tag("strong", variant), " ", tag("small", FORMATS[kind]))),
        joined((units.size(size), bar(share))),
        _compressed(told, artefact),
        _agreement(agreement.get(variant)) if kind == "tflite" else tag("span", "in the browser", class_="soft"),
        units.milliseconds(taken["median"]) if taken else "",
    )


def _compressed(told: Contents, artefact: str) -> str:
    found = told.measured.get("compressed", {}).get(artefact)
    stored = told.manifest.artefacts()[artefact]
    if stored.stored_bytes != stored.bytes:
        found = stored.stored_bytes
    return "" if found is None else units.size(found)


def _agreeing(found: list[dict[str, Any]]) -> str:
    if any(each["top1"] is None for each in found):
        return "Largest difference"
    return "Same decision" if any(each["top5"] is None for each in found) else "Same best class"


def _agreement(found: dict[str, Any] | None) -> Html:
    if found is None:
        return tag("span", "not measured", class_="soft")
    if found["variant"] == found["reference"]:
        return tag("span", "the reference", class_="soft")
    if found["top1"] is None:
        return joined((f"{found['relative']:.2g} ", tag("small", f"of the largest value, n = {found['n']}")))
    low, high = (100 * bound for bound in found["interval"])
    return joined((f"{100 * found['top1']:.1f} % ", tag("small", f"{low:.0f} to {high:.0f} %, n = {found['n']}")))


def _notes(told: Contents) -> list[str]:
    """Gives what the numbers mean, as far as they were measured."""
    notes = []
    found = told.measured.get("agreement", ())
    if found:
        what = "Agreement with " + str(found[0]["reference"])
        shares = ", with 95 % intervals (Wilson)" if found[0]["top1"] is not None else ""
        notes.append(f"{what}{shares}, on inputs that took no part in calibration. It is not accuracy.")
    elif told.measured:
        notes.append("Agreement was not measured: packing had no inputs to compare the variants on.")
    machine, latency = told.measured.get("machine"), told.measured.get("latency", {})
    if machine and latency:
        taken = next(iter(latency.values()))
        threads = f"{taken['threads']} thread" + "s" * (taken["threads"] != 1)
        notes.append(
            f"Time of the interpreter alone, median of {taken['runs']} runs: {taken['runtime']} {taken['version']}, "
            f"{threads}, {machine['processor']}, {machine['cores']} cores, {machine['system']}."
        )
    conversion = told.measured.get("conversion")
    if conversion and conversion["inputs"]:
        off = f"within {conversion['largest']:.1e} of" if conversion["largest"] else "equal to"
        ending = f"those of the source model, relative to the largest value, over {conversion['inputs']} inputs."
        notes.append(f"The outputs of the float .tflite are {off} {ending}")
    return notes
