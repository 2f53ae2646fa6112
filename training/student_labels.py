"""Stage `student_labels`: what the accurate model thinks of unlabelled abstracts, for the fast model to learn from.

Two sources. `--workspace` takes what `citeweave build` found with the accurate model: mentions with their scores, and
roles. Without it, the model reads abstracts of the pool, and the probabilities of all spans are kept (soft targets,
Hinton et al. 2015) with the vectors of the units. Texts that share ten words in a row with a dev document are left
out. The output is a folder of shards, each a .npz with its texts; a shard that is there already is not made again.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citeweave.codec import loads
from citeweave.extract import encoder
from citeweave.extract.decode import marginals
from citeweave.extract.units import Units, units
from citeweave.extract.weights import MODEL
from citeweave.model import Findings, Paper
from training.corpora import from_annotation, ours, shingles

FLOOR = 0.02
"""Spans less probable than this are not kept."""
SHORTEST, LONGEST = 300, 2400

Opinion = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One text with the teacher's opinion.

    ``spans`` are (first, last + 1, type, entity, role), the last two -1 where unknown, with a probability each;
    ``vectors``, where there are any, are the teacher's of the units, in 8 bits with a scale each.
    """

    units: Units
    spans: NDArray[np.int64]
    chances: NDArray[np.float32]
    vectors: NDArray[np.int8]
    scales: NDArray[np.float32]


def dev_shingles(shared: Path) -> set[str]:
    """Runs of words of the dev documents."""
    return set().union(*(shingles(x.units.text) for x in ours(shared, "dev")))


def candidates(shared: Path, seed: int) -> Iterator[str]:
    """Unlabelled abstracts of ordinary length in random order, without those that recur among the dev documents."""
    held_out = dev_shingles(shared)
    with gzip.open(shared / "corpora/abstracts/abstracts.jsonl.gz", "rt", encoding="utf-8") as lines:
        everything = lines.readlines()
    random.Random(seed).shuffle(everything)
    for record in map(json.loads, everything):
        text = f"{record['title']}\n{record['abstract']}"
        if SHORTEST < len(text) < LONGEST and not shingles(text) & held_out:
            yield text


def said(workspace: Path, held_out: set[str]) -> Iterator[tuple[str, Opinion]]:
    """The texts of a workspace with the mentions and roles that were found in them."""
    base = sqlite3.connect(f"{(workspace / 'citeweave.sqlite').resolve().as_uri()}?mode=ro", uri=True)
    found = {}
    for (stored,) in base.execute("SELECT findings FROM finding ORDER BY key"):
        findings = loads(Findings, stored)
        found[findings.paper] = findings
    for (stored,) in base.execute("SELECT paper FROM record ORDER BY source, seq"):
        paper = loads(Paper, stored)
        text = paper.text
        kept = found.pop(paper.id, None)
        if kept is None or len(text) >= LONGEST or shingles(text) & held_out:
            continue
        scores = {m.text: m.score for m in kept.mentions}
        record = {"id": paper.id, "entities": [asdict(e) for e in kept.entities]}
        example = from_annotation(record, paper.title, paper.abstract)
        rows = [
            (*example.spans[i], number, role)
            for number, (held, role) in enumerate(zip(example.entities, example.roles, strict=True))
            for i in held
        ]
        yield (
            text,
            {
                "spans": np.array(rows, dtype=np.int16).reshape(-1, 5),
                "chances": np.array([scores.get(example.units.part(a, b), 0.5) for a, b, *_ in rows], dtype=np.float16),
                "vectors": np.zeros((0, 0), dtype=np.int8),
                "scales": np.zeros(0, dtype=np.float32),
            },
        )


def opinion(teacher: encoder.Encoder, text: str) -> Opinion:
    """The teacher's reading of a text in few bytes: likely spans, and unit vectors in 8 bits by row."""
    reading = teacher.read(text)
    chances = marginals(reading.scores.astype(np.float64))
    first, width, kind = np.nonzero(chances >= FLOOR)
    unknown = np.full(len(first), -1)
    scale = np.abs(reading.words).max(axis=1) / 127 + 1e-9
    return {
        "spans": np.stack([first, first + width + 1, kind, unknown, unknown], axis=1).astype(np.int16),
        "chances": chances[first, width, kind].astype(np.float16),
        "vectors": np.rint(reading.words / scale[:, None]).astype(np.int8),
        "scales": scale.astype(np.float32),
    }


def lessons(folder: Path) -> Iterator[Lesson]:
    """All that has been labelled so far, in the order it was made."""
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as stored:
            held = {name: stored[name] for name in stored.files}
        span_at = unit_at = 0
        texts = json.loads(bytes(held["texts"]).decode())
        for text, spans, count in zip(texts, held["span_counts"].tolist(), held["unit_counts"].tolist(), strict=True):
            span_end, unit_end = span_at + spans, unit_at + count  # no units where no vectors were kept
            yield Lesson(
                units(text),
                held["spans"][span_at:span_end].astype(np.int64),
                held["chances"][span_at:span_end].astype(np.float32),
                held["vectors"][unit_at:unit_end],
                held["scales"][unit_at:unit_end],
            )
            span_at, unit_at = span_end, unit_end


def write(path: Path, texts: list[str], made: list[Opinion]) -> None:
    """One shard."""
    joined = {name: np.concatenate([m[name] for m in made]) for name in made[0]}
    joined["span_counts"] = np.array([len(m["spans"]) for m in made])
    joined["unit_counts"] = np.array([len(m["vectors"]) for m in made])
    joined["texts"] = np.frombuffer(json.dumps(texts).encode(), dtype=np.uint8)
    part = path.with_suffix(".part")
    with part.open("wb") as out:
        np.savez(out, **joined)  # type: ignore[arg-type]
    part.rename(path)


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--shared", type=Path, required=True)
    args.add_argument("--workspace", type=Path, help="a folder that citeweave build made with the accurate model")
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--texts", type=int, default=20000, help="how many abstracts of the pool")
    args.add_argument("--shard", type=int, default=250, help="texts a shard")
    args.add_argument("--seed", type=int, default=1)
    given = args.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    if given.workspace:
        found = said(given.workspace, dev_shingles(given.shared))
        number = 0
        while some := list(islice(found, given.shard)):
            write(given.out / f"{number:04}.npz", [text for text, _ in some], [made for _, made in some])
            number += 1
        print(number, "shards")
        return
    teacher = encoder.shared(MODEL)
    pool = candidates(given.shared, given.seed)
    for number in range(given.texts // given.shard):
        texts = list(islice(pool, given.shard))
        path = given.out / f"{number:04}.npz"
        if texts and not path.exists():
            write(path, texts, [opinion(teacher, text) for text in texts])
            print(f"{(number + 1) * given.shard} texts", flush=True)


if __name__ == "__main__":
    main()
