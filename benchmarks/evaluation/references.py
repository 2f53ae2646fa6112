"""How well printed references find the paper they mean: precision and recall on a real citation graph.

    python benchmarks/evaluation/references.py ../shared/corpora/citations

Each link of the graph becomes a raw reference string (made-up authors, the title, a venue, the year,
in one of five styles), as clean text and with the damage that extraction from a PDF does: hyphens at
line ends, lost subtitles, one wrong letter. Links to papers outside the corpus count against
precision when they are linked to anything.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import time
from collections.abc import Callable
from pathlib import Path

from citeweave.graph.references import Library
from citeweave.model import Paper, Reference
from citeweave.text import normal_title

STYLES = (
    "{authors}. {title}. In {venue}, {year}.",
    "[{number}] {authors}, “{title},” {venue}, {year}.",
    "{authors} ({year}). {title}. {venue}.",
    "{authors}. {year}. {title}. {venue}, pages {number}–{more}.",
    "{number}. {authors}: {title}. {venue} ({year})",
)
FAMILIES = ("Moss", "Stone", "Rivers", "Field", "Brook", "Marsh", "Heath", "Dale", "Lake", "Woods")


def hyphenated(title: str, dice: random.Random) -> str:
    words = title.split()
    long = [i for i, w in enumerate(words) if len(w) > 7]
    if long:
        at = dice.choice(long)
        cut = len(words[at]) // 2
        words[at] = f"{words[at][:cut]}- {words[at][cut:]}"
    return " ".join(words)


def without_subtitle(title: str, dice: random.Random) -> str:
    return title.split(": ")[0]


def one_letter_wrong(title: str, dice: random.Random) -> str:
    at = dice.choice([i for i, c in enumerate(title) if c.isalpha()] or [0])
    return title[:at] + dice.choice("aeinort") + title[at + 1 :]


DAMAGE: dict[str, Callable[[str, random.Random], str]] = {
    "clean": lambda title, dice: title,
    "hyphen at a line end": hyphenated,
    "subtitle lost": without_subtitle,
    "one letter wrong": one_letter_wrong,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="folder with papers.jsonl.gz and cites.tsv.gz")
    parser.add_argument("--links", type=int, default=20_000, help="how many links to try (a seeded sample)")
    arguments = parser.parse_args()
    with gzip.open(arguments.corpus / "papers.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = {r["key"]: r for r in map(json.loads, lines)}
    with gzip.open(arguments.corpus / "cites.tsv.gz", "rt", encoding="utf-8") as lines:
        links = [(row[1], row[2] == "1") for row in list(csv.reader(lines, delimiter="\t"))[1:]]
    dice = random.Random(0)
    sample = dice.sample(links, min(arguments.links, len(links)))
    inside = sum(key in records for key, _ in sample)
    print(f"{len(records)} papers, {len(sample)} of {len(links)} links, {inside} of them to papers of the corpus")
    library = Library(Paper(key, r["title"]) for key, r in records.items())
    for name, damage in DAMAGE.items():
        right = linked = 0
        started = time.perf_counter()
        for number, (key, _) in enumerate(sample):
            found = library.find(Reference(raw=_printed(records.get(key), key, number, damage, dice)))
            linked += found is not None
            right += found is not None and normal_title(records[found]["title"]) == normal_title(_title(records, key))
        seconds = time.perf_counter() - started
        precision, recall = right / max(linked, 1), right / max(inside, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        rate = len(sample) / seconds
        print(f"  {name:22} P {precision:.4f} R {recall:.4f} F1 {f1:.4f}   {rate:,.0f} references a second")


def _title(records: dict[str, dict[str, str]], key: str) -> str:
    return records[key]["title"] if key in records else key


def _printed(
    record: dict[str, str] | None,
    key: str,
    number: int,
    damage: Callable[[str, random.Random], str],
    dice: random.Random,
) -> str:
    authors = " and ".join(f"{dice.choice('ABCDEFG')}. {family}" for family in dice.sample(FAMILIES, 2))
    title = damage(record["title"] if record else key, dice)
    venue = (record or {}).get("venue") or "Proceedings"
    year = (record or {}).get("year") or "2015"
    style = STYLES[number % len(STYLES)]
    return style.format(authors=authors, title=title, venue=venue.upper(), year=year, number=number % 40, more=number)


if __name__ == "__main__":
    main()
