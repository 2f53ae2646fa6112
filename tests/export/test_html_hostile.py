"""Text that tries to be markup or script stays text, wherever it stands and whatever is clicked."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from citeweave.export import html
from citeweave.export.html.data import safe_json
from citeweave.export.html.engine import library
from citeweave.graph.knowledge import KnowledgeGraph, LinkedMention
from citeweave.model import Entity, Evidence, Mention, Name, Paper, PartialDate, Source, Statement

HOSTILE = (
    "<script>window.marker=1</script>",
    "</script><script>window.marker=1</script>",
    "<img src=x onerror=window.marker=1>",
    '" onmouseover="window.marker=1" x="',
    "' onfocus='window.marker=1' autofocus='",
    "javascript:window.marker=1",
    "<a href='javascript:window.marker=1'>href</a>",
    "<svg/onload=window.marker=1>",
    "<!--<script>window.marker=1//-->",
    "]]><script>window.marker=1</script>",
    "line\u2028window.marker=1\u2029paragraph",
    "{{ 7*7 }}{% raw %}${window.marker=1}`",
    "</style><style>@import 'http://marker.example/x.css';</style>",
    "</title><base href='http://marker.example/'>",
    "__proto__",
)


def hostile_graph() -> KnowledgeGraph:
    papers, entities, statements, mentions = {}, {}, [], {}
    for i, text in enumerate(HOSTILE):
        id_, entity = f"{text} {i}", f"method/{text} {i}"
        paper = Paper(
            id_,
            f"{text} href title",
            f"{text} is what we call {text}. {text}",
            identifiers={"doi": text, "arxiv": text, "url": text},
            authors=(Name(text, text),),
            date=PartialDate(2000 + i),
            venue=text,
            links=(text, f"http://marker.example/{text}"),
            sources=(Source(text, 1, ("title",)),),
        )
        papers[id_] = paper
        entities[entity] = Entity(entity, "Method", text, (f"{text} alias", text.upper()))
        start = len(paper.title) + 1
        mentions[id_] = (LinkedMention(Mention(start, start + len(text), text, "Method", 0.9, text), entity),)
        proof = Evidence(id_, start, len(paper.text), paper.abstract, text, 0.9)
        statements += [Statement(id_, "introduces", entity, 0.9, (proof,)), Statement(id_, text, entity, 0.5, (proof,))]
    first = next(iter(entities))
    statements += [Statement(id_, "uses", first, 0.7) for id_ in papers]
    return KnowledgeGraph(
        dict(sorted(papers.items())),
        dict(sorted(entities.items())),
        tuple(sorted(statements, key=lambda s: (s.subject, s.predicate, s.object))),
        mentions,
    )


def untouched(browser) -> None:
    assert browser.js("return window.marker === undefined")
    assert (
        browser.js("return document.querySelectorAll('script:not([nonce]):not([type=\"application/json\"])').length")
        == 0
    )
    assert (
        browser.js("return document.querySelectorAll('img, iframe, object, embed, base, [onerror], [onload]').length")
        == 0
    )
    assert browser.js("return ({}).polluted === undefined && document.title !== ''")
    bad = (
        "return [...document.querySelectorAll('[href]')].map(a => a.href)"
        ".filter(h => !/^(https?:|#|file:|data:,$)/.test(h))"
    )
    assert browser.js(bad) == []


def test_nothing_hostile_runs_on_load_hover_click_search_or_filter(browser, tmp_path: Path) -> None:
    target = tmp_path / "graph.html"
    target.write_text(html.page(hostile_graph(), title=HOSTILE[1]), encoding="utf-8")
    browser.open(target)
    untouched(browser)
    nodes = browser.js("return citeweave.model.size")
    assert nodes == 2 * len(HOSTILE)
    for node in range(nodes):
        browser.js(
            "const { scene } = citeweave, [x, y] = citeweave.model.place(arguments[0]);"
            "const pointer = {DOM: {x: 10, y: 10}, canvas: {x, y}};"
            "scene.network.body.emitter.emit('hoverNode', {node: arguments[0], pointer});"
            "scene.network.body.emitter.emit('blurNode', {}); citeweave.go.to(arguments[0]);",
            node,
        )
        for opened in ("why", "chip", "mark"):
            browser.js("document.querySelector(`#details .${arguments[0]}`)?.click()", opened)
    untouched(browser)
    box = browser.find("#search")
    for text in HOSTILE:
        box.clear()
        box.send_keys(text.replace("\u2028", " ").replace("\u2029", " ") + "\n")
    untouched(browser)
    browser.js("document.querySelectorAll('#side input[type=checkbox]').forEach(box => { box.click(); box.click(); })")
    for tab in ("timeline", "matrix", "table", "map"):
        browser.find(f"#tab-{tab}").click()
        untouched(browser)
    assert browser.requests() == []
    assert browser.complaints() == []


@pytest.mark.parametrize(
    "fragment",
    [
        "#node=<img src=x onerror=window.marker=1>",
        "#tab=__proto__&open=1e9,-4&at=NaN,1,1",
        "#years=x-1&confidence=abc&degree=-1&hide=<b>&link=x",
        "#%E0%A4%A&also=%00",
    ],
)
def test_an_address_from_anybody_is_harmless(browser, tmp_path: Path, fragment: str) -> None:
    target = tmp_path / "graph.html"
    html.write(hostile_graph(), target)
    browser.open(target, fragment)
    untouched(browser)
    assert browser.js("return citeweave.scene.shown.size") == 2 * len(HOSTILE)
    assert browser.complaints() == []


def test_saved_views_of_hostile_text_are_well_formed(browser, tmp_path: Path) -> None:
    import networkx as nx

    graph = hostile_graph()
    target = tmp_path / "graph.html"
    html.write(graph, target)
    browser.open(target)
    saved = browser.driver.execute_async_script(
        "const done = arguments[0], { makers } = citeweave.exporting;"
        "Promise.all([makers.svg().text(), makers.graphml().text(), makers.png().then(b => b.size)]).then(done)"
    )
    read = nx.parse_graphml(saved[1])
    assert set(read) == {*graph.papers, *graph.entities}
    assert len(read.edges) == len(graph.statements)
    assert {data["label"] for _, data in read.nodes(data=True)} >= set(HOSTILE)
    assert ElementTree.fromstring(saved[0]).tag == "{http://www.w3.org/2000/svg}svg"
    assert "<script" not in saved[0]
    assert saved[2] > 1000
    untouched(browser)


def test_no_data_can_end_the_element_it_stands_in() -> None:
    text = html.page(hostile_graph(), title=HOSTILE[1]).replace(library(), "")
    assert len(re.findall(r"<script[\s>]", text)) == len(re.findall(r"</script>", text))
    blocks = re.findall(r'<script type="application/json" id="([^"]+)">(.*?)</script>', text, re.S)
    assert [name for name, _ in blocks][:3] == ["core", "pyvis", "options"]
    for _, block in blocks:
        assert not set("<>&\u2028\u2029") & set(block)
        json.loads(block)
    assert json.loads(dict(blocks)["core"])["ids"] == [*hostile_graph().papers, *hostile_graph().entities]


def test_safe_json_keeps_the_value() -> None:
    value = {"</script>": ["\u2028", "<!--", "&amp;", 1.5, None]}
    assert json.loads(safe_json(value)) == value
    with pytest.raises(ValueError, match="JSON"):
        safe_json(float("nan"))


def test_the_pages_own_script_never_parses_markup() -> None:
    folder = Path(html.__file__).parent / "script"
    sources = "\n".join(f.read_text("utf-8") for f in sorted(folder.glob("*.js")))
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function",
                      "fetch(", "XMLHttpRequest", "WebSocket", "import(", "sendBeacon", "localStorage"):  # fmt: skip
        assert forbidden not in sources


def test_the_policy_lets_nothing_out() -> None:
    text = html.page(hostile_graph())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'none'"
    assert re.fullmatch(r"'nonce-[0-9a-f]{32}'", rules["script-src"])
    assert "unsafe" not in policy[1]
