"""Any paper and any graph, written and read back by our readers and by others'."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import bibtexparser
import networkx as nx
import pytest
from ftfy import fix_encoding
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from citeweave import export
from citeweave.extract import readers
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Entity, Evidence, Name, Paper, PartialDate, Problem, Source, Statement
from citeweave.text import clean

LETTERS = "abcdefgoxyzABCXYZ0123456789éüñßøŁşΩжд中文日가🐸"
PROSE = st.text(LETTERS + " .,;:!?'\"()[]-–—/%#@*+=_~^|$", min_size=1, max_size=60).map(clean)
PROSE = PROSE.filter(lambda text: fix_encoding(text) == text)
"""Without what readers take, as they should, for text that was decoded wrongly before."""
TITLES = PROSE.filter(lambda text: bool(re.match(r"\w", text)) and text.lower()[:8] not in ("abstract", "summary "))
FAMILY = st.text("abcdeéüñøłşzxy", min_size=2, max_size=9).map(str.capitalize)
NAMES = st.builds(Name, st.one_of(FAMILY, FAMILY.map(lambda f: f"van {f}")), FAMILY)
DATES = st.one_of(
    st.none(),
    st.builds(PartialDate, st.integers(1000, 2100)),
    st.builds(PartialDate, st.integers(1000, 2100), st.integers(1, 12)),
    st.builds(PartialDate, st.integers(1000, 2100), st.integers(1, 12), st.integers(1, 28)),
)
DOIS = st.from_regex(r"\A10\.[1-9]\d{3}/[a-z0-9][a-z0-9._-]{0,12}[a-z0-9]\Z")


@st.composite
def papers(draw: st.DrawFn) -> Paper:
    number = draw(st.integers(1, 10**6))
    identifiers = {"doi": draw(DOIS)} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        identifiers["arxiv"] = f"24{draw(st.integers(1, 12)):02}.{draw(st.integers(1, 99999)):05}"
    return Paper(
        f"title:{number:016}",
        title=draw(TITLES),
        abstract=draw(st.one_of(st.just(""), TITLES)),
        identifiers=identifiers,
        authors=tuple(draw(st.lists(NAMES, max_size=4, unique=True))),
        date=draw(DATES),
        venue=draw(st.one_of(st.just(""), TITLES)),
        sources=(Source("x", 1),),
    )


LIBRARIES = st.lists(papers(), min_size=1, max_size=4, unique_by=lambda p: p.id).map(
    lambda found: KnowledgeGraph({p.id: p for p in sorted(found, key=lambda p: p.id)}, {}, (), {})
)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def written(format: str, graph: KnowledgeGraph) -> str:
    with TemporaryDirectory() as folder:
        target = Path(folder) / export.filename(format)
        export.write(format, graph, target)
        return (target / "papers.csv" if target.is_dir() else target).read_bytes().decode()


def words(text: str) -> str:
    return re.sub(r"[^\w ]", "", text)


def said(paper: Paper) -> tuple[Any, ...]:
    known = {scheme: paper.identifiers.get(scheme) for scheme in ("doi", "arxiv")}
    return paper.title, paper.abstract, paper.venue, paper.authors, paper.date, known


@pytest.mark.parametrize("format", ["bibtex", "ris", "csljson", "csv"])
@FEW
@given(graph=LIBRARIES)
def test_papers_come_back_with_all_their_fields(format: str, graph: KnowledgeGraph) -> None:
    if format == "bibtex":  # two dollar signs are mathematics there, and a venue can make a paper a talk
        assume(all("$" not in f"{p.title}{p.abstract}{p.venue}" for p in graph.papers.values()))
    text = written(format, graph)
    read = list(readers.read_stream(io.BytesIO(text.encode()), "x", format))
    assert not [str(item) for item in read if isinstance(item, Problem)]
    assert [said(p) for p in read if isinstance(p, Paper)] == [said(p) for p in graph.papers.values()]


@FEW
@given(graph=LIBRARIES)
def test_bibtexparser_and_rispy_read_the_same(graph: KnowledgeGraph) -> None:
    library = bibtexparser.parse_string(written("bibtex", graph))
    assert not library.failed_blocks
    wanted = list(graph.papers.values())
    assert [str(e.get("year").value if e.get("year") else "") for e in library.entries] == [
        f"{p.date.year:04}" if p.date and p.date.year else "" for p in wanted
    ]
    assert [e.get("doi").value if e.get("doi") else None for e in library.entries] == [
        p.identifiers.get("doi") for p in wanted
    ]
    rispy = pytest.importorskip("rispy", reason="needs rispy")
    records = rispy.loads(written("ris", graph))
    assert [r["title"] for r in records] == [p.title for p in wanted]
    assert [r.get("abstract", "") for r in records] == [p.abstract for p in wanted]
    assert [r.get("authors", []) for r in records] == [[f"{n.family}, {n.given}" for n in p.authors] for p in wanted]


@FEW
@given(graph=LIBRARIES)
def test_files_that_rispy_and_bibtexparser_write_are_read(graph: KnowledgeGraph) -> None:
    rispy = pytest.importorskip("rispy", reason="needs rispy")
    wanted = list(graph.papers.values())
    records = [
        {
            "type_of_reference": "JOUR",
            "title": p.title,
            "abstract": p.abstract or "None.",
            "authors": [f"{n.family}, {n.given}" for n in p.authors],
            "doi": p.identifiers.get("doi", "10.1000/none"),
        }
        for p in wanted
    ]
    read = list(readers.read_stream(io.BytesIO(rispy.dumps(records).encode()), "x"))
    assert [(p.title, p.authors) for p in read if isinstance(p, Paper)] == [(p.title, p.authors) for p in wanted]
    entries = [
        bibtexparser.model.Entry(
            "article",
            f"k{number}",
            [
                bibtexparser.model.Field("title", f"{{{words(p.title)}}}"),
                bibtexparser.model.Field("author", " and ".join(f"{n.family}, {n.given}" for n in p.authors) or "A, B"),
                bibtexparser.model.Field("year", "2020"),
            ],
        )
        for number, p in enumerate(wanted)
    ]
    text = bibtexparser.write_string(bibtexparser.Library(entries))
    read = list(readers.read_stream(io.BytesIO(text.encode()), "x"))
    assert [p.title for p in read if isinstance(p, Paper)] == [clean(words(p.title)) for p in wanted]
    assert [p.authors or (Name("A", "B"),) for p in read if isinstance(p, Paper)] == [
        p.authors or (Name("A", "B"),) for p in wanted
    ]


ANYTHING = st.text(max_size=30).map(lambda text: text or "=1+1")


@st.composite
def graphs(draw: st.DrawFn) -> KnowledgeGraph:
    """Graphs whose texts hold anything: quotes, line feeds, control characters, lone surrogates, nothing."""
    count = draw(st.integers(1, 3))
    found = {
        f"title:{n}": Paper(
            f"title:{n}",
            title=draw(ANYTHING),
            abstract=draw(ANYTHING),
            authors=tuple(draw(st.lists(NAMES, max_size=2, unique=True))),
            date=draw(DATES),
            venue=draw(st.text(max_size=10)),
            links=("https://example.org/?a=1&b=2",) * draw(st.integers(0, 1)),
            sources=(Source("x", n + 1),) * draw(st.integers(0, 1)),
        )
        for n in range(count)
    }
    entities = {
        f"method/m{n}": Entity(f"method/m{n}", "Method", draw(ANYTHING), tuple(draw(st.lists(ANYTHING, max_size=2))))
        for n in range(draw(st.integers(0, 2)))
    }
    ends = [*found, *entities]
    pairs = draw(st.lists(st.tuples(st.sampled_from(ends), st.sampled_from(ends)), max_size=4, unique=True))
    statements = []
    for subject, object_ in sorted(pairs):
        predicate = "used_for" if subject in entities else "uses" if object_ in entities else "cites"
        proof = Evidence("title:0", 0, 1, draw(ANYTHING), "entities/1", 0.5)
        known = () if predicate == "cites" else (proof,)
        statements.append(Statement(subject, predicate, object_, draw(st.floats(0.01, 1.0)), known))
    return KnowledgeGraph(found, entities, tuple(statements), {})


def utf8(value: Any) -> Any:
    return re.sub("[\ud800-\udfff]", "\ufffd", value) if isinstance(value, str) else value


def xml(value: Any) -> Any:
    marked = "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
    return re.sub(marked, "\ufffd", value) if isinstance(value, str) else value


def nul(value: Any) -> Any:
    return utf8(value).replace("\0", "\ufffd") if isinstance(value, str) else value


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(graph=graphs())
def test_any_graph_has_its_nodes_edges_and_texts_in_every_format(graph: KnowledgeGraph) -> None:
    view = graph.network()
    counts = view.number_of_nodes(), view.number_of_edges()
    labels, quotes = dict(view.nodes(data="label")), {k: q for _, _, k, q in view.edges(keys=True, data="quote")}
    found: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        for format in ("graphml", "gexf", "nodelink", "cytoscape", "graphology", "neo4j", "ladybug", "csv"):
            export.write(format, graph, folder / format)
        net = nx.read_graphml(folder / "graphml", force_multigraph=True)
        found["graphml"] = dict(net.nodes(data="label")), {k: q for _, _, k, q in net.edges(keys=True, data="quote")}
        net = nx.read_gexf(folder / "gexf", version="1.3")
        found["gexf"] = dict(net.nodes(data="label")), {d["id"]: d["quote"] for *_, d in net.edges(data=True)}
        net = nx.node_link_graph(json.loads((folder / "nodelink").read_text("utf-8")), edges="edges")
        found["nodelink"] = dict(net.nodes(data="label")), {k: q for _, _, k, q in net.edges(keys=True, data="quote")}
        net = nx.cytoscape_graph(json.loads((folder / "cytoscape").read_text("utf-8")))
        found["cytoscape"] = dict(net.nodes(data="label")), {k: q for _, _, k, q in net.edges(keys=True, data="quote")}
        data = json.loads((folder / "graphology").read_text("utf-8"))
        found["graphology"] = (
            {n["key"]: n["attributes"]["label"] for n in data["nodes"]},
            {e["key"]: e["attributes"]["quote"] for e in data["edges"]},
        )
        found["neo4j"] = (
            {row["id:ID"]: row["label"] for row in rows(folder / "neo4j" / "nodes.csv")},
            {row["key"]: row["quote"] for row in rows(folder / "neo4j" / "relationships.csv")},
        )
        tables = [row for file in (folder / "ladybug").glob("*.csv") for row in rows(file)]
        found["ladybug"] = (
            {row["id"]: row["label"] for row in tables if "id" in row},
            {row["key"]: row["quote"] for row in tables if "key" in row},
        )
        papers = {row["id"]: row["title"] for row in rows(folder / "csv" / "papers.csv")}
        assert len(rows(folder / "csv" / "statements.csv")) == len(graph.statements)
        assert len(rows(folder / "csv" / "evidence.csv")) == sum(len(s.evidence) for s in graph.statements)
    carried = {"graphml": xml, "gexf": xml, "neo4j": nul, "ladybug": nul}
    for format, (nodes, edges) in found.items():
        carry = carried.get(format, utf8)
        assert (len(nodes), len(edges)) == counts, format
        assert nodes == {node: carry(label) for node, label in labels.items()}, format
        assert edges == {carry(key): carry(quote) for key, quote in quotes.items()}, format
    for id_, title in papers.items():
        wanted = nul(graph.papers[id_].title)
        assert title in (wanted, f"'{wanted}")
        assert not re.match(r"\s*[=+\-@]|[\t\r]", title)
