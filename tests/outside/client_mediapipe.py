"""Runs in an environment that holds mediapipe and nothing of Satchel: prints the classes it finds, as JSON.

Usage: python client_mediapipe.py MODEL COUNT PICTURE...
"""

import json
import sys

import mediapipe
from mediapipe.tasks import python as tasks


def main(model: str, count: str, *pictures: str) -> None:
    """Prints one list of [index, label, score] a picture, best first."""
    options = tasks.vision.ImageClassifierOptions(
        base_options=tasks.BaseOptions(model_asset_path=model), max_results=int(count)
    )
    with tasks.vision.ImageClassifier.create_from_options(options) as classifier:
        found = [classifier.classify(mediapipe.Image.create_from_file(picture)) for picture in pictures]
    answers = [
        [[each.index, each.category_name, each.score] for each in result.classifications[0].categories]
        for result in found
    ]
    print(json.dumps(answers))


main(*sys.argv[1:])
