"""What `satchel inspect` shows of a bundle."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from satchel import units
from satchel.cli import inspect_spec, summary, terminal
from satchel.report.contents import measurements

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from satchel.bundle import Bundle
    from satchel_metadata.manifest import Manifest


def read(path: str, digest: str | None = None) -> Bundle:
    """Gives the open bundle.

    Raises:
        BundleError: it is damaged, hostile, or has another digest.
    """
    from satchel.bundle import open_bundle

    return open_bundle(path, digest=digest)


def to_json(bundle: Bundle) -> dict[str, Any]:
    """Gives everything as JSON values."""
    return {
        "file": str(bundle.path),
        "kind": "bundle",
        "digest": bundle.digest,
        "manifest": bundle.manifest.model_dump(exclude_none=True),
        "spec": bundle.spec.model_dump(exclude_none=True),
        "labels": {name: list(entries) for name, entries in bundle.labels.items()},
        "measurements": measurements(bundle.reader),
    }


def write_report(bundle: Bundle, out: Path, overwrite: bool) -> None:
    """Writes the report beside `out` and renames it, and says so.

    Raises:
        EnvironmentProblem: env/exists, env/cannot-write.
    """
    from satchel_metadata.errors import EnvironmentProblem

    if out.exists() and not overwrite:
        hint = "Give --overwrite to replace it."
        raise EnvironmentProblem("env/exists", "there is something already", where=str(out), hint=hint)
    page = bundle.report().encode()
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        beside.write_bytes(page)
        beside.replace(out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        message, hint = f"the report cannot be written ({error.strerror})", "Name another place with --report."
        raise EnvironmentProblem("env/cannot-write", message, where=str(out), hint=hint) from None
    terminal.console().print(terminal.text(f"wrote {out}", limit=4000))


def show(bundle: Bundle, out: Console) -> None:
    """Prints it for people: what it is, the spec in words, the variants, the files, where it comes from."""
    spec = bundle.spec
    out.print(terminal.text(f"{spec.name} {spec.version}", "bold"))
    about = {"task": spec.task.replace("_", " "), "description": spec.description, "author": spec.author}
    total = units.size(sum(file.bytes for file in bundle.manifest.files))
    about |= {"licence": spec.license, "bundle": f"{bundle.path}, {total}", "digest": bundle.digest}
    out.print(terminal.facts({name: value for name, value in about.items() if value}))
    inspect_spec.show(spec, out, bundle.labels)
    terminal.heading(out, "Variants")
    out.print(summary.table(bundle, compress=False))
    terminal.heading(out, "Recipes")
    recipes = {
        each.name: ", then ".join(map(_pass_in_words, each.recipe)) or "as converted"
        for each in bundle.manifest.variants
    }
    out.print(terminal.facts(recipes))
    terminal.heading(out, "Files")
    out.print(_files(bundle.manifest))
    terminal.heading(out, "Where it comes from")
    out.print(terminal.facts(_provenance(bundle.manifest)))
    out.print()
    told = f"satchel inspect {bundle.path} --report report.html"
    out.print(terminal.text(f"All of this as a page, with pictures: {told}", "dim", 4000), soft_wrap=True)


def _pass_in_words(step: dict[str, Any]) -> str:
    options = ", ".join(f"{name} {value}" for name, value in step.items() if name != "pass")
    return f"{step.get('pass', '?')} ({options})" if options else str(step.get("pass", "?"))


def _files(manifest: Manifest) -> Table:
    made = terminal.table("path", "role", "size", "SHA-256", right=("size",))
    for file in manifest.files:
        made.add_row(terminal.text(file.path), file.role, units.size(file.bytes), f"{file.sha256[:16]}...")
    return made


def _provenance(manifest: Manifest) -> dict[str, str]:
    source = manifest.provenance
    facts = {"source": f"{source.source_format}, SHA-256 {source.source_sha256}"}
    facts["made with"] = ", ".join(f"{name} {version}" for name, version in source.versions.items())
    facts |= {name: _value(value) for name, value in source.options.items()}
    return {name: value for name, value in facts.items() if value}


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(_value, value)) or "none"
    return str(value)
