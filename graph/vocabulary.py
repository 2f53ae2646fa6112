"""The RDF terms citeweave writes: namespaces, prefixes, and what each predicate and type of ours is in RDF.

Existing vocabularies come first; terms of our own (``cw:``, documented in ``ontology.ttl``) stand only
where none exists, and each is written out beside the general term it specialises, so that queries
work without inference.
"""

from __future__ import annotations

from functools import lru_cache

from pyoxigraph import NamedNode

from citeweave.model import EntityType

BASE = "https://w3id.org/citeweave/"
"""Where everything of ours is named, unless the world has a name for it already."""
ID = f"{BASE}id/"
"""The space of papers without an identifier, of entities, authors, texts, statements, runs and agents."""

PREFIXES: dict[str, str] = {
    "cw": f"{BASE}ontology#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "http://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "fabio": "http://purl.org/spar/fabio/",
    "cito": "http://purl.org/spar/cito/",
    "bibo": "http://purl.org/ontology/bibo/",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "nif": "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    "itsrdf": "http://www.w3.org/2005/11/its/rdf#",
    "mls": "http://www.w3.org/ns/mls#",
    "cskg": "https://w3id.org/cskg/ontology#",
    "sh": "http://www.w3.org/ns/shacl#",
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "arxiv": "https://arxiv.org/abs/",
    "doi": "https://doi.org/",
    "orcid": "https://orcid.org/",
    "paper": f"{ID}paper/",
    "author": f"{ID}author/",
    "method": f"{ID}method/",
    "model": f"{ID}model/",
    "dataset": f"{ID}dataset/",
    "task": f"{ID}task/",
    "metric": f"{ID}metric/",
    "concept": f"{ID}concept/",
    "software": f"{ID}software/",
    "scheme": f"{ID}scheme/",
    "collection": f"{ID}collection/",
    "text": f"{ID}text/",
    "statement": f"{ID}statement/",
    "source": f"{ID}source/",
    "agent": f"{ID}agent/",
    "run": f"{ID}run/",
}
"""Prefix to namespace: written into exports as far as used, and known in every query without being declared."""


@lru_cache(maxsize=1024)
def term(name: str) -> NamedNode:
    """The IRI of a prefixed name such as ``dcterms:title``; raises KeyError for a prefix that is not ours."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


PREDICATES: dict[str, tuple[str, ...]] = {
    # what a paper does with an entity
    "introduces": ("cw:introduces", "schema:mentions"),
    "evaluates_on": ("cw:evaluatesOn", "schema:mentions"),
    "addresses": ("cw:addresses", "schema:mentions"),
    "measures": ("cw:measures", "schema:mentions"),
    "compares": ("cw:compares", "schema:mentions"),
    "extends": ("cw:extends", "schema:mentions"),
    "uses": ("cw:uses", "schema:mentions"),
    "studies": ("cw:studies", "schema:mentions"),
    "mentions": ("schema:mentions",),
    # between entities
    "used_for": ("cw:usedFor",),
    "evaluated_on": ("cw:evaluatedOn",),
    "trained_on": ("cw:trainedOn",),
    "measured_by": ("cw:measuredBy",),
    "part_of": ("cw:partOf", "dcterms:isPartOf"),
    "subtype_of": ("cw:subtypeOf", "skos:broader"),
    "based_on": ("cw:basedOn", "prov:wasDerivedFrom"),
    "outperforms": ("cw:outperforms",),
    "compared_with": ("cw:comparedWith",),
    "has_property": ("cw:hasProperty",),
    "broader": ("skos:broader",),
    # between papers
    "cites": ("cito:cites",),
    "cites_in_text": ("cw:citesInText", "cito:cites"),
    "builds_on": ("cw:buildsOn",),
}
"""A statement's predicate in RDF: the specific term first, then the general ones it implies."""

ENTITY_CLASSES: dict[EntityType, tuple[str, ...]] = {
    "Method": ("cw:Method", "skos:Concept", "cskg:Method"),
    "Model": ("cw:Model", "skos:Concept", "cskg:Method", "mls:Model"),
    "Dataset": ("cw:Dataset", "skos:Concept", "cskg:Material", "mls:Dataset", "schema:Dataset"),
    "Task": ("cw:Task", "skos:Concept", "cskg:Task"),
    "Metric": ("cw:Metric", "skos:Concept", "cskg:Metric", "mls:EvaluationMeasure"),
    "Concept": ("cw:Concept", "skos:Concept", "cskg:OtherEntity"),
    "Software": ("cw:Software", "skos:Concept", "schema:SoftwareApplication"),
}
"""The classes of an entity: ours first, then those of other vocabularies that other graphs can join by."""

CODE_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "sourceforge.net", "gitee.com")
"""Hosts whose pages are code repositories (``schema:codeRepository``); any other link is a ``foaf:page``."""
