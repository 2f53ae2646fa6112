"""RDF beside plain rdflib: writing Turtle, loading it, and the named queries, in processor time and memory.

    python benchmarks/rdf.py DIR                                  # a million triples
    python benchmarks/rdf.py DIR --triples 10000000 --limit 0     # ten million; rdflib only writes and loads

The graph is that of the workspace ``DIR``, as many times over as it takes, its papers renamed. Both sides
have the same triples, the direct ones and the evidence:

- *write*: the graph in memory to Turtle (``graph.ttl`` and ``evidence.ttl``; rdflib writes one file);
- *load*: the Turtle into a graph in memory that can be asked, as ``citeweave query FILE`` does each time;
- *keep*: the Turtle into the store that a workspace keeps on the disk, once after each build;
- the queries: in that store, opened and warm; rdflib's in its graph in memory, for at most ``--limit`` seconds.

Processor time (of all threads), so that a busy machine matters less; for loading the clock's too, as it would
tell if several threads worked at once. Each step is a process of its own; MB is the most memory that it held, and
for our writing what it took besides the graph.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from queries import most_common, seconds, with_values
from scaled import scaled

from citeweave import export, open_graph
from citeweave.graph import store, void
from citeweave.graph.named import named
from citeweave.graph.vocabulary import PREFIXES

FORMATS = ("turtle", "evidence")
FILES = tuple(map(export.filename, FORMATS))


class Stopwatch:
    """Processor time of all threads and the clock's, from when it was made."""

    def __init__(self) -> None:
        self.clock, self.busy = time.perf_counter(), time.process_time()

    def told(self, step: str) -> dict[str, float]:
        """The seconds of a step so far."""
        clock, busy = time.perf_counter() - self.clock, time.process_time() - self.busy
        return {step: busy, f"{step} by the clock": clock}


def write(workspace: Path, folder: Path, copies: int) -> dict[str, float]:
    graph = scaled(open_graph(workspace), copies)
    held = peak()
    started = time.process_time()
    for name in FORMATS:
        export.write(name, graph, folder / export.filename(name))
    return {"write": time.process_time() - started, "write MB": peak() - held, "(graph held) MB": held}


def load(_: Path, folder: Path, __: int) -> dict[str, float]:
    started = Stopwatch()
    loaded = ox.Store()
    for name in FILES:
        loaded.bulk_load(path=str(folder / name), format=ox.RdfFormat.TURTLE)
    return started.told("load") | {"load MB": peak(), "triples": len(loaded)}


def keep(_: Path, folder: Path, __: int) -> dict[str, float]:
    started = Stopwatch()
    store.ensure(folder)
    return started.told("keep") | {"keep MB": peak()}


def ask(_: Path, folder: Path, __: int) -> dict[str, float]:
    opened = ox.Store.read_only(str(store.ensure(folder)))
    values = most_common(opened)
    (folder / "values.json").write_text(json.dumps(values))
    told = {query.name: seconds(opened, with_values(query, values))[0] for query in named()}
    return told | {"queries MB": peak()}


def rdflib_all(_: Path, folder: Path, limit: int) -> dict[str, float]:
    import rdflib

    watch = Stopwatch()
    plain = rdflib.Graph()
    for name in FILES:
        plain.parse(folder / name, format="turtle")
    # it keeps no store: what it loads is what there is to set beside ours, in memory or kept
    told = watch.told("load") | watch.told("keep") | {"load MB": peak(), "keep MB": peak()}
    started = time.process_time()
    plain.serialize(folder / "rdflib.ttl", format="turtle", encoding="utf-8")
    told |= {"write": time.process_time() - started, "write MB": peak()}
    for query in named() if limit else ():
        print(json.dumps(told), file=sys.stderr, flush=True)
        text = with_values(query, json.loads((folder / "values.json").read_text()))
        started = time.process_time()
        try:
            signal.setitimer(signal.ITIMER_PROF, limit)
            list(plain.query(text, initNs=PREFIXES))
            told[query.name] = time.process_time() - started
        except TimeoutError:
            told[query.name] = float("inf")
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    return told | {"queries MB": peak()}


def too_long(*_: Any) -> None:
    raise TimeoutError


def peak() -> float:
    """The most memory that this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # as getrusage's figure begins with that of the process that started this one
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


STEPS: dict[str, Callable[[Path, Path, int], dict[str, float]]] = {
    "write": write, "load": load, "keep": keep, "ask": ask, "rdflib": rdflib_all,
}  # fmt: skip


def measured(step: str, workspace: Path, folder: Path, number: int) -> dict[str, float]:
    """What a step tells, run in a process of its own."""
    command = [sys.executable, __file__, str(workspace), "--step", step, str(folder), str(number)]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    print(f"{step}: {json.dumps(told)}", file=sys.stderr, flush=True)
    return told


def table(ours: dict[str, float], plain: dict[str, float], limit: int) -> str:
    lines = [f"{ours['triples']:,.0f} triples", f"{'':22}{'citeweave':>12}{'rdflib':>12}{'times':>9}"]
    for key, value in ours.items():
        other = plain.get(key)
        if key == "triples":
            continue
        if other is None:
            lines.append(f"{key:22}{value:12.3f}")
        elif other == float("inf"):
            lines.append(f"{key:22}{value:12.3f}{f'> {limit}':>12}{f'> {limit / value:.0f}':>9}")
        else:
            lines.append(f"{key:22}{value:12.3f}{other:12.3f}{other / max(value, 1e-9):9.1f}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--limit", type=int, default=60, help="seconds for each query of rdflib; 0: none is run")
    parser.add_argument("--alone", action="store_true", help="without rdflib")
    parser.add_argument("--step", nargs=3, metavar=("STEP", "FOLDER", "NUMBER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        step, folder, number = options.step
        signal.signal(signal.SIGPROF, too_long)
        print(json.dumps(STEPS[step](options.workspace, Path(folder), int(number))))
        return
    graph = open_graph(options.workspace)
    once = sum(void.count(graph, part).triples for part in ("graph", "evidence"))  # type: ignore[arg-type]
    copies = max(1, round(options.triples / once))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours: dict[str, float] = {}
        for step in ("write", "load", "keep", "ask"):
            ours |= measured(step, options.workspace, folder, copies)
        plain = {} if options.alone else measured("rdflib", options.workspace, folder, options.limit)
    print(table(ours, plain, options.limit))


if __name__ == "__main__":
    main()
