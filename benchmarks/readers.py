"""Readers beside the best library for each format: records a second of processor time, peak memory, records found.

Each measurement runs in a process of its own over the same synthetic file, so that peaks are its own.
A library only parses; citeweave also normalises identifiers, dates, names and markup, and checks
every field. Peaks contain the interpreter and the library itself.

    pip install orjson pybtex rispy
    python benchmarks/readers.py --records 100000
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

WORDS = (
    "gradient attention sparse graph neural retrieval language model protein forecast token kernel contrastive "
    "pruning benchmark dataset accuracy transformer diffusion translation we propose evaluate improves with and the of"
).split()
NAMES = "Okafor Haugen Herrera Kowalczyk Qiao Eze Berg Lindqvist Tanaka Moreau".split()
Row = dict[str, object]


def rows(count: int) -> Iterator[Row]:
    """Invented papers of ordinary length: 12 words of title, 160 of abstract, four authors."""
    pick = random.Random(7)
    for number in range(count):
        yield {
            "title": " ".join(pick.choices(WORDS, k=12)).capitalize(),
            "abstract": " ".join(pick.choices(WORDS, k=160)).capitalize() + ".",
            "authors": [f"{name}, {pick.choice('ABCDEFG')}." for name in pick.sample(NAMES, 4)],
            "year": pick.randint(1990, 2025),
            "doi": f"10.5555/bench.{number}",
            "journal": "Journal of Invented Results",
        }


def as_jsonl(row: Row) -> str:
    return json.dumps(row) + "\n"


def as_bibtex(row: Row) -> str:
    names = " and ".join(row["authors"])  # type: ignore[arg-type]
    fields = {**row, "author": names}
    del fields["authors"]
    body = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items())
    return f"@article{{{str(row['doi']).rpartition('/')[2]},\n{body}\n}}\n\n"


def as_ris(row: Row) -> str:
    lines = ["TY  - JOUR", f"TI  - {row['title']}", f"AB  - {row['abstract']}"]
    lines += [f"AU  - {name}" for name in row["authors"]]  # type: ignore[attr-defined]
    lines += [f"PY  - {row['year']}", f"DO  - {row['doi']}", f"JO  - {row['journal']}", "ER  - ", ""]
    return "\n".join(lines) + "\n"


def by_citeweave(path: Path) -> int:
    from citeweave.extract import readers
    from citeweave.model import Paper

    return sum(isinstance(item, Paper) for item in readers.read(path))


def by_json(path: Path) -> int:
    with path.open() as lines:
        return sum(isinstance(json.loads(line), dict) for line in lines)


def by_orjson(path: Path) -> int:
    import orjson

    with path.open("rb") as lines:
        return sum(isinstance(orjson.loads(line), dict) for line in lines)


def by_bibtexparser(path: Path) -> int:
    import bibtexparser

    return len(bibtexparser.parse_file(str(path)).entries)


def by_pybtex(path: Path) -> int:
    from pybtex.database import parse_file

    return len(parse_file(str(path)).entries)


def by_rispy(path: Path) -> int:
    import rispy

    with path.open() as file:
        return len(rispy.load(file))


FORMATS: dict[str, tuple[str, Callable[[Row], str], tuple[Callable[[Path], int], ...]]] = {
    "jsonl": ("papers.jsonl", as_jsonl, (by_citeweave, by_json, by_orjson)),
    "bibtex": ("papers.bib", as_bibtex, (by_citeweave, by_bibtexparser, by_pybtex)),
    "ris": ("papers.ris", as_ris, (by_citeweave, by_rispy)),
}
METHODS = {method.__name__: method for _, _, methods in FORMATS.values() for method in methods}


def measured(method: str, path: Path) -> None:
    """Run one method on one file and print records, seconds of processor time and peak memory in megabytes."""
    read = METHODS[method]
    started = time.process_time()  # other work on the machine is not the reader's fault
    count = read(path)
    seconds = time.process_time() - started
    print(count, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--limit", type=int, default=1800, help="seconds that one measurement may take")
    arguments.add_argument("--measure", nargs=2, metavar=("METHOD", "FILE"), help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.measure:
        measured(given.measure[0], Path(given.measure[1]))
        return
    print("| format | reader | records | records/CPU s | peak MB |\n|---|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for format, (name, written, methods) in FORMATS.items():
            path = Path(folder) / name
            with path.open("w") as file:
                file.writelines(written(row) for row in rows(given.records))
            for method in methods:
                label = method.__name__.removeprefix("by_")
                if label != "citeweave" and find_spec(label) is None:
                    print(f"| {format} | {label} | not installed | | |")
                    continue
                command = [sys.executable, __file__, "--measure", method.__name__, str(path)]
                try:
                    done = subprocess.run(command, capture_output=True, text=True, timeout=given.limit, check=False)
                except subprocess.TimeoutExpired:
                    print(f"| {format} | {label} | more than {given.limit} s | | |")
                    continue
                if done.returncode:
                    print(f"| {format} | {label} | failed: {done.stderr.strip().splitlines()[-1][:80]} | | |")
                    continue
                count, seconds, peak = (float(part) for part in done.stdout.split())
                print(f"| {format} | {label} | {count:.0f} | {count / seconds:,.0f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
