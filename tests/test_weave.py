"""The whole way: pages in, a workspace and its exports out."""

import re
from itertools import permutations
from pathlib import Path

import networkx as nx
import pyoxigraph
import pytest
import rdflib

from citeweave.extract import readers
from citeweave.graph.workspace import FILE, WorkspaceError
from citeweave.model import Paper
from citeweave.weave import EXPORTS, StrictError, UnusableInputError, build, open_graph

RECORDS, PAPERS = 24, 10


def exports(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name != FILE}


@pytest.fixture(scope="module")
def built(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One build of all the toy pages, for the tests that only look at it."""
    out = tmp_path_factory.mktemp("built") / "out"
    report = build([pages], out)
    assert (report.records, report.papers, report.problems) == (RECORDS, PAPERS, ())
    return out


def test_the_build_writes_what_it_promises(built: Path) -> None:
    names = set(exports(built))
    assert {"graph.ttl", "evidence.ttl", "graph.html", "graph.graphml"} <= names
    assert len(names) == len(EXPORTS)


def test_the_graph_has_entities_roles_and_evidence_that_is_true(built: Path) -> None:
    kg = open_graph(built)
    assert kg.entities
    roles = [s for s in kg.statements if s.object in kg.entities and s.subject in kg.papers]
    assert roles
    for statement in roles:
        assert statement.evidence
        assert 0 < statement.confidence <= 1
        for e in statement.evidence:
            assert kg.papers[e.paper].text[e.start : e.end] == e.quote
            assert e.by and 0 <= e.score <= 1


def test_every_mention_stands_where_it_says(built: Path) -> None:
    kg = open_graph(built)
    assert kg.mentions
    for paper, linked in kg.mentions.items():
        for one in linked:
            assert kg.papers[paper].text[one.mention.start : one.mention.end] == one.mention.text
            assert one.entity in kg.entities


def test_rdflib_oxigraph_and_networkx_read_back_equal_counts(built: Path) -> None:
    for name in ("graph.ttl", "evidence.ttl"):
        by_rdflib = len(rdflib.Graph().parse(built / name, format="turtle"))
        by_oxigraph = sum(1 for _ in pyoxigraph.parse(path=str(built / name), format=pyoxigraph.RdfFormat.TURTLE))
        assert by_rdflib == by_oxigraph > 0
    net = open_graph(built).network()
    back = nx.read_graphml(built / "graph.graphml")
    assert (back.number_of_nodes(), back.number_of_edges()) == (net.number_of_nodes(), net.number_of_edges())
    article = rdflib.URIRef("http://purl.org/spar/fabio/ResearchPaper")
    papers = set(rdflib.Graph().parse(built / "graph.ttl").subjects(rdflib.RDF.type, article))
    assert len(papers) == len(open_graph(built).papers)


def test_a_field_remembers_its_source(built: Path) -> None:
    kg = open_graph(built)
    merged = [p for p in kg.papers.values() if len(p.sources) > 1]
    assert merged
    for paper in merged:
        for field in ("title", "abstract"):
            assert any(field in s.fields for s in paper.sources) == bool(getattr(paper, field))


def test_the_order_of_the_inputs_does_not_show(built: Path, pages: Path, tmp_path: Path) -> None:
    files = sorted(pages.iterdir(), reverse=True)
    build(files, tmp_path / "out")
    assert exports(tmp_path / "out") == exports(built)


def test_adding_in_two_steps_equals_building_at_once(built: Path, pages: Path, tmp_path: Path) -> None:
    files = sorted(pages.iterdir())
    build(files[3:], tmp_path / "out", to=["turtle"])
    build(files[:3], tmp_path / "out")
    assert exports(tmp_path / "out") == exports(built)


def test_worker_processes_do_not_show(built: Path, pages: Path, tmp_path: Path) -> None:
    build([pages], tmp_path / "out", jobs=2)
    assert exports(tmp_path / "out") == exports(built)


def test_building_again_extracts_nothing_and_changes_nothing(pages: Path, tmp_path: Path) -> None:
    first = build([pages], tmp_path, to=["turtle"])
    before = exports(tmp_path)
    again = build([pages], tmp_path, to=["turtle"])
    assert first.extracted > 0 and again.extracted == 0
    assert exports(tmp_path) == before


def test_a_changed_file_replaces_what_it_said_and_only_that_is_extracted(tmp_path: Path) -> None:
    page = tmp_path / "toy.jsonl"
    line = '{"title": "Paper %d on Moss", "abstract": "We introduce MossNet %d for weeding of the garden."}\n'
    page.write_text(line % (1, 1) + line % (2, 2))
    build([page], tmp_path / "out", to=["turtle"])
    page.write_text(line % (1, 1) + line % (3, 3))
    report = build([page], tmp_path / "out", to=["turtle"])
    assert (report.papers, report.extracted) == (2, 1)
    build([page], tmp_path / "fresh", to=["turtle"])
    assert exports(tmp_path / "out") == exports(tmp_path / "fresh")


def test_the_users_corrections_survive_rebuilds(pages: Path, tmp_path: Path) -> None:
    build([pages], tmp_path, to=["turtle"])
    label = min(e.label for e in open_graph(tmp_path).entities.values() if "," not in e.label)
    (tmp_path / "corrections.csv").write_text(f"action,a,b\ndrop,{label},\n", "utf-8")
    for _ in range(2):
        build([pages], tmp_path, to=["turtle"])
        assert label not in {e.label for e in open_graph(tmp_path).entities.values()}


def moss(number: int) -> str:
    return (
        f'{{"title": "Paper {number} on Moss", "abstract": "We introduce MossNet {number} for weeding of gardens."}}\n'
    )


def test_withdrawn_sources_leave_nothing_behind(tmp_path: Path) -> None:
    for folder, number in (("a", 1), ("b", 2), ("c", 3)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{folder}.jsonl").write_text(moss(number), "utf-8")
    out = tmp_path / "out"
    a, b, c = (tmp_path / name for name in "abc")
    assert build([a, b, c], out, to=["turtle"]).papers == 3
    assert build((), out, to=["turtle"]).papers == 3
    assert build((), out, remove=["a.jsonl"], to=["turtle"]).papers == 2
    assert build((), out, remove=[str(b)], to=["turtle"]).papers == 1
    build(c, tmp_path / "fresh", to=["turtle"])
    assert exports(out) == exports(tmp_path / "fresh")
    assert b"Paper 1 on Moss" not in (out / FILE).read_bytes()  # nor its findings, nor in the pages of the file
    with pytest.raises(UnusableInputError, match=r"d\.jsonl: nothing of that name was read here; what was: c\.jsonl"):
        build((), out, remove=["d.jsonl"])
    with pytest.raises(UnusableInputError, match="no paper would be left"):
        build((), out, remove=["c.jsonl"])
    assert build([a], out, only=True, to=["turtle"]).extracted == 1
    assert [p.title for p in open_graph(out).papers.values()] == ["Paper 1 on Moss"]


def test_one_file_in_two_folders_is_withdrawn_with_the_second(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.jsonl").write_text(moss(1), "utf-8")
    (tmp_path / "other.jsonl").write_text(moss(2), "utf-8")
    out = tmp_path / "out"
    assert build([tmp_path / "one", tmp_path / "two", tmp_path / "other.jsonl"], out, to=["turtle"]).papers == 2
    assert build((), out, remove=[str(tmp_path / "one")], to=["turtle"]).papers == 2
    assert build((), out, remove=[str(tmp_path / "two")], to=["turtle"]).papers == 1


def test_a_workspace_that_is_not_there_cannot_be_built_anew(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no workspace here"):
        build((), tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_strict_stops_at_the_first_problem_and_writes_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"title": "A Good Paper on Moss", "abstract": "Moss."}\n{"title": \n')
    with pytest.raises(StrictError, match=r"bad\.jsonl:2"):
        build([bad], tmp_path / "out", strict=True)
    assert exports(tmp_path / "out") == {}


def test_nothing_usable_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    with pytest.raises(UnusableInputError, match="no paper"):
        build([tmp_path / "empty.txt"], tmp_path / "out")
    with pytest.raises(UnusableInputError, match="no such file"):
        build([tmp_path / "missing.txt"], tmp_path / "out")
    with pytest.raises(UnusableInputError, match="no such format: pdf"):
        build([tmp_path / "empty.txt"], tmp_path / "out", to=["pdf"])


def test_the_five_pages_are_319_papers_in_any_order(shared: Path, tmp_path: Path) -> None:
    from citeweave.extract import readers
    from citeweave.graph.papers import merge
    from citeweave.model import Paper

    pages = {p: list(readers.read(p)) for p in sorted((shared / "seeds").glob("*.txt"))}
    assert [len(records) for records in pages.values()] == [15, 168, 10, 119, 36]
    outcomes = set()
    for order in list(permutations(pages))[::30]:
        records = [r for page in order for r in pages[page] if isinstance(r, Paper)]
        assert len(records) == 348
        merged = merge(records)
        assert len(merged.papers) == 319
        outcomes.add(tuple(p.id for p in merged.papers))
    assert len(outcomes) == 1


def test_a_workspace_keeps_its_recogniser_until_another_is_named(pages: Path, tmp_path: Path) -> None:
    one = sorted(pages.iterdir())[0]
    build(one, tmp_path / "out", to=("turtle",), model="fast")
    quick = exports(tmp_path / "out")
    again = build((), tmp_path / "out", to=("turtle",))
    assert (again.extracted, exports(tmp_path / "out")) == (0, quick)
    assert build((), tmp_path / "out", to=("turtle",), model="accurate").extracted
    assert build((), tmp_path / "out", to=("turtle",)).extracted == 0
    assert exports(tmp_path / "out") != quick


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    page = tmp_path / "in" / "papers.jsonl"
    page.write_text('{"title": "One paper", "abstract": "It says something."}\nnot json\n', "utf-8")
    report = build([page.parent, page, page], tmp_path / "out", to=(), model="fast")
    assert (report.records, len(report.problems)) == (1, 1)


def test_when_all_papers_are_gone_the_graph_that_stays_is_told(tmp_path: Path) -> None:
    page = tmp_path / "papers.jsonl"
    page.write_text(moss(1), "utf-8")
    out = tmp_path / "out"
    build(page, out, to=["turtle"], model="fast")
    before = exports(out)
    page.write_text("", "utf-8")
    for inputs in (page, ()):
        with pytest.raises(UnusableInputError) as refused:
            build(inputs, out, to=["turtle"])
        assert f"no paper found in the input; {out} keeps the graph of its last build" in str(refused.value)
    assert exports(out) == before
    assert [p.title for p in open_graph(out).papers.values()] == ["Paper 1 on Moss"]


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    outcomes = []
    for place in ("here", "in/another"):
        for folder, number in (("one", 1), ("two", 2)):
            (tmp_path / place / folder).mkdir(parents=True)
            (tmp_path / place / folder / "papers.jsonl").write_text(moss(number) + "not json\n", "utf-8")
        (tmp_path / place / "other.jsonl").write_text(moss(3) + "not json\n", "utf-8")
        out = tmp_path / place / "out"
        report = build([tmp_path / place], out, to=["evidence"], model="fast")
        named = {Path(p.source).relative_to(tmp_path / place) for p in report.problems if p.source != "other.jsonl"}
        assert named == {Path("one/papers.jsonl"), Path("two/papers.jsonl")} and len(report.problems) == 3
        again = build([tmp_path / place / "two", tmp_path / place / "other.jsonl"], out, to=["evidence"])
        assert [p.source for p in again.problems] == ["papers.jsonl", "other.jsonl"]
        outcomes.append(exports(out))
        read = {s.file for p in open_graph(out).papers.values() for s in p.sources}
        assert len(read) == 3 and "other.jsonl" in read
        assert all(re.fullmatch(r"papers\.jsonl~[0-9a-f]{8}", file) for file in read - {"other.jsonl"})
    assert outcomes[0] == outcomes[1]
    build((), out, remove=[str(out.parent / "one")], to=["evidence"])
    assert {s.file for p in open_graph(out).papers.values() for s in p.sources} == {"papers.jsonl", "other.jsonl"}


def test_a_correction_with_the_id_of_no_paper_is_reported(tmp_path: Path) -> None:
    page = tmp_path / "papers.jsonl"
    page.write_text(moss(1), "utf-8")
    (tmp_path / "out").mkdir()
    (id_,) = (p.id for p in readers.read(page) if isinstance(p, Paper))
    (tmp_path / "out" / "corrections.csv").write_text(f"action,a,b\nsame,{id_},doi:10.1/x\n", "utf-8")
    (problem,) = build(page, tmp_path / "out", to=(), model="fast").problems
    assert str(problem) == "corrections.csv:2: no paper that was read has the id 'doi:10.1/x'"


def test_a_correction_with_a_name_that_no_paper_uses_is_reported(tmp_path: Path) -> None:
    page = tmp_path / "papers.jsonl"
    page.write_text('{"title": "Reuters again", "abstract": "We use BERT on ImageNet."}\n', "utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "corrections.csv").write_text("action;a;b\nlabel;BERT;Bert\nsame;Nonexistnt;BERT\n", "utf-8")
    report = build(page, tmp_path / "out", to=(), model="fast")
    (problem,) = report.problems
    assert (problem.source, problem.line) == ("corrections.csv", 3)
    assert "Nonexistnt" in problem.message
    assert "Bert" in {entity.label for entity in open_graph(tmp_path / "out").entities.values()}
