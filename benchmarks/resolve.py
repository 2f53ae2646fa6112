"""How long resolving names takes at the size of a field: 1.5 million mentions of 130,000 abstracts.

    python benchmarks/resolve.py ../shared/corpora/abstracts/abstracts.jsonl.gz

Extraction at this size takes hours, so names are cut from the abstracts by a rule: runs of words
between stop words, abbreviations and capitalised words first. They are as many, as varied and as
skewed as extracted ones, which is all that the time depends on. Beside it, the names' own number, and
what joining only equal letters takes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from citeweave.extract.abbreviations import find
from citeweave.graph.entities import resolve
from citeweave.graph.naming import PaperNames
from citeweave.model import ENTITY_TYPES, PaperEntity

STOP = frozenset(
    "a|an|the|of|for|in|on|with|and|or|to|from|by|we|our|is|are|was|be|that|this|these|those|it|its|as|at|can|which|"
    "their|than|into|such|not|have|has|been|show|propose|using|used|use|via|between|both|also|more|most|over".split("|")
)
MENTIONS = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("abstracts", type=Path)
    parser.add_argument("--papers", type=int, default=130_000)
    arguments = parser.parse_args()
    started = time.perf_counter()
    corpus = list(named(arguments.abstracts, arguments.papers))
    uses = sum(len(n.entities) for n in corpus)
    mentions = sum(len(e.mentions) for n in corpus for e in n.entities)
    seconds = time.perf_counter() - started
    print(f"{len(corpus):,} papers, {mentions:,} mentions of {uses:,} names made in {seconds:.0f} s")
    started = time.perf_counter()
    exact = {e.name.casefold() for n in corpus for e in n.entities}
    baseline = time.perf_counter() - started
    started = time.perf_counter()
    found = resolve(corpus)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"equal letters: {len(exact):,} entities in {baseline:.1f} s")
    print(f"citeweave:     {len(found.entities):,} entities, {len(found.decisions):,} decisions in {seconds:.0f} s")
    print(f"peak memory {peak:.1f} GB")


def named(path: Path, papers: int) -> Iterator[PaperNames]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in zip(range(papers), lines, strict=False):
            record = json.loads(line)
            text = f"{record['title']}\n{record['abstract']}"
            short = tuple(find(text))
            yield PaperNames(f"title:{number:07}", tuple(_entities(text, {a.long: a.short for a in short})), short)


def _entities(text: str, short: dict[str, str]) -> Iterator[PaperEntity]:
    seen: set[str] = set()
    for run in re.split(r"[^\w\s-]|\n", text):
        words: list[str] = []
        for word in [*run.split(), "the"]:
            if word.lower() not in STOP:
                words.append(word)
                continue
            name = " ".join(words[-3:])
            if len(name) > 3 and name not in seen and len(seen) < MENTIONS:
                seen.add(name)
                forms = (name, short[name]) if name in short else (name,)
                yield PaperEntity(name, ENTITY_TYPES[hash_of(name) % 7], forms)
            words = []


def hash_of(name: str) -> int:
    """A type for a name that stays the same from run to run, mostly."""
    return sum(map(ord, name.lower()))


if __name__ == "__main__":
    main()
