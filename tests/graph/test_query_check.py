"""What may run and what may not, found in the parse tree whatever the disguise."""

import socket
import subprocess
import sys

import pytest

from citeweave.graph.query_check import QueryRefusedError, QuerySyntaxError, check, known_here

SERVICE = {
    "plain": "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
    "no spaces": "SELECT*{SERVICE<http://x/>{?s ?p ?o}}",
    "mixed case": "SELECT * { sErViCe <http://x/> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <http://x/> { } }",
    "variable": "SELECT * { VALUES ?e { <http://x/> } SERVICE ?e { ?s ?p ?o } }",
    "comment between": "SELECT * { SERVICE # not <a>\n <http://x/> { ?s ?p ?o } }",
    "prefixed": "PREFIX e: <http://x/> SELECT * { SERVICE e:sparql { ?s ?p ?o } }",
    "in exists": "SELECT * { ?s ?p ?o FILTER NOT EXISTS { SERVICE <http://x/> { ?s ?p ?o } } }",
    "in a subquery": "SELECT * { { SELECT * { OPTIONAL { SERVICE <http://x/> { ?s ?p ?o } } } } }",
    "in a bind": "SELECT * { BIND(EXISTS { SERVICE <http://x/> { ?s ?p ?o } } AS ?x) }",
    "in an aggregate": "SELECT (COUNT(EXISTS { SERVICE <http://x/> {} }) AS ?n) { ?s ?p ?o }",
    "in having": "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (EXISTS { SERVICE <http://x/> {} })",
    "in order by": "SELECT ?s { ?s ?p ?o } ORDER BY (EXISTS { SERVICE <http://x/> {} })",
    "in construct": "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://x/> { ?s ?p ?o } }",
    "in describe": "DESCRIBE ?s { SERVICE <http://x/> { ?s ?p ?o } }",
    "in minus": "ASK { ?s ?p ?o MINUS { { GRAPH ?g { SERVICE <http://x/> { ?s ?p ?o } } } UNION { } } }",
    "rdf 1.2": "SELECT * { ?s ?p <<( ?a ?b ?c )>> SERVICE <http://x/> { ?s ?p ?o } }",
}
UPDATES = {
    "load": "LOAD <http://x/>",
    "insert": "INSERT DATA { <urn:a> <urn:b> 1 }",
    "delete": "DELETE WHERE { ?s ?p ?o }",
    "clear": "CLEAR ALL",
    "drop": "DROP DEFAULT",
    "modify": "DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
}
FINE = {
    "in a string": 'SELECT * { ?s ?p "SERVICE <http://x/> { ?s ?p ?o }" }',
    "in a long string": "SELECT * { ?s ?p '''a 'SERVICE' <http://x/> {''' }",
    "in a comment": "SELECT * { ?s ?p ?o } # SERVICE <http://x/> { }",
    "in names": "PREFIX service: <urn:from#> SELECT ?SERVICE { ?SERVICE service:LOAD <urn:SERVICE> }",
    "ours without declaration": "SELECT * { ?p cw:introduces ?x ; cito:cites/dcterms:title ?t }",
    "nested, but bearably": "ASK { "
    + "{" * 40
    + "?s ?p ?o"
    + "}" * 40
    + " FILTER("
    + "(" * 40
    + "1"
    + ")" * 40
    + ") }",
    "less than": "SELECT * { ?s ?p ?a, ?b FILTER(?a<?b&&?b>?a) }",
    "rdf 1.2": 'SELECT * { ?s ?p <<( ?a ?b "SERVICE" )>> }',
}


@pytest.mark.parametrize("query", SERVICE.values(), ids=SERVICE)
def test_service_is_refused_in_every_disguise(query: str) -> None:
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        check(query)


@pytest.mark.parametrize("query", UPDATES.values(), ids=UPDATES)
def test_updates_are_refused(query: str) -> None:
    with pytest.raises(QueryRefusedError, match="update"):
        check(query)


@pytest.mark.parametrize("query", FINE.values(), ids=FINE)
def test_what_only_looks_like_it_is_let_through(query: str) -> None:
    import threading

    # as in the process that runs queries: parsing recurses
    caught: list[BaseException] = []

    def run() -> None:
        try:
            check(query)
        except BaseException as error:
            caught.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(64 << 20)
    sys.setrecursionlimit(20_000)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    assert not caught


def test_from_is_for_graphs_of_the_dataset_only() -> None:
    for clause in ("FROM <file:///etc/passwd>", "FROM NAMED <http://x/>", "FROM <urn:known> FROM <http://x/>"):
        with pytest.raises(QueryRefusedError, match="FROM names a graph that is not in the dataset"):
            check(f"SELECT * {clause} {{ ?s ?p ?o }}", ["urn:known"])
    check("SELECT * FROM <urn:known> { ?s ?p ?o }", ["urn:known"])


@pytest.mark.parametrize("bracket", "({[")
def test_ten_thousand_brackets_are_refused_and_not_a_crash(bracket: str) -> None:
    with pytest.raises(QueryRefusedError, match="nested"):
        check("SELECT * { FILTER" + bracket * 10_000)


def test_a_very_long_query_is_refused() -> None:
    with pytest.raises(QueryRefusedError, match="longer than"):
        check("ASK { }" + " " * 300_000)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT ?x\nWHERE { ?x foo:bar ?y }", "line 2, column 12: unknown prefix foo:"),
        ("SELECT ?x\nWHERE { ?x a ?z ; foo:bar ?y }", "line 2, column 19: unknown prefix foo:"),
        ("PREFIX foo: <urn:x#> SELECT ?x {\n ?x foo:a bar:b }", "line 2, column 11: unknown prefix bar:"),
        ("SELECT ?x { :a ?y ?z }", "line 1, column 13: unknown prefix :"),
        ("SELECT ?x { ?x ?y '\u2028' .\n ?x ?y }", "line 2, column 9: the query ends too early after '?x ?y }'"),
        ("SELECT ?x\nWHERE { ?x ?y }", "line 2, column 16: "),
        ("SELEC ?x { }", "line 1, column 1: unexpected 'SELEC"),
        ("", "line 1, column 1: "),
        ("ASK {", "line 1, column 6: "),
    ],
)
def test_errors_tell_line_and_column_in_one_line(query: str, place: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        check(query)
    assert str(caught.value).startswith(place)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="the network is cut off on Linux only")
def test_a_confined_process_reaches_no_network() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    program = (
        "import socket\n"
        "from citeweave.graph.sandbox import cut_network\n"
        f"socket.create_connection(('127.0.0.1', {port})).close()\n"
        "cut = cut_network()\n"
        "try:\n"
        f"    socket.create_connection(('127.0.0.1', {port}))\n"
        "    print(cut, 'reached')\n"
        "except OSError:\n"
        "    print(cut, 'cut off')\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    listener.close()
    if told[0] == "False":
        pytest.skip("this system allows neither namespaces nor seccomp")
    assert told[1:] == ["cut", "off"]


def test_prefixes_that_are_added_are_those_used_and_not_declared() -> None:
    declared = "PREFIX cw: <urn:mine#> PREFIX x: <urn:x#>"
    query = declared + " SELECT * { _:b cw:uses ?x ; dcterms:title 'skos:a' # foaf:b\n ; a x:C, skos:Concept }"
    assert known_here(query) == ("dcterms", "skos")
