"""The query tests of the SPARQL 1.1 Protocol (the W3C's list of 2013), written anew over data of our own.

https://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/ names each; its data files describe
themselves, which is all that the tests ask about them, so graphs of those names do that here.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

DATA = [f"http://kasei.us/2009/09/sparql/data/data{i}.rdf" for i in range(4)]
FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
BOOLEAN = ("application/sparql-results+xml", "application/sparql-results+json")
SELECT = (*BOOLEAN, "text/csv", "text/tab-separated-values")
GRAPH = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory, starting: Callable[..., Any]) -> Iterator[Any]:
    """A server over a file with the four named graphs."""
    file = tmp_path_factory.mktemp("protocol") / "data.trig"
    file.write_text("".join(f'<{d}> {{ <{d}> a <urn:Data> ; <urn:title> "{d[-9:]}" . }}\n' for d in DATA))
    with starting(file) as server:
        yield server


def post(server: Any, body: str | bytes, media: str, parameters: Any = ()) -> Any:
    path = "/sparql" + (f"?{urlencode(parameters, doseq=True)}" if parameters else "")
    headers = {"Content-Type": media} if media else {}
    return server.call(path, method="POST", headers=headers, body=body.encode() if isinstance(body, str) else body)


def says(*names: str) -> str:
    return " ".join(f"<{name}> ?p{i} ?o{i} ." for i, name in enumerate(names))


def is_true(answer: Any) -> bool:
    assert answer.status == 200, answer.text
    assert answer.media in BOOLEAN
    return answer.json["boolean"] is True


def test_query_get(graphs: Any) -> None:
    assert is_true(graphs.ask("ASK {}"))


def test_query_post_form(graphs: Any) -> None:
    assert is_true(post(graphs, urlencode({"query": "ASK {}"}), FORM))


def test_query_post_direct(graphs: Any) -> None:
    assert is_true(post(graphs, "ASK {}", DIRECT))


def test_query_dataset_default_graph(graphs: Any) -> None:
    query = f"ASK {{ {says(DATA[1])} }}"
    assert is_true(post(graphs, query, DIRECT, {"default-graph-uri": DATA[1]}))
    assert not is_true(post(graphs, query, DIRECT, {"default-graph-uri": DATA[2]}))


def test_query_dataset_default_graphs_get(graphs: Any) -> None:
    query = f"ASK {{ {says(DATA[1], DATA[2])} }}"
    assert is_true(graphs.ask(query, **{"default-graph-uri": [DATA[1], DATA[2]]}))
    assert not is_true(graphs.ask(query, **{"default-graph-uri": [DATA[1]]}))


def test_query_dataset_default_graphs_post(graphs: Any) -> None:
    query = f"ASK {{ {says(DATA[1], DATA[2])} }}"
    form = {"query": query, "default-graph-uri": [DATA[1], DATA[2]]}
    assert is_true(post(graphs, urlencode(form, doseq=True), FORM))
    assert is_true(post(graphs, query, DIRECT, {"default-graph-uri": [DATA[1], DATA[2]]}))


def test_query_dataset_named_graphs_get(graphs: Any) -> None:
    query = "SELECT ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
    answer = graphs.ask(query, **{"named-graph-uri": [DATA[1], DATA[2]]})
    assert [row["g"]["value"] for row in answer.json["results"]["bindings"]] == DATA[1:3]
    assert not is_true(graphs.ask("ASK { ?s ?p ?o }", **{"named-graph-uri": [DATA[1], DATA[2]]}))


def test_query_dataset_named_graphs_post(graphs: Any) -> None:
    query = f"ASK {{ GRAPH <{DATA[1]}> {{ ?a ?b ?c }} GRAPH <{DATA[2]}> {{ ?d ?e ?f }} }}"
    form = {"query": query, "named-graph-uri": [DATA[1], DATA[2]]}
    assert is_true(post(graphs, urlencode(form, doseq=True), FORM))


def test_query_dataset_full(graphs: Any) -> None:
    query = f"""ASK {{ {says(DATA[3])}
        GRAPH <{DATA[1]}> {{ <{DATA[1]}> a ?x }} GRAPH <{DATA[2]}> {{ <{DATA[2]}> a ?y }}
        FILTER NOT EXISTS {{ <{DATA[1]}> a ?z }} FILTER NOT EXISTS {{ GRAPH <{DATA[3]}> {{ ?u ?v ?w }} }} }}"""
    form = {"query": query, "default-graph-uri": DATA[3], "named-graph-uri": [DATA[1], DATA[2]]}
    assert is_true(post(graphs, urlencode(form, doseq=True), FORM))


def test_query_multiple_dataset(graphs: Any) -> None:
    """The dataset of the request goes before that of the query."""
    query = f"ASK FROM <{DATA[1]}> {{ {says(DATA[1])} }}"
    form = urlencode({"query": query, "default-graph-uri": DATA[2]})
    assert not is_true(post(graphs, form, FORM))
    assert is_true(post(graphs, urlencode({"query": query}), FORM))


def test_without_a_dataset_the_query_sees_all_graphs_or_those_it_names(graphs: Any) -> None:
    everywhere = f"ASK {{ {says(*DATA)} }}"
    assert is_true(graphs.ask(everywhere))
    assert not is_true(graphs.ask(everywhere.replace("{", f"FROM <{DATA[0]}> {{", 1)))


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize(("graph", "status"), [("http://elsewhere.example/g", 403), ("data.rdf", 400)])
def test_a_dataset_elsewhere_is_refused_clearly(graphs: Any, parameter: str, graph: str, status: int) -> None:
    answer = graphs.ask("ASK {}", **{parameter: graph})
    assert answer.status == status
    assert graph in answer.text


@pytest.mark.parametrize(
    ("query", "medias"),
    [
        ("SELECT (1 AS ?value) {}", SELECT),
        ("ASK {}", BOOLEAN),
        ("DESCRIBE <http://example.org/>", GRAPH),
        ("CONSTRUCT { <s> <p> 1 } WHERE {}".replace("<s>", "<urn:s>").replace("<p>", "<urn:p>"), GRAPH),
    ],
    ids=["query_content_type_select", "query_content_type_ask", "query_content_type_describe", "..._construct"],
)
def test_query_content_type(graphs: Any, query: str, medias: tuple[str, ...]) -> None:
    answer = post(graphs, urlencode({"query": query}), FORM)
    assert answer.status == 200
    assert answer.media in medias
    for media in medias:
        chosen = graphs.ask(query, accept=f"{media}, text/x-nothing;q=0.2")
        assert (chosen.status, chosen.media) == (200, media)


def test_a_form_that_cannot_be_had_is_not_acceptable(graphs: Any) -> None:
    answer = graphs.ask("SELECT * { ?s ?p ?o }", accept="text/turtle")
    assert answer.status == 406
    assert graphs.ask("CONSTRUCT WHERE { ?s ?p ?o }", accept="text/csv;q=0.5, image/png").status == 406


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "PROPFIND"])
def test_bad_query_method(graphs: Any, method: str) -> None:
    answer = graphs.call(f"/sparql?query={quote('ASK {}')}", method=method)
    assert answer.status == 405
    assert {"GET", "POST"} <= set(answer.headers["allow"].replace(" ", "").split(","))


def test_bad_multiple_queries(graphs: Any) -> None:
    assert graphs.call("/sparql?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D").status == 400
    assert post(graphs, "query=ASK%20%7B%7D&query=ASK%20%7B%7D", FORM).status == 400
    assert post(graphs, "ASK {}", DIRECT, {"query": "ASK {}"}).status == 400
    assert post(graphs, "query=ASK%20%7B%7D", FORM, {"query": "ASK {}"}).status == 400


def test_bad_query_wrong_media_type(graphs: Any) -> None:
    assert post(graphs, "ASK {}", "text/plain").status == 415


def test_bad_query_missing_form_type(graphs: Any) -> None:
    assert post(graphs, urlencode({"query": "ASK {}"}), "").status == 415


def test_bad_query_missing_direct_type(graphs: Any) -> None:
    assert post(graphs, "ASK {}", "").status == 415


def test_bad_query_non_utf8(graphs: Any) -> None:
    assert post(graphs, "ASK {}".encode("utf-16"), f"{DIRECT}; charset=UTF-16").status == 415
    assert post(graphs, "ASK { ?s ?p 'é' }".encode("latin-1"), DIRECT).status == 400
    assert graphs.call("/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%27%E9%27%20%7D").status == 400
    assert is_true(post(graphs, "ASK { FILTER('é' = '\\u00E9') }", f'{DIRECT}; charset="utf-8"'))


def test_bad_query_syntax(graphs: Any) -> None:
    answer = graphs.ask("ASK {")
    assert answer.status == 400
    assert answer.media == "text/plain"
    assert answer.text.startswith("line 1, column 6: ")
    assert answer.text.count("\n") == 1


@pytest.mark.parametrize("request_", ["/sparql?nothing=1", "/sparql?default-graph-uri=urn:x"])
def test_a_missing_query_is_told(graphs: Any, request_: str) -> None:
    answer = graphs.call(request_)
    assert (answer.status, answer.text) == (400, "the parameter 'query' is missing\n")
    assert post(graphs, "", FORM).status == 400


@pytest.mark.parametrize("update", ["INSERT DATA { <urn:a> <urn:b> 1 }", "CLEAR ALL", "LOAD <http://x.example/>"])
def test_updates_are_refused_however_they_come(graphs: Any, update: str) -> None:
    before = graphs.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").body
    answers = [
        graphs.call(f"/sparql?update={quote(update)}"),
        graphs.ask(update),
        post(graphs, urlencode({"update": update}), FORM),
        post(graphs, urlencode({"query": update}), FORM),
        post(graphs, update, "application/sparql-update"),
        post(graphs, update, DIRECT),
    ]
    assert {answer.status for answer in answers} == {403}
    assert all("update" in answer.text for answer in answers)
    assert graphs.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").body == before


def test_a_body_without_end_is_not_read_to_its_end(graphs: Any) -> None:
    assert post(graphs, "ASK {} #" + "x" * (2 << 20), DIRECT).status == 413
    assert graphs.call("/sparql?" + "&".join(f"a{i}=1" for i in range(500))).status == 400


def test_head_has_the_headers_of_get_and_no_body(graphs: Any) -> None:
    answer = graphs.call(f"/sparql?query={quote('ASK {}')}", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.media in BOOLEAN


def test_the_named_graphs_are_in_the_service_description(graphs: Any) -> None:
    text = graphs.call("/sparql", headers={"Accept": "text/turtle"}).text
    assert all(f"<{name}>" in text for name in DATA)
    assert "sd:UnionDefaultGraph" in text


def test_the_protocol_data_is_a_file(graphs: Any, tmp_path: Path) -> None:
    """A file has no picture; the explorer says how one is made."""
    answer = graphs.call("/explore")
    assert answer.status == 404
    assert "citeweave export" in answer.text
