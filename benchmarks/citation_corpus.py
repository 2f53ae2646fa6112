"""The whole way on a real citation graph: build it, and compare its citations link by link.

    python benchmarks/citation_corpus.py ../shared/corpora/citations WORK

Papers and links are joined into JSON Lines in ``WORK``, with the references as titles, and built into
``WORK/out``. Every link of the corpus must be a ``cites`` edge of the graph, and no other may be there.
Extraction takes most of an hour (``--model fast``: minutes); a workspace ``WORK/out`` that has read the
same abstracts before, with the same pipeline, is reused. With ``--printed``, the references are strings
as printed (authors, title, venue, year, in five styles), and precision and recall of the links to papers
of the corpus are given.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import resource
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.references import FAMILIES, STYLES

from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.weave import EXPORTS, build, open_graph

Links = Mapping[str, Sequence[str]]
Record = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="folder with papers.jsonl.gz and cites.tsv.gz")
    parser.add_argument("work", type=Path, help="folder for the joined file and the workspace")
    parser.add_argument("--printed", action="store_true", help="references as strings, as printed")
    parser.add_argument("--to", default=",".join(EXPORTS), help="formats to write")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--model", default="accurate", help="the recogniser: accurate or fast")
    arguments = parser.parse_args()
    records, links = read(arguments.corpus)
    arguments.work.mkdir(parents=True, exist_ok=True)
    joined = arguments.work / "joined.jsonl"
    with joined.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in join(records, links, arguments.printed))
    clock, begun = time.perf_counter(), time.process_time()
    formats, jobs, model = arguments.to.split(","), arguments.jobs, arguments.model
    report = build(joined, arguments.work / "out", only=True, to=formats, jobs=jobs, model=model)
    seconds, busy = time.perf_counter() - clock, time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{report.papers} papers (+ {report.cited_papers} cited), {report.entities} entities, ", end="")
    print(f"{report.mentions} mentions, {report.statements} statements; {len(report.problems)} problems")
    print(f"{report.extracted} extracted; {seconds:.0f} s, {busy:.0f} s of them computing; peak {peak:.2f} GB")
    expected, found, outside = compare(open_graph(arguments.work / "out"), list(records), links)
    if arguments.printed:
        expected -= outside
        found -= outside
    right = len(expected & found)
    print(
        f"{sum(map(len, links.values()))} links, {len(expected)} between distinct papers; {len(found)} found, ", end=""
    )
    print(f"{len(expected - found)} missing, {len(found - expected)} too many")
    precision, recall = right / max(len(found), 1), right / max(len(expected), 1)
    print(f"precision {precision:.4f}, recall {recall:.4f}, F1 {2 * right / max(len(found) + len(expected), 1):.4f}")


def read(corpus: Path) -> tuple[dict[str, Record], Links]:
    """The papers by key, those without a record by their key alone, and which keys each of them cites."""
    with gzip.open(corpus / "papers.jsonl.gz", "rt", encoding="utf-8") as lines:
        records: dict[str, Record] = {r["key"]: r for r in map(json.loads, lines)}
    links: dict[str, list[str]] = defaultdict(list)
    with gzip.open(corpus / "cites.tsv.gz", "rt", encoding="utf-8") as lines:
        for row in list(csv.reader(lines, delimiter="\t"))[1:]:
            links[row[0]].append(row[1])
    for key in sorted(links.keys() - records.keys()):
        records[key] = {"title": key, "abstract": ""}
    return records, links


def join(records: Mapping[str, Record], links: Links, printed: bool) -> Iterator[Record]:
    dice = random.Random(0)
    for key, record in records.items():
        cited = [(target, records.get(target) or {"title": target}) for target in links.get(key, ())]
        references = [_printed(r, n, dice) if printed else {"title": r["title"]} for n, (_, r) in enumerate(cited)]
        kept = {name: record.get(name) for name in ("title", "abstract", "year", "venue")}
        yield {**{k: v for k, v in kept.items() if v}, "references": references}


def _printed(record: Record, number: int, dice: random.Random) -> str:
    authors = " and ".join(f"{dice.choice('ABCDEFG')}. {family}" for family in dice.sample(FAMILIES, 2))
    venue, year = (record.get("venue") or "Proceedings").upper(), record.get("year") or "2015"
    style = STYLES[number % len(STYLES)]
    return style.format(
        authors=authors, title=record["title"], venue=venue, year=year, number=number % 40, more=number + 9
    )


def compare(kg: KnowledgeGraph, keys: Sequence[str], links: Links) -> tuple[set[Any], set[Any], set[Any]]:
    """Links as pairs of paper ids: those that must be there, those that are, and of both those to outside papers.

    A record is known by its line; records that are one paper are one end of a link, and a link from a
    paper to itself is none. A paper without a record is known by its title.
    """
    ids = {keys[s.line - 1]: p.id for p in kg.papers.values() for s in p.sources}
    ids = {p.title: p.id for p in kg.papers.values() if not p.sources} | ids
    expected = {(ids[a], ids.get(b, b)) for a, cited in links.items() for b in cited if ids[a] != ids.get(b, b)}
    found = {(s.subject, s.object) for s in kg.statements if s.predicate == "cites"}
    inside = {p.id for p in kg.papers.values() if p.sources}
    return expected, found, {pair for pair in expected | found if pair[1] not in inside}


if __name__ == "__main__":
    main()
