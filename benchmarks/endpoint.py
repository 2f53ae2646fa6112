"""How many clients the endpoint answers at once, and that none gets a wrong answer.

    python benchmarks/endpoint.py                          # 200 clients for a minute
    python benchmarks/endpoint.py --clients 20 --seconds 2

Papers that cite, use and introduce each other by a rule are written as Turtle and served by ``citeweave
serve``, in processes of its own beside this one. Each client asks one question after the other, on a
connection it keeps, and knows the answer by the rule; a refusal (429, 503) with a time to come back is
counted and obeyed, anything else that is not the right answer is wrong. On Linux every client has an
address of its own on the loopback, as it would on a network.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

PAPERS, DATASETS, CITES = 20_000, 100, 5
PAPER = "https://w3id.org/citeweave/id/paper/p"
SELECT, CSV, NTRIPLES = "application/sparql-results+json", "text/csv", "application/n-triples"
Check = Callable[[bytes], bool]


def turtle() -> Iterator[str]:
    """The papers: number i cites the next ones, uses data set i modulo DATASETS, and came in 1950 + i modulo 75."""
    yield "@prefix p: <https://w3id.org/citeweave/id/paper/p> .\n"
    yield "@prefix d: <https://w3id.org/citeweave/id/dataset/> .\n"
    yield "@prefix cw: <https://w3id.org/citeweave/ontology#> .\n@prefix cito: <http://purl.org/spar/cito/> .\n"
    yield "@prefix dcterms: <http://purl.org/dc/terms/> .\n@prefix fabio: <http://purl.org/spar/fabio/> .\n"
    for i in range(PAPERS):
        cited = ", ".join(f"p:{j}" for j in cites(i))
        yield (
            f'p:{i} a fabio:ResearchPaper ; dcterms:title "Paper number {i} — ünder \\"quotes\\"" ; '
            f"fabio:hasPublicationYear {1950 + i % 75} ; cito:cites {cited} ; cw:uses d:{i % DATASETS} .\n"
        )


def cites(i: int) -> list[int]:
    return [(i * 7 + k * k + 1) % PAPERS for k in range(CITES)]


def title(i: int) -> str:
    return f'Paper number {i} — ünder "quotes"'


def bindings(body: bytes) -> list[dict[str, str]]:
    return [{name: told["value"] for name, told in row.items()} for row in json.loads(body)["results"]["bindings"]]


def question(dice: random.Random) -> tuple[str, str, Check]:
    """A query, the form to ask it in, and the test of its answer."""
    i, d = dice.randrange(PAPERS), dice.randrange(DATASETS)
    match dice.randrange(6):
        case 0:
            query = f"SELECT ?t {{ <{PAPER}{i}> dcterms:title ?t }}"
            return query, SELECT, lambda body: bindings(body) == [{"t": title(i)}]
        case 1:
            wanted = sorted(title(j) for j in cites(i))
            query = f"SELECT ?t {{ <{PAPER}{i}> cito:cites/dcterms:title ?t }}"
            return query, SELECT, lambda body: sorted(row["t"] for row in bindings(body)) == wanted
        case 2:
            query = f"SELECT (COUNT(*) AS ?n) {{ ?p cw:uses dataset:{d} }}"
            return query, CSV, lambda body: body.split() == [b"n", str(PAPERS // DATASETS).encode()]
        case 3:
            years = Counter(str(1950 + j % 75) for j in range(d, PAPERS, DATASETS))
            query = f"SELECT ?y (COUNT(*) AS ?n) {{ ?p cw:uses dataset:{d} ; fabio:hasPublicationYear ?y }} GROUP BY ?y"
            return query, SELECT, lambda body: {r["y"]: int(r["n"]) for r in bindings(body)} == dict(years)
        case 4:
            is_so = dice.random() < 0.5
            j = dice.choice(cites(i)) if is_so else next(k for k in range(PAPERS) if k not in cites(i))
            query = f"ASK {{ <{PAPER}{i}> cito:cites <{PAPER}{j}> }}"
            return query, SELECT, lambda body: json.loads(body)["boolean"] is is_so
        case _:
            wanted_lines = sorted(
                f"<{PAPER}{i}> <http://purl.org/spar/cito/cites> <{PAPER}{j}> .".encode() for j in set(cites(i))
            )
            query = f"CONSTRUCT WHERE {{ <{PAPER}{i}> cito:cites ?o }}"
            return query, NTRIPLES, lambda body: sorted(body.splitlines()) == wanted_lines


@dataclass
class Tally:
    """What came of all questions."""

    answered: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)


class Client:
    """One client with one connection, which is opened anew when the server closes it."""

    def __init__(self, port: int, number: int, tally: Tally) -> None:
        self._port = port
        self._from = (f"127.1.{number // 250}.{number % 250 + 1}", 0) if sys.platform == "linux" else None
        self._dice = random.Random(number)
        self._tally = tally
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self, until: float) -> None:
        """Ask until the time is over."""
        tally = self._tally
        while time.monotonic() < until:
            query, accept, check = question(self._dice)
            started = time.monotonic()
            try:
                status, headers, body = await self._ask(query, accept)
            except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                tally.wrong.append(f"no answer: {error!r}")
                self._streams = None
                continue
            if status == 200 and check(body):
                tally.answered += 1
                tally.latencies.append(time.monotonic() - started)
            elif status in (429, 503) and headers.get("retry-after", "").isdigit():
                tally.refused[status] += 1
                await asyncio.sleep(min(float(headers["retry-after"]), max(0.0, until - time.monotonic())))
            else:
                tally.wrong.append(f"{status} {query}: {body[:200]!r}")
        if self._streams:
            self._streams[1].close()

    async def _ask(self, query: str, accept: str) -> tuple[int, dict[str, str], bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, local_addr=self._from)
        reader, writer = self._streams
        path = f"/sparql?query={quote(query, safe='')}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection", "").lower() == "close":
            writer.close()
            self._streams = None
        return int(head[0].split()[1]), headers, body


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """The port of a server over the generated papers."""
    with (folder / "graph.ttl").open("w", encoding="utf-8") as stream:
        stream.writelines(turtle())
    command = [sys.executable, "-m", "citeweave", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
            if not found:
                raise SystemExit("the server did not start")
            yield int(found[1])
        finally:
            process.terminate()
            process.wait()


def processor_time() -> float:
    """Seconds that processes started here, and those that they started, have computed; those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def measure(port: int, clients: int, seconds: float) -> Tally:
    tally = Tally()
    until = time.monotonic() + seconds
    await asyncio.gather(*(Client(port, number, tally).run(until) for number in range(clients)))
    return tally


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="citeweave-endpoint-") as folder, served(Path(folder)) as port:
        tally = asyncio.run(measure(port, options.clients, options.seconds))
    latencies = sorted(tally.latencies) or [0.0]
    refused = ", ".join(f"{number} with {status}" for status, number in sorted(tally.refused.items())) or "0"
    rate = tally.answered / options.seconds
    print(
        f"{options.clients} clients, {options.seconds:g} s: {tally.answered} answered ({rate:.0f} a second), ", end=""
    )
    print(f"refused {refused}, wrong {len(tally.wrong)}")
    parts = [
        f"{p} % within {latencies[min(len(latencies) - 1, len(latencies) * p // 100)]:.2f} s" for p in (50, 95, 99)
    ]
    spent = processor_time() / max(tally.answered, 1)
    print(f"processor time of the server, its start included: {spent * 1000:.0f} ms an answer")
    print("latency: " + ", ".join(parts) + f", slowest {latencies[-1]:.2f} s")
    for line in tally.wrong[:10]:
        print("wrong:", line)
    return 1 if tally.wrong or not tally.answered else 0


if __name__ == "__main__":
    raise SystemExit(main())
