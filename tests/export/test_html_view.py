"""What part of a graph a page shows, by its options."""

import json
import re
from typing import Any

import pytest

from citeweave.export.html import LAYOUT_NAMES, NothingLeftError, page
from citeweave.export.html.communities import communities
from citeweave.export.html.content import content
from citeweave.export.html.forces import in_disc
from citeweave.export.html.layout import LAYOUTS, by_communities
from citeweave.export.html.selection import find
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Entity, Evidence, Paper, PartialDate, Source, Statement


def chain() -> KnowledgeGraph:
    """Six papers, one a year; each shares an entity with the next: p0 - e0 - p1 - e1 - p2 ..."""
    papers = {
        f"p{i}": Paper(f"p{i}", f"Paper {i}", date=PartialDate(2018 + i), sources=(Source("t", i),)) for i in range(6)
    }
    types = ("Method", "Dataset")
    entities = {f"e{i}": Entity(f"e{i}", types[i % 2], f"Thing {i}", (f"alias {i}",)) for i in range(5)}  # type: ignore[arg-type]
    statements = [Statement(f"p{i + d}", "uses", f"e{i}", 0.9) for i in range(5) for d in (0, 1)]
    return KnowledgeGraph(papers, entities, tuple(sorted(statements, key=lambda s: s.subject)), {})


def core(text: str) -> dict[str, Any]:
    found = re.search(r'id="core">(.*?)</script>', text, re.S)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def ids(**options: Any) -> set[str]:
    return set(core(page(chain(), **options))["ids"])


def test_around_and_depth() -> None:
    assert ids(around="e2") == {"e2", "p2", "p3"}
    assert ids(around="THING 2", depth=2) == {"e2", "p2", "p3", "e1", "e3"}
    assert ids(around="alias 0", depth=0) == {"e0"}
    assert ids(around="paper 5", depth=1) == {"p5", "e4"}


def test_types_years_and_top() -> None:
    assert {i for i in ids(types=["dataset"]) if i[0] == "e"} == {"e1", "e3"}
    assert ids(since=2022) == {"p4", "p5", "e3", "e4"}
    assert ids(since=2019, until=2019) == {"p1", "e0", "e1"}
    assert ids(until=2018) == {"p0", "e0"}
    assert len({i for i in ids(top=2) if i[0] == "e"}) == 2
    assert ids(around="e2", depth=3, since=2020) == {"e2", "p2", "p3", "e3", "e1", "p4"}


def test_the_page_says_which_part_it_is() -> None:
    assert core(page(chain()))["scope"] == ""
    said = core(page(chain(), around="Thing 2", depth=2, types=["Method"], since=2019))["scope"]
    assert said == "within 2 steps of Thing 2; only Method; years 2019 to …"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"around": "thing 22"}, "did you mean thing 2"),
        ({"around": ""}, None),
        ({"types": ["Banana"]}, "no such type: Banana"),
        ({"layout": "spiral"}, "no such layout: spiral"),
        ({"top": 0}, "top 1 or more"),
        ({"around": "e0", "since": 2022}, "not in what the other options leave"),
    ],
)
def test_what_is_asked_wrongly_is_refused_in_one_line(options: dict[str, Any], message: str | None) -> None:
    if message is None:
        assert ids(**options) == set(core(page(chain()))["ids"])
        return
    with pytest.raises(ValueError, match=message) as caught:
        page(chain(), **options)
    assert "\n" not in str(caught.value)


def test_a_name_means_the_thing_that_most_papers_name(toy: KnowledgeGraph) -> None:
    assert find(toy, "pondnet") == "model/pondnet"
    assert find(toy, "10.1000/pond") == "arxiv:2001.00001"


@pytest.mark.parametrize("name", LAYOUT_NAMES)
def test_each_layout_places_every_node_and_always_the_same(name: str) -> None:
    one, two = core(page(chain(), layout=name)), core(page(chain(), layout=name))
    assert (one["x"], one["y"]) == (two["x"], two["y"])
    assert None not in one["x"]
    assert len(set(zip(one["x"], one["y"], strict=True))) == len(one["ids"])


def test_time_runs_from_left_to_right() -> None:
    data = core(page(chain(), layout="time"))
    assert data["x"][:6] == sorted(data["x"][:6])
    assert len(set(data["x"][:6])) == 6


def clusters(count: int, size: int) -> KnowledgeGraph:
    papers = {
        f"p{g}-{i:03d}": Paper(f"p{g}-{i:03d}", "T", sources=(Source("t", 1),))
        for g in range(count)
        for i in range(size)
    }
    entities = {f"e{g}-{j}": Entity(f"e{g}-{j}", "Task", f"field {g} part {j}") for g in range(count) for j in range(4)}
    statements = tuple(Statement(p, "uses", f"e{p[1]}-{j}", 0.9) for p in sorted(papers) for j in range(4))
    return KnowledgeGraph(papers, entities, statements, {})


def test_communities_are_found_named_and_kept_apart() -> None:
    drawn = content(clusters(5, 40))
    groups, rest = communities(drawn)
    assert not rest
    assert sorted(len(g.members) for g in groups) == [44] * 5
    for group in groups:
        assert len({drawn.ids[row].split("-")[0][1:] for row in group.members}) == 1
        assert {drawn.ids[row][1] for row in group.telling} == {drawn.ids[group.members[0]][1]}
    placed = by_communities(drawn, groups, rest)
    for i, one in enumerate(placed.regions):
        for other in placed.regions[i + 1 :]:
            assert ((one.x - other.x) ** 2 + (one.y - other.y) ** 2) ** 0.5 > one.radius + other.radius
        for row in groups[i].members:
            x, y = placed.at[row]
            assert ((x - one.x) ** 2 + (y - one.y) ** 2) ** 0.5 <= one.radius


def test_papers_that_share_nothing_stand_in_a_grid_below() -> None:
    alone = {f"q{i:02d}": Paper(f"q{i:02d}", "T", sources=(Source("t", 1),)) for i in range(30)}
    whole = clusters(2, 20)
    drawn = content(KnowledgeGraph({**whole.papers, **alone}, whole.entities, whole.statements, {}))
    groups, rest = communities(drawn)
    assert {drawn.ids[row] for row in rest} == set(alone)
    placed = LAYOUTS["communities"](drawn, groups, rest)
    floor = max(r.y + r.radius for r in placed.regions[:-1])
    assert all(placed.at[row][1] > floor for row in rest)


def test_nodes_of_a_group_do_not_cover_each_other() -> None:
    import numpy as np

    random = np.random.default_rng(3)
    sizes = random.uniform(5, 14, 150)
    ends = np.array([(i, (i * 7) % 150) for i in range(1, 150)])
    points, radius = in_disc(sizes, ends, np.ones(len(ends)))
    apart = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)) - sizes[:, None] - sizes[None, :]
    np.fill_diagonal(apart, 1)
    assert apart.min() > -1
    assert np.hypot(points[:, 0], points[:, 1]).max() <= radius


def test_a_large_group_is_placed_in_seconds() -> None:
    import time

    import numpy as np

    start = time.process_time()
    ends = np.array([(i, i % 50) for i in range(50, 5000)])
    points, _ = in_disc(np.full(5000, 6.0), ends, np.ones(len(ends)))
    assert np.isfinite(points).all()
    assert time.process_time() - start < 30


def test_around_keeps_nothing_that_only_papers_outside_connect() -> None:
    far = Paper("far", "Far", "x y", sources=(Source("t", 1),))
    near = Paper("near", "Near", sources=(Source("t", 2),))
    things = {name: Entity(name, "Task", name) for name in ("x", "y")}
    by_far = (Evidence("far", 4, 7, "x y", "toy/1", 0.9),)
    statements = (Statement("near", "uses", "x", 0.9), Statement("x", "part_of", "y", 0.9, by_far))
    graph = KnowledgeGraph({"far": far, "near": near}, things, statements, {})
    assert set(core(page(graph, around="x"))["ids"]) == {"x", "near"}


def test_a_name_that_is_nowhere_is_not_suggested() -> None:
    with pytest.raises(ValueError, match=r"nothing in the graph is called 'Nosuch'$"):
        page(chain(), around="Nosuch")


def test_choices_that_leave_nothing_are_refused() -> None:
    with pytest.raises(NothingLeftError, match="years 2050 to …"):
        page(chain(), since=2050)
