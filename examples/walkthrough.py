"""From sixty-six landmark papers to a graph and its answers, through the Python API.

python examples/walkthrough.py FOLDER

Builds the example into FOLDER (a second run reuses what is there) and prints what a reader of the field might ask.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import networkx as nx
from rdflib.query import ResultRow

from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Entity
from citeweave.weave import build, open_graph

LANDMARKS = Path(__file__).resolve().parent / "landmarks.jsonl"
GIST = ("introduces", "evaluates_on", "compares", "uses", "extends")

MOST_CITED_IN_TURN = """
PREFIX cito: <http://purl.org/spar/cito/>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?title (COUNT(DISTINCT ?later) AS ?descendants)
WHERE { ?later cito:cites+ ?paper . ?paper dcterms:title ?title }
GROUP BY ?title ORDER BY DESC(?descendants) ?title LIMIT 5
"""


def most_cited(kg: KnowledgeGraph, count: int = 5) -> Iterator[str]:
    """The papers that most of the others cite."""
    cited = Counter(s.object for s in kg.statements if s.predicate == "cites")
    for paper, times in sorted(cited.items(), key=lambda item: (-item[1], item[0]))[:count]:
        yield f"{times:3}  {kg.papers[paper].title}"


def ancestors(kg: KnowledgeGraph) -> Iterator[str]:
    """The papers that most others cite directly or in turn, as a SPARQL query over the RDF view finds them."""
    for row in kg.rdf().query(MOST_CITED_IN_TURN):
        if isinstance(row, ResultRow):
            yield f"{row.descendants!s:>3}  {row.title}"


def by_fame(kg: KnowledgeGraph, type_: str) -> list[Entity]:
    """The entities of one type, those that most papers name first."""
    found = [e for e in kg.entities.values() if e.type == type_]
    return sorted(found, key=lambda e: (-len(kg.papers_of.get(e.id, ())), e.id))


def most_named(kg: KnowledgeGraph, type_: str, count: int = 5) -> Iterator[str]:
    """The entities of one type that most papers name, with their other spellings."""
    for entity in by_fame(kg, type_)[:count]:
        also = f"  (also {', '.join(entity.aliases)})" if entity.aliases else ""
        yield f"{len(kg.papers_of.get(entity.id, ())):3}  {entity.label}{also}"


def gist(kg: KnowledgeGraph, paper: str) -> Iterator[str]:
    """What a paper does with which entity, and the words that say so."""
    said = [s for s in kg.statements if s.subject == paper and s.predicate in GIST]
    for statement in sorted(said, key=lambda s: (GIST.index(s.predicate), -s.confidence, s.object)):
        quote = f'  "{statement.evidence[0].quote[:70]}..."' if statement.evidence else ""
        yield f"{statement.predicate} {kg.entities[statement.object].label} ({statement.confidence:.2f}){quote}"


def between(kg: KnowledgeGraph, one: Entity, other: Entity) -> Iterator[str]:
    """A shortest way from one entity to another over papers, entities and citations, as NetworkX finds it."""
    net = kg.network()
    linked = net.subgraph(n for n, kind in net.nodes(data="kind") if kind not in ("Author", "Link"))
    try:
        path = nx.shortest_path(linked.to_undirected(as_view=True), one.id, other.id)
    except nx.NetworkXNoPath:
        yield "no way between them"
    else:
        yield from (f"{net.nodes[node]['kind']}: {net.nodes[node]['label']}" for node in path)


def answers(kg: KnowledgeGraph) -> Iterator[tuple[str, Iterable[str]]]:
    """Questions and the lines of their answers."""
    transformer = "arxiv:1706.03762"
    yield "Which papers are cited most?", most_cited(kg)
    yield "On which do most papers rest, however indirectly? (SPARQL)", ancestors(kg)
    yield "Which datasets are named by most papers?", most_named(kg, "Dataset")
    yield "Which models?", most_named(kg, "Model")
    yield f"What does {kg.papers[transformer].title!r} do?", gist(kg, transformer)
    for one, other in (("Dataset", "Metric"), ("Model", "Task")):
        for start, end in zip(by_fame(kg, one)[:1], by_fame(kg, other)[:1], strict=False):
            yield f"What lies between {start.label} and {end.label}?", between(kg, start, end)


def main(folder: Path) -> None:
    """Build the example into ``folder`` and print the answers."""
    report = build([LANDMARKS], folder)
    print(f"{report.papers} papers, {report.entities} entities, {report.statements} statements in {folder}")
    for question, lines in answers(open_graph(folder)):
        print(f"\n{question}", *lines, sep="\n  ")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python examples/walkthrough.py FOLDER")
    main(Path(sys.argv[1]))
