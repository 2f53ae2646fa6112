"""The RDF view of a knowledge graph, after the profile in the ontology's documentation.

The graph has two parts. ``graph`` holds the direct triples (papers, entities, authors and what is
said between them), which is what most queries want. ``evidence`` holds a node for each statement
with its confidence, the sentences it was derived from and the component that found it, and a node
for each mention. Both are streamed subject by subject; nothing is held besides the knowledge graph.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import groupby, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import urlsplit

import pyoxigraph as ox

from citeweave.graph import evidence, iris
from citeweave.graph.description import Description
from citeweave.graph.knowledge import KnowledgeGraph, author_id
from citeweave.graph.network import paper_label
from citeweave.graph.terms import Term, literal
from citeweave.graph.vocabulary import CODE_HOSTS, ENTITY_CLASSES, PREDICATES, PREFIXES
from citeweave.model import ENTITY_TYPES, Entity, EntityType, Name, Paper, PartialDate, Statement

if TYPE_CHECKING:
    import rdflib

Part: TypeAlias = Literal["graph", "evidence"]
Section: TypeAlias = "tuple[str, Iterable[Description]]"
"""A heading and the descriptions under it."""

_PIECE = 10_000
"""Lines in a piece of N-Triples."""

MOST_NAMED = "collection:most-named"
"""The collection of the entities that most papers name: where a query over large graphs may begin."""
_MOST = 1000
"""How many it has at most."""

_SUBJECT = attrgetter("subject")
_PLURAL: dict[EntityType, str] = {t: f"{t}s" for t in ENTITY_TYPES} | {"Software": "Software"}
_IDENTIFIERS = {
    "doi": ("prism:doi", "bibo:doi"),
    "arxiv": ("fabio:hasArXivId",),
    "pmid": ("fabio:hasPubMedId",),
}


def sections(kg: KnowledgeGraph, part: Part = "graph") -> Iterator[Section]:
    """One part of the graph as headed sections of descriptions, every subject once, sorted by id."""
    if part == "evidence":
        yield from evidence.sections(kg)
        return
    said = _Statements(kg.statements)
    cited, named = _citations(said.all), _papers_naming(kg)
    yield "Papers", (_paper(paper, said.about(paper.id), cited[paper.id]) for paper in kg.papers.values())
    for type_ in ENTITY_TYPES:
        if any(entity.type == type_ for entity in kg.entities.values()):
            of_type = (entity for entity in kg.entities.values() if entity.type == type_)
            yield _PLURAL[type_], (_entity(one, said.about(one.id), named[one.id]) for one in of_type)
    if kg.authors:
        yield "Authors", (_author(id_, name) for id_, name in kg.authors.items())
    yield "Concept schemes, one a type", map(_scheme, ENTITY_TYPES)
    if most := _most_named(named):
        yield "What most papers name", [_collection(most)]


def ntriples(kg: KnowledgeGraph, part: Part = "graph") -> Iterator[bytes]:
    """One part of the graph as N-Triples, in pieces of some hundred whole descriptions."""
    lines: list[str] = []
    for _, descriptions in sections(kg, part):
        for description in descriptions:
            lines += description.ntriples()
            if len(lines) > _PIECE:
                yield "".join(lines).encode()
                lines.clear()
    yield "".join(lines).encode()


def triples(kg: KnowledgeGraph, part: Part = "graph") -> Iterator[ox.Triple]:
    """One part of the graph as a stream of triples, each once, in a fixed order."""
    for piece in ntriples(kg, part):
        yield from (quad.triple for quad in ox.parse(piece, format=ox.RdfFormat.N_TRIPLES))


def graph(kg: KnowledgeGraph, *, evidence: bool = False) -> rdflib.Graph:
    """The graph as a genuine ``rdflib.Graph`` over an Oxigraph store in memory.

    Oxigraph parses, indexes and answers queries; rdflib's interface stays the same. ``evidence``
    adds the statement and mention nodes.
    """
    parts: tuple[Part, ...] = ("graph", "evidence") if evidence else ("graph",)
    store = ox.Store()
    for part in parts:
        for piece in ntriples(kg, part):
            store.bulk_load(piece, format=ox.RdfFormat.N_TRIPLES)
    return wrap(store)


def wrap(store: ox.Store) -> rdflib.Graph:
    """The default graph of an Oxigraph store as an ``rdflib.Graph``, with our prefixes bound."""
    import rdflib
    from oxrdflib.store import OxigraphStore
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

    # under any other identifier rdflib looks into a named graph, and finds nothing
    view = rdflib.Graph(OxigraphStore(store=store), identifier=DATASET_DEFAULT_GRAPH_ID, bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        view.bind(prefix, namespace, override=True)
    return view


def date(value: PartialDate | None) -> Term | None:
    """A date in the XML Schema type that says how much of it is known; None where nothing can be said.

    A day that the calendar does not have (31 February) leaves its month.
    """
    if value is None:
        return None
    if value.year is None:
        known = value.month and value.day and _exists(2000, value.month, value.day)  # a leap year
        return literal(str(value), "xsd:gMonthDay") if known else None
    if not 1 <= value.year <= 9999:
        return None
    if value.month and _exists(value.year, value.month, 1):
        if value.day and _exists(value.year, value.month, value.day):
            return literal(str(value), "xsd:date")
        return literal(str(PartialDate(value.year, value.month)), "xsd:gYearMonth")
    return literal(f"{value.year:04d}", "xsd:gYear")


def _exists(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


_Said: TypeAlias = "dict[str, list[str]]"
"""Predicate to object ids, of one subject."""


class _Statements:
    """Statements by subject, found by bisection: they are sorted, and an index would grow with the graph."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        in_order = all(one.subject <= other.subject for one, other in pairwise(statements))
        self.all = statements if in_order else sorted(statements, key=_SUBJECT)

    def about(self, subject: str) -> _Said:
        found: _Said = {}
        first = bisect_left(self.all, subject, key=_SUBJECT)
        for one in self.all[first : bisect_right(self.all, subject, first, key=_SUBJECT)]:
            found.setdefault(one.predicate, []).append(one.object)
        return found


def _citations(statements: Iterable[Statement]) -> Counter[str]:
    """How many papers cite each; one that cites in its text and in its list of references does so once."""
    found: Counter[str] = Counter()
    for _, of_one in groupby(statements, key=_SUBJECT):
        found.update({one.object for one in of_one if "cito:cites" in PREDICATES[one.predicate]})
    return found


def _papers_naming(kg: KnowledgeGraph) -> Counter[str]:
    """How many papers name each entity."""
    found: Counter[str] = Counter()
    for mentions in kg.mentions.values():
        found.update({linked.entity for linked in mentions})
    return found


_ORDER = sorted(
    {name for names in PREDICATES.values() for name in names},
    key=lambda name: (
        not name.startswith("cw:"),
        name == "schema:mentions",
        [name in names for names in PREDICATES.values()].index(True),
    ),
)
"""Our own terms first, as they say most, and what merely lists every entity last."""


def _add_said(about: Description, said: _Said) -> None:
    """Every statement in its specific term, and in the general ones that the term implies."""
    objects: dict[str, set[str]] = {}
    for predicate, ids in said.items():
        for name in PREDICATES[predicate]:
            objects.setdefault(name, set()).update(ids)
    for name in _ORDER:
        if name in objects:
            about.properties[name] = list(map(iris.name, sorted(objects[name], key=iris.full)))


def _paper(paper: Paper, said: _Said, cited: int) -> Description:
    about = Description(iris.name(paper.id))
    about.add("rdf:type", "fabio:ResearchPaper", "schema:ScholarlyArticle")
    if not paper.sources:
        about.add("rdf:type", "cw:CitedPaper")
    if paper.title:
        about.add("dcterms:title", literal(paper.title))
    else:  # something to show where a title is asked for
        about.add("rdfs:label", literal(paper_label(paper)))
    authors = tuple(iris.name(author_id(name)) for name in paper.authors)
    about.add("dcterms:creator", *authors)
    about.add("bibo:authorList", authors or None)
    if paper.author_count is not None and not authors:
        about.add("cw:authorCount", literal(paper.author_count, "xsd:integer"))
    issued = date(paper.date)
    about.add("dcterms:issued", issued)
    if issued is not None and paper.date and paper.date.year:
        about.add("fabio:hasPublicationYear", literal(f"{paper.date.year:04d}", "xsd:gYear"))
    about.add("prism:publicationName", literal(paper.venue) if paper.venue else None)
    for scheme, value in sorted(paper.identifiers.items()):
        for name in _IDENTIFIERS.get(scheme, ()):
            about.add(name, literal(value))
        about.add("dcterms:identifier", literal(f"{scheme}:{value}"))
        other = iris.web(value) if scheme == "url" else iris.name(f"{scheme}:{value}")
        about.add("schema:sameAs", other if other != about.subject else None)
    for link in sorted(paper.links):
        about.add("schema:codeRepository" if _is_code(link) else "foaf:page", iris.web(link))
    # makes finding a paper by its title, in whatever case, a look-up in an index (as for entities below)
    about.add("skos:hiddenLabel", literal(lower) if (lower := paper.title.lower()) != paper.title else None)
    about.add("cw:citationCount", literal(cited, "xsd:integer") if cited else None)
    _add_said(about, said)
    about.add("dcterms:abstract", literal(paper.abstract) if paper.abstract else None)
    return about


def _is_code(link: str) -> bool:
    try:
        host = (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return False
    return host in CODE_HOSTS


def _entity(entity: Entity, said: _Said, papers: int) -> Description:
    about = Description(iris.name(entity.id))
    about.add("rdf:type", *ENTITY_CLASSES[entity.type])
    about.add("skos:prefLabel", literal(entity.label))
    aliases = sorted(set(entity.aliases) - {entity.label})
    about.add("skos:altLabel", *map(literal, aliases))
    # lower-case forms make a search that ignores case a look-up in an index instead of a scan of all labels;
    # SKOS keeps the three kinds of label apart, so a form that is a label already is not repeated
    lower = {label.lower() for label in (entity.label, *aliases)} - {entity.label, *aliases}
    about.add("skos:hiddenLabel", *map(literal, sorted(lower)))
    about.add("cw:paperCount", literal(papers, "xsd:integer"))
    _add_said(about, said)
    about.add("skos:inScheme", _scheme_iri(entity.type))
    return about


def _author(id_: str, name: Name) -> Description:
    about = Description(iris.name(id_))
    about.add("rdf:type", "foaf:Person", "schema:Person")
    about.add("foaf:name", literal(str(name)))
    if name.given:
        about.add("foaf:givenName", literal(name.given))
        about.add("foaf:familyName", literal(name.family))
    return about


def _most_named(papers: Counter[str]) -> list[str]:
    """The entities that most papers name, and more than one does, the most named first."""
    several = [(-count, id_) for id_, count in papers.items() if count > 1]
    return [id_ for _, id_ in nsmallest(_MOST, several)]


def _collection(members: Iterable[str]) -> Description:
    about = Description(MOST_NAMED)
    about.add("rdf:type", "skos:Collection")
    about.add("rdfs:label", literal("The entities that most papers name"))
    about.properties["skos:member"] = list(map(iris.name, members))
    return about


def _scheme_iri(type_: EntityType) -> Term:
    return f"scheme:{type_.lower()}"


def _scheme(type_: EntityType) -> Description:
    about = Description(_scheme_iri(type_))
    about.add("rdf:type", "skos:ConceptScheme")
    about.add("dcterms:title", literal(_PLURAL[type_]))
    about.add("rdfs:label", literal(type_))
    return about
