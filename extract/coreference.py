"""One thing under several names in one text: ``shift-invariant kernels`` that it goes on to call ``kernels``.

:mod:`.grouping` joins what is spelt alike or abbreviated; here a small network, trained on what annotators joined,
judges the pairs that share a word's stem, an abbreviation or a pair of brackets. The best pairs are joined first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes, heads, sentences
from citeweave.extract.grouping import regrouped
from citeweave.extract.roles import seen_entities
from citeweave.extract.sameness import candidates, things
from citeweave.extract.weights import MODELS, folder
from citeweave.model import PaperEntity

VERSION = "coreference/2"


@Language.factory(
    "citeweave_coreference",
    default_config={"model": MODELS[0]},
    requires=["doc._.mentions", "doc._.entities"],
    assigns=["doc._.mentions", "doc._.entities"],
)
def make_coreference(nlp: Language, name: str, model: str) -> Coreference:
    """Register the component with spaCy."""
    return Coreference(model)


class Judge:
    """How likely two entities are one thing, by the mean of a few small networks."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as stored:
            held = {name: stored[name].astype(np.float64) for name in stored.files}
        self._mean, self._spread = held["mean"], held["spread"]
        self._hidden, self._hidden_bias = held["hidden.weight"], held["hidden.bias"]
        self._out, self._out_bias = held["out.weight"], held["out.bias"]
        self.threshold = float(held["threshold"])

    def chances(self, features: Sequence[Sequence[float]]) -> NDArray[np.float64]:
        """A probability for each pair of :func:`.sameness.candidates`."""
        x = (np.array(features, dtype=np.float64) - self._mean) / self._spread
        hidden = np.maximum(np.einsum("pf,nhf->nph", x, self._hidden) + self._hidden_bias[:, None, :], 0)
        scores = np.einsum("nph,nh->np", hidden, self._out) + self._out_bias[:, None]
        made: NDArray[np.float64] = (1 / (1 + np.exp(-scores))).mean(axis=0)
        return made


class Coreference:
    """spaCy component: joins those of ``doc._.entities`` that are one thing."""

    def __init__(self, model: str = MODELS[0]) -> None:
        """``model`` is the recogniser's size; raises ValueError on an unknown one."""
        self.folder = folder(model)
        attributes.declare()

    def __call__(self, doc: Doc) -> Doc:
        """Join entities of one document."""
        entities: Sequence[PaperEntity] = doc._.entities
        judge = shared(self.folder)
        if judge is None or len(entities) < 2:
            return doc
        known, features = compared(doc, self.folder)
        if not features:
            return doc
        likely = judge.chances([row for _, _, row in features])
        pairs = ((float(p), known[i], known[j]) for p, (i, j, _) in zip(likely, features, strict=True))
        joined = clusters(len(entities), pairs, judge.threshold)
        if len(joined) < len(entities):
            doc._.mentions, doc._.entities = regrouped(
                attributes.text_of(doc), doc._.mentions, entities, joined, doc._.abbreviations
            )
        return doc


def compared(doc: Doc, model: Path) -> tuple[list[int], list[tuple[int, int, list[float]]]]:
    """Which of a document's entities the encoder saw, and the candidate pairs of these with their features.

    Where the heads judge sameness by what the text says of the two, their score is the last feature.
    """
    seen = seen_entities(doc, model)
    where = seen.placed
    if len(where.known) < 2:
        return where.known, []
    head = heads.shared(model)
    roles = head.roles(seen.vectors).argmax(axis=1).tolist()
    entities = [doc._.entities[i] for i in where.known]
    mentions = [where.mentions[i] for i in where.known]
    text = attributes.text_of(doc)
    held = things(text, entities, mentions, sentences.of(doc), roles, seen.vectors)
    found = list(candidates(held, text))
    alike = head.alike(seen.words, seen.vectors, where.places, where.kinds) if found else None
    if alike is not None:
        found = [(i, j, [*row, float(alike[i, j])]) for i, j, row in found]
    return where.known, found


def clusters(count: int, pairs: Iterable[tuple[float, int, int]], threshold: float) -> list[list[int]]:
    """Entities joined best pair first, as long as the mean over all pairs of two clusters reaches the threshold.

    Pairs that are not given count as zero. Returns the clusters' members in order, by their first.
    """
    likely: dict[tuple[int, int], float] = {}
    for p, i, j in pairs:
        likely[i, j] = likely[j, i] = p
    owner = list(range(count))
    members = {i: [i] for i in range(count)}
    for (i, j), p in sorted(likely.items(), key=lambda item: (-item[1], item[0])):
        a, b = sorted((owner[i], owner[j]))
        if p < threshold:
            break
        if a == b:
            continue
        between = [likely.get((x, y), 0.0) for x in members[a] for y in members[b]]
        if sum(between) / len(between) >= threshold:
            for x in members.pop(b):
                owner[x] = a
                members[a].append(x)
    return [sorted(held) for _, held in sorted(members.items())]


@lru_cache(maxsize=4)
def shared(model: Path) -> Judge | None:
    """The process's one judge for a model folder, loaded on first use; None where the folder has none."""
    path = model / "coreference.npz"
    return Judge(path) if path.is_file() else None
