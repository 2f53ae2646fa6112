"""Graphs that are hard to show, small windows, dark windows: the page opens and says what it shows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from citeweave.export import html
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Entity, Name, Paper, PartialDate, Source, Statement


def graph_of(papers: list[Paper], entities: list[Entity] | None = None, statements: list[Statement] | None = None):
    return KnowledgeGraph(
        {p.id: p for p in sorted(papers, key=lambda p: p.id)},
        {e.id: e for e in sorted(entities or [], key=lambda e: e.id)},
        tuple(sorted(statements or [], key=lambda s: (s.subject, s.predicate, s.object))),
        {},
    )


def paper(id_: str, title: str = "", **fields) -> Paper:
    return Paper(id_, title, sources=(Source("toy.txt", 1),), **fields)


def empty() -> KnowledgeGraph:
    return graph_of([])


def one_paper() -> KnowledgeGraph:
    return graph_of([paper("a", "The Only Paper", abstract="It stands alone.")])


def untitled() -> KnowledgeGraph:
    return graph_of(
        [
            paper("a", authors=(Name("Reed"), Name("Lily"), Name("Frog")), date=PartialDate(2020)),
            paper("b", abstract="No title and no author."),
        ]
    )


def long_title() -> KnowledgeGraph:
    return graph_of([paper("a", "Longer " * 1429), paper("b", "x" * 10_000)])


def other_scripts() -> KnowledgeGraph:
    return graph_of(
        [
            paper("a", "الشبكات العصبية العميقة", abstract="نقترح طريقة جديدة."),
            paper("b", "רשתות נוירונים"),
            paper("c", "深層学習による画像認識", authors=(Name("山田", "太郎"),)),
            paper("d", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🐸 and ﷽"),
        ],
        [Entity("task/x", "Task", "画像認識")],
        [Statement("c", "addresses", "task/x", 0.5)],
    )


def crowd() -> KnowledgeGraph:
    """Five thousand entities in one community."""
    entities = [Entity(f"method/m{i:04d}", "Method", f"method {i}") for i in range(5000)]
    papers = [paper(f"p{i:03d}", f"Paper {i}") for i in range(100)]
    named = [
        Statement(p.id, "uses", entities[(k * 50 + j) % 5000].id, 0.9) for k, p in enumerate(papers) for j in range(110)
    ]
    return graph_of(papers, entities, named)


def hub() -> KnowledgeGraph:
    papers = [paper(f"p{i:04d}", f"Paper {i}", date=PartialDate(2000 + i % 20)) for i in range(800)]
    return graph_of(
        papers, [Entity("model/hub", "Model", "the hub")], [Statement(p.id, "uses", "model/hub", 0.9) for p in papers]
    )


def bent() -> KnowledgeGraph:
    """Statements about nothing that is there, about itself, and with a predicate nobody knows."""
    return graph_of(
        [paper("a", "A"), paper("b", "B")],
        [Entity("concept/c", "Concept", "")],
        [
            Statement("a", "uses", "method/missing", 0.9),
            Statement("a", "cites", "a", 1.0),
            Statement("a", "constructor", "concept/c", 0.0),
        ],
    )


CASES = [empty, one_paper, untitled, long_title, other_scripts, crowd, hub, bent]


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_the_page_opens_and_says_what_it_shows(browser, tmp_path: Path, make: Callable[[], KnowledgeGraph]) -> None:
    graph = make()
    target = tmp_path / "graph.html"
    html.write(graph, target)
    browser.open(target)
    size = len(graph.papers) + len(graph.entities)
    says = browser.find("#says").text
    assert (f"of {size:,} node" in says) if size else ("empty" in says)
    shown = browser.js("return citeweave.scene.shown.size")
    assert 0 < shown <= 2000 if size else shown == 0
    for tab in ("timeline", "matrix", "table", "map"):
        browser.find(f"#tab-{tab}").click()
    for node in range(min(size, 3)):
        browser.js("citeweave.go.to(arguments[0])", node)
        assert browser.js("return document.querySelector('#details').textContent.length") > 0
    assert browser.js("return document.documentElement.scrollWidth <= innerWidth")
    assert browser.requests() == []
    assert browser.complaints() == []


def test_a_pile_too_large_to_draw_opens_as_groups_that_unfold(browser, tmp_path: Path) -> None:
    target = tmp_path / "graph.html"
    html.write(crowd(), target)
    browser.open(target)
    assert browser.js("return citeweave.model.closed")
    assert "stand inside closed groups" in browser.find("#says").text
    before = browser.js("return citeweave.scene.shown.size")
    browser.js(
        "citeweave.scene.network.body.emitter.emit('click', {nodes: [-1], edges: [], pointer: {canvas: {x: 0, y: 0}}})"
    )
    assert before < browser.js("return citeweave.scene.shown.size") <= 2000
    assert "left out to keep the map readable" in browser.find("#says").text
    browser.js("document.querySelector('#details .action').click()")
    assert browser.js("return citeweave.scene.shown.size") == before


def test_a_hub_does_not_swallow_the_map(browser, tmp_path: Path) -> None:
    target = tmp_path / "graph.html"
    html.write(hub(), target)
    browser.open(target)
    radius = browser.js("const m = citeweave.model; return m.radius[m.row.get('model/hub')]")
    assert radius < 30
    browser.js("citeweave.go.to(citeweave.model.row.get('model/hub'))")
    assert "Used by 800 papers" in browser.find("#details").text
    assert len(browser.js("return [...document.querySelectorAll('#details li')]")) < 100


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_it_fits_the_window(browser, toy: KnowledgeGraph, tmp_path: Path, width: int) -> None:
    target = tmp_path / "graph.html"
    html.write(toy, target)
    browser.open(target, width=width, height=740)
    for tab in ("map", "timeline", "matrix", "table"):
        browser.find(f"#tab-{tab}").click()
        assert browser.js("return document.documentElement.scrollWidth") <= width
    browser.find("#tab-map").click()
    box = browser.js("const b = document.getElementById('canvas').getBoundingClientRect(); return [b.width, b.height]")
    assert min(box) > 300
    if width < 900:
        assert not browser.find("#side").is_displayed()
        browser.find("#show-side").click()
        assert browser.find("#side").is_displayed()
        browser.find("#side .shut").click()
        browser.js("citeweave.go.to(0)")
        assert browser.find("#card").is_displayed()


CONTRAST = """
const lum = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
  .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
const back = (n) => { for (; n; n = n.parentElement) { const c = getComputedStyle(n).backgroundColor;
  if (!c.endsWith(', 0)') && c !== 'transparent') return c; } return 'rgb(255,255,255)'; };
const bad = [];
for (const n of document.querySelectorAll('button, p, h1, h2, h3, h4, small, label, summary, td, th, output, .count')) {
  if (!n.textContent.trim() || !n.offsetParent || n.closest('[hidden]')) continue;
  const bg = back(n); if (!bg.startsWith('rgb')) continue;
  const [a, b] = [lum(getComputedStyle(n).color), lum(bg)].sort((x, y) => y - x);
  if ((a + .05) / (b + .05) < 4.5) bad.push(n.tagName + '.' + n.className + ': ' + n.textContent.slice(0, 30));
}
return bad;
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_both_schemes(browser, toy: KnowledgeGraph, tmp_path: Path, scheme: str) -> None:
    target = tmp_path / "graph.html"
    html.write(toy, target)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        browser.open(target)
        background = browser.js("return getComputedStyle(document.body).backgroundColor")
        assert (background == "rgb(18, 23, 29)") == (scheme == "dark")
        for tab in ("map", "timeline", "matrix", "table"):
            browser.find(f"#tab-{tab}").click()
            assert browser.js(CONTRAST) == []
        for node in range(3):
            browser.js("citeweave.go.to(arguments[0])", node)
            assert browser.js(CONTRAST) == []
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_every_control_has_a_name(browser, toy: KnowledgeGraph, tmp_path: Path) -> None:
    target = tmp_path / "graph.html"
    html.write(toy, target)
    browser.open(target)
    nameless = (
        "return [...document.querySelectorAll('button, input, select, a, summary, [role=region]')].filter(n =>"
        "!(n.getAttribute('aria-label') || n.textContent.trim() || n.labels?.length))"
        ".map(n => n.outerHTML.slice(0, 80))"
    )
    for tab in ("timeline", "matrix", "table", "map"):
        browser.find(f"#tab-{tab}").click()
        assert browser.js(nameless) == []


def test_printing_shows_the_whole_table(browser, tmp_path: Path) -> None:
    target = tmp_path / "graph.html"
    html.write(hub(), target)
    browser.open(target)
    browser.js("window.dispatchEvent(new Event('beforeprint'))")
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert browser.find("#table").is_displayed()
        assert not browser.find("#map").is_displayed()
        assert len(browser.js("return [...document.querySelectorAll('#table tbody tr')]")) == 800
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
