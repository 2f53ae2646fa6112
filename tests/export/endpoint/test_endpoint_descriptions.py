"""Every IRI of the graph can be looked up, as a page and as data; what the endpoint says of itself is true."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, VOID, XSD

from citeweave import export
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.vocabulary import BASE, ID, PREFIXES

HTML = {"Accept": "text/html"}
FORMS = {"turtle": "text/turtle", "nt": "application/n-triples", "xml": "application/rdf+xml"}
FORMS["json-ld"] = "application/ld+json"
NUMBERS = (XSD.decimal, XSD.integer, XSD.nonNegativeInteger)
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")


class Page(HTMLParser):
    """The elements of a page, and what its text says."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href" and value and tag == "a"]

    def handle_data(self, data: str) -> None:
        self.text += data


def path_of(iri: str) -> str:
    """Where an IRI is described: under its own path, if it is one of ours, else by look-up."""
    if iri.startswith(ID) and "#" not in iri:
        return "/" + iri.removeprefix(BASE)
    return f"/resource?iri={quote(iri, safe='')}"


def said(graph: rdflib.Graph, subject: rdflib.URIRef) -> set[Any]:
    """What is said of a subject; numbers by their value, as Oxigraph keeps 1.0 as 1, a natural number as integer."""
    found = ((p, o) for p, o in graph.predicate_objects(subject) if not isinstance(o, rdflib.BNode))
    return {(p, o.value if isinstance(o, rdflib.Literal) and o.datatype in NUMBERS else o) for p, o in found}


def parts(graph: rdflib.Graph, partition: Any, of: Any, measure: Any) -> dict[Any, Any]:
    return {graph.value(node, of): graph.value(node, measure).value for node in graph.objects(None, partition)}  # type: ignore[union-attr]


def test_an_iri_of_every_kind_has_a_page_and_its_triples(server: Any, everything: rdflib.Graph) -> None:
    kinds = sorted(set(everything.objects(None, RDF.type)))
    subjects = dict.fromkeys(min(everything.subjects(RDF.type, kind)) for kind in kinds)
    assert len(subjects) > 12
    for subject in subjects:
        assert isinstance(subject, rdflib.URIRef)
        page = server.call(path_of(subject), headers=HTML)
        assert (page.status, page.media) == (200, "text/html"), subject
        data = server.call(path_of(subject), headers={"Accept": "application/n-triples"})
        assert data.status == 200, subject
        assert said(rdflib.Graph().parse(data=data.body, format="nt"), subject) == said(everything, subject)


def test_the_same_in_every_form_and_by_name(server: Any, everything: rdflib.Graph) -> None:
    pond = rdflib.URIRef(f"{ID}model/pondnet")
    for format, media in FORMS.items():
        answer = server.call("/id/model/pondnet", headers={"Accept": f"{media}, */*;q=0.1"})
        assert answer.media == media
        assert "Accept" in answer.headers["vary"]
        named = server.call(f"/id/model/pondnet?format={'ntriples' if format == 'nt' else format.replace('-', '')}")
        assert (named.media, named.body) == (answer.media, answer.body)
        assert said(rdflib.Graph().parse(data=answer.body, format=format), pond) == said(everything, pond)
    for address in ("/id/model/pondnet", "/ontology"):
        refused = server.call(f"{address}?format=docx")
        assert refused.status == 406
        assert b"this can be had as html, turtle, ntriples, xml, jsonld" in refused.body
    assert server.call("/id/model/pondnet", headers={"Accept": "image/png"}).status == 406


def test_a_papers_authors_stand_in_their_order(server: Any) -> None:
    graph = rdflib.Graph().parse(data=server.call("/resource?iri=https://arxiv.org/abs/2001.00001&format=turtle").body)
    [cell] = graph.objects(None, rdflib.URIRef(PREFIXES["bibo"] + "authorList"))
    names = [str(author) for author in rdflib.collection.Collection(graph, cell)]
    assert names == ["https://orcid.org/0000-0002-1825-0097", f"{ID}author/jorg-angstrom"]


def test_the_page_tells_what_is_said_where_and_links_on(server: Any) -> None:
    page = Page(server.call("/id/model/pondnet", headers=HTML).text)
    assert "We introduce PondNet, a network for frog counting." in page.text
    assert "FrogBench has a thousand ponds." in page.text
    assert "Frogs 🐸 without Labels \\ Backslashes" in page.text
    assert "/explore#node=model%2Fpondnet" in page.links
    for link in page.links:
        if link.startswith("/") and "format=" not in link:
            assert server.call(urlsplit(link)._replace(fragment="").geturl(), headers=HTML).status in (200, 303, 404)
    assert "/resource?iri=https%3A%2F%2Farxiv.org%2Fabs%2F2001.00001" in page.links
    label = "http://www.w3.org/2004/02/skos/core#prefLabel"
    assert label in page.links  # a term of others leads to where it is explained
    assert f"/resource?iri={quote(label, safe='')}" not in page.links


def test_what_is_not_there_is_not_found(server: Any) -> None:
    for path in ("/id/model/nothing", "/id/", "/resource?iri=http://example.org/x"):
        assert server.call(path, headers=HTML).status == 404
        assert server.call(path, headers={"Accept": "text/turtle"}).status == 404
    for path in (
        "/resource",
        "/resource?iri=",
        "/resource?iri=no%20iri",
        "/resource?iri=%3Ca%3E",
        "/id/a%20b%3C",
        "/id/a%5Cb",
    ):
        assert server.call(path).status in (400, 404), path
    assert server.call("/nothing").status == 404


def test_our_terms_are_described(server: Any) -> None:
    turtle = rdflib.Graph().parse(data=server.call("/ontology", headers={"Accept": "text/turtle"}).body)
    jsonld = rdflib.Graph().parse(
        data=server.call("/ontology", headers={"Accept": "application/ld+json"}).body, format="json-ld"
    )
    assert isomorphic(turtle, jsonld)
    assert 'id="introduces"' in server.call("/ontology", headers=HTML).text
    led = server.call(f"/resource?iri={quote(PREFIXES['cw'] + 'Method', safe='')}")
    assert (led.status, led.headers["location"]) == (303, "/ontology#Method")


def test_the_service_description_describes_this_service(server: Any, everything: rdflib.Graph) -> None:
    for format, media in FORMS.items():
        answer = server.call("/sparql", headers={"Accept": media})
        graph = rdflib.Graph().parse(data=answer.body, format=format)
        [service] = graph.subjects(RDF.type, SD.Service)
        assert str(graph.value(service, SD.endpoint)) == f"{server.address}sparql"
        assert (service, SD.supportedLanguage, SD.SPARQL11Query) in graph
        assert len(list(graph.objects(service, SD.resultFormat))) == 8
        [default] = graph.subjects(RDF.type, SD.Graph)
        assert graph.value(default, VOID.triples).value == len(everything)  # type: ignore[union-attr]


def test_void_counts_what_is_there(server: Any, everything: rdflib.Graph, toy: KnowledgeGraph, tmp_path: Path) -> None:
    graph = rdflib.Graph().parse(data=server.call("/.well-known/void", headers={"Accept": "text/turtle"}).body)
    dataset = rdflib.URIRef(f"{ID}dataset-description")
    assert graph.value(dataset, VOID.triples).value == len(everything)  # type: ignore[union-attr]
    assert graph.value(dataset, VOID.distinctSubjects).value == len(set(everything.subjects()))  # type: ignore[union-attr]
    assert str(graph.value(dataset, VOID.sparqlEndpoint)) == f"{server.address}sparql"
    kinds = Counter(everything.objects(None, RDF.type))
    parts = {
        graph.value(p, VOID["class"]): graph.value(p, VOID.entities)
        for p in graph.objects(dataset, VOID.classPartition)
    }
    assert {k: n.value for k, n in parts.items()} == dict(kinds)  # type: ignore[union-attr]
    used = Counter(everything.predicates())
    parts = {
        graph.value(p, VOID.property): graph.value(p, VOID.triples)
        for p in graph.objects(dataset, VOID.propertyPartition)
    }
    assert {k: n.value for k, n in parts.items()} == dict(used)  # type: ignore[union-attr]
    export.write("void", toy, tmp_path / "void.ttl")
    exported = rdflib.Graph().parse(tmp_path / "void.ttl")
    [whole] = (n.value for n in exported.objects(dataset, VOID.triples))  # type: ignore[attr-defined]
    assert whole == len(everything)


def test_the_explorer_is_the_workspaces_picture_under_its_own_policy(server: Any, toys: Path) -> None:
    answer = server.call("/explore")
    assert answer.body == (toys / "graph.html").read_bytes()
    policy = answer.headers["content-security-policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'nonce="{nonce}"' in answer.text
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy


@pytest.fixture(scope="module")
def nasty(
    tmp_path_factory: pytest.TempPathFactory, starting: Callable[..., Any], writing: Callable[..., Path]
) -> Iterator[Any]:
    import importlib.util

    spec = importlib.util.spec_from_file_location("hostile_graph", Path(__file__).parents[2] / "hostile_graph.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = writing(module.hostile_graph(), tmp_path_factory.mktemp("nasty") / "ws")
    with starting(folder) as server:
        yield server


def test_hostile_texts_stay_texts_on_pages(nasty: Any) -> None:
    found = nasty.ask("SELECT DISTINCT ?s { ?s ?p ?o FILTER(isIRI(?s)) }", accept="application/json")
    iris = [row["s"]["value"] for row in found.json["results"]["bindings"]]
    assert any("%3C" in iri for iri in iris)
    for iri in iris:
        answer = nasty.call(path_of(iri), headers=HTML)
        assert answer.status == 200, iri
        page = Page(answer.text)
        assert not page.tags["script"], iri
        assert not page.tags["b"], iri
        assert page.attributes <= {"lang", "charset", "name", "content", "rel", "href", "type", "class", "scope"}, iri
        assert all(urlsplit(link).scheme in ("", "http", "https") for link in page.links), iri


def test_a_link_leads_to_the_iri_it_names(nasty: Any) -> None:
    paper = "https://doi.org/10.1000/a%3Cb%3E%22c'&;x%5C"
    page = Page(nasty.call(path_of(paper), headers=HTML).text)
    assert paper in page.links
    data = [link for link in page.links if link.endswith("format=jsonld")]
    assert unquote(data[0].split("iri=")[1].split("&")[0]) == paper
    assert json.loads(nasty.call(data[0]).text)
