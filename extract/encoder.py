"""The trained encoders at run time: ONNX Runtime with word pieces or words, no deep-learning framework.

One text is one run of the graph: nothing is padded, and a text's result does not depend on the texts it
is batched with or on the number of threads. Several texts go through at once on several threads.
"""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from citeweave.extract.lexicon import Lexicon
from citeweave.extract.units import FEATURE_SIZES, Units, units
from citeweave.extract.word_vectors import WordVectors

MAX_PIECES = 510
MARGIN = 64
"""Units of context on either side when a text is too long for one run."""
_LONGEST_WORD = 64
_LONG = 1000
"""Units beyond which a run gives its memory back: the runtime keeps for good what its longest text took."""
_KEPT = 50_000
"""Words whose pieces are remembered."""
_WORDS = "words.txt"

Scored = tuple[NDArray[np.float32], NDArray[np.float32]]
"""A vector for each unit, and a score for each span and type."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the encoder makes of a text: its units, a vector each, and a score for each span and type."""

    units: Units
    words: NDArray[np.float32]
    scores: NDArray[np.float32]


class Encoder(ABC):
    """Runs texts through the graph; one session is shared by all components and threads of a process."""

    def __init__(self, folder: Path) -> None:
        """Load encoder.onnx, model.json and the words or word pieces of a folder; raises OSError without them."""
        about = json.loads((folder / "model.json").read_text("utf-8"))
        self.version: str = about["version"]
        self.beside: str | None = about.get("beside")
        self.width: int = about["width"]
        self.threshold: float = about["threshold"]
        self.relation_threshold: float = about["relation_threshold"]
        self.calibration: dict[str, list[list[float]]] = about["calibration"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._prepare(folder, about)

    @abstractmethod
    def _prepare(self, folder: Path, about: dict[str, Any]) -> None:
        """Load what turns units into numbers."""

    def common_words(self) -> Iterable[str]:
        """Lower-cased words that most texts are made of, where the model has a list of them."""
        return ()

    @abstractmethod
    def _scored(self, cut: Units) -> Scored:
        """Vectors and scores of a text that has units."""

    def read(self, text: str) -> Reading:
        """Encode one text; any string will do, also an empty one."""
        return self.read_units(units(text))

    def read_units(self, cut: Units) -> Reading:
        """Encode one text that is cut into units already."""
        return Reading(cut, *(self._scored(cut) if len(cut) else self._nothing()))

    def read_all(self, texts: Sequence[str] | Sequence[Units], threads: int = 0) -> Iterator[Reading]:
        """Encode texts, cut or not, in order, ``threads`` at once; 0 takes one thread a processor."""
        workers = min(threads or processors(), len(texts))
        if workers < 2:
            yield from map(self._read_either, texts)
            return
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(self._read_either, texts)

    def _read_either(self, text: str | Units) -> Reading:
        return self.read(text) if isinstance(text, str) else self.read_units(text)

    def _nothing(self) -> Scored:
        size, types = (output.shape[-1] for output in self._session.get_outputs())
        return np.zeros((0, size), dtype=np.float32), np.zeros((0, self.width, types), dtype=np.float32)

    def _ends(self, n: int) -> NDArray[np.int64]:
        """The last unit of each span by its width and first unit, kept within a text of ``n`` units."""
        ends: NDArray[np.int64] = np.minimum(np.arange(self.width)[:, None] + np.arange(n), n - 1)
        return ends


class PieceEncoder(Encoder):
    """The accurate model: word pieces, and windows of them where a text is too long for one run."""

    def _prepare(self, folder: Path, about: dict[str, Any]) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._known: dict[str, list[int]] = {}
        vocabulary = self._tokenizer.get_vocab()
        self._begin, self._end, self._unknown = (vocabulary[about[k]] for k in ("begin", "end", "unknown"))

    def _scored(self, cut: Units) -> Scored:
        pieces = self._pieces(cut)
        if sum(map(len, pieces)) <= MAX_PIECES:
            return self._run(cut, pieces, 0, len(cut))
        windows = self._windows(pieces)
        made = [self._run(cut, pieces, first, end) for first, end, _, _ in windows]
        own = [(a - first, b - first) for first, _, a, b in windows]
        return (
            np.concatenate([words[a:b] for (words, _), (a, b) in zip(made, own, strict=True)]),
            np.concatenate([scores[a:b] for (_, scores), (a, b) in zip(made, own, strict=True)]),
        )

    def _pieces(self, cut: Units) -> list[list[int]]:
        known = self._known
        if len(known) > _KEPT:
            known.clear()
        made = []
        for word in cut.words():
            short = word[:_LONGEST_WORD]
            pieces = known.get(short)
            if pieces is None:
                # Not as a batch, for which the library starts threads of its own and takes twice as long.
                pieces = self._tokenizer.encode(short, add_special_tokens=False).ids or [self._unknown]
                known[short] = pieces
            made.append(pieces)
        return made

    @staticmethod
    def _windows(pieces: list[list[int]]) -> list[tuple[int, int, int, int]]:
        """(first, end, own first, own end) units of overlapping windows; own parts tile the text."""
        windows: list[tuple[int, int, int, int]] = []
        first = own = 0
        while own < len(pieces):
            size, end = 0, first
            while end < len(pieces) and size + len(pieces[end]) <= MAX_PIECES:
                size += len(pieces[end])
                end += 1
            # At least half of a window is new, however many pieces a unit has.
            stop = len(pieces) if end == len(pieces) else max(end - MARGIN, own + 1, (first + end) // 2)
            windows.append((first, end, own, stop))
            own, first = stop, max(stop - MARGIN, first + 1)
            if sum(map(len, pieces[first : own + 1])) > MAX_PIECES // 2:
                first = own
        return windows

    def _run(self, cut: Units, pieces: list[list[int]], start: int, end: int) -> Scored:
        lengths = np.array([len(p) for p in pieces[start:end]], dtype=np.int64)
        last = np.cumsum(lengths)
        none = np.array([FEATURE_SIZES], dtype=np.int64)
        features = cut.features[start:end]
        inputs: dict[str, Any] = {
            "ids": np.array([self._begin, *(i for p in pieces[start:end] for i in p), self._end], dtype=np.int64),
            "piece_features": np.concatenate([none, np.repeat(features, lengths, axis=0), none]),
            "first": last - lengths + 1,
            "last": last,
            "features": features,
            "to": self._ends(end - start).T,
        }
        words, scores = self._session.run(None, inputs)
        return words, scores


class WordEncoder(Encoder):
    """The fast model: whole words and their spelling, a text of any length in one run."""

    def _prepare(self, folder: Path, about: dict[str, Any]) -> None:
        self._lexicon = Lexicon((folder / _WORDS).read_text("utf-8").split("\n"))
        self._vectors = WordVectors(self._lexicon, folder / "words.npz")
        self._giving_back = onnxruntime.RunOptions()
        self._giving_back.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")

    def common_words(self) -> Iterable[str]:
        """The lexicon's."""
        return self._lexicon.words()

    def _scored(self, cut: Units) -> Scored:
        vectors, same = self._vectors(cut.words(), cut.features)
        inputs = {"vectors": vectors, "same": same, "to": self._ends(len(cut))}
        words, scores = self._session.run(None, inputs, self._giving_back if len(cut) > _LONG else None)
        return words, np.ascontiguousarray(scores.transpose(1, 0, 2))


def load(folder: Path) -> Encoder:
    """The encoder of a model folder, of the kind that its files say."""
    return WordEncoder(folder) if (folder / _WORDS).exists() else PieceEncoder(folder)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=2)
def shared(folder: Path) -> Encoder:
    """The process's one encoder for a model folder, loaded on first use."""
    return load(folder)
