"""Training that passes share: what to train with, the loop, and checkpoints from which a stopped run goes on."""

from satchel.training.data import Examples, Training, arrays, dataset, labelled_folder

__all__ = ["Examples", "Training", "arrays", "dataset", "labelled_folder"]
