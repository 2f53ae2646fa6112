"""Writes landmarks.bib from landmarks.jsonl: the same papers as BibTeX, byte for byte the same on every run.

python examples/make_bib.py
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SMALL_WORDS = frozenset({"a", "an", "the", "on", "of", "in", "for", "to", "and", "with"})

Record = Mapping[str, Any]


def read(path: Path) -> list[Record]:
    """The records of a JSON Lines file, in order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def split_name(name: str) -> tuple[str, str]:
    """Family and given name of ``Given von Family``: the family name starts at a particle, else at the last word."""
    words = name.split()
    start = next((i for i, word in enumerate(words) if i and word[0].islower()), len(words) - 1)
    return " ".join(words[start:]), " ".join(words[:start])


def key(record: Record) -> str:
    """The customary citation key: first author's family name, year, first telling word of the title."""
    words = [_plain(word) for word in record["title"].split()]
    word = next(word for word in words if word not in SMALL_WORDS)
    return f"{_plain(split_name(record['authors'][0])[0])}{record['date'][:4]}{word}"


def names(record: Record) -> set[str]:
    """Everything by which a reference may call a paper: its identifiers, and its title in lower case."""
    schemes = (("arxiv", "arXiv"), ("doi", "doi"))
    return {f"{prefix}:{record[field]}" for field, prefix in schemes if field in record} | {record["title"].lower()}


def called(reference: str | Record) -> str:
    """The name by which one entry of ``references`` calls a paper, comparable with ``names``."""
    return reference if isinstance(reference, str) else str(reference["title"]).lower()


def bibtex(records: Sequence[Record]) -> str:
    """The records as a BibTeX file; raises ValueError where two papers share a key, KeyError on a stray reference."""
    keys = {name: key(record) for record in records for name in names(record)}
    if len(set(keys.values())) < len(records):
        raise ValueError("two papers share a citation key")
    return "\n".join(_entry(record, keys) for record in records)


def _entry(record: Record, keys: Mapping[str, str]) -> str:
    kind, place = _kind(record["venue"])
    fields = "".join(f"  {name} = {value},\n" for name, value in _fields(record, place, keys))
    return f"@{kind}{{{key(record)},\n{fields}}}\n"


def _kind(venue: str) -> tuple[str, str]:
    """The entry type for a venue, and the field that names the venue."""
    if re.search(r"Conference|Meeting|Advances in", venue):
        return "inproceedings", "booktitle"
    return "article", "journal"


def _fields(record: Record, place: str, keys: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "title", _braced(record["title"])
    yield "author", _braced(" and ".join(", ".join(split_name(author)) for author in record["authors"]))
    year, *rest = record["date"].split("-")
    yield place, _braced(record["venue"])
    yield "year", _braced(year)
    if rest:
        yield "month", MONTHS[int(rest[0]) - 1]
    if len(rest) > 1:
        yield "day", _braced(str(int(rest[1])))
    if "arxiv" in record:
        yield "eprint", _braced(record["arxiv"])
        yield "archivePrefix", _braced("arXiv")
    if "doi" in record:
        yield "doi", f"{{{record['doi']}}}"
    if record.get("links"):
        yield "links", f"{{{' '.join(record['links'])}}}"
    yield "abstract", _braced(record["abstract"])
    if record.get("references"):
        yield "references", _braced(", ".join(keys[called(reference)] for reference in record["references"]))


def _braced(text: str) -> str:
    return "{" + re.sub(r"([%&#$_])", r"\\\1", text) + "}"


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", folded.lower())


if __name__ == "__main__":
    (HERE / "landmarks.bib").write_text(bibtex(read(HERE / "landmarks.jsonl")), encoding="utf-8", newline="\n")
