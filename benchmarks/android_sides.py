"""The sides that android.py compares, each in processes of its own, and what they are given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import numpy as np
from common import ROOT, photo
from PIL import Image

sys.path[:0] = [str(ROOT / "metadata"), str(ROOT / "metadata" / "vectors")]

from generators import library  # noqa: E402 - put on the path above

from satchel_metadata.bundle import BundleReader  # noqa: E402 - likewise
from satchel_metadata.bundle_write import GoldenFiles, ModelFiles, VariantFiles  # noqa: E402 - likewise
from satchel_metadata.bundle_write import write_bundle as written  # noqa: E402 - likewise
from satchel_metadata.golden import Golden  # noqa: E402 - likewise
from satchel_metadata.golden_pictures import golden_picture  # noqa: E402 - likewise
from satchel_metadata.photo import load_photo  # noqa: E402 - likewise
from satchel_metadata.pipeline import Pipeline  # noqa: E402 - likewise
from satchel_metadata.spec import parse_spec  # noqa: E402 - likewise

HERE = ROOT / "benchmarks" / "android"
METHODS = tuple(library.METHODS)
SIZE, SIDE = (640, 480), 224
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
ARTEFACT = "int8/tflite"
JMH = ["-f", "1", "-wi", "4", "-w", "500ms", "-i", "8", "-r", "200ms", "-foe", "true"]
# Of this heap something else takes so much that the rest is just enough: a small young generation, to see what is kept.
HEAP = ["-Xms24m", "-Xmx24m", "-Xmn512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
HEAP_KILOBYTES, STEP = 24 * 1024, 16
ENTRY = 1040  # what a kilobyte takes, with its header
SMALL = ROOT / "out" / "zoo" / "iris.satchel"


class Sides:
    """What is measured.

    Args:
        given: a folder that write_photo has filled.
        bundle: the bundle that is opened.
        jars: the class path of the JVM's sides.
    """

    def __init__(self, given: Path, bundle: Path, jars: str) -> None:
        self.given, self.bundle, self.jars = given, bundle, jars
        command = ["node", str(HERE / "peer.mjs"), str(given)]
        self.node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def javascript(self, method: str) -> float:
        """Gives the milliseconds of a preparation in Node.

        Raises:
            SystemExit: Node gave none.
        """
        told: IO[str] = self.node.stdin  # type: ignore[assignment]
        heard: IO[str] = self.node.stdout  # type: ignore[assignment]
        told.write(f"{method}\n")
        told.flush()
        line = heard.readline()
        if not line:
            raise SystemExit("Node ended before it answered")
        return float(line)

    def jvm(self, of: str, **params: str) -> dict[str, float]:
        """Gives the least milliseconds of every side of a JMH class, by the side's name.

        Raises:
            SystemExit: the JVM says why there are none.
        """
        report = self.given / "jmh.json"
        command = [
            "java",
            "-cp",
            self.jars,
            "org.openjdk.jmh.Main",
            rf"\.{of}\.",
            *JMH,
            "-rf",
            "json",
            "-rff",
            str(report),
        ]
        for name, value in params.items():
            command += ["-p", f"{name}={value}"]
        properties = f"-Dsatchel.given={self.given} -Dsatchel.bundle={self.bundle} -XX:+UseSerialGC"
        done = subprocess.run([*command, "-jvmArgsAppend", properties], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stdout[-3000:] + done.stderr)
        found = json.loads(report.read_text(encoding="utf-8"))
        return {each["benchmark"].rsplit(".", 1)[1]: min(map(min, each["primaryMetric"]["rawData"])) for each in found}

    def memory(self, way: str) -> float:
        """Gives the megabytes that opening the bundle takes: by so much less of a heap may be taken by other things."""
        return (self._spare("file", SMALL) - self._spare(way, self.bundle)) * ENTRY / 1e6

    def _spare(self, way: str, bundle: Path) -> int:
        """Gives how many kilobytes of the heap may be taken by other things."""
        low, high = 0, HEAP_KILOBYTES
        while high - low > STEP:
            middle = (low + high) // 2
            command = ["java", *HEAP, "-cp", self.jars, "dev.satchel.benchmarks.Memory", way, str(bundle), str(middle)]
            if subprocess.run(command, capture_output=True).returncode == 0:
                low = middle
            else:
                high = middle
        if low == 0:
            raise SystemExit(f"{bundle} cannot be opened from its {way}")
        return low

    def close(self) -> None:
        """Ends Node."""
        self.node.communicate()


def built() -> str:
    """Builds the library's jar and the benchmarks; gives their class path.

    Raises:
        SystemExit: Maven says what is wrong.
    """
    steps = (
        ["bash", str(ROOT / "scripts" / "kotlin.sh"), "package", "-Dmaven.test.skip=true"],
        ["mvn", "-B", "-q", "-ntp", "-f", str(HERE), "compile"],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, env=os.environ)
        if done.returncode != 0:
            raise SystemExit(done.stdout[-3000:] + done.stderr)
    return f"{HERE / 'target' / 'classes'}:{(HERE / 'target' / 'classpath').read_text(encoding='utf-8').strip()}"


def write_photo(folder: Path) -> None:
    """Writes the photo's pixels, and for each method the spec and the tensor that Python makes."""
    with Image.open(photo("coffee")) as found:
        image = found.convert("RGB").resize(SIZE, Image.Resampling.BICUBIC)
    (folder / "photo.rgb").write_bytes(image.tobytes())
    loaded = load_photo(np.asarray(image))
    for method in METHODS:
        document = spec_of(method)
        (folder / f"{method}.json").write_text(json.dumps(document), encoding="utf-8")
        tensor = Pipeline(parse_spec(document), {}).prepare(loaded)["image"]
        (folder / f"{method}.f32").write_bytes(tensor.tobytes())


def spec_of(method: str) -> dict[str, Any]:
    """Gives the spec of an ImageNet classifier's preparation."""
    resize = {"op": "resize", "method": method, "fit": "stretch", "width": SIDE, "height": SIDE}
    share = {"op": "rescale", "divisor": 255.0}
    steps = [{"op": "decode"}, resize, share, {"op": "normalize", "mean": MEAN, "std": STD, "range": "0..1"}]
    inputs, outputs = [{"name": "image", "steps": steps}], [{"name": "scores", "steps": []}]
    return {"satchel": "1.0", "name": "bench", "task": "image_classification", "inputs": inputs, "outputs": outputs}


def write_bundle(source: Path, out: Path) -> None:
    """Writes the int8 variant of a bundle alone, 5 MB, with its golden pictures at half their size."""
    reader = BundleReader.open(source)
    spec = json.loads(reader.spec.dumps())
    for each in spec["inputs"] + spec["outputs"]:
        each["tensor"] = {ARTEFACT: each["tensor"][ARTEFACT]}
    golden, cases, files = reader.golden(), [], {}
    for case in golden.cases:
        pixels = np.asarray(reader.golden_input(case)["image"])
        record, data = golden_picture(case.id, np.asarray(Image.fromarray(pixels).reduce(2)))
        files[record.file] = data
        kept = {"input": {"image": record}, "artefacts": {ARTEFACT: case.artefacts[ARTEFACT]}}
        cases.append(case.model_copy(update=kept))
    kept_golden = Golden(cases=tuple(cases), bounds={ARTEFACT: golden.bounds[ARTEFACT]})
    (variant,) = (each for each in reader.manifest.variants if each.name == "int8")
    artefact = reader.artefact(ARTEFACT)
    model = ModelFiles({"model.tflite": reader.model("int8")}, artefact.ops, artefact.runtimes)
    written(
        out,
        spec=parse_spec(spec),
        labels=reader.labels,
        variants=[VariantFiles("int8", [dict(step) for step in variant.recipe], model)],
        golden=GoldenFiles(kept_golden, files),
        provenance=reader.manifest.provenance,
    )
