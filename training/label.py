"""Stage `label`: let the exported model annotate unlabelled abstracts, for self-training.

Texts that share ten words in a row with a dev document are left out. Writes the annotation format with
title and abstract, entities and roles, no relations.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from pathlib import Path

from benchmarks.evaluation.evaluate import from_doc

from citeweave.extract.pipeline import build
from training.corpora import ours, shingles


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--shared", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--texts", type=int, default=1500)
    args.add_argument("--seed", type=int, default=1)
    given = args.parse_args()
    held_out = set().union(*(shingles(x.units.text) for x in ours(given.shared, "dev")))
    with gzip.open(given.shared / "corpora/abstracts/abstracts.jsonl.gz", "rt", encoding="utf-8") as lines:
        everything = lines.readlines()
    chosen = random.Random(given.seed).sample(everything, 3 * given.texts)
    records = []
    for record in map(json.loads, chosen):
        text = f"{record['title']}\n{record['abstract']}"
        if 400 < len(text) < 2200 and not shingles(text) & held_out:
            records.append((text, {key: record[key] for key in ("id", "title", "abstract")}))
    nlp = build(only=("sentences", "entities", "abbreviations", "grouping", "roles"))
    with given.out.open("w", encoding="utf-8") as out:
        for doc, record in nlp.pipe(records[: given.texts], as_tuples=True):
            out.write(json.dumps({**record, "entities": from_doc(doc)["entities"]}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
