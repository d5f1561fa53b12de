"""Runs in an environment that holds tflite-support and no TensorFlow: prints the classes it finds, as JSON.

Usage: python client_task_library.py MODEL COUNT PICTURE...
"""

import json
import sys

from tflite_support.task import core, processor, vision


def main(model: str, count: str, *pictures: str) -> None:
    """Prints one list of [index, label, score] a picture, best first."""
    options = vision.ImageClassifierOptions(
        core.BaseOptions(file_name=model), processor.ClassificationOptions(max_results=int(count))
    )
    classifier = vision.ImageClassifier.create_from_options(options)
    found = [classifier.classify(vision.TensorImage.create_from_file(picture)) for picture in pictures]
    answers = [
        [[each.index, each.category_name, each.score] for each in result.classifications[0].categories]
        for result in found
    ]
    print(json.dumps(answers))


main(*sys.argv[1:])
