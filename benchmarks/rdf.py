"""RDF beside plain rdflib: writing Turtle, loading it, and the named queries, in processor time and memory.

    python benchmarks/rdf.py DIR                                  # a million triples
    python benchmarks/rdf.py DIR --triples 10000000 --times 14 --limit 5     # ten million

The graph is that of the workspace ``DIR``, as many times over as it takes, its papers renamed. Both sides
have the same triples, the direct ones and the evidence:

- *write*: the graph in memory to Turtle (``graph.ttl`` and ``evidence.ttl``; rdflib writes one file);
- *load*: the Turtle into a graph in memory that can be asked, as ``citeweave query FILE`` does each time;
- *keep*: the Turtle into the store that a workspace keeps on the disk, once after each build; rdflib's own such store
  is Berkeley DB (``pip install berkeleydb``, which needs Debian's libdb-dev), without which this is left out;
- the queries: in that store, opened and warm; rdflib's in its graph in memory, for at most ``--limit`` seconds.

With ``--times N`` a step of rdflib's is stopped when it has taken N times as long as ours.

Processor time (of all threads), so that a busy machine matters less, and the clock's, as it would tell if several
threads worked at once. Each step is a process of its own; MB is the most memory that it held, and
for our writing what it took besides the graph.
"""

from __future__ import annotations

import argparse
import importlib.util
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
    started = Stopwatch()
    for name in FORMATS:
        export.write(name, graph, folder / export.filename(name))
    return started.told("write") | {"write MB": peak() - held, "(graph held) MB": held}


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


def rdflib_memory(_: Path, folder: Path, limit: int) -> dict[str, float]:
    from rdflib import Graph

    plain, most = Graph(), limits(folder)
    told = within(most["load"], "load", lambda: read_into(plain, folder))
    if limit and told["load"] < STOPPED:
        for query in named():
            print(json.dumps(told), file=sys.stderr, flush=True)
            text = with_values(query, json.loads((folder / "values.json").read_text()))
            told[query.name] = within(limit, "", lambda text=text: list(plain.query(text, initNs=PREFIXES)))[""]
        told["queries MB"] = peak()
    if told["load"] < STOPPED:
        target = folder / "rdflib.ttl"
        told |= within(most["write"], "write", lambda: plain.serialize(target, format="turtle", encoding="utf-8"))
    return told


def rdflib_keep(_: Path, folder: Path, __: int) -> dict[str, float]:
    from rdflib import Graph

    def keep() -> None:
        kept = Graph("BerkeleyDB")
        kept.open(str(folder / "berkeley"), create=True)
        read_into(kept, folder)
        kept.close()

    return within(limits(folder)["keep"], "keep", keep)


def read_into(graph: Any, folder: Path) -> None:
    """The Turtle files into a graph of rdflib's."""
    for name in FILES:
        graph.parse(folder / name, format="turtle")


def limits(folder: Path) -> dict[str, float]:
    """Processor seconds for each step of rdflib's; 0 where it may take as long as it likes."""
    told: dict[str, float] = json.loads((folder / "limits.json").read_text())
    return told


def within(limit: float, step: str, work: Callable[[], Any]) -> dict[str, float]:
    """What a step takes; where it was stopped, its limit and :data:`STOPPED`."""
    watch = Stopwatch()
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        work()
    except TimeoutError:
        return {step: STOPPED + limit, f"{step} MB": peak()}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return watch.told(step) | {f"{step} MB": peak()}


STOPPED = 1e9
"""Added to the limit of what was stopped, so that a table can tell."""


def too_long(*_: Any) -> None:
    raise TimeoutError


def peak() -> float:
    """The most memory that this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # as getrusage's figure begins with that of the process that started this one
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


STEPS: dict[str, Callable[[Path, Path, int], dict[str, float]]] = {
    "write": write, "load": load, "keep": keep, "ask": ask, "rdflib": rdflib_memory, "rdflib keep": rdflib_keep,
}  # fmt: skip


def measured(step: str, workspace: Path, folder: Path, number: int) -> dict[str, float]:
    """What a step tells, run in a process of its own."""
    command = [sys.executable, __file__, str(workspace), "--step", step, str(folder), str(number)]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    print(f"{step}: {json.dumps(told)}", file=sys.stderr, flush=True)
    return told


def table(ours: dict[str, float], plain: dict[str, float]) -> str:
    lines = [f"{ours['triples']:,.0f} triples", f"{'':22}{'citeweave':>12}{'rdflib':>12}{'times':>9}"]
    asked = [query.name for query in named() if query.name in plain]
    if asked:  # what was stopped counts as what it was given
        ours = ours | {"all queries": sum(ours[name] for name in asked)}
        plain = plain | {"all queries": sum(plain[name] % STOPPED for name in asked)}
    for key, value in ours.items():
        other = plain.get(key)
        if key == "triples":
            continue
        if other is None:
            lines.append(f"{key:22}{value:12.3f}")
        elif other >= STOPPED:
            least = other - STOPPED
            lines.append(f"{key:22}{value:12.3f}{f'> {least:.0f}':>12}{f'> {least / value:.0f}':>9}")
        else:
            lines.append(f"{key:22}{value:12.3f}{other:12.3f}{other / max(value, 1e-9):9.1f}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--limit", type=int, default=60, help="seconds for each query of rdflib; 0: none is run")
    parser.add_argument("--times", type=float, default=0, help="stop rdflib at so many times ours; 0: never")
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
        most = {step: options.times * ours[step] for step in ("write", "load", "keep")}
        (folder / "limits.json").write_text(json.dumps(most))
        plain: dict[str, float] = {}
        for step in () if options.alone else ("rdflib", "rdflib keep"):
            if step == "rdflib" or importlib.util.find_spec("berkeleydb"):
                plain |= measured(step, options.workspace, folder, options.limit)
    print(table(ours, plain))


if __name__ == "__main__":
    main()
