"""What the zoo holds as somebody else finished it, a .tflite or a TF.js graph model: where it is, and what it is."""

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
    """One model in the file that it comes in.

    Attributes:
        file: the .tflite, or the model.json of a TF.js graph model.
        shards: the files that a model.json names.
        variants, tfjs: those that are worth packing; no TF.js form can be made of a .tflite.
        quality: how good its authors say it is, and what they published it for.
    """

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
    shards: tuple[NpmFile, ...] = ()
    tfjs: tuple[str, ...] = ()
    quality: str = "Published with MediaPipe; its authors state no accuracy for it in this form."

    @property
    def bytes(self) -> int:
        """Bytes of its files."""
        return sum(each.bytes for each in (self.file, *self.shards))

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
_HUMAN, _HUMAN_VERSION = "@vladmandic/human", "3.3.6"
_CENTERNET_JSON = "bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05"
_CENTERNET_BIN = "1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef"
CENTERNET = Finished(
    "centernet",
    NpmFile(_HUMAN, _HUMAN_VERSION, "models/centernet.json", "centernet.json", 0, 201_673, _CENTERNET_JSON),
    "512 x 512",
    "boxes of 80 kinds of objects",
    2_014_985,
    "Finds objects of the 80 kinds of COCO in a photo: CenterNet on three quarters of MobileNetV3, which tells the "
    "middle of every object and the sides of its box, without anchors.",
    # Boxes in pixels and shares of 1 lie in one output, which has no scale for both: int8 loses the scores.
    variants=("float16",),
    license="MIT",
    notice="Copyright (c) Vladimir Mandic, MIT License (the package and its TF.js form of the model); trained by the "
    "author of github.com/610265158/mobilenetv3_centernet on COCO, whose annotations are under CC BY 4.0.",
    shards=(NpmFile(_HUMAN, _HUMAN_VERSION, "models/centernet.bin", "centernet.bin", 0, 4_030_290, _CENTERNET_BIN),),
    tfjs=("float16",),
    quality="Its author states a mean average precision of 0.251 on COCO val2017 (0.423 at an overlap of 0.5).",
)
FINISHED = {each.name: each for each in (DETECTOR, SELFIE, CENTERNET)}
