"""Annotated texts on their way through a trained network, to fit its layers to what they meet."""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from training.corpora import ours
from training.encoder import Encoder, Layer, Shape
from training.export import average
from training.heldout import is_held_out
from training.network import Batch, Network
from training.train import Batcher


def alone(shared: Path, count: int, vocabulary: Path) -> Iterator[Batch]:
    """Annotated texts to fit layers to, each by itself: so many of those that are trained on, always the same."""
    batcher = Batcher(Tokenizer.from_file(str(vocabulary / "tokenizer.json")))
    trained = [x for x in ours(shared, "train") if not is_held_out(x.key, 0.06)]
    for x in random.Random(1).sample(trained, min(count, len(trained))):
        yield batcher.batch([x])


class Flow:
    """Texts on their way through an encoder, one by one, so that nothing is padded."""

    def __init__(self, encoder: Encoder, batches: Iterable[Batch]) -> None:
        self.encoder = encoder
        self.held = [encoder.embedded(batch.ids, batch.piece_features) for batch in batches]

    def through(self, number: int) -> list[Tensor]:
        """What each text is after layer ``number``."""
        return [
            self.encoder.through(x, torch.ones(x.shape[:2], dtype=torch.bool), number, number + 1) for x in self.held
        ]

    def __iter__(self) -> Iterator[tuple[int, Layer]]:
        """Each layer with its number; when the next is asked for, the texts have gone through it as it is then."""
        for number, layer in enumerate(self.encoder.layers):
            assert isinstance(layer, Layer)
            yield number, layer
            self.held = self.through(number)


def loaded(checkpoints: list[Path]) -> Network:
    """The network of a checkpoint of the accurate model, or of the mean of several."""
    saved = average(checkpoints)
    network = Network(Encoder(Shape(**saved["shape"])))
    network.load_state_dict(saved["network"])
    return network.eval()


def options(doc: str | None) -> argparse.ArgumentParser:
    """The command line of what fits a network's layers."""
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--shared", type=Path, required=True, help="folder with annotations/ and corpora/")
    made.add_argument("--checkpoint", type=Path, nargs="+", required=True, help="one, or several to average")
    made.add_argument("--vocabulary", type=Path, required=True, help="folder with tokenizer.json")
    made.add_argument("--texts", type=int, default=160, help="annotated abstracts that are looked at")
    made.add_argument("--out", type=Path, required=True, help="folder for last.pt")
    return made
