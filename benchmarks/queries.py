"""How long each named query takes on a workspace: in its store, opened and warm, and all in all.

    python benchmarks/queries.py DIR                # the most common things of the graph as parameters
    python benchmarks/queries.py DIR --defaults     # the parameters that the queries come with

The most common things are the slowest to ask for. Processor seconds, the median of three runs after
one that warms the store up; the last line is what a query through `citeweave query` takes besides: a
process of its own, opening the store, and checking the query.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import pyoxigraph as ox

from citeweave.graph import sparql, store
from citeweave.graph.named import Named, named
from citeweave.graph.vocabulary import PREFIXES

RUNS = 3
_MOST_COMMON = """
SELECT (LCASE(?label) AS ?name) { ?thing a cw:%s ; cw:paperCount ?papers ; skos:prefLabel ?label }
ORDER BY DESC(?papers) ?label LIMIT 1
"""
_MOST_CITED = """
SELECT (LCASE(?title) AS ?name) { ?paper cw:citationCount ?n ; dcterms:title ?title ; schema:mentions ?any }
ORDER BY DESC(?n) ?title LIMIT 1
"""
_TYPE_OF = {"dataset": "Dataset", "task": "Task", "first": "Model", "second": "Task", "with": "Method", "name": "Model"}


def most_common(opened: ox.Store) -> dict[str, str]:
    """For each parameter of the named queries, the value that most of the graph answers to."""
    asked = {name: _MOST_COMMON % type_ for name, type_ in _TYPE_OF.items()} | {"paper": _MOST_CITED}
    found = {}
    for name, query in asked.items():
        for row in opened.query(query, prefixes=PREFIXES):  # type: ignore[union-attr]
            found[name] = row[0].value  # type: ignore[index]
    return found


def with_values(query: Named, values: dict[str, str]) -> str:
    """The query, asking for the given values as far as it has such parameters."""
    return query.with_values({p.name: values[p.name] for p in query.parameters if p.name in values})


def seconds(opened: ox.Store, query: str) -> tuple[float, int]:
    """Median of the processor seconds of a query in a warm store, and the number of its rows."""
    told, rows = [], 0
    for _ in range(RUNS + 1):
        started = time.process_time()
        rows = sum(1 for _ in opened.query(query, prefixes=PREFIXES))  # type: ignore[arg-type]
        told.append(time.process_time() - started)
    return statistics.median(told[1:]), rows


def besides(workspace: Path, query: str) -> dict[str, float]:
    """Seconds by the clock, with the query's own run left out, of what `citeweave query` does."""
    started = time.perf_counter()
    parts = dict(sparql.run(workspace, query).seconds)
    whole = time.perf_counter() - started - parts.pop("run")
    return {"all": whole, "opening the store": parts["load"], "checking the query": parts["check"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--defaults", action="store_true")
    options = parser.parse_args()
    folder = store.ensure(options.workspace)
    assert folder is not None
    opened = ox.Store.read_only(str(folder))
    values = {} if options.defaults else most_common(opened)
    print(f"{len(opened):,} triples")
    print(f"{'query':24}{'seconds':>9}{'rows':>7}  asked for")
    for query in named():
        took, rows = seconds(opened, with_values(query, values))
        asked = ", ".join(values.get(p.name, p.default) for p in query.parameters)
        print(f"{query.name:24}{took:9.3f}{rows:7}  {asked[:60]}")
    told = besides(options.workspace, "ASK {}")
    print("besides: " + ", ".join(f"{name} {took:.2f} s" for name, took in told.items()))


if __name__ == "__main__":
    main()
