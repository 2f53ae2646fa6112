"""How likely each span of a text is a mention: by one model, or by the mean of two that err apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citeweave.extract import encoder, weights
from citeweave.extract.decode import batch_marginals
from citeweave.extract.units import Units

Chances = NDArray[np.float64]


def read(folder: Path, texts: Sequence[str], threads: int = 0) -> Iterator[tuple[encoder.Reading, Chances]]:
    """Each text's reading by a model folder, with the probability of each span and type.

    Where the folder's model.json names another model ``beside``, the probabilities are the mean of both. A text's
    result does not depend on the others. ``threads`` texts are read at once; 0 takes one thread a processor.
    """
    readings, chances = _by(folder, texts, threads)
    beside = encoder.shared(folder).beside
    if beside is not None:
        others = _by(weights.folder(beside), [reading.units for reading in readings], threads)[1]
        chances = [_mean(own, other) for own, other in zip(chances, others, strict=True)]
    return zip(readings, chances, strict=True)


def version(folder: Path) -> str:
    """Which weights take part in what :func:`read` gives."""
    model = encoder.shared(folder)
    if model.beside is None:
        return model.version
    return f"{model.version}+{encoder.shared(weights.folder(model.beside)).version}"


def _by(
    folder: Path, texts: Sequence[str] | Sequence[Units], threads: int
) -> tuple[list[encoder.Reading], list[Chances]]:
    readings = list(encoder.shared(folder).read_all(texts, threads))
    return readings, batch_marginals([reading.scores for reading in readings])


def _mean(own: Chances, other: Chances) -> Chances:
    widest = min(own.shape[1], other.shape[1])  # a model gives nothing to spans that are wider than it knows
    mean: Chances = own / 2
    mean[:, :widest] += other[:, :widest] / 2
    return mean
