"""A spec to begin with, for each task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from satchel.describe import Description
    from satchel.preprocess import Preprocess

TASKS = (
    *("image_classification", "object_detection", "keypoints", "segmentation"),
    *("tabular_classification", "tabular_regression", "signal_classification", "audio_classification"),
    *("embedding", "generic"),
)
"""Those of the contract but text_classification, whose steps are reserved for a later version."""
MODES = ("tf", "torch", "caffe", "none")
"""Of preprocess_input in keras.applications; none: values stay 0..255."""
LIBRARIES = ("keras", "huggingface", "torchvision", "timm", "tflite")
PICTURES = ("image_classification", "object_detection", "keypoints", "segmentation", "embedding", "generic")
_LABELS = ("first class", "second class")
_PICTURE: dict[str, Any] = {"size": 224, "resize": "tf.bilinear", "range": "-1..1"}
_AXES = ("x", "y", "z")


def start(
    task: str,
    labels: str | None,
    library: str | None,
    source: str | None,
    *,
    name: str | None = None,
    mode: str | None = None,
) -> tuple[Description, tuple[str, ...]]:
    """Gives a description for a task, and what its author should know.

    Args:
        task: one of TASKS.
        labels: a text file; two examples when None.
        library: one of LIBRARIES, from whose configuration `source` the preparation is read; None: an example.
        source: a file, or the name of one of keras.applications.
        name: the model's; `model` when None.
        mode: one of MODES, where the library is keras; what the model says when None.

    Raises:
        SpecError: spec/inconsistent, for a preparation of pictures in a task of another kind; what reading raises.
    """
    from dataclasses import replace

    from satchel_metadata.errors import SpecError
    from satchel_metadata.spec import parse_spec

    preprocess = _preprocess(library, source, mode) if library and source else None
    if preprocess is not None and task not in PICTURES:
        message = f"{library} tells how pictures are prepared, and {task} takes none"
        raise SpecError("spec/inconsistent", message, where=f"--from-{library}", hint=f"Use: {', '.join(PICTURES)}.")
    described = _describe(task, labels or _LABELS, preprocess)
    if name is not None:
        spec = parse_spec({**described.spec.model_dump(exclude_none=True), "name": name})
        described = replace(described, spec=spec)
    return described, preprocess.notes if preprocess else ()


def _preprocess(library: str, source: str, mode: str | None) -> Preprocess:
    from satchel.preprocess import Preprocess

    if library == "torchvision":
        return Preprocess.from_torchvision(_text(source))
    read: Any = getattr(Preprocess, f"from_{library}")
    found = read(source, mode=mode) if library == "keras" else read(source)
    assert isinstance(found, Preprocess)
    return found


def _text(source: str) -> str:
    from pathlib import Path

    from satchel_metadata.errors import CHECK_PATH, SpecError

    try:
        return Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError("spec/not-found", f"cannot be read ({error})", where=source, hint=CHECK_PATH) from None


def _describe(task: str, labels: Any, preprocess: Preprocess | None) -> Description:
    import satchel

    if task == "image_classification":
        return _classifier(labels, preprocess)
    if task in ("embedding", "generic"):
        return _plain(task, preprocess)
    picture: dict[str, Any] = {"preprocess": preprocess} if preprocess else dict(_PICTURE)
    named: dict[str, Any] = {"name": "model"}
    if task == "object_detection":
        head = {"head": "set", "boxes": "boxes", "scores": "scores", "form": "corners", "order": "yx"}
        more: dict[str, Any] = {"units": "normalized", "activation": "none"}
        return satchel.object_detection(labels=labels, **head, **more, **picture, **named)  # type: ignore[arg-type]
    if task == "segmentation":
        return satchel.segmentation(labels=labels, **picture, **named)
    if task == "keypoints":
        return satchel.keypoints(names=labels, kind="heatmaps", **picture, **named)
    columns = ("first column", "second column")
    if task == "tabular_classification":
        return satchel.tabular_classification(columns=columns, labels=labels, **named)
    if task == "tabular_regression":
        return satchel.tabular_regression(columns=columns, **named)
    if task == "signal_classification":
        return satchel.signal_classification(labels=labels, window=128, channels=_AXES, rate=50, standardize="window")
    return satchel.audio_classification(labels=labels, window=16000, rate=16000)


def _classifier(labels: Any, preprocess: Preprocess | None) -> Description:
    import satchel

    if preprocess is not None:
        return preprocess.describe(labels=labels)
    return satchel.image_classification(labels=labels, **_PICTURE)


def _plain(task: str, preprocess: Preprocess | None) -> Description:
    """A picture in, the numbers of one output as they are out."""
    import satchel
    from satchel.describe import picture_steps

    if task == "embedding":
        return satchel.embedding(**({"preprocess": preprocess} if preprocess else _PICTURE))
    return satchel.generic(inputs={"image": preprocess or picture_steps(**_PICTURE)})
