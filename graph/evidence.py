"""The evidence part of the RDF view: why the graph says what it says.

A statement is a node (``rdf:Statement``) with its confidence and the sentences it was derived from;
a mention is a node too, with offsets into the paper's text and the entity it names (NIF 2.0 and
ITS 2.0 RDF). Both name the component that found them, and the run it worked in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from citeweave.graph import iris
from citeweave.graph.description import Description
from citeweave.graph.knowledge import KnowledgeGraph, LinkedMention
from citeweave.graph.terms import Term, decimal, literal
from citeweave.graph.vocabulary import PREDICATES
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


def run_of(kg: KnowledgeGraph) -> Term:
    """The node of the run that made a graph, named by the components that worked and the files they read."""
    return f"run:{fingerprint(repr((_components(kg), _files(kg))))}"


def _components(kg: KnowledgeGraph) -> list[str]:
    found = {e.by for s in kg.statements for e in s.evidence if e.by}
    return sorted(found | {m.mention.by for linked in kg.mentions.values() for m in linked if m.mention.by})


def _files(kg: KnowledgeGraph) -> list[str]:
    return sorted({source.file for paper in kg.papers.values() for source in paper.sources})


def _run(run: Term, components: list[str], files: list[str]) -> Description:
    about = Description(run)
    about.add("rdf:type", "prov:Activity")
    about.add("prov:wasAssociatedWith", *map(iris.agent, components))
    about.add("prov:used", *map(iris.source, files))
    return about


def _agent(component: str) -> Description:
    about = Description(iris.agent(component))
    about.add("rdf:type", "prov:SoftwareAgent")
    about.add("foaf:name", literal(component))
    return about


def _file(file: str) -> Description:
    about = Description(iris.source(file))
    about.add("rdf:type", "prov:Entity")
    about.add("rdfs:label", literal(file))
    return about


def _statement(one: Statement, kg: KnowledgeGraph, run: Term) -> Description:
    subject, object_ = iris.name(one.subject), iris.name(one.object)
    about = Description(iris.statement(one.subject, one.predicate, one.object), {"rdf:type": ["rdf:Statement"]})
    said = about.properties
    if one.predicate == "cites_in_text":  # a citation that has a place of its own carries data of its own
        said["rdf:type"].append("cito:Citation")
        said["cito:hasCitingEntity"] = [subject]
        said["cito:hasCitedEntity"] = [object_]
    said["rdf:subject"] = [subject]
    said["rdf:predicate"] = [PREDICATES[one.predicate][0]]
    said["rdf:object"] = [object_]
    about.add("cw:confidence", decimal(one.confidence))
    said["cw:support"] = [str(len({e.paper for e in one.evidence}) or 1)]
    about.add("prov:wasDerivedFrom", *_words(one, kg))
    about.add("prov:wasAttributedTo", *(iris.agent(by) for by in sorted({e.by for e in one.evidence if e.by})))
    said["prov:wasGeneratedBy"] = [run]
    return about


def _words(one: Statement, kg: KnowledgeGraph) -> Iterator[Term]:
    """What a statement was derived from: sentences, or, for what metadata says, the records that say it."""
    if one.evidence:
        yield from (iris.span(e.paper, e.start, e.end) for e in one.evidence)
    elif paper := kg.papers.get(one.subject):
        rests_on = [s for s in paper.sources if "references" in s.fields] or paper.sources
        yield from (iris.source(s.file, s.line) for s in rests_on)


def _texts(kg: KnowledgeGraph, run: Term) -> Iterator[Description]:
    sentences: dict[str, list[Evidence]] = {}
    for one in kg.statements:
        for proof in one.evidence:
            sentences.setdefault(proof.paper, []).append(proof)
    for id_ in sorted(sentences.keys() | kg.mentions.keys()):
        if id_ in kg.papers:
            yield _context(kg.papers[id_])
        spans: _Spans = {}
        for proof in sentences.pop(id_, ()):
            bounds = (proof.start, proof.end)
            if bounds not in spans:
                spans[bounds] = _span(id_, *bounds, proof.quote, "nif:Sentence")
        for linked in kg.mentions.get(id_, ()):
            _add_mention(spans, id_, linked, run)
        yield from (spans[bounds] for bounds in sorted(spans))


def _context(paper: Paper) -> Description:
    about = Description(iris.text(paper.id))
    about.add("rdf:type", "nif:Context", "nif:OffsetBasedString")
    about.add("nif:sourceUrl", iris.name(paper.id))
    about.add("nif:beginIndex", literal(0, "xsd:nonNegativeInteger"))
    about.add("nif:endIndex", literal(len(paper.text), "xsd:nonNegativeInteger"))
    about.add("nif:isString", literal(paper.text))
    return about


def _span(paper: str, start: int, end: int, quote: str, kind: Term) -> Description:
    return Description(
        iris.span(paper, start, end),
        {
            "rdf:type": ["nif:OffsetBasedString", kind],
            "nif:anchorOf": [literal(quote)],
            "nif:beginIndex": [literal(start, "xsd:nonNegativeInteger")],
            "nif:endIndex": [literal(end, "xsd:nonNegativeInteger")],
            "nif:referenceContext": [iris.text(paper)],
        },
    )


def _add_mention(spans: _Spans, paper: str, linked: LinkedMention, run: Term) -> None:
    mention = linked.mention
    bounds = (mention.start, mention.end)
    if (about := spans.get(bounds)) is None:
        about = spans[bounds] = _span(paper, *bounds, mention.text, "nif:Phrase")
    else:
        about.add("rdf:type", "nif:Phrase")
    about.add("itsrdf:taIdentRef", iris.name(linked.entity))
    # the same words may name two things; one string then keeps the first confidence
    if "itsrdf:taConfidence" not in about.properties:
        about.add("itsrdf:taConfidence", decimal(mention.score))
    about.add("prov:wasAttributedTo", iris.agent(mention.by) if mention.by else None)
    about.properties["prov:wasGeneratedBy"] = [run]


def _records(papers: Iterable[Paper]) -> Iterator[Description]:
    records: dict[tuple[str, int], Source] = {}
    for paper in papers:
        if paper.sources:
            about = Description(iris.name(paper.id))
            about.add("prov:wasDerivedFrom", *(iris.source(s.file, s.line) for s in paper.sources))
            yield about
            records.update({(s.file, s.line): s for s in paper.sources})
    for (file, line), _ in sorted(records.items()):
        about = Description(iris.source(file, line))
        about.add("rdf:type", "prov:Entity")
        about.add("rdfs:label", literal(f"{file}:{line}"))
        about.add("dcterms:isPartOf", iris.source(file))
        yield about
