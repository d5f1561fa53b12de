"""SavedModel folders that were scanned before, opened as one function of the chosen signature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from satchel_converters.names import distinct
from satchel_converters.opened import Opened, Shapes, by_name, static_shape
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ModelError

_DEFAULT = "serving_default"


def open_folder(path: Path, signature: str | None, shapes: Shapes) -> Opened:
    """Gives the chosen signature of a SavedModel as one function of batch 1.

    Raises:
        ModelError: model/no-signature, model/unknown-signature, model/several-signatures, model/not-loadable,
            model/dynamic-shape, model/shape-mismatch.
    """
    with tensorflow() as tf:
        try:
            loaded = tf.saved_model.load(str(path))
        except Exception as error:
            raise _not_loadable(path, str(error)) from error
        name = choose_signature(list(loaded.signatures), signature, str(path))
        return _opened(tf, loaded, loaded.signatures[name], shapes, str(path))


def _not_loadable(path: Path, said: str) -> ModelError:
    if f"{path}/variables" in said or "Read less bytes than requested" in said:
        return ModelError(
            "model/not-loadable",
            "the folder is incomplete: the weights in its variables/ are missing or cut off",
            where=str(path),
            hint="Copy the whole folder again, or export the model again.",
        )
    reason = " ".join(said.split())[:400]
    return ModelError(
        "model/not-loadable",
        f"TensorFlow cannot load it: {reason}",
        where=str(path),
        hint="Export the model again, with a TensorFlow no newer than the one here (`satchel doctor`).",
    )


def choose_signature(found: Iterable[str], wanted: str | None, where: str) -> str:
    """Gives the wanted signature; without a wish `serving_default`, or the only one there is.

    Raises:
        ModelError: model/no-signature, model/unknown-signature, model/several-signatures: the last two list them.
    """
    names = sorted(name for name in found if not name.startswith("__saved_model_"))
    listed = ", ".join(map(repr, names))
    if not names:
        raise ModelError(
            "model/no-signature",
            "the model has no signature, so nothing says what goes in and what comes out",
            where=where,
            hint="Save it with signatures=..., or with model.export().",
        )
    if wanted is None and (_DEFAULT in names or len(names) == 1):
        return _DEFAULT if _DEFAULT in names else names[0]
    if wanted is None:
        raise ModelError(
            "model/several-signatures",
            f"the model has several signatures, none of them {_DEFAULT!r}: {listed}",
            where=where,
            hint=f"Choose one, for example signature={names[0]!r}.",
        )
    if wanted not in names:
        raise ModelError(
            "model/unknown-signature", f"there is no signature {wanted!r}", where=where, hint=f"It has {listed}."
        )
    return wanted


def _opened(tf: Any, loaded: Any, signature: Any, shapes: Shapes, where: str) -> Opened:
    declared = signature.structured_input_signature[1]
    own_names = sorted(declared)
    names = distinct(own_names, "input")
    shapes = by_name(shapes, names)
    specs = []
    for own, name in zip(own_names, names, strict=True):
        spec = declared[own]
        if spec.dtype == tf.string:
            raise ModelError(
                "model/unsupported-input",
                "the input is a string tensor",
                where=name,
                hint="Export the model without its decoding of strings.",
            )
        dims = None if spec.shape.rank is None else spec.shape.as_list()
        if dims and dims[0] not in (None, 1):
            raise ModelError(
                "model/fixed-batch",
                f"input {name!r} takes batches of {dims[0]}, expected 1 or any",
                where=where,
                hint="Export the model with a batch of 1, or an open one.",
            )
        specs.append(tf.TensorSpec(static_shape(name, dims, shapes), spec.dtype, name=name))

    def call(*tensors: Any) -> dict[str, Any]:
        results = signature(**dict(zip(own_names, tensors, strict=True)))
        return dict(zip(distinct(sorted(results), "output"), (results[key] for key in sorted(results)), strict=True))

    function = tf.function(call, autograph=False).get_concrete_function(*specs)

    def answers(inputs: Mapping[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
        return {name: value.numpy() for name, value in call(*(tf.constant(inputs[name]) for name in names)).items()}

    answers.keep = loaded  # type: ignore[attr-defined]  # The signature holds only a weak reference to its variables.
    return Opened(function, names, answers)
