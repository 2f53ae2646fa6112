"""The page in a real browser: it opens without a network, draws, searches, shows cards, filters."""

import itertools
from pathlib import Path

import pytest

from citeweave.export import html
from citeweave.graph.knowledge import KnowledgeGraph, LinkedMention
from citeweave.model import Entity, EntityType, Evidence, Mention, Name, Paper, PartialDate, Role, Source, Statement

SHOWN = "return [...citeweave.scene.shown].map(n => citeweave.model.labels[n]).sort()"
DRAWN = "return citeweave.scene.network.body.data.nodes.getIds().map(n => citeweave.model.ids[n])"
Named = tuple[str, EntityType, Role]


def graph_of(papers: dict[str, tuple[int, list[Named]]]) -> KnowledgeGraph:
    """A graph of papers by title, each with its year (0 for none) and what it names in which role."""
    made, entities, statements, mentions = {}, {}, [], {}
    for title, (year, named) in papers.items():
        text, linked = f"{title}\n", []
        id_ = f"title:{title}"
        for name, kind, role in named:
            entity = f"{kind.lower()}/{name}"
            entities[entity] = Entity(entity, kind, name, (f"{name}s",))
            sentence = f"This is about {name} only."
            start = len(text) + len("This is about ")
            linked.append(LinkedMention(Mention(start, start + len(name), name, kind, 0.9, "toy/1"), entity))
            score = 0.95 if role == "introduces" else 0.45
            proof = Evidence(id_, len(text), len(text) + len(sentence), sentence, "toy/1", score)
            statements.append(Statement(id_, role, entity, score, (proof,)))
            text += sentence + " "
        date = PartialDate(year, 3) if year else None
        made[id_] = Paper(
            id_, title, text.partition("\n")[2], authors=(Name("Reed", "Ada"),), date=date, sources=(Source("t", 1),)
        )
        mentions[id_] = tuple(linked)
    return KnowledgeGraph(
        dict(sorted(made.items())),
        dict(sorted(entities.items())),
        tuple(sorted(statements, key=lambda s: (s.subject, s.predicate, s.object))),
        mentions,
    )


def two_fields() -> KnowledgeGraph:
    """Forty papers of two fields; within a field all name the same things, each one thing of its own."""
    fields: list[list[Named]] = [
        [
            ("frog net", "Model", "uses"),
            ("pond bench", "Dataset", "evaluates_on"),
            ("frog counting", "Task", "addresses"),
        ],
        [
            ("kite law", "Concept", "studies"),
            ("wind data", "Dataset", "evaluates_on"),
            ("steering", "Task", "addresses"),
        ],
    ]
    papers: dict[str, tuple[int, list[Named]]] = {}
    for field, i in itertools.product((0, 1), range(20)):
        own: list[Named] = [(f"trick {field} {i} {j}", "Method", "introduces") for j in range(8)]
        papers[f"Paper {field} {i}"] = (2015 + i % 10, fields[field] + own)
    papers["Undated paper"] = (0, fields[0])
    return graph_of(papers)


@pytest.fixture
def page(toy: KnowledgeGraph, tmp_path: Path) -> Path:
    html.write(toy, tmp_path / "graph.html")
    return tmp_path / "graph.html"


@pytest.fixture(scope="module")
def fields(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("fields") / "graph.html"
    html.write(two_fields(), target)
    return target


def says(browser) -> str:
    return str(browser.find("#says").text)


def set_slider(browser, id_: str, value: float) -> None:
    browser.js(
        "const s = document.getElementById(arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('input'))",
        id_,
        value,
    )


def test_all_of_a_small_graph_is_drawn_without_any_request(browser, page: Path, toy: KnowledgeGraph) -> None:
    browser.open(page)
    assert sorted(browser.js(DRAWN)) == sorted([*toy.papers, *toy.entities])
    assert browser.requests() == []
    assert browser.complaints() == []


def test_kinds_differ_in_colour_and_in_shape(browser, fields: Path) -> None:
    browser.open(fields)
    looks = browser.js(
        "return [...document.querySelectorAll('#side .glyph')].map(g => [g.querySelector('path').getAttribute('d'),"
        "getComputedStyle(g.querySelector('path')).fill])"
    )
    assert len(looks) == 6
    assert len({shape for shape, _ in looks}) == len({colour for _, colour in looks}) == 6


def test_what_one_paper_names_is_folded_and_said_so(browser, fields: Path) -> None:
    browser.open(fields)
    assert len(browser.js(DRAWN)) == 41 + 6
    assert "320 entities named in only one paper are folded away" in says(browser)
    browser.js("[...document.querySelectorAll('#says button')].find(b => b.textContent === 'show them').click()")
    assert len(browser.js(DRAWN)) == 41 + 6 + 320
    assert "folded away" not in says(browser)


def test_groups_stand_apart_and_are_named_after_what_they_are_about(browser, fields: Path) -> None:
    browser.open(fields)
    names = browser.js("return citeweave.model.groups.filter(g => g.members.length).map(g => g.name)")
    assert len(names) == 2
    assert any("kite law" in name for name in names)
    assert any("frog" in name for name in names)
    apart = "const [a, b] = citeweave.model.groups; return Math.hypot(a.x - b.x, a.y - b.y) - a.r - b.r"
    assert browser.js(apart) > 0
    assert "kite law" in browser.find("#details").text


def test_layout_is_still(browser, fields: Path) -> None:
    browser.open(fields)
    where = "return citeweave.scene.network.getPositions()"
    first = browser.js(where)
    browser.driver.execute_async_script("setTimeout(arguments[0], 400)")
    assert browser.js(where) == first
    assert not browser.js("return citeweave.scene.network.physics.physicsEnabled")


def test_slash_completion_and_enter_fly_to_an_entity(browser, fields: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    browser.open(fields)
    before = browser.js("return citeweave.scene.view()")
    browser.find("body").send_keys("/")
    assert browser.js("return document.activeElement.id") == "search"
    browser.find("#search").send_keys("kite la")
    options = browser.js("return [...document.querySelectorAll('#found li .hit-name')].map(x => x.textContent)")
    assert options[0] == "kite law"
    browser.find("#search").send_keys(Keys.ENTER)
    browser.wait("document.querySelector('#details h2').textContent === 'kite law'")
    browser.wait(f"Math.abs(citeweave.scene.view()[0] - {before[0]}) > 1")
    card = browser.find("#details").text
    assert "Studied by 20 papers" in card
    assert "This is about kite law only." in card
    assert "toy/1 · 45 %" in card
    assert "node=concept%2Fkite+law" in browser.js("return location.hash")


def test_search_knows_aliases_titles_and_folded_entities(browser, fields: Path) -> None:
    browser.open(fields)
    find = "return citeweave.search.find(arguments[0]).map(h => citeweave.model.labels[h.node])"
    assert browser.js(find, "frog nets")[0] == "frog net"
    assert browser.js(find, "undated")[0] == "Undated paper"
    assert browser.js(find, "trick 1 7 3")[0] == "trick 1 7 3"
    assert browser.js(find, "no such thing") == []
    hits = browser.js(find, "p")
    assert len(hits) == 12
    assert sum(hit.startswith("Paper") for hit in hits) >= 4
    assert "pond bench" in hits
    assert "trick 1 7 3" not in browser.js(SHOWN)
    browser.js("citeweave.go.to(citeweave.search.find('trick 1 7 3')[0].node)")
    assert "trick 1 7 3" in browser.js(SHOWN)


def test_a_papers_card_has_its_facts_and_marked_abstract(browser, page: Path, toy: KnowledgeGraph) -> None:
    browser.open(page)
    browser.js("citeweave.go.to(citeweave.model.row.get('arxiv:2001.00001'))")
    card = browser.find("#details")
    paper = toy.papers["arxiv:2001.00001"]
    assert browser.find("#details h2").text == paper.title
    for expected in ("Marsha Reed, Jörg Ångström", "2020-01-02", "Journal of Ponds", paper.abstract, "pages.txt:1"):
        assert expected in card.text
    links = browser.js("return [...document.querySelectorAll('#details .addresses a')].map(a => a.href)")
    assert "https://doi.org/10.1000/pond" in links
    assert "https://github.com/example/pondnet" in links
    marks = browser.js("return [...document.querySelectorAll('#details .abstract .mark')].map(m => m.textContent)")
    assert marks == [m.mention.text for m in toy.mentions[paper.id] if m.mention.start > len(paper.title)]
    browser.js("document.querySelector('#details .abstract .mark').click()")
    assert browser.find("#details .kind").text in ("Model", "Dataset", "Task")


def test_offsets_hold_after_characters_outside_the_basic_plane(browser, page: Path, toy: KnowledgeGraph) -> None:
    browser.open(page)
    for id_, mentions in toy.mentions.items():
        browser.js("citeweave.go.to(citeweave.model.row.get(arguments[0]))", id_)
        marks = browser.js("return [...document.querySelectorAll('#details .mark')].map(m => m.textContent)")
        assert [m.mention.text for m in mentions] == marks[: len(mentions)]


def test_an_edges_card_quotes_the_sentence_the_component_and_the_confidence(browser, fields: Path) -> None:
    browser.open(fields)
    at = browser.js(
        "const m = citeweave.model, i = citeweave.scene.links[3]; citeweave.scene.look([0, 0, 1]);"
        "const [ax, ay] = m.place(m.s[i]), [bx, by] = m.place(m.o[i]);"
        "citeweave.scene.network.body.emitter.emit('click',"
        "{nodes: [], edges: [i], pointer: {canvas: {x: (ax + bx) / 2, y: (ay + by) / 2}}});"
        "return [m.labels[m.s[i]], m.labels[m.o[i]]]"
    )
    card = browser.find("#details").text
    assert at[0] in card
    assert f"This is about {at[1]} only." in card
    assert "toy/1 · 45 %" in card
    assert "Confidence 45 %" in card


def test_the_mouse_points_clicks_and_drags(browser, fields: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    browser.open(fields)
    node = browser.js("return citeweave.search.find('kite law')[0].node")
    x, y = browser.js(
        "const [x, y] = citeweave.model.place(arguments[0]), at = citeweave.scene.network.canvasToDOM({x, y});"
        "const box = document.getElementById('canvas').getBoundingClientRect(); return [at.x + box.x, at.y + box.y]",
        node,
    )
    mouse = ActionChains(browser.driver, duration=20)
    mouse.w3c_actions.pointer_action.move_to_location(round(x), round(y))
    mouse.perform()
    browser.wait("!document.getElementById('tip').hidden")
    assert browser.find("#tip").text == "kite law\nConcept, named in 20 papers"
    ActionChains(browser.driver).click().perform()
    browser.wait("document.querySelector('#details h2').textContent === 'kite law'")
    before = browser.js("return citeweave.scene.view()")
    drag = ActionChains(browser.driver, duration=60).move_by_offset(0, 90).click_and_hold()
    drag.move_by_offset(30, 10).move_by_offset(70, 40).release().perform()
    assert browser.js("return citeweave.scene.view()")[:2] != before[:2]


def test_the_keyboard_moves_zooms_and_steps_through_links(browser, fields: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    browser.open(fields)
    canvas = browser.find("#canvas")
    x, _, scale = browser.js("return citeweave.scene.view()")
    canvas.send_keys(Keys.ARROW_RIGHT)
    assert browser.js("return citeweave.scene.view()")[0] > x
    canvas.send_keys("+")
    browser.wait(f"citeweave.scene.view()[2] > {scale * 1.2}")
    canvas.send_keys("n")
    first = browser.find("#details h2").text
    canvas.send_keys("n")
    assert browser.find("#details h2").text != first
    canvas.send_keys(Keys.ESCAPE)
    assert browser.find("#details h2").text == "What these papers are about"


def test_double_click_unfolds_and_the_trail_leads_back(browser, fields: Path) -> None:
    browser.open(fields)
    paper = browser.js("return citeweave.search.find('Paper 0 3')[0].node")
    browser.js("citeweave.go.to(arguments[0])", paper)
    browser.js("citeweave.scene.network.body.emitter.emit('doubleClick', {nodes: [arguments[0]]})", paper)
    assert {f"trick 0 3 {j}" for j in range(8)} <= set(browser.js(SHOWN))
    browser.js("citeweave.go.to(citeweave.search.find('frog net')[0].node)")
    trail = browser.js(
        "return [...document.querySelectorAll('#trail button:not(.only-narrow)')].map(b => b.textContent)"
    )
    assert trail == ["Overview", "Paper 0 3", "frog net"]
    browser.js("document.querySelectorAll('#trail button')[1].click()")
    assert browser.find("#details h2").text == "Paper 0 3"
    browser.js("history.back()")
    browser.wait("document.querySelector('#details h2').textContent === 'frog net'")


def test_legend_switches_types_and_counts_follow(browser, fields: Path) -> None:
    browser.open(fields)
    box = "[...document.querySelectorAll('#side .check')].find(l => l.textContent.startsWith(arguments[0]))"
    count = f"return {box}.querySelector('.count').textContent"
    assert browser.js(count, "Datasets") == "2"
    assert browser.js(count, "evaluates on") == "41"
    browser.js(f"{box}.querySelector('input').click()", "Datasets")
    assert not {"pond bench", "wind data"} & set(browser.js(SHOWN))
    assert browser.js(count, "evaluates on") == "0"
    browser.js(f"{box}.querySelector('input').click()", "addresses")
    assert not {"frog counting", "steering"} & set(browser.js(SHOWN))
    browser.js("document.querySelector('.reset').click()")
    assert len(browser.js(SHOWN)) == 47


def test_sliders_filter_by_confidence_years_and_links(browser, fields: Path) -> None:
    browser.open(fields)
    set_slider(browser, "confidence", 0.5)
    assert "kite law" not in browser.js(SHOWN)
    set_slider(browser, "confidence", 0)
    set_slider(browser, "year-from", 2024)
    shown = browser.js(SHOWN)
    assert [s for s in shown if s.startswith("Paper")] == ["Paper 0 19", "Paper 0 9", "Paper 1 19", "Paper 1 9"]
    assert "1 paper without a year is hidden" in says(browser)
    assert "4 papers pass the filters" in browser.find("#details").text
    set_slider(browser, "year-from", 2015)
    set_slider(browser, "degree", 12)
    assert all(not s.startswith("Paper") for s in browser.js(SHOWN))
    assert "years=" not in browser.js("return location.hash")


def test_play_walks_through_the_years(browser, fields: Path) -> None:
    browser.open(fields, "#years=2015-2022")
    browser.find("#play").click()
    browser.wait("citeweave.state.until === 2023")
    browser.wait("citeweave.state.until === 2024 && document.getElementById('play').textContent === '▶ Play'")


def test_the_address_keeps_the_view(browser, fields: Path) -> None:
    browser.open(fields)
    browser.js("citeweave.go.to(citeweave.search.find('steering')[0].node)")
    set_slider(browser, "year-from", 2020)
    browser.find("#tab-table").click()
    fragment, shown = browser.js("return location.hash"), browser.js(SHOWN)
    browser.open(fields, fragment)
    assert browser.js(SHOWN) == shown
    assert browser.find("#details h2").text == "steering"
    assert browser.find("#table").is_displayed()
    assert browser.find("#year-says").text == "2020 – 2024"


def test_timeline_matrix_and_table_hold_the_same_content(browser, fields: Path) -> None:
    browser.open(fields)
    browser.find("#tab-timeline").click()
    assert len(browser.js("return [...document.querySelectorAll('#timeline .dot')]")) == 40
    assert "1 paper without a year cannot stand here" in browser.find("#timeline").text
    browser.find("#tab-matrix").click()
    assert (
        browser.js("return document.querySelector('.cell').getAttribute('aria-label')")
        == "frog net and pond bench: 21 papers"
    )
    browser.find(".cell").click()
    assert len(browser.js("return [...document.querySelectorAll('#picked li')]")) == 21
    browser.find("#tab-table").click()
    assert len(browser.js("return [...document.querySelectorAll('#table tbody tr')]")) == 41
    browser.js("document.querySelectorAll('.switch button')[1].click()")
    assert "326 rows pass the filters" in browser.find("#table").text
    set_slider(browser, "year-from", 2024)
    assert len(browser.js("return [...document.querySelectorAll('#table tbody tr')]")) == 6 + 32


def test_the_saved_graph_is_what_is_drawn(browser, fields: Path) -> None:
    import networkx as nx

    browser.open(fields)
    text = browser.driver.execute_async_script("citeweave.exporting.makers.graphml().text().then(arguments[0])")
    read = nx.parse_graphml(text)
    assert set(read) == set(browser.js(DRAWN))
    assert len(read.edges) == 41 * 3
    one = next(data for _, to, data in read.edges(data=True) if to == "concept/kite law")
    assert one["predicate"] == "studies"
    assert one["quote"] == "This is about kite law only."


def test_same_graph_same_bytes(toy: KnowledgeGraph) -> None:
    assert html.page(toy) == html.page(toy)
    assert html.page(two_fields()) == html.page(two_fields())


def test_an_address_that_names_a_link_or_a_group_shows_its_card(browser, fields: Path) -> None:
    browser.open(fields, "#link=title%3APaper+1+4+studies+concept%2Fkite+law")
    assert "This is about kite law only." in browser.find("#details").text
    browser.open(fields, "#group=0")
    assert browser.find("#details .kind").text == "Group"
    browser.open(fields, "#node=concept%2Fkite+law")
    assert "This is about kite law only." in browser.find("#details").text
    assert "kite law" in browser.find("#trail").text
