"""Real clients get what rdflib itself finds in the same files."""

import io
import warnings
from collections import Counter
from typing import Any

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from citeweave.graph.vocabulary import PREFIXES

TITLES = """PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX fabio: <http://purl.org/spar/fabio/>
SELECT ?paper ?title ?year WHERE { ?paper a fabio:ResearchPaper OPTIONAL { ?paper dcterms:title ?title }
OPTIONAL { ?paper fabio:hasPublicationYear ?year } }"""
POND = rdflib.URIRef("https://arxiv.org/abs/2001.00001")


def rows(found: Any) -> Counter[tuple[str, ...]]:
    return Counter(tuple(str(value) if value is not None else "" for value in row) for row in found)


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_reads_tables_in_every_form(
    server: Any, everything: rdflib.Graph, form: str, method: str
) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    client = wrapper.SPARQLWrapper(f"{server.address}sparql")
    client.setQuery(TITLES)
    client.setMethod(method)
    client.setReturnFormat(form)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # it warns where the answer's type is not the one it asked for
        answer = client.query()
        body = answer.response.read()
    found = rdflib.query.Result.parse(io.BytesIO(body), format=form)
    assert rows(found) == rows(everything.query(TITLES))


@pytest.mark.parametrize("form", ["turtle", "xml", "json-ld", "n3"])
def test_sparqlwrapper_reads_graphs(server: Any, everything: rdflib.Graph, form: str) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    client = wrapper.SPARQLWrapper(f"{server.address}sparql")
    client.setQuery(f"DESCRIBE <{POND}>")
    client.setReturnFormat(form)
    found = client.query().response.read()
    graph = rdflib.Graph().parse(data=found, format="turtle" if form == "n3" else form)
    assert {t for t in graph if not isinstance(t[2], rdflib.BNode)} >= {
        t for t in everything.triples((POND, None, None)) if not isinstance(t[2], rdflib.BNode)
    }


def test_sparqlwrapper_posts_directly_and_asks(server: Any) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    client = wrapper.SPARQLWrapper(f"{server.address}sparql")
    client.setMethod(wrapper.POST)
    client.setRequestMethod(wrapper.POSTDIRECTLY)
    client.setReturnFormat(wrapper.JSON)
    client.setQuery("ASK { ?x ?y 'PondNet' }")
    assert client.queryAndConvert() == {"head": {}, "boolean": True}
    client.setQuery("ASK {")
    with pytest.raises(wrapper.SPARQLExceptions.QueryBadFormed, match="line 1, column 6"):
        client.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rdflib_sparqlstore_is_a_graph(server: Any, everything: rdflib.Graph, form: str, method: str) -> None:
    store = SPARQLStore(f"{server.address}sparql", method=method, returnFormat=form)
    graph = rdflib.Graph(store)
    assert rows(graph.query(TITLES)) == rows(everything.query(TITLES))
    if form in ("json", "xml"):  # CSV and TSV are for tables only
        assert graph.query("ASK { ?s ?p 'PondNet' }").askAnswer is True
    assert (POND, None, None) in graph
    assert len(graph) == len(everything)
    found = [t for t in graph.triples((POND, None, None)) if not isinstance(t[2], rdflib.BNode)]
    known = [t for t in everything.triples((POND, None, None)) if not isinstance(t[2], rdflib.BNode)]
    if form == "csv":  # which has no datatypes
        assert rows(found) == rows(known)
    else:
        assert set(found) == set(known)


def test_rdflib_sparqlstore_constructs(server: Any, everything: rdflib.Graph) -> None:
    store = SPARQLStore(f"{server.address}sparql")
    query = f"CONSTRUCT {{ ?p <{PREFIXES['cw']}introduces> ?x }} WHERE {{ ?p <{PREFIXES['cw']}introduces> ?x }}"
    assert set(rdflib.Graph(store).query(query)) == set(everything.query(query))


def test_our_prefixes_need_no_declaration(server: Any) -> None:
    answer = server.ask("SELECT ?t { ?p cw:introduces ?x ; dcterms:title ?t }", accept="text/csv")
    assert answer.text.splitlines() == ["t", '"PondNet: Counting Frogs with ""Lily Pads"""']


def test_a_browser_is_led_to_the_editor_and_gets_its_files(server: Any) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    led = server.call("/sparql", headers=browser)
    assert (led.status, led.headers["location"]) == (303, "/")
    page = server.call("/", headers=browser)
    assert (page.status, page.media) == (200, "text/html")
    vocabulary, queries = server.call("/vocabulary.json").json, server.call("/queries.json").json
    names = {term["name"]: term for term in vocabulary["terms"]}
    assert names["cw:introduces"]["kind"] == "property"
    assert names["cw:Method"]["kind"] == "class"
    assert "2 times in this graph" in names["cw:introduces"]["comment"]
    assert names["cito:cites"]["kind"] == "property"
    assert vocabulary["prefixes"] == PREFIXES
    assert {"overview", "evidence"} <= {query["name"] for query in queries}
    for query in queries:
        assert server.ask(query["query"]).status == 200, query["name"]
