"""What Python answers about the app's own photos: photo_answers.py OUT.json BUNDLE... -- PHOTO...

For each bundle, each of its variants for phones and each photo: width and height, and the answer as JSON. The app's
tests hold what stands on the screen against it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import satchel
from satchel_metadata.photo import load_photo


def answers(bundles: Sequence[Path], photos: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Gives one record for each bundle, variant and photo."""
    sizes = {path: load_photo(path) for path in photos}
    for path in bundles:
        bundle = satchel.open(path)
        for variant in bundle.variants:
            for photo, loaded in sizes.items():
                yield {
                    "bundle": path.name,
                    "variant": variant,
                    "photo": photo.name,
                    "width": loaded.width,
                    "height": loaded.height,
                    "answer": bundle.run(photo, variant).to_json(),
                }


def main() -> None:
    """Writes the records, unless they are newer than all that they are made of."""
    out, rest = Path(sys.argv[1]), sys.argv[2:]
    bundles = [Path(path) for path in rest[: rest.index("--")]]
    photos = [Path(path) for path in rest[rest.index("--") + 1 :]]
    if out.exists() and out.stat().st_mtime > max(each.stat().st_mtime for each in [*bundles, *photos, Path(__file__)]):
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(list(answers(bundles, photos))), encoding="utf-8")


if __name__ == "__main__":
    main()
