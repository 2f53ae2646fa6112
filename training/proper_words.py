"""Stage `proper words`: words that keep their capital inside sentences, such as Potts and Wikipedia.

Counts the words of unlabelled abstracts that stand neither first in a sentence nor after another capitalised word, as
headings have them. `python -m training.proper_words --shared SHARED --out extract/proper_words.txt`
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from citeweave.words import singular

SHARE = 0.97
"""How much of a word's uses a capital needs."""
_WORD = re.compile(r"(?<![\w'’-])[A-Za-z][a-z]{2,}(?![\w'’-])")
_INSIDE = re.compile(r"[a-z0-9,;)]\s\(?$")
"""What a word inside a sentence follows."""


def inside(text: str) -> Iterator[str]:
    """The words inside a text's sentences that follow a word without a capital."""
    last, capital = 0, False
    for found in _WORD.finditer(text):
        if not (capital and not text[last : found.start()].strip()) and _INSIDE.search(
            text, max(0, found.start() - 3), found.start()
        ):
            yield found.group()
        last, capital = found.end(), found.group()[0].isupper()


def proper(texts: Iterable[str], least: int) -> list[str]:
    """Words in lower case, by letter, that at least so many texts use and nearly all with a capital."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        words = set(inside(text))
        capital.update(word.lower() for word in words if word[0].isupper())
        small.update(word for word in words if word[0].islower())
    kept = (w for w, n in capital.items() if n >= least and n >= SHARE * (n + small[w]))
    return sorted(w for w in kept if small[singular(w)] <= (1 - SHARE) * capital[w])


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--shared", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--least", type=int, default=5, help="texts that a word needs")
    given = args.parse_args()
    with gzip.open(given.shared / "corpora/abstracts/abstracts.jsonl.gz", "rt", encoding="utf-8") as lines:
        words = proper((json.loads(line)["abstract"] or "" for line in lines), given.least)
    given.out.write_text("\n".join(words) + "\n", "utf-8")
    print(f"{len(words)} words")


if __name__ == "__main__":
    main()
