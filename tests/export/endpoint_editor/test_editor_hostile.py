"""Texts that try to become something else: labels of the graph, answers, and a server that is gone."""

from typing import Any

import pytest

pytestmark = pytest.mark.parametrize("address", ["hostile_graph"], indirect=True)

LABELS = "SELECT ?x ?label { ?x dcterms:title|skos:prefLabel|skos:altLabel|foaf:name|dcterms:abstract ?label }"
ATTACKS = (
    "<img src=x onerror=window.hit=1>",
    "<script>window.hit=1</script>",
    "</td><svg onload=window.hit=1>",
    "javascript:window.hit=1",
    "{{7*7}} ${7*7} \u202egnp.exe",
)


def test_hostile_labels_stay_text(editor: Any) -> None:
    assert " rows in " in editor.run(LABELS)
    labels = editor.column(2)
    assert any("<b>&amp;</b>" in label for label in labels)
    assert editor.js("return document.querySelectorAll('#results td :not(a, small)').length") == 0
    assert editor.js("return window.hit") is None
    assert editor.browser.complaints() == []


def test_hostile_values_headings_and_turtle_stay_text(editor: Any) -> None:
    values = " ".join(f'"{one}"' for one in ATTACKS)
    editor.run(f"SELECT ?x {{ VALUES ?x {{ {values} }} }}")
    assert editor.column(1) == list(ATTACKS)
    editor.run(f"CONSTRUCT {{ <urn:a> rdfs:label ?x }} WHERE {{ VALUES ?x {{ {values} }} }}")
    assert all(one in editor.text("#results pre") for one in ATTACKS[:4])
    assert editor.js("return document.querySelectorAll('#results :is(img, script, svg)').length") == 0
    assert editor.js("return window.hit") is None


def test_a_hostile_fragment_and_history_stay_text(editor: Any) -> None:
    query = f"# {' '.join(ATTACKS)}\nASK {{ ?x rdfs:label '{ATTACKS[0]}' }}"
    editor.run(query)
    editor.open("#" + editor.js("return location.href").partition("#")[2], forgetful=False)
    assert editor.query == query
    assert ATTACKS[0] in editor.text("#history")
    assert editor.js("return document.querySelectorAll(':is(aside, #paint) :is(img, svg)').length") == 0
    assert editor.js("return window.hit") is None
    assert editor.browser.complaints() == []


def test_iris_with_what_html_ends_by_are_links_and_text_only(editor: Any) -> None:
    editor.run("SELECT ?x { ?x a fabio:ResearchPaper }")
    links = editor.js("return [...document.querySelectorAll('#results a')].map(a => [a.getAttribute('href'), a.title])")
    hostile = [title for _, title in links if "10.1000/a" in title]
    assert hostile
    assert all(href.startswith("resource?iri=https%3A%2F%2F") and '"' not in href for href, _ in links)


def test_a_server_that_is_gone_is_told_in_one_line(editor: Any) -> None:
    editor.browser.driver.execute_cdp_cmd("Network.enable", {})
    offline = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    editor.browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    try:
        editor.run("ASK { }")
        assert editor.text("#problem") == "The server does not answer. Is it still running?"
    finally:
        editor.browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", offline | {"offline": False})
    assert editor.run("ASK { }").startswith("yes in ")
