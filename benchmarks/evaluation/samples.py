"""Samples for judging by eye what has no annotations: results and stances, each with its sentence.

    python benchmarks/evaluation/samples.py ABSTRACTS.jsonl.gz results|stance [--count 80] [--seed 1] [--skip 0]

ABSTRACTS holds a JSON object a line with title and abstract. Of a shuffle by the seed, --skip passes over the first
texts, so that a sample after a change of the rules can be a fresh one. `results` prints the sentences with a figure
of --count abstracts and what was read from them; `stance` prints --count negated and --count speculative entities.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from spacy.tokens import Doc

from citeweave.extract.pipeline import build

_FIGURE = re.compile(r"\d\s?(?:\\?%|x\b|×|\\times|points?|percent|fold|times)|\d\.\d|\d+ [A-Z]{2,}")


def texts(path: Path, seed: int, skip: int) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    random.Random(seed).shuffle(records)
    for record in records[skip:]:
        yield f"{record['title'] or ''}\n{record['abstract'] or ''}"


def results(doc: Doc) -> list[str]:
    made = []
    for sentence in doc.sents:
        here = [r for r in doc._.results if sentence.start_char <= r.start < sentence.end_char]
        if here or (sentence.start_char > doc.text.index("\n") and _FIGURE.search(sentence.text)):
            made.append(f"- {sentence.text.strip()}")
        for r in here:
            shown = (r.kind, f"{r.value:g} {r.unit}", f"metric {r.metric}", f"on {r.dataset}", f"of {r.entity}")
            made.append("    => " + " | ".join(shown))
    return made


def stances(doc: Doc) -> Iterator[tuple[str, str]]:
    for entity in doc._.entities:
        first = next((m for m in doc._.mentions if m.text in entity.mentions), None)
        if entity.stance != "asserted" and first:
            near = next(s for s in doc.sents if s.start_char <= first.start < s.end_char)
            before, after = doc.text[near.start_char : first.start], doc.text[first.end : near.end_char]
            yield entity.stance, f"{entity.role}: {before}[[{first.text}]]{after}".strip()


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("abstracts", type=Path)
    args.add_argument("what", choices=("results", "stance"))
    args.add_argument("--count", type=int, default=80)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--skip", type=int, default=0)
    given = args.parse_args()
    nlp = build()
    drawn = texts(given.abstracts, given.seed, given.skip)
    if given.what == "results":
        figured = (t for t in drawn if re.search(r"\d", t.partition("\n")[2]))
        for doc in nlp.pipe(islice(figured, given.count), batch_size=20):
            if lines := results(doc):
                print("\n" + "\n".join(lines))
        return
    left = {"negated": given.count, "speculative": given.count}
    for doc in nlp.pipe(drawn, batch_size=20):
        for stance, line in stances(doc):
            if left[stance]:
                left[stance] -= 1
                print(f"{stance:<12}{line}")
        if not any(left.values()):
            break


if __name__ == "__main__":
    main()
