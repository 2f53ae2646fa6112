"""Stage `pair labels`: what the accurate model sees between the entities of unlabelled abstracts.

Writes JSON Lines: title, abstract, and entities in the annotation format with the probabilities of their roles, and
for each pair that is not clearly unrelated the probabilities of no relation and of the ten. Texts that share ten words
in a row with a dev document are left out. ``doubtful.jsonl`` has, for the annotated training texts, what the model half
takes for mentions and the annotators did not mark: so the heads learn what they will meet in use.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from spacy.language import Language

from citeweave.extract import chances, heads
from citeweave.extract.activations import softmax
from citeweave.extract.pipeline import build
from citeweave.extract.relations import MOST_ENTITIES
from citeweave.extract.roles import seen_entities
from citeweave.extract.weights import MODEL
from training.corpora import ours, pool, unmarked

CLEAR = 0.97
"""Pairs whose probability of no relation is above this are not written."""


def seen(nlp: Language, record: dict[str, Any]) -> dict[str, Any]:
    """One text with its entities, their roles and relations as the model sees them."""
    doc = nlp(f"{record['title']}\n{record['abstract']}")
    found = seen_entities(doc, MODEL)
    known, places = found.placed.known[:MOST_ENTITIES], found.placed.places[:MOST_ENTITIES]
    if not known:
        return {**record, "entities": [], "pairs": []}
    head = heads.shared(MODEL)
    entities = []
    for i, likely in zip(known, softmax(head.roles(found.vectors)), strict=False):
        entity = doc._.entities[i]
        about = {"name": entity.name, "type": entity.type, "mentions": list(entity.mentions)}
        entities.append({**about, "roles": rounded(likely)})
    pairs = []
    if len(known) > 1:
        kinds = found.placed.kinds[: len(known)]
        rows, scores = head.relations(found.words, found.vectors[: len(known)], places, kinds)
        for (s, o), likely in zip(rows[:, :2].tolist(), softmax(scores), strict=True):
            if likely[0] < CLEAR:
                pairs.append([s, o, rounded(likely)])
    return {**record, "entities": entities, "pairs": pairs}


def rounded(values: Any) -> list[float]:
    """Probabilities to three decimals."""
    return [round(float(v), 3) for v in values]


def doubtful(shared: Path, least: float = 0.03, most: int = 8) -> Iterator[dict[str, Any]]:
    """For each training document the spans, apart from the marked ones, that the model half takes for mentions."""
    for x in ours(shared, "train"):
        ((_, likely),) = chances.read(MODEL, [x.units.text], 1)
        made = [[first, end, kind, round(sure, 3)] for first, end, kind, sure in unmarked(x, likely, least, most)]
        yield {"id": x.key, "doubtful": made}


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--shared", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True, help="folder for pool.jsonl and doubtful.jsonl")
    args.add_argument("--texts", type=int, default=3000)
    args.add_argument("--seed", type=int, default=1)
    given = args.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with (given.out / "doubtful.jsonl").open("w", encoding="utf-8") as out:
        for line in doubtful(given.shared):
            out.write(json.dumps(line) + "\n")
    nlp = build(only=("sentences", "entities", "abbreviations", "grouping", "coreference"))
    with (given.out / "pool.jsonl").open("w", encoding="utf-8") as out:
        for record in islice(pool(given.shared, 2 * given.texts, given.seed), given.texts):
            out.write(json.dumps(seen(nlp, record), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
