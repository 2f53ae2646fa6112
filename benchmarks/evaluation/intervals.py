"""How far a figure might lie elsewhere on other papers of the same kind: bootstrap over documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scoring import Scores, Tally, calibration_error

Pick = Callable[[Scores], Tally]
ROUNDS = 2000
BINS = 10

FIGURES: dict[str, Pick] = {
    "mentions exact typed": lambda s: s.all(s.exact.values()),
    "mentions exact untyped": lambda s: s.untyped,
    "mentions overlap typed": lambda s: s.all(s.overlap.values()),
    "paper entities typed": lambda s: s.all(s.papers.values()),
    "paper entities untyped": lambda s: s.papers_untyped,
    "role accuracy": lambda s: s.roles,
    "role accuracy, true entities": lambda s: s.given_roles,
    "relations": lambda s: s.all(s.relations.values()),
    "relations, true entities": lambda s: s.all(s.given_relations.values()),
    "abbreviations": lambda s: s.definitions,
    "citations in the text": lambda s: s.citations,
    "links": lambda s: s.links,
}
"""The main figures: F1, or for roles the share that is right."""


def value(name: str, tally: Tally) -> float | None:
    """A main figure's value; None where nothing was predicted or nothing is true."""
    if name.startswith("role"):
        return tally.right / tally.predicted if tally.predicted else None
    return tally.f1 if tally.predicted or tally.true else None


def _drawn(papers: int, rounds: int, seed: int) -> NDArray[np.int64]:
    """How often each paper is drawn in each round."""
    return np.random.default_rng(seed).multinomial(papers, [1 / papers] * papers, size=rounds)


def interval(name: str, papers: Sequence[Scores], rounds: int = ROUNDS, seed: int = 1) -> tuple[float, float]:
    """The middle 95 % of a main figure over samples of the papers, drawn with replacement (Efron 1979)."""
    tallies = [FIGURES[name](s) for s in papers]
    counts = np.array([(t.right, t.predicted, t.true, t.hit) for t in tallies])
    right, predicted, true, hit = (_drawn(len(papers), rounds, seed) @ counts).T
    precision, recall = right / np.maximum(predicted, 1), hit / np.maximum(true, 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    low, high = np.percentile(precision if name.startswith("role") else f1, [2.5, 97.5])
    return float(low), float(high)


def calibration_interval(papers: Sequence[Scores], rounds: int = ROUNDS, seed: int = 1) -> tuple[float, float]:
    """The same for the expected calibration error; it leans upwards, as chance moves bins apart."""
    sums = np.zeros((len(papers), 2 * BINS))
    for row, paper in zip(sums, papers, strict=True):
        for score, right in paper.confidences:
            at = min(int(score * BINS), BINS - 1)
            row[at] += score - right
            row[BINS + at] += 1
    drawn = _drawn(len(papers), rounds, seed) @ sums
    errors = np.abs(drawn[:, :BINS]).sum(1) / np.maximum(drawn[:, BINS:].sum(1), 1)
    low, high = np.percentile(errors, [2.5, 97.5])
    return float(low), float(high)


__all__ = ["FIGURES", "calibration_error", "calibration_interval", "interval", "value"]
