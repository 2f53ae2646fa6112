"""The knowledge graph as one value: papers, entities, statements with evidence, and where each entity is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from citeweave.model import Entity, Evidence, Mention, Name, Paper, Source, Statement
from citeweave.text import distinct_slug

if TYPE_CHECKING:
    import networkx as nx
    import rdflib


@dataclass(frozen=True, slots=True)
class LinkedMention:
    """A mention in a paper's text and the id of the entity it names."""

    mention: Mention
    entity: str


def author_id(name: Name) -> str:
    """The id of an author: the ORCID where one is known, else a slug of the whole name."""
    return f"author/{name.orcid or distinct_slug(str(name))}"


@dataclass(frozen=True, repr=False)
class KnowledgeGraph:
    """Everything a build knows, resolved: one paper a node, one entity a thing, every statement with evidence.

    All collections are sorted by id, so that iterating gives the same order whatever order the
    sources came in. ``statements`` hold paper-to-entity roles, entity-to-entity relations and
    paper-to-paper citations; authors and links are fields of the papers. A paper without
    ``sources`` is a stub: cited, but not itself among what was read.
    """

    papers: Mapping[str, Paper]
    entities: Mapping[str, Entity]
    statements: tuple[Statement, ...]
    mentions: Mapping[str, tuple[LinkedMention, ...]]
    sentences: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @cached_property
    def authors(self) -> dict[str, Name]:
        """All authors by id, sorted."""
        found = {author_id(name): name for paper in self.papers.values() for name in paper.authors}
        return dict(sorted(found.items()))

    @cached_property
    def papers_of(self) -> dict[str, tuple[str, ...]]:
        """For each entity id, the ids of the papers that name it."""
        found: dict[str, set[str]] = {}
        for paper, mentions in self.mentions.items():
            for linked in mentions:
                found.setdefault(linked.entity, set()).add(paper)
        return {entity: tuple(sorted(papers)) for entity, papers in sorted(found.items())}

    def network(self) -> nx.MultiDiGraph:
        """The NetworkX view: typed nodes and edges; see :func:`citeweave.graph.network.network`."""
        from citeweave.graph.network import network

        return network(self)

    def rdf(self) -> rdflib.Graph:
        """The RDF view as a genuine rdflib graph over an Oxigraph store."""
        from citeweave.graph.rdf import graph

        return graph(self)

    def papers_frame(self, library: str | None = None) -> Any:
        """A data frame of the papers, one a row, from pandas or else polars.

        Args:
            library: ``"pandas"`` or ``"polars"``, where the one that is installed should not decide.

        Raises:
            ImportError: the library is not installed; citeweave itself needs neither.
        """
        from citeweave.graph.tables import papers_frame

        return papers_frame(self, library)

    def __repr__(self) -> str:
        read = sum(bool(paper.sources) for paper in self.papers.values())
        cited = len(self.papers) - read
        entities, statements = len(self.entities), len(self.statements)
        return (
            f"<KnowledgeGraph: {read:,} paper{'s' * (read != 1)}{f' (+ {cited:,} cited)' * bool(cited)}, "
            f"{entities:,} entit{'y' if entities == 1 else 'ies'}, {statements:,} statement{'s' * (statements != 1)}>"
        )

    def _repr_html_(self) -> str:
        from citeweave.graph.notebook import summary

        return summary(self)


def read_from(paper: Paper, fieldname: str) -> str:
    """Where a field of a paper was read, as ``file:line``, for edges that rest on metadata, not on a sentence."""
    found: Iterable[Source] = (s for s in paper.sources if fieldname in s.fields)
    return "; ".join(f"{s.file}:{s.line}" for s in found)


def best(evidence: tuple[Evidence, ...]) -> Evidence | None:
    """The strongest piece of evidence (they are kept strongest first), or None for a statement from metadata."""
    return evidence[0] if evidence else None
