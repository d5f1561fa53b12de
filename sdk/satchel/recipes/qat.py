"""Training with quantisation in the loop."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from satchel.progress import Progress
from satchel.training import kernels
from satchel.training.data import Training
from satchel.training.loop import fine_tune
from satchel_converters import fake_quant
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError, SpecError

Scheme = Literal["QAT", "PQAT", "CQAT", "PCQAT"]


@dataclass(frozen=True)
class QAT:
    """float32 weights and activations -> int8 ones that were trained to be so: int8 without calibration.

    Before: `Conv2D(float32)`. After: `CONV_2D(int8 weights, int8 activations)`, ranges learned in training.
    Source: Jacob et al. 2018, section 3; TFMOT does it. After `Prune` zeros stay zeros (TFMOT's PQAT), after `Cluster`
    shared values stay shared (CQAT), after both both (PCQAT). It is the last pass that changes the model, and makes the
    .tflite itself.

    Attributes:
        io: type of the model's own input and output tensors, as of `Int8`.
    """

    io: Literal["uint8", "float32"] = "uint8"
    kind: ClassVar[str] = "qat"
    stage: ClassVar[Literal["model"]] = "model"

    def validate(self) -> None:
        """Refuses an input and output type that the runtimes do not share (spec/unknown-value)."""
        if self.io not in ("uint8", "float32"):
            raise SpecError(
                "spec/unknown-value", f"found io {self.io!r}", where="QAT", hint="Allowed: 'uint8', 'float32'."
            )


def scheme_after(kinds: tuple[str, ...]) -> Scheme:
    """Gives the scheme for what came before: "prune" and "cluster" are the passes whose work it keeps."""
    schemes: dict[tuple[bool, bool], Scheme] = {
        (False, False): "QAT",
        (True, False): "PQAT",
        (False, True): "CQAT",
        (True, True): "PCQAT",
    }
    return schemes["prune" in kinds, "cluster" in kinds]


def quantised(
    step: QAT, given: Any, training: Training, scheme: Scheme = "QAT", progress: Progress | None = None
) -> tuple[Any, bytes, dict[str, Any]]:
    """Gives the tf_keras model with fake quantisation, its int8 .tflite, and the facts; the model given stays.

    Raises:
        ConversionError: model/layer-untouched names the layers that TFMOT cannot quantise, before any training;
            model/precision-not-reached, model/training-diverged.
    """
    with tensorflow():
        model = _with_fake_quantisation(given, scheme)
        told = fine_tune(model, training, step.kind, [dataclasses.asdict(step), scheme], progress=progress)
        if scheme in ("CQAT", "PCQAT"):
            model = _stripped(model)
        made = fake_quant.int8(model, step.io)
    return model, made, {"scheme": scheme, "epochs": told}


def _with_fake_quantisation(given: Any, scheme: Scheme) -> Any:
    from tensorflow_model_optimization.python.core.quantization.keras import quantize

    _require_quantisable(given, _scheme("QAT").get_quantize_registry())
    model = quantize.quantize_annotate_model(kernels.copied(given))
    with quantize.quantize_scope():
        return quantize.quantize_apply(model, _scheme(scheme))


def _scheme(name: Scheme) -> Any:
    from tensorflow_model_optimization.python.core.quantization.keras.collab_opts.cluster_preserve import (
        default_8bit_cluster_preserve_quantize_scheme as clusters,
    )
    from tensorflow_model_optimization.python.core.quantization.keras.collab_opts.prune_preserve import (
        default_8bit_prune_preserve_quantize_scheme as zeros,
    )
    from tensorflow_model_optimization.python.core.quantization.keras.default_8bit import default_8bit_quantize_scheme

    if name == "QAT":
        return default_8bit_quantize_scheme.Default8BitQuantizeScheme()
    if name == "PQAT":
        return zeros.Default8BitPrunePreserveQuantizeScheme()
    return clusters.Default8BitClusterPreserveQuantizeScheme(preserve_sparsity=name == "PCQAT")


def _require_quantisable(model: Any, registry: Any) -> None:
    import tf_keras

    left = [
        f"{layer.name} ({type(layer).__name__})"
        for layer in model.layers
        if not isinstance(layer, (tf_keras.layers.InputLayer, tf_keras.layers.BatchNormalization))
        and (hasattr(layer, "layers") or not registry.supports(layer))
    ]
    if left:
        raise ConversionError(
            "model/layer-untouched",
            f"quantisation-aware training cannot touch {len(left)} layers: {', '.join(left)}",
            hint="Replace these layers, write nested models out, or quantise after training (Int8).",
        )


def _stripped(model: Any) -> Any:
    from tensorflow_model_optimization.python.core.quantization.keras.collab_opts.cluster_preserve import cluster_utils

    return cluster_utils.strip_clustering_cqat(model)
