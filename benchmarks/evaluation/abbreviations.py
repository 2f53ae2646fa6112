"""How well abbreviations defined in a text are found, beside the published algorithm.

    python benchmarks/evaluation/abbreviations.py CORPUS.json [--errors N]

CORPUS.json is a list of texts with ``acronyms`` and ``long-forms`` as character spans (the layout of
the shared task of SDU@AAAI-22). Its texts are halved by a hash of the text; the rules were made
looking at the ``tune`` half only, and the figures that count are those of the ``held-out`` half.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import schwartz_hearst

from citeweave.extract import abbreviations
from citeweave.text import fingerprint

Spans = set[tuple[int, int]]
Finder = Callable[[str], tuple[Spans, Spans]]


def ours(text: str) -> tuple[Spans, Spans]:
    found = abbreviations.find(text)
    return (
        {(a.short_start, a.short_start + len(a.short)) for a in found},
        {(a.long_start, a.long_start + len(a.long)) for a in found},
    )


def baseline(text: str) -> tuple[Spans, Spans]:
    found = schwartz_hearst.find(text)
    return {short for short, _ in found}, {long for _, long in found}


def figures(right: int, found: int, wanted: int) -> str:
    precision, recall = right / max(found, 1), right / max(wanted, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}"


def score(records: list[dict[str, object]], finder: Finder) -> dict[str, str]:
    counts = {"short forms": [0, 0, 0], "long forms": [0, 0, 0], "both": [0, 0, 0]}
    for record in records:
        shorts, longs = finder(str(record["text"]))
        for name, found, key in (("short forms", shorts, "acronyms"), ("long forms", longs, "long-forms")):
            gold = {(int(a), int(b)) for a, b in record[key]}  # type: ignore[attr-defined]
            for row in (counts[name], counts["both"]):
                row[0] += len(found & gold)
                row[1] += len(found)
                row[2] += len(gold)
    return {name: figures(*row) for name, row in counts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--errors", type=int, default=0, help="show this many texts of the tune half that differ")
    options = parser.parse_args()
    records = json.loads(options.corpus.read_text("utf-8"))
    halves: dict[str, list[dict[str, object]]] = {"tune": [], "held-out": []}
    for record in records:
        half = "tune" if int(fingerprint(record["text"], 4), 16) % 2 else "held-out"
        halves[half].append(record)
    for half, part in halves.items():
        print(f"{half}: {len(part)} texts")
        for name, finder in (("Schwartz and Hearst 2003", baseline), ("citeweave", ours)):
            for what, line in score(part, finder).items():
                print(f"  {name:26}{what:12}{line}")
    shown = 0
    for record in halves["tune"]:
        text = str(record["text"])
        _, longs = ours(text)
        gold = {(int(a), int(b)) for a, b in record["long-forms"]}  # type: ignore[attr-defined]
        if longs != gold and shown < options.errors:
            shown += 1
            print(
                f"\n{text}\n  gold {[text[a:b] for a, b in sorted(gold)]}"
                f"\n  ours {[text[a:b] for a, b in sorted(longs)]}"
            )


if __name__ == "__main__":
    main()
