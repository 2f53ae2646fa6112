"""The graph as four flat tables: papers, entities, statements and evidence, for data frames and databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.identifiers import SCHEMES
from citeweave.model import Paper

Kind = Literal["text", "texts", "whole", "number", "truth"]
"""What a column holds: a string, a list of strings, an int or None, a float, a bool."""
CITING = ("cites", "cites_in_text")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, its columns with what each holds, and its rows, made as they are asked for."""

    name: str
    columns: dict[str, Kind]
    rows: Callable[[KnowledgeGraph], Iterator[tuple[Any, ...]]]


def _papers(graph: KnowledgeGraph) -> Iterator[tuple[Any, ...]]:
    pairs = citations(graph)
    cites = Counter(citing for citing, _ in pairs)
    cited = Counter(cited for _, cited in pairs)
    for paper in graph.papers.values():
        yield (
            paper.id,
            paper.title,
            paper.abstract,
            tuple(str(name) for name in paper.authors),
            tuple(name.orcid for name in paper.authors),
            author_count(paper),
            paper.date.year if paper.date else None,
            str(paper.date or ""),
            paper.venue,
            *(paper.identifiers.get(scheme, "") for scheme in SCHEMES),
            paper.links,
            not paper.sources,
            cites[paper.id],
            cited[paper.id],
            tuple(f"{source.file}:{source.line}" for source in paper.sources),
        )


def author_count(paper: Paper) -> int | None:
    """How many authors a paper has, also where a listing only counts them; None where nobody says."""
    return len(paper.authors) or paper.author_count


def citations(graph: KnowledgeGraph) -> set[tuple[str, str]]:
    """Which paper cites which, by its reference list or in its text, each pair once."""
    return {(s.subject, s.object) for s in graph.statements if s.predicate in CITING}


def _entities(graph: KnowledgeGraph) -> Iterator[tuple[Any, ...]]:
    for entity in graph.entities.values():
        yield entity.id, entity.type, entity.label, entity.aliases, len(graph.papers_of.get(entity.id, ()))


def _statements(graph: KnowledgeGraph) -> Iterator[tuple[Any, ...]]:
    for said in graph.statements:
        support = len({evidence.paper for evidence in said.evidence}) or 1
        yield said.subject, said.predicate, said.object, said.confidence, support


def _evidence(graph: KnowledgeGraph) -> Iterator[tuple[Any, ...]]:
    for said in graph.statements:
        for one in said.evidence:
            place = (one.paper, one.start, one.end, one.quote, one.by, one.score)
            yield said.subject, said.predicate, said.object, *place


TABLES = (
    Table(
        "papers",
        {
            "id": "text",
            "title": "text",
            "abstract": "text",
            "authors": "texts",
            "orcids": "texts",
            "author_count": "whole",
            "year": "whole",
            "date": "text",
            "venue": "text",
            **dict.fromkeys(SCHEMES, "text"),
            "links": "texts",
            "stub": "truth",
            "cites": "whole",
            "cited_by": "whole",
            "sources": "texts",
        },
        _papers,
    ),
    Table(
        "entities", {"id": "text", "type": "text", "label": "text", "aliases": "texts", "papers": "whole"}, _entities
    ),
    Table(
        "statements",
        {"subject": "text", "predicate": "text", "object": "text", "confidence": "number", "support": "whole"},
        _statements,
    ),
    Table(
        "evidence",
        {
            "subject": "text",
            "predicate": "text",
            "object": "text",
            "paper": "text",
            "start": "whole",
            "end": "whole",
            "quote": "text",
            "by": "text",
            "score": "number",
        },
        _evidence,
    ),
)
"""Statements and evidence share ``subject``, ``predicate`` and ``object`` to join on."""


def papers_frame(graph: KnowledgeGraph, library: str | None = None) -> Any:
    """The table of papers as a data frame; see :meth:`KnowledgeGraph.papers_frame`."""
    table = TABLES[0]
    rows = list(table.rows(graph))
    values = {name: [row[i] for row in rows] for i, name in enumerate(table.columns)}
    lists = {name: [list(v) for v in values[name]] for name, kind in table.columns.items() if kind == "texts"}
    values |= lists
    for name in (library,) if library else ("pandas", "polars"):
        try:
            if name == "pandas":
                return _in_pandas(table, values)
            if name == "polars":
                return _in_polars(table, values)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
    wanted = f"{library} is" if library in ("pandas", "polars") else "pandas or polars are"
    raise ImportError(f"a data frame needs pandas or polars, and {wanted} not installed")


def _in_pandas(table: Table, values: dict[str, list[Any]]) -> Any:
    import pandas as pd

    whole = {name: "Int64" for name, kind in table.columns.items() if kind == "whole"}
    truth = {name: "bool" for name, kind in table.columns.items() if kind == "truth"}
    return pd.DataFrame(values, columns=list(table.columns)).astype({**whole, **truth})


def _in_polars(table: Table, values: dict[str, list[Any]]) -> Any:
    import polars as pl

    types = {
        "text": pl.String,
        "texts": pl.List(pl.String),
        "whole": pl.Int64,
        "number": pl.Float64,
        "truth": pl.Boolean,
    }
    return pl.DataFrame(values, schema={name: types[kind] for name, kind in table.columns.items()})
