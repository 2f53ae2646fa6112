"""Makes the weights by which a title is told from the abstract that follows it without a mark.

    python training/title_end.py PAPERS.jsonl.gz [--write] [--documents N]

PAPERS holds one JSON object a line with ``title`` and ``abstract``. Documents are split by a hash of
their title: a tenth is held out for the reported figure and takes no part in training, a tenth serves
to choose the regularisation, the rest trains. A conditional logit over the gaps of each line, fitted
with AdaGrad and soft thresholding (L1), which leaves a few thousand weights that are not zero.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from citeweave.extract.readers import _title_end
from citeweave.text import clean, fingerprint, normal_title

Pair = tuple[str, str]
WEIGHTS = Path(_title_end.__file__).with_name("_title_end.json")


def pairs(path: Path, exclude: frozenset[str] = frozenset()) -> Iterator[tuple[int, Pair]]:
    """Bucket (0 to 9, from a hash of the title) and (title, abstract) of each usable paper, each title once."""
    seen = set(exclude)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            title, abstract = listing_form(record["title"]), listing_form(record["abstract"])
            key = normal_title(title)
            if key in seen or len(abstract) < 200 or not 1 < len(title.split()) <= 40:
                continue
            if normal_title(abstract).startswith(key):
                continue
            seen.add(key)
            yield int(fingerprint(key, 8), 16) % 10, (title, abstract)


def listing_form(text: str) -> str:
    """The text as the listings print it: without dollar signs and without a leading label."""
    return re.sub(r"^(?:abstract|summary)\s*[:.—-]*\s+", "", clean(text.replace("$", "")), flags=re.IGNORECASE)


def line_of(pair: Pair) -> tuple[list[str], int]:
    """The words of title and abstract joined, and the number of words of the title."""
    title, abstract = pair
    words = f"{title} {abstract}".split(" ", _title_end.MAX_TITLE + _title_end._WINDOW)
    return words, len(title.split(" "))


class Lines:
    """Feature matrices of many lines, flat: values per feature, features per gap, gaps per line."""

    def __init__(self, chosen: list[Pair], minimum: int = 6) -> None:
        usable = []
        counts: Counter[str] = Counter()
        for pair in chosen:
            words, gold = line_of(pair)
            gaps = _title_end.candidates(words)
            if gold in gaps:
                usable.append((words, gaps, gaps.index(gold)))
                for gap in gaps:
                    counts.update(_title_end.features(words, gap).keys())
        self.names = {n: i for i, n in enumerate(sorted(n for n, c in counts.items() if c >= minimum))}
        # described a second time rather than kept: the dictionaries of every gap would fill the memory
        ids, values, per_gap, per_line, gold_at = array("i"), array("f"), array("l", [0]), array("l", [0]), array("l")
        for words, gaps, right in usable:
            gold_at.append(len(per_gap) - 1 + right)
            for gap in gaps:
                for name, value in _title_end.features(words, gap).items():
                    if name in self.names:
                        ids.append(self.names[name])
                        values.append(value)
                per_gap.append(len(ids))
            per_line.append(len(per_gap) - 1)
        self.ids = np.array(ids, np.int32)
        self.values = np.array(values, np.float32)
        self.gap_at = np.array(per_gap)
        self.line_at = np.array(per_line)
        self.gold = np.array(gold_at)


def train(data: Lines, epochs: int, l1: float, rate: float = 0.15, batch: int = 64) -> np.ndarray:
    """Weights by AdaGrad over mini-batches in a fixed shuffled order, with soft thresholding."""
    weights = np.zeros(len(data.names), np.float64)
    squares = np.full_like(weights, 1e-6)
    random = np.random.default_rng(0)
    starts = np.arange(0, len(data.gold) - batch, batch)
    for _ in range(epochs):
        for start in random.permutation(starts):
            gaps = slice(data.line_at[start], data.line_at[start + batch])
            first, last = data.gap_at[gaps.start], data.gap_at[gaps.stop]
            ids, values = data.ids[first:last], data.values[first:last]
            scores = np.add.reduceat(weights[ids] * values, data.gap_at[gaps] - first)
            lines = data.line_at[start : start + batch] - gaps.start
            lengths = np.diff(data.line_at[start : start + batch + 1])
            scores = np.exp(scores - np.repeat(np.maximum.reduceat(scores, lines), lengths))
            error = scores / np.repeat(np.add.reduceat(scores, lines), lengths)
            error[data.gold[start : start + batch] - gaps.start] -= 1.0
            per_value = np.repeat(error, np.diff(data.gap_at[gaps.start : gaps.stop + 1])) * values
            gradient = np.bincount(ids, per_value, len(weights)) / batch
            touched = np.flatnonzero(gradient)
            squares[touched] += gradient[touched] ** 2
            step = rate / np.sqrt(squares[touched])
            moved = weights[touched] - step * gradient[touched]
            weights[touched] = np.sign(moved) * np.maximum(np.abs(moved) - step * l1, 0.0)
    return weights


def accuracy(chosen: list[Pair]) -> tuple[float, list[tuple[str, str]]]:
    """How often the shipped function ends the title right, and (title, what it said) where not."""
    wrong = []
    for title, abstract in chosen:
        line = f"{title} {abstract}"
        said = line[: _title_end.title_end(line)]
        if said != title:
            wrong.append((title, said))
    return 1 - len(wrong) / len(chosen), wrong


def use(weights: dict[str, float]) -> None:
    """Let the shipped function score with these weights for the rest of the process."""
    _title_end._weights = lambda: weights  # type: ignore[assignment]


def main() -> None:
    """Train, print the held-out accuracy, and write the weights where asked to."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("papers", type=Path)
    options.add_argument("--write", action="store_true")
    options.add_argument("--documents", type=int, default=60000)
    options.add_argument("--l1", type=float, default=5e-5)
    options.add_argument("--epochs", type=int, default=5)
    options.add_argument("--errors", type=int, default=0)
    options.add_argument("--exclude", type=Path, help="a file of titles, one a line, that take no part")
    given = options.parse_args()
    excluded = (
        frozenset(map(normal_title, given.exclude.read_text("utf-8").splitlines())) if given.exclude else frozenset()
    )
    buckets: dict[int, list[Pair]] = {}
    for bucket, pair in pairs(given.papers, excluded):
        buckets.setdefault(bucket, []).append(pair)
    order = np.random.default_rng(1)
    training = [p for b in range(2, 10) for p in buckets[b]]
    training = [training[i] for i in order.permutation(len(training))[: given.documents]]
    data = Lines(training)
    print(f"{len(data.gold)} lines, {len(data.gap_at)} gaps, {len(data.names)} features", flush=True)
    weights = train(data, given.epochs, given.l1)
    kept = {n: round(float(weights[i]), 2) for n, i in data.names.items() if abs(weights[i]) >= 0.05}
    use(kept)
    print(f"{len(kept)} weights kept")
    held = {"tuning": 1, "held out": 0}
    for name, bucket in held.items():
        some = buckets[bucket][:4000]
        right, wrong = accuracy(some)
        print(f"{name}: {right:.4f} of {len(some)}")
        for title, said in wrong[: given.errors if name == "tuning" else 0]:
            print(f"  - {title}\n    {said}")
    if given.write:
        rows = ",\n".join(f"{json.dumps(n, ensure_ascii=True)}:{w}" for n, w in sorted(kept.items()))
        WEIGHTS.write_text("{" + rows + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
