"""One way from a photo's path to its best class, run in a process of its own: what photo_to_answer.py compares.

    python sides.py satchel|by-hand|mediapipe MODEL THREADS

MODEL is a bundle with its variant (`x.satchel:int8`) for satchel, a .tflite for the others. Reads a path a line and
answers each with a line of JSON: seconds from the path to the answer, seconds of processor time, the index of the best
class, and, where they are known, the seconds of each stage. This file imports nothing but what its side needs, for it
also runs in an environment that holds no Satchel.
"""

import json
import sys
import time


def satchel(model, threads):
    """Satchel's own path; the resize and the interpreter are timed from within to tell what is left over."""
    import satchel
    from satchel.engines.litert import LiteRTEngine
    from satchel_metadata.ops import resize_pillow

    path, variant = model.rsplit(":", 1)
    bundle = satchel.open(path, variant=variant, threads=threads)
    inside = {}

    def timed(name, function):
        def run(*arguments):
            start = time.perf_counter()
            result = function(*arguments)
            inside[name] = inside.get(name, 0.0) + time.perf_counter() - start
            return result

        return run

    resize_pillow.resize = timed("resize", resize_pillow.resize)
    LiteRTEngine._invoke = timed("interpreter", LiteRTEngine._invoke)

    def answer(photo):
        inside.clear()
        found = bundle.run(photo)
        return found.top.index, {**found.timings, **inside}

    return answer


def by_hand(model, threads):
    """What a careful person writes with Pillow, numpy and the interpreter for EfficientNet-Lite0."""
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter
    from PIL import Image

    interpreter = Interpreter(model_path=model, num_threads=threads)
    interpreter.allocate_tensors()
    given, made = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    side, (scale, zero_point) = given["shape"][1], given["quantization"]

    def answer(photo):
        clock = [time.perf_counter()]
        image = Image.open(photo).convert("RGB")
        clock.append(time.perf_counter())
        shorter, (width, height) = side + 32, image.size
        size = (shorter, shorter * height // width) if width <= height else (shorter * width // height, shorter)
        left, top = round((size[0] - side) / 2), round((size[1] - side) / 2)
        resized = image.resize(size, Image.Resampling.BICUBIC)
        clock.append(time.perf_counter())
        seen = np.asarray(resized.crop((left, top, left + side, top + side)), np.float32)
        tensor = (seen - np.float32(127)) / np.float32(128)
        if scale:
            tensor = np.clip(np.round(tensor / np.float32(scale)) + zero_point, 0, 255).astype(np.uint8)
        tensor = tensor[np.newaxis]
        clock.append(time.perf_counter())
        interpreter.set_tensor(given["index"], tensor)
        interpreter.invoke()
        scores = interpreter.get_tensor(made["index"])[0]
        clock.append(time.perf_counter())
        best = np.argsort(-scores.astype(np.float32), kind="stable")[:5]
        clock.append(time.perf_counter())
        names = ("decode", "resize", "arithmetic", "interpreter", "read")
        return int(best[0]), {name: end - start for name, start, end in zip(names, clock, clock[1:], strict=False)}

    return answer


def mediapipe(model, threads):
    """MediaPipe Tasks' ImageClassifier; it has no setting for threads and takes its own number."""
    import mediapipe
    from mediapipe.tasks import python as tasks

    options = tasks.vision.ImageClassifierOptions(base_options=tasks.BaseOptions(model_asset_path=model), max_results=5)
    classifier = tasks.vision.ImageClassifier.create_from_options(options)

    def answer(photo):
        found = classifier.classify(mediapipe.Image.create_from_file(photo))
        return found.classifications[0].categories[0].index, {}

    return answer


def main(kind, model, threads):
    answer = {"satchel": satchel, "by-hand": by_hand, "mediapipe": mediapipe}[kind](model, int(threads))
    for line in sys.stdin:
        cpu, start = time.process_time(), time.perf_counter()
        best, stages = answer(line.rstrip("\n"))
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        print(json.dumps({"seconds": seconds, "cpu": cpu, "best": best, "stages": stages}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
