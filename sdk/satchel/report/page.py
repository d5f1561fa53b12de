"""The page: self-contained, without a script, without an address outside of it."""

from __future__ import annotations

from satchel.report.about import head, preparation, provenance, warnings
from satchel.report.contents import Contents
from satchel.report.golden import golden
from satchel.report.html import Html, tag
from satchel.report.passes import passes
from satchel.report.style import ICON, STYLE
from satchel.report.variants import variants

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def report(told: Contents) -> str:
    """Gives the report of a bundle as one HTML page; the same page for the same bundle and measurements.

    Raises:
        SatchelError: the spec or a golden input is not what it should be.
    """
    version = told.manifest.provenance.versions.get("satchel", "")
    brand = tag("p", Html(ICON), "Satchel", class_="brand")
    foot = (
        f"Made by Satchel {version} when the bundle was packed. The digest does not cover this page: ",
        *(tag("code", "satchel check"), " proves the bundle, its digest says whose it is."),
    )
    title = f"{told.spec.name} {told.spec.version}"
    sections = (variants(told), passes(told), golden(told), preparation(told), warnings(told), provenance(told))
    page = tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="color-scheme", content="light dark"),
            tag("title", title),
            tag("style", Html(STYLE)),
        ),
        tag("body", tag("main", brand, head(told), *sections), tag("footer", *foot)),
        lang="en",
    )
    return f"<!doctype html>\n{page}\n"
