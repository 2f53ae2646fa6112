"""The editor in a real browser over a real server: asking, reading, sharing."""

import csv
import io
import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from citeweave.graph import iris
from citeweave.graph.named import find, named

PAPERS = "SELECT ?paper ?title { ?paper a fabio:ResearchPaper ; dcterms:title ?title } ORDER BY ?title"
ALL_LINKS = (
    "return [...document.querySelectorAll('#results td a')].map(a => [a.textContent, a.getAttribute('href'), a.title])"
)
CHOSEN = "return document.querySelector('#examples button[aria-current=true]').firstChild.textContent"
CLICK = (
    "[...document.querySelectorAll('#examples button')].find(b => b.firstChild.textContent === arguments[0]).click()"
)
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p }"
POND = "https://arxiv.org/abs/2001.00001"


def test_the_page_opens_without_asking_anybody_else_and_without_a_complaint(editor: Any) -> None:
    asked = editor.browser.requests()
    assert {"editor.css", "editor.js", "vocabulary.json", "queries.json"} <= {url.rpartition("/")[2] for url in asked}
    assert all(url.startswith(editor.address) for url in asked)
    assert editor.browser.complaints() == []
    assert editor.js("return document.title")


def test_ctrl_enter_asks_and_tells_rows_and_time(editor: Any) -> None:
    assert re.fullmatch(r"3 rows in \d+\.\d\d s", editor.run(PAPERS))
    assert editor.column(2) == [
        "A Cited Study",
        "Frogs 🐸 without Labels \\ Backslashes",
        'PondNet: Counting Frogs with "Lily Pads"',
    ]
    assert editor.column(1)[2] == "arxiv:2001.00001"
    assert editor.browser.complaints() == []


def test_the_run_button_does_the_same_and_one_row_is_one_row(editor: Any) -> None:
    editor.write(PAPERS + " LIMIT 1")
    editor.browser.find("#run").click()
    editor.wait("document.getElementById('status').textContent.startsWith('1 row in ')")


def test_iris_of_ours_lead_to_the_servers_page_and_others_to_the_web(editor: Any) -> None:
    editor.run(
        "SELECT ?x { VALUES ?x { model:pondnet arxiv:2001.00001 foaf:Person"
        " <urn:a> <javascript:alert(1)> <http://x.example/?a=1&b='> } }"
    )
    links = editor.js(ALL_LINKS)
    ours = "resource?iri=https%3A%2F%2Fw3id.org%2Fciteweave%2Fid%2Fmodel%2Fpondnet"
    assert [links[0][0], links[0][1]] == ["model:pondnet", ours]
    assert links[1] == ["arxiv:2001.00001", "resource?iri=" + quote(POND, safe=""), POND]
    assert links[2][:2] == ["foaf:Person", "http://xmlns.com/foaf/0.1/Person"]
    assert links[3][1] == "http://x.example/?a=1&b='"
    assert len(links) == 4
    assert editor.column(1)[3:5] == ["urn:a", "javascript:alert(1)"]
    editor.browser.find("#results td a").click()
    editor.wait("document.body.textContent.includes('PondNet')")


def test_every_kind_of_identifier_is_one_that_the_server_has_a_page_on(editor: Any) -> None:
    spaces = [space for space in (*iris._PAPERS.values(), iris._ORCID_SPACE) if "w3id.org/citeweave" not in space]
    address = "const {address} = await import('/terms.js'); return address(arguments[0])"
    for space in spaces:
        found = editor.browser.driver.execute_async_script(
            f"const done = arguments[1]; (async () => {{ {address} }})().then(done)", space + "x"
        )
        assert found == "resource?iri=" + quote(space + "x", safe="")


def test_a_literal_is_text_with_its_language_and_the_unbound_is_empty(editor: Any) -> None:
    editor.run('SELECT ?a ?b ?c { VALUES (?a ?b ?c) { ("x"@de 5 UNDEF) ("<b>y</b>" "z" "w") } }')
    assert editor.column(1) == ["x @de", "<b>y</b>"]
    assert editor.column(3) == ["", "w"]
    assert editor.js("return document.querySelector('#results td').lang") == "de"
    assert editor.js("return document.querySelectorAll('#results td b').length") == 0


def test_columns_sort_by_number_and_by_text_both_ways(editor: Any) -> None:
    editor.run('SELECT ?n ?t { VALUES (?n ?t) { (10 "b") (9 "ä") (100 "a") (UNDEF "C") } }')
    head = editor.browser.driver.find_elements("css selector", "#results th button")
    sorts = "return [...document.querySelectorAll('#results th')].map(x => x.getAttribute('aria-sort'))"
    assert editor.js(sorts) == ["none", "none"]
    head[0].click()
    assert editor.column(1) == ["9", "10", "100", ""]
    assert editor.js(sorts) == ["ascending", "none"]
    head[0].click()
    assert editor.column(1) == ["100", "10", "9", ""]
    assert editor.js(sorts) == ["descending", "none"]
    head[1].click()
    assert editor.column(2) == ["a", "ä", "b", "C"]


def test_a_long_answer_comes_in_steps_and_sorts_as_a_whole(editor: Any) -> None:
    assert editor.run("SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 100000").split(" in ")[0].endswith(" rows")
    total = int(editor.text("#status").split(" ")[0].replace(",", ""))
    editor.run("SELECT (STR(?a) AS ?x) { ?a ?p ?o . ?b ?q ?o . } LIMIT 1203")
    assert len(editor.column(1)) == 500
    more = editor.browser.find("#results > button")
    assert more.text == "Show 500 more of 703 rows left"
    more.click()
    more.click()
    assert len(editor.column(1)) == 1203
    assert not more.is_displayed()
    assert total > 300


def test_construct_is_turtle_and_ask_is_yes_or_no(editor: Any) -> None:
    assert editor.run("CONSTRUCT { ?p cw:introduces ?x } WHERE { ?p cw:introduces ?x }").startswith("a graph in ")
    assert "arxiv:2001.00001 cw:introduces model:pondnet" in editor.text("#results pre")
    assert editor.run("ASK { ?x a cw:Model }").startswith("yes in ")
    assert editor.text("#results") == "Yes"
    assert editor.run("ASK { ?x a cw:Nothing }").startswith("no in ")
    assert editor.run("SELECT ?x { ?x a cw:Nothing }").startswith("0 rows in ")
    assert editor.text("#results") == "Nothing in the graph matches."


@pytest.mark.parametrize(
    ("query", "told", "marked"),
    [
        ("SELECT ?x {\n  ?x a cw:Model ; foo:bar ?y }", "line 2, column 19: unknown prefix foo:", "foo:bar"),
        ("SELECT ?x { '🐸🐸' foo:bar ?x }", "line 1, column 18: unknown prefix foo:", "foo:bar"),
        ("SELEC ?x { }", "line 1, column 1: unexpected 'SELEC", "SELEC"),
    ],
)
def test_an_error_names_its_place_and_the_place_is_marked(editor: Any, query: str, told: str, marked: str) -> None:
    editor.run(query)
    assert editor.text("#problem").startswith(told)
    assert editor.text("mark") == marked
    before = editor.js("const a = document.getElementById('query'); return a.value.slice(a.selectionStart)")
    assert before.startswith(marked)
    assert editor.js("return document.activeElement.id") == "query"
    assert editor.text("#results") == ""
    editor.area.send_keys(" ")
    assert not editor.browser.find("#problem").is_displayed()
    assert editor.js("return document.querySelectorAll('mark').length") == 0


def test_what_the_server_refuses_is_told_in_its_words(editor: Any) -> None:
    editor.run("SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }")
    assert editor.text("#problem") == "refused: SERVICE would call another machine, and no query leaves this one"
    editor.run("INSERT DATA { <urn:a> <urn:b> '<img src=x onerror=alert(1)>' }")
    assert "updat" in editor.text("#problem")
    editor.run("SELECT <img src=x onerror=alert(1)> {")
    assert editor.js("return document.querySelectorAll('img').length") == 0


def test_cancel_stops_a_query_and_the_next_one_answers(editor: Any) -> None:
    editor.write(ENDLESS)
    editor.browser.find("#run").click()
    editor.wait("document.getElementById('status').textContent.startsWith('running, ')")
    assert not editor.js("return document.getElementById('cancel').disabled")
    editor.browser.find("#cancel").click()
    editor.wait("document.getElementById('status').textContent.startsWith('cancelled after ')")
    assert editor.js("return document.getElementById('cancel').disabled")
    assert editor.run("ASK { }").startswith("yes in ")


def test_running_anew_gives_up_the_query_under_way(editor: Any) -> None:
    editor.write(ENDLESS)
    editor.browser.find("#run").click()
    editor.wait("document.getElementById('status').textContent.startsWith('running, ')")
    assert editor.run("ASK { }").startswith("yes in ")
    time.sleep(0.5)
    assert editor.text("#status").startswith("yes in ")
    assert editor.text("#results") == "Yes"


# ---- queries to start from ----


def test_named_queries_are_listed_with_what_they_answer_and_found_by_words(editor: Any) -> None:
    names = "return [...document.querySelectorAll('#examples strong')].map(x => x.textContent)"
    assert editor.js(names) == [q.name for q in named()]
    assert find("trend").comment in editor.text("#examples")
    editor.browser.find("#filter").send_keys("baselines")
    assert editor.js(names) == ["methods-compared"]


def test_a_named_query_is_loaded_with_inputs_for_its_parameters(editor: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    editor.js(CLICK, "papers-using-dataset")
    assert editor.query == find("papers-using-dataset").text
    field = editor.browser.find("#parameters input")
    assert field.get_attribute("value") == "imagenet"
    assert "the dataset's name, in any spelling" in editor.text("#parameters")
    assert editor.js("return document.activeElement.name") == "dataset"
    assert editor.js(CHOSEN) == "papers-using-dataset"
    field.clear()
    field.send_keys("FrogBench")
    assert editor.query == find("papers-using-dataset").with_values({"dataset": "FrogBench"})
    assert editor.js(CHOSEN) == "papers-using-dataset"
    field.send_keys(Keys.ENTER)
    editor.wait("/rows? in /.test(document.getElementById('status').textContent)")
    assert len(editor.column(1)) > 0
    editor.js(CLICK, "overview")
    assert not editor.browser.find("#parameters").is_displayed()


@pytest.mark.parametrize("value", ['"} DROP ALL #', "back\\slash \\", "?x }", "Ünï 🐸 '''", "a\tb"])
def test_what_is_typed_into_a_parameter_becomes_a_literal_and_nothing_else(editor: Any, value: str) -> None:
    editor.js(CLICK, "between")
    editor.js(
        "const i = document.querySelector('#parameters input[name=second]'); i.value = arguments[0];"
        "i.dispatchEvent(new Event('input'))",
        value,
    )
    assert editor.query == find("between").with_values({"second": value})
    assert editor.run().startswith("0 rows")


# ---- sharing, keeping, taking away ----


def test_a_query_is_in_the_address_and_comes_back_from_it(editor: Any) -> None:
    text = 'SELECT ?x { ?x rdfs:label "50 % 🐸 #&=+" }'
    editor.run(text)
    fragment = "#" + editor.js("return location.href").partition("#")[2]
    assert unquote(fragment) == f"#query={text}"
    editor.open(fragment)
    assert editor.query == text
    editor.js("location.hash = '#query=ASK%20%7B%7D'")
    editor.wait("document.getElementById('query').value === 'ASK {}'")
    editor.open("#query=%E0%A4%A")
    assert editor.query.startswith("SELECT")
    assert editor.browser.complaints() == []


def test_the_last_queries_are_kept_newest_first_and_forgotten_when_told(editor: Any) -> None:
    listed = "return [...document.querySelectorAll('#history button')].map(x => x.title)"
    assert editor.js(listed) == []
    assert not editor.browser.find("#forget").is_displayed()
    for query in ("ASK { }", "# first\nASK { ?s ?p 1 }", "ASK { }"):
        editor.run(query)
    assert editor.js(listed) == ["ASK { }", "# first\nASK { ?s ?p 1 }"]
    assert editor.text("#history li:nth-child(2)") == "ASK { ?s ?p 1 }"
    editor.open(forgetful=False)
    assert editor.query == "ASK { }"
    editor.js("document.querySelectorAll('#history button')[1].click()")
    assert editor.query == "# first\nASK { ?s ?p 1 }"
    editor.browser.find("#forget").click()
    assert editor.js(listed) == []
    editor.open(forgetful=False)
    assert editor.js(listed) == []


@pytest.mark.parametrize("kept", ["{", '"x"', '{"a": 1}', '[1, null, ["x"]]'])
def test_something_else_under_our_name_in_the_browser_does_no_harm(editor: Any, kept: str) -> None:
    editor.js("localStorage.setItem('citeweave.queries', arguments[0])", kept)
    editor.open(forgetful=False)
    assert editor.run("ASK { }").startswith("yes in ")
    assert editor.js("return document.querySelectorAll('#history button').length") == 1


def test_a_browser_that_keeps_nothing_still_asks(editor: Any) -> None:
    editor.js("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }")
    assert editor.run("ASK { }").startswith("yes in ")
    assert editor.text("#problem") == ""


def saved(folder: Path, name: str) -> bytes:
    """A file once the browser has finished to save it."""
    deadline = time.monotonic() + 30
    while not (folder / name).is_file() and time.monotonic() < deadline:
        time.sleep(0.1)
    return (folder / name).read_bytes()


def test_answers_are_saved_in_the_formats_of_the_w3c(editor: Any, tmp_path: Path) -> None:
    behaviour = {"behavior": "allow", "downloadPath": str(tmp_path)}
    editor.browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
    editor.run(PAPERS)
    buttons = {b.text: b for b in editor.browser.driver.find_elements("css selector", "#downloads button")}
    assert list(buttons) == ["CSV", "TSV", "JSON"]
    for button in buttons.values():
        button.click()
    rows = list(csv.reader(io.StringIO(saved(tmp_path, "answer.csv").decode(), newline="")))
    assert rows[0] == ["paper", "title"]
    assert rows[3] == [POND, 'PondNet: Counting Frogs with "Lily Pads"']
    assert saved(tmp_path, "answer.tsv").decode().splitlines()[0] == "?paper\t?title"
    assert len(json.loads(saved(tmp_path, "answer.json"))["results"]["bindings"]) == 3
    editor.run("CONSTRUCT WHERE { ?p cw:introduces ?x }")
    buttons = {b.text: b for b in editor.browser.driver.find_elements("css selector", "#downloads button")}
    assert list(buttons) == ["Turtle", "N-Triples", "JSON-LD"]
    buttons["Turtle"].click()
    buttons["N-Triples"].click()
    assert b"@prefix cw:" in saved(tmp_path, "answer.ttl")
    assert saved(tmp_path, "answer.nt").count(b" .\n") == 2


def test_the_link_is_copied_or_said_to_be_in_the_address_bar(editor: Any) -> None:
    editor.write("ASK { }")
    editor.browser.find("#share").click()
    editor.wait(
        "['link copied', 'the link is in the address bar'].includes(document.getElementById('status').textContent)"
    )
    assert editor.js("return location.hash") == "#query=ASK%20%7B%20%7D"


# ---- for everybody ----


def test_everything_that_can_be_used_has_a_name(editor: Any) -> None:
    editor.run(PAPERS)
    tree = editor.browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    usable = [
        n
        for n in tree
        if n.get("role", {}).get("value") in ("button", "textbox", "searchbox", "link", "listbox") and not n["ignored"]
    ]
    assert len(usable) > 25
    assert [n for n in usable if not n.get("name", {}).get("value", "").strip()] == []
    landmarks = {n["role"]["value"] for n in tree if not n["ignored"]}
    assert {"banner", "main", "complementary", "navigation", "status", "table", "columnheader"} <= landmarks


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_paper_in_both_schemes(editor: Any, scheme: str) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    editor.browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    try:
        colour = "return getComputedStyle(document.documentElement).getPropertyValue(arguments[0]).trim()"
        sheet, paper, soft = (editor.js(colour, f"--{name}") for name in ("sheet", "paper", "soft"))
        for name in ("ink", "quiet", "accent"):
            assert min(contrast(editor.js(colour, f"--{name}"), p) for p in (sheet, paper, soft)) >= 4.5, name
        for name in ("keyword", "variable", "name", "iri", "string", "number", "comment"):
            assert contrast(editor.js(colour, f"--{name}"), sheet) >= 4.5, name
        assert contrast(editor.js(colour, "--accent-ink"), editor.js(colour, "--accent")) >= 4.5
        assert contrast(editor.js(colour, "--wrong"), editor.js(colour, "--wrong-paper")) >= 4.5
        dark = luminance(editor.js(colour, "--paper")) < 0.2
        assert dark == (scheme == "dark")
    finally:
        editor.browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def luminance(colour: str) -> float:
    """Relative luminance after WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio after WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_narrow_window_shows_the_query_first_and_needs_no_sideways_scroll(editor: Any) -> None:
    size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    editor.browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    editor.run(PAPERS)
    assert editor.js("return document.documentElement.scrollWidth <= window.innerWidth")
    assert editor.js("return document.querySelector('main').offsetTop < document.querySelector('aside').offsetTop")
