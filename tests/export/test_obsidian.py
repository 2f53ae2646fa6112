"""Notes as a Markdown parser, a YAML parser and a file system see them."""

import json
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from citeweave import export
from citeweave.export._bibliography import one_line
from citeweave.export._notes import file_names, text
from citeweave.graph.knowledge import KnowledgeGraph

LINK = re.compile(r"(?<!\\)\[\[([^|\]]+)\|([^\]]+)\]\]")


def shown(markdown: str) -> str:
    """What a reader of the Markdown sees, where it is one paragraph of nothing but text."""
    tokens = MarkdownIt("commonmark").enable("strikethrough").parse(markdown)
    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {child.type for child in tokens[1].children or ()} <= {"text", "text_special"}
    return "".join(child.content for child in tokens[1].children or ())


@pytest.mark.parametrize(
    "given",
    [
        "plain text, nothing to do",
        "*a* _b_ `c` [d](https://x.example) ![e](f) <script>x</script> &lt; # h",
        "- no list", "+ no list", "1. no list", "12) no list", "> no quote", "# no heading", "=== no heading",
        "--- no rule", "***", "~~~ no code", "``` no code", "    no code", "~~struck~~ ==marked== %%hidden%%",
        "$x$ and $$y$$ #tag ^block [[Wiki|link]] ![[embed]]", "a | b", "C:\\dir\\", "tail\\",
    ],
)  # fmt: skip
def test_text_shows_as_it_is(given: str) -> None:
    assert shown(text(given)) == one_line(given)


@pytest.mark.parametrize("which", ["toy", "hostile"])
def test_a_note_for_each_node_and_links_that_lead_somewhere(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    graph: KnowledgeGraph = request.getfixturevalue(which)
    export.write("obsidian", graph, tmp_path / "vault")
    vault = tmp_path / "vault"
    notes = {p.relative_to(vault).as_posix().removesuffix(".md"): p for p in vault.rglob("*.md")}
    view = graph.network()
    assert len(notes) == sum(1 for _, kind in view.nodes(data="kind") if kind != "Link")
    bodies = [note.read_text("utf-8").split("---\n", 2)[2] for note in notes.values()]
    links = [found for body in bodies for found in LINK.findall(body)]
    assert {path for path, _ in links} <= notes.keys()
    assert len(links) == sum(1 for *_, said in view.edges(data="predicate") if said != "link")
    assert all(path.partition("/")[2] == label for path, label in links)


@pytest.mark.parametrize("which", ["toy", "hostile"])
def test_front_matter_is_yaml(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml", reason="needs PyYAML")
    graph: KnowledgeGraph = request.getfixturevalue(which)
    export.write("obsidian", graph, tmp_path / "vault")
    read = {}
    for note in (tmp_path / "vault").rglob("*.md"):
        data = yaml.safe_load(note.read_text("utf-8").split("---\n")[1])
        read[data["id"]] = data
    for paper in graph.papers.values():
        data = read[one_line(paper.id)]
        assert data.get("title", "") == one_line(paper.title)
        assert data.get("year") == (paper.date.year if paper.date else None)
        assert data.get("date", "") == str(paper.date or "")
        assert data.get("authors", []) == [one_line(str(name)) for name in paper.authors]


def test_front_matter_lines_are_json_whatever_the_text(hostile: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("obsidian", hostile, tmp_path / "vault")
    for note in (tmp_path / "vault").rglob("*.md"):
        head = note.read_text("utf-8").split("---\n")[1]
        assert all(json.loads(line.partition(": ")[2]) for line in head.splitlines())


def test_file_names_are_safe_and_never_the_same() -> None:
    same = ["CON", "con", "con ", "a/b", "a\\b", "é", "e\u0301"]
    labels = [*same, "../..", "", "x" * 500, "中" * 300, "[[x]]#^|y", "nul.txt"]
    made = file_names({("F", f"id/{i}"): label for i, label in enumerate(labels)})
    names = list(made.values())
    assert len({name.casefold() for name in names}) == len(labels)
    for name in names:
        assert name.strip(" .") == name != ""
        assert not re.search(r'[\\/:*?"<>|#^\[\]\x00-\x1f]', name)
        assert len(f"{name}.md".encode()) <= 255
        assert not re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name, re.IGNORECASE)


def test_a_name_does_not_depend_on_who_came_first() -> None:
    one = file_names({("F", "a"): "Same", ("F", "b"): "same"})
    other = file_names({("F", "b"): "same", ("F", "a"): "Same"})
    assert one == other
    assert all("(" in name for name in one.values())


def test_own_notes_stay(toy: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("obsidian", toy, tmp_path / "vault")
    own = tmp_path / "vault" / "Papers" / "My thoughts.md"
    own.write_text("mine")
    stale = tmp_path / "vault" / "Authors" / "Consortium.md"
    assert stale.exists()
    papers = {k: p for k, p in toy.papers.items() if not p.title.startswith("Frogs")}
    graph = KnowledgeGraph(papers, {}, (), {})
    export.write("obsidian", graph, tmp_path / "vault")
    assert own.read_text() == "mine"
    assert not stale.exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["vault"]


def test_a_note_reads_well(toy: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("obsidian", toy, tmp_path / "vault")
    note = (tmp_path / "vault" / "Papers" / "Frogs 🐸 without Labels Backslashes.md").read_text("utf-8")
    assert note == (
        "---\n"
        'id: "title:00000000000000aa"\n'
        'title: "Frogs 🐸 without Labels \\\\ Backslashes"\n'
        'aliases: ["Frogs 🐸 without Labels \\\\ Backslashes"]\n'
        'authors: ["Consortium"]\n'
        'date: "2021-03"\n'
        "year: 2021\n"
        'tags: ["paper"]\n'
        "---\n\n"
        "# Frogs 🐸 without Labels \\\\ Backslashes\n\n"
        "[[Authors/Consortium|Consortium]]\n\n"
        "Unlike PondNet (Reed and Ångström, 2020), we need no labels for counting.\n\n"
        "## Builds on\n\n"
        "- [[Papers/PondNet Counting Frogs with Lily Pads|PondNet Counting Frogs with Lily Pads]] (0.90): "
        "Unlike PondNet (Reed and Ångström, 2020), we need no labels for counting.\n\n"
        "## Cites in text\n\n"
        "- [[Papers/PondNet Counting Frogs with Lily Pads|PondNet Counting Frogs with Lily Pads]] (1.00): "
        "Unlike PondNet (Reed and Ångström, 2020), we need no labels for counting.\n\n"
        "## Compares\n\n"
        "- [[Models/PondNet|PondNet]] (0.90): "
        "Unlike PondNet (Reed and Ångström, 2020), we need no labels for counting.\n\n"
        "## Mentions\n\n"
        "- [[Tasks/frog counting|frog counting]] (0.50): "
        "Unlike PondNet (Reed and Ångström, 2020), we need no labels for counting.\n"
    )
