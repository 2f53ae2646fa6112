"""citeweave: from piles of paper abstracts to a citation and knowledge graph.

    import citeweave

    report = citeweave.build("papers.bib", "out")   # reads, extracts, resolves; report.papers, report.problems
    graph = citeweave.open_graph("out")             # shows itself in a notebook
    graph.papers, graph.entities, graph.statements  # by id, by id, with evidence
    graph.network()                                 # a NetworkX MultiDiGraph
    graph.rdf()                                     # an rdflib Graph
    graph.papers_frame()                            # a data frame, if pandas or polars is installed
    citeweave.write("gexf", graph, "out/graph.gexf")

Importing it is cheap: spaCy, NetworkX and the rest are loaded by the first call that needs them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from citeweave.model import (
    Entity,
    Evidence,
    Findings,
    Mention,
    Name,
    Paper,
    PartialDate,
    Problem,
    Reference,
    Source,
    Statement,
)

if TYPE_CHECKING:
    from citeweave.export import write
    from citeweave.graph.knowledge import KnowledgeGraph
    from citeweave.weave import Report, build, open_graph

_ELSEWHERE = {
    "KnowledgeGraph": "citeweave.graph.knowledge",
    "Report": "citeweave.weave",
    "build": "citeweave.weave",
    "open_graph": "citeweave.weave",
    "write": "citeweave.export",
}

__all__ = [
    "Entity",
    "Evidence",
    "Findings",
    "KnowledgeGraph",
    "Mention",
    "Name",
    "Paper",
    "PartialDate",
    "Problem",
    "Reference",
    "Report",
    "Source",
    "Statement",
    "build",
    "open_graph",
    "write",
]


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        return getattr(import_module(_ELSEWHERE[name]), name)
    raise AttributeError(f"module 'citeweave' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
