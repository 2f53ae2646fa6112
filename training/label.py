"""Stage `label`: let the exported model annotate unlabelled abstracts, for self-training.

Texts that share ten words in a row with a dev document are left out. Writes the annotation format with
title and abstract, entities and roles, no relations.
"""

from __future__ import annotations

import argparse
import json
from itertools import islice
from pathlib import Path

from benchmarks.evaluation.evaluate import from_doc

from citeweave.extract.pipeline import build
from training.corpora import pool


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--shared", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--texts", type=int, default=1500)
    args.add_argument("--seed", type=int, default=1)
    given = args.parse_args()
    chosen = islice(pool(given.shared, 3 * given.texts, given.seed), given.texts)
    records = ((f"{record['title']}\n{record['abstract']}", record) for record in chosen)
    nlp = build(only=("sentences", "entities", "abbreviations", "grouping", "roles"))
    with given.out.open("w", encoding="utf-8") as out:
        for doc, record in nlp.pipe(records, as_tuples=True):
            out.write(json.dumps({**record, "entities": from_doc(doc)["entities"]}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
