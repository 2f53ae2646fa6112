"""The evidence part of the RDF view: why the graph says what it says.

A statement is a node (``rdf:Statement``) with its confidence and the sentences it was derived from;
a mention is a node too, with offsets into the paper's text and the entity it names (NIF 2.0 and
ITS 2.0 RDF). Both name the component that found them, and the run it worked in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from pyoxigraph import NamedNode

from citeweave.graph import iris
from citeweave.graph.description import Description, decimal, literal
from citeweave.graph.knowledge import KnowledgeGraph, LinkedMention
from citeweave.graph.vocabulary import ID, PREDICATES, term
from citeweave.model import Evidence, Paper, Source, Statement
from citeweave.text import fingerprint

_Spans: TypeAlias = "dict[tuple[int, int], Description]"


def sections(kg: KnowledgeGraph) -> Iterator[tuple[str, Iterable[Description]]]:
    """The evidence as headed sections of descriptions, every subject once, in a fixed order."""
    components, files = _components(kg), _files(kg)
    run = run_of(kg)
    yield (
        "The run, its components and what it read",
        chain([_run(run, components, files)], map(_agent, components), map(_file, files)),
    )
    yield "Statements", (_statement(one, kg, run) for one in kg.statements)
    yield "Texts, sentences and mentions", _texts(kg, run)
    yield "Where each paper was read", _records(kg.papers.values())


def run_of(kg: KnowledgeGraph) -> NamedNode:
    """The node of the run that made a graph, named by the components that worked and the files they read."""
    return NamedNode(f"{ID}run/{fingerprint(repr((_components(kg), _files(kg))))}")


def _components(kg: KnowledgeGraph) -> list[str]:
    found = {e.by for s in kg.statements for e in s.evidence if e.by}
    return sorted(found | {m.mention.by for linked in kg.mentions.values() for m in linked if m.mention.by})


def _files(kg: KnowledgeGraph) -> list[str]:
    return sorted({source.file for paper in kg.papers.values() for source in paper.sources})


def _run(run: NamedNode, components: list[str], files: list[str]) -> Description:
    about = Description(run)
    about.add("rdf:type", term("prov:Activity"))
    about.add("prov:wasAssociatedWith", *map(iris.agent, components))
    about.add("prov:used", *map(iris.source, files))
    return about


def _agent(component: str) -> Description:
    about = Description(iris.agent(component))
    about.add("rdf:type", term("prov:SoftwareAgent"))
    about.add("foaf:name", literal(component))
    return about


def _file(file: str) -> Description:
    about = Description(iris.source(file))
    about.add("rdf:type", term("prov:Entity"))
    about.add("rdfs:label", literal(file))
    return about


def _statement(one: Statement, kg: KnowledgeGraph, run: NamedNode) -> Description:
    about = Description(iris.statement(one.subject, one.predicate, one.object))
    about.add("rdf:type", term("rdf:Statement"))
    subject, object_ = iris.iri(one.subject), iris.iri(one.object)
    if one.predicate == "cites_in_text":  # a citation that has a place of its own carries data of its own
        about.add("rdf:type", term("cito:Citation"))
        about.add("cito:hasCitingEntity", subject)
        about.add("cito:hasCitedEntity", object_)
    about.add("rdf:subject", subject)
    about.add("rdf:predicate", term(PREDICATES[one.predicate][0]))
    about.add("rdf:object", object_)
    about.add("cw:confidence", decimal(one.confidence))
    about.add("cw:support", literal(len({e.paper for e in one.evidence}) or 1, "xsd:integer"))
    about.add("prov:wasDerivedFrom", *(iris.span(e.paper, e.start, e.end) for e in one.evidence))
    if not one.evidence and (paper := kg.papers.get(one.subject)):
        rests_on = [s for s in paper.sources if "references" in s.fields] or paper.sources
        about.add("prov:wasDerivedFrom", *(iris.source(s.file, s.line) for s in rests_on))
    about.add("prov:wasAttributedTo", *(iris.agent(by) for by in sorted({e.by for e in one.evidence if e.by})))
    about.add("prov:wasGeneratedBy", run)
    return about


def _texts(kg: KnowledgeGraph, run: NamedNode) -> Iterator[Description]:
    sentences: dict[str, dict[tuple[int, int], Evidence]] = {}
    for one in kg.statements:
        for proof in one.evidence:
            sentences.setdefault(proof.paper, {}).setdefault((proof.start, proof.end), proof)
    for id_ in sorted(sentences.keys() | kg.mentions.keys()):
        if id_ in kg.papers:
            yield _context(kg.papers[id_])
        spans: _Spans = {}
        for bounds, proof in sentences.get(id_, {}).items():
            about = spans[bounds] = _span(id_, *bounds, proof.quote)
            about.add("rdf:type", term("nif:Sentence"))
        for linked in kg.mentions.get(id_, ()):
            _add_mention(spans, id_, linked, run)
        yield from (spans[bounds] for bounds in sorted(spans))


def _context(paper: Paper) -> Description:
    about = Description(iris.text(paper.id))
    about.add("rdf:type", term("nif:Context"), term("nif:OffsetBasedString"))
    about.add("nif:sourceUrl", iris.iri(paper.id))
    about.add("nif:beginIndex", literal(0, "xsd:nonNegativeInteger"))
    about.add("nif:endIndex", literal(len(paper.text), "xsd:nonNegativeInteger"))
    about.add("nif:isString", literal(paper.text))
    return about


def _span(paper: str, start: int, end: int, quote: str) -> Description:
    about = Description(iris.span(paper, start, end))
    about.add("rdf:type", term("nif:OffsetBasedString"))
    about.add("nif:anchorOf", literal(quote))
    about.add("nif:beginIndex", literal(start, "xsd:nonNegativeInteger"))
    about.add("nif:endIndex", literal(end, "xsd:nonNegativeInteger"))
    about.add("nif:referenceContext", iris.text(paper))
    return about


def _add_mention(spans: _Spans, paper: str, linked: LinkedMention, run: NamedNode) -> None:
    mention = linked.mention
    bounds = (mention.start, mention.end)
    if bounds not in spans:
        spans[bounds] = _span(paper, *bounds, mention.text)
    about = spans[bounds]
    about.add("rdf:type", term("nif:Phrase"))
    about.add("itsrdf:taIdentRef", iris.iri(linked.entity))
    # the same words may name two things; one string then keeps the first confidence
    if term("itsrdf:taConfidence") not in about.properties:
        about.add("itsrdf:taConfidence", decimal(mention.score))
    about.add("prov:wasAttributedTo", iris.agent(mention.by) if mention.by else None)
    about.add("prov:wasGeneratedBy", run)


def _records(papers: Iterable[Paper]) -> Iterator[Description]:
    records: dict[tuple[str, int], Source] = {}
    for paper in papers:
        if paper.sources:
            about = Description(iris.iri(paper.id))
            about.add("prov:wasDerivedFrom", *(iris.source(s.file, s.line) for s in paper.sources))
            yield about
            records.update({(s.file, s.line): s for s in paper.sources})
    for (file, line), _ in sorted(records.items()):
        about = Description(iris.source(file, line))
        about.add("rdf:type", term("prov:Entity"))
        about.add("rdfs:label", literal(f"{file}:{line}"))
        about.add("dcterms:isPartOf", iris.source(file))
        yield about
