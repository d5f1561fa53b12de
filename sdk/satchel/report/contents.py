"""What a report tells of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from satchel_metadata import canonical
from satchel_metadata.golden import Golden
from satchel_metadata.manifest import Manifest
from satchel_metadata.spec import Spec

if TYPE_CHECKING:
    from satchel_metadata.bundle import BundleReader

MEASUREMENTS = "measurements.json"
REPORT = "report.html"
FORMATS = {"tflite": "TFLite", "tfjs": "TF.js"}
"""What the formats of a variant are called, in the order in which they are shown."""


@dataclass(frozen=True)
class Contents:
    """A bundle, written or about to be.

    Attributes:
        spec, labels, manifest, digest, golden: as in the bundle.
        read: gives a file of golden/ by its path in the bundle.
        measured: what measurements.json says; empty where there is none.
    """

    spec: Spec
    labels: Mapping[str, Sequence[str]]
    manifest: Manifest
    digest: str
    golden: Golden
    read: Callable[[str], bytes]
    measured: Mapping[str, Any]

    @property
    def artefacts(self) -> tuple[str, ...]:
        """Gives the id of every artefact, `float32/tflite`: the variants in the author's order, TFLite first."""
        return tuple(
            f"{variant.name}/{kind}"
            for variant in self.manifest.variants
            for kind in FORMATS
            if kind in variant.artefacts
        )

    @staticmethod
    def of(reader: BundleReader) -> Contents:
        """Gives the contents of an open bundle."""
        measured = measurements(reader)
        return Contents(
            reader.spec, reader.labels, reader.manifest, reader.digest, reader.golden(), reader.read, measured
        )


def measurements(reader: BundleReader) -> dict[str, Any]:
    """Gives what was measured when a bundle was packed; empty where it does not say."""
    content = reader.measurements().get(MEASUREMENTS)
    found = canonical.loads(content, where=f"measurements/{MEASUREMENTS}") if content else {}
    return found if isinstance(found, dict) else {}
