"""What the gallery learns of a bundle without opening it."""

from __future__ import annotations

from typing import Any

from satchel_metadata.families import family_of
from satchel_metadata.spec import Spec
from satchel_server.samples import Samples
from satchel_server.shelf import Shelved


def entry_of(bundle: Shelved, samples: Samples, phone: str | None) -> dict[str, Any]:
    """Gives a bundle as `/bundles` lists it.

    Args:
        bundle: one that is served.
        samples: where its samples are found.
        phone: the address by which a phone fetches it, None where no phone can.
    """
    reader = bundle.reader
    return {
        "id": bundle.id,
        "name": reader.spec.name,
        "task": reader.spec.task,
        "description": reader.spec.description,
        "given": given_of(reader.spec),
        "digest": reader.digest,
        "url": bundle.url,
        "bytes": bundle.size,
        "variants": [
            {"artefact": name, "bytes": artefact.stored_bytes} for name, artefact in reader.manifest.artefacts().items()
        ],
        "thumbnail": f"/thumbnails/{bundle.id}@{reader.digest}",
        "report": bundle.report,
        "samples": samples.of(bundle),
        "file": bundle.file_url,
        "phone": phone,
    }


def given_of(spec: Spec) -> str:
    """Gives what a visitor gives the model first: `photo`, `frame`, `drawing`, `row` or `signal`.

    A photo whose content is centred by its mass is a drawing: nothing but a single sign on a plain ground has one.
    """
    first = spec.inputs[0]
    if any(step.op == "center_of_mass" for step in first.steps):
        return "drawing"
    return family_of(first).kind
