"""RDF beside plain rdflib: writing Turtle, loading it, and queries, in processor seconds and memory.

    python benchmarks/rdf.py                        # 2,000 papers, about 150,000 triples
    python benchmarks/rdf.py --papers 14000         # about a million triples

`similar` is left out: rdflib takes ten seconds for it on 300 papers, and grows with their square.

Both sides get the same triples in one run. Processor time, not the clock, so that a busy machine
does not matter; memory is the peak of a process of its own for each step.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from citeweave import export
from citeweave.graph import rdf, store
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.named import find
from citeweave.graph.vocabulary import PREFIXES
from citeweave.model import ENTITY_TYPES, ROLES, Entity, Name, Paper, PartialDate, Source, Statement

QUERIES = {
    "overview": {},
    "papers-using-dataset": {"dataset": "dataset number 1"},
    "co-used": {"with": "dataset number 1"},
    "most-cited": {},
}


def made_graph(papers: int, seed: int = 1) -> KnowledgeGraph:
    """Papers that name about fifteen entities each, a few of them everywhere, and cite seven others."""
    chance = random.Random(seed)
    of_type = {type_: papers * 2 // len(ENTITY_TYPES) for type_ in ENTITY_TYPES}
    entities = {
        f"{type_.lower()}/n{i}": Entity(f"{type_.lower()}/n{i}", type_, f"{type_} Number {i}", (f"{type_[:3]}-{i}",))
        for type_, number in of_type.items()
        for i in range(number)
    }
    made, statements = {}, set()
    for n in range(papers):
        id_ = f"title:{n:016x}"
        made[id_] = Paper(
            id_,
            title=f"The Title of Paper {n} on Something",
            abstract="What an abstract says takes about a thousand characters. " * 18,
            authors=tuple(Name(f"Family{chance.randrange(papers)}", "Given") for _ in range(4)),
            date=PartialDate(1990 + n % 35),
            sources=(Source("made.jsonl", n + 1, ("title",)),),
        )
        for _ in range(15):
            type_ = chance.choice(ENTITY_TYPES)
            entity = f"{type_.lower()}/n{int(of_type[type_] * chance.random() ** 3)}"
            statements.add((id_, chance.choice(ROLES), entity))
        statements.update((id_, "cites", f"title:{chance.randrange(papers):016x}") for _ in range(7))
    found = tuple(Statement(*key, 0.9) for key in sorted(statements))
    return KnowledgeGraph(made, dict(sorted(entities.items())), found, {})


def ours_write(graph: KnowledgeGraph, folder: Path) -> None:
    export.write("turtle", graph, folder / "graph.ttl")


def ours_load(_: KnowledgeGraph, folder: Path) -> None:
    store.ensure(folder)


def rdflib_write(graph: KnowledgeGraph, folder: Path) -> dict[str, float]:
    import rdflib

    plain = rdflib.Graph()
    for prefix, namespace in PREFIXES.items():
        plain.bind(prefix, namespace)
    triples = list(rdf.graph(graph))
    started = time.process_time()
    for triple in triples:  # rdflib writes what it holds: filling its graph is part of writing
        plain.add(triple)
    plain.serialize(folder / "rdflib.ttl", format="turtle", encoding="utf-8")
    return {"write": time.process_time() - started}


def rdflib_load_and_ask(_: KnowledgeGraph, folder: Path) -> dict[str, float]:
    import rdflib

    started = time.process_time()
    plain = rdflib.Graph().parse(folder / "graph.ttl", format="turtle")
    told = {"load": time.process_time() - started}
    for name, values in QUERIES.items():
        started = time.process_time()
        list(plain.query(find(name).with_values(values), initNs=PREFIXES))
        told[name] = time.process_time() - started
    return told


def ours_ask(_: KnowledgeGraph, folder: Path) -> dict[str, float]:
    import pyoxigraph as ox

    opened = ox.Store.read_only(str(store.ensure(folder)))
    told = {}
    for name, values in QUERIES.items():
        started = time.process_time()
        list(opened.query(find(name).with_values(values), prefixes=PREFIXES))  # type: ignore[arg-type]
        told[name] = time.process_time() - started
    return told


def measured(step: Callable[..., Any], label: str, graph: KnowledgeGraph, folder: Path) -> dict[str, float]:
    """Seconds by what was done, and the peak of memory in MB beyond what the process started with."""
    receiver, sender = multiprocessing.Pipe(duplex=False)

    def work() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.process_time()
        told = step(graph, folder) or {label: time.process_time() - started}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sender.send(told | {f"{label} MB": (peak - before) / 1024})

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    told: dict[str, float] = receiver.recv()
    process.join()
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=2000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    graph = made_graph(options.papers)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = measured(ours_write, "write", graph, folder)
        ours |= measured(ours_load, "load", graph, folder)
        ours |= measured(ours_ask, "ask", graph, folder)
        plain = measured(rdflib_write, "write", graph, folder)
        plain |= measured(rdflib_load_and_ask, "load", graph, folder)
    triples = sum(1 for _ in rdf.triples(graph))
    if options.json:
        json.dump({"triples": triples, "citeweave": ours, "rdflib": plain}, sys.stdout, indent=1)
        return
    print(f"{triples:,} triples")
    print(f"{'':22}{'citeweave':>12}{'rdflib':>12}{'times':>8}")
    for key in plain:
        ratio = plain[key] / ours[key] if ours.get(key) else 0.0
        print(f"{key:22}{ours.get(key, 0.0):12.3f}{plain[key]:12.3f}{ratio:8.1f}")


if __name__ == "__main__":
    main()
