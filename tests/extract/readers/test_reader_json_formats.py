"""OpenAlex, arXiv, Semantic Scholar, Crossref, CSL-JSON: what becomes what, dialects, and damage."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from citeweave.extract import readers
from citeweave.model import Name, Paper, Problem

CORPUS = Path(__file__).parents[2] / "corpus"
FILES = {
    "openalex": "openalex.jsonl",
    "arxiv": "arxiv.json",
    "semanticscholar": "semanticscholar.jsonl",
    "crossref": "crossref.json",
    "csljson": "csljson.json",
}
PAGES = {
    "openalex": lambda rows: {"meta": {"count": len(rows)}, "results": rows, "group_by": []},
    "semanticscholar": lambda rows: {"total": len(rows), "offset": 0, "data": rows},
    "crossref": lambda rows: {"status": "ok", "message": {"facets": {}, "items": rows, "query": {}}},
    "csljson": lambda rows: {"items": rows},
}


def run(data: bytes | str, format: str | None = None) -> tuple[list[Paper], list[str]]:
    raw = data.encode() if isinstance(data, str) else data
    items = list(readers.read_stream(io.BytesIO(raw), "toy", format))
    return [i for i in items if isinstance(i, Paper)], [str(i) for i in items if isinstance(i, Problem)]


def rows(name: str) -> list[dict[str, object]]:
    text = (CORPUS / FILES[name]).read_text()
    if name == "crossref":
        found = json.loads(text)["message"]["items"]
    elif name == "csljson":
        found = json.loads(text)
    else:
        found = [json.loads(line) for line in text.splitlines()]
    return found  # type: ignore[no-any-return]


def one(name: str, **fields: object) -> Paper:
    papers, problems = run(json.dumps({**rows(name)[0], **fields}), name)
    assert not problems
    return papers[0]


def same(papers: list[Paper]) -> list[tuple[object, ...]]:
    return [(p.id, p.title, p.abstract, p.identifiers, p.authors, p.date, p.references, p.links) for p in papers]


@pytest.mark.parametrize("name", FILES)
def test_lines_arrays_and_single_objects_say_the_same(name: str) -> None:
    expected = same(run((CORPUS / FILES[name]).read_bytes())[0])
    found = rows(name)
    for text in (
        "\n".join(json.dumps(row) for row in found),
        "\n".join(json.dumps(row, indent=2) for row in found),
        json.dumps(found),
        json.dumps(found, indent=1),
    ):
        assert readers.detect(text.encode()) == name
        papers, problems = run(text)
        assert (same(papers), problems) == (expected, [])
    papers, problems = run(json.dumps(found[0]))
    assert (same(papers), problems) == (expected[:1], [])


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("indent", [None, 2])
def test_pages_one_after_the_other(name: str, indent: int | None) -> None:
    expected = same(run((CORPUS / FILES[name]).read_bytes())[0])
    page = json.dumps(PAGES[name](rows(name)), indent=indent)
    for count in (1, 2):
        text = "\n".join([page] * count)
        assert readers.detect(text.encode()) == name
        papers, problems = run(text)
        assert (same(papers), problems) == (expected * count, [])


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_page_cut_off_keeps_what_came_before(name: str, indent: int | None) -> None:
    page = json.dumps(PAGES[name](rows(name)), indent=indent)
    papers, problems = run(page[: page.rindex('"title":') + 12])
    assert len(papers) == len(rows(name)) - 1 - (name == "semanticscholar")
    assert len(problems) == 1
    assert "JSON cut off" in problems[0]
    papers, problems = run(page[: page.rindex("]")].rstrip() if name == "csljson" else page[:-2], name)
    assert len(papers) == len(rows(name))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "value", [5, -1.5, True, "x", "", [], {}, [1], [None, 5], ["x"], {"x": 1}, [[{}]], [{"x": []}]]
)
def test_a_wrong_type_in_every_field_costs_that_field(name: str, value: object) -> None:
    first, *others = rows(name)
    papers, problems = run(json.dumps([dict.fromkeys(first, value), *others]), name)
    assert len(papers) >= len(others)
    assert papers[-len(others) :] == run(json.dumps([{"title": "A"}, *others]), name)[0][-len(others) :]
    for key in first:
        if key not in ("title", "abstract", "abstract_inverted_index"):
            papers, problems = run(json.dumps([{**first, key: value}, *others]), name)
            assert len(papers) == len(others) + 1, (key, problems)
            assert len(problems) <= 2, (key, problems)
    texts = ("title", "display_name", "subtitle", "abstract", "abstract_inverted_index")
    papers, problems = run(json.dumps([{**first, **dict.fromkeys(texts, 7)}]), name)
    assert not papers
    assert problems[0].startswith("toy:1: wrong type: ")
    assert "title" in problems[0]


@pytest.mark.parametrize("name", FILES)
def test_damaged_lines_and_unknown_fields(name: str) -> None:
    first = rows(name)[0]
    deep = json.dumps(first)[:-1] + ', "x": ' + "[" * 50_000 + "]" * 50_000 + "}"
    text = "\n".join(
        ["", json.dumps(first)[:60], deep, "[1, 2]", json.dumps({"y": 1}), json.dumps({**first, "new": [1]})]
    )
    papers, problems = run(text, name)
    assert [p.title for p in papers] == [p.title for p in run(json.dumps(first), name)[0]]
    assert [p.split(":")[1] for p in problems] == ["2", "3", "4", "5"]
    assert problems[1:] == [
        "toy:3: JSON nested too deeply",
        "toy:4: not a JSON object",
        "toy:5: no title and no abstract",
    ]


def test_plain_json_lines_stay_what_they_are() -> None:
    for fields in ({"id": "x", "type": "paper", "author": ["A"]}, {"doi": "10.1/x"}, {"authors": [], "year": 2020}):
        assert readers.detect(json.dumps({"title": "A Stone", "abstract": "Rolls.", **fields}).encode()) == "jsonl"


def test_openalex() -> None:
    heron, fernet, _ = run((CORPUS / "openalex.jsonl").read_bytes())[0]
    assert heron.identifiers == {"doi": "10.5555/toy.31", "arxiv": "2402.99001", "openalex": "W9900000001"}
    assert heron.authors == (Name("Okafor", "Mira", "0000-0002-1825-0097"), Name("van der Berg", "Jonas"))
    assert heron.abstract.startswith("Sparse experts forget rare tokens. We introduce Heron, a routing")
    assert [dict(r.identifiers) for r in heron.references] == [{"openalex": "W9900000002"}, {"openalex": "W9900000003"}]
    assert (str(heron.date), heron.venue) == ("2024-02-11", "Toy Letters")
    assert fernet.title == "Fernet for Forest Point Clouds: CO₂ by Density"
    assert fernet.abstract.startswith("Point clouds of forests are uneven. Fernet is a graph")
    assert (str(fernet.date), fernet.venue) == ("2022", "Toy Remote Sensing")
    assert one("openalex", publication_date=None).date == one("openalex", publication_date="2024").date


@pytest.mark.parametrize(
    "index", [None, {}, "", "null", "{}", {"far": [10**12], "near": [0]}, '{"far": [9], "near": [1]}']
)
def test_inverted_abstracts(index: object) -> None:
    papers, problems = run(json.dumps({**rows("openalex")[0], "abstract_inverted_index": index}), "openalex")
    assert papers[0].abstract == ("near far" if "far" in str(index) else "")
    assert not problems


def test_arxiv() -> None:
    frechet, notes = run((CORPUS / "arxiv.json").read_bytes())[0]
    assert frechet.title == r"On the Geometry of Fréchet Attention in $\ell_2$"
    assert r"a distance in $\mathbb{R}^d$. It matches" in frechet.abstract
    assert "30% less memory, and never diverges" in frechet.abstract
    assert frechet.authors == (Name("Herrera", "Tomás"), Name("Eze", "Ngozi"))
    assert frechet.identifiers == {"doi": "10.5555/toy.41", "arxiv": "2401.99001"}
    assert (str(frechet.date), str(notes.date)) == ("2024-01-08", "1999-01-02")
    assert frechet.links == ("https://example.org/frechet-attention",)
    assert notes.id == "arxiv:cs/9901001"
    assert one("arxiv", versions=[], authors_parsed=[]).authors == frechet.authors
    assert str(one("arxiv", versions=None).date) == "2024-03-06"


def test_semanticscholar() -> None:
    osprey, tern, alone = run((CORPUS / "semanticscholar.jsonl").read_bytes())[0]
    assert osprey.identifiers["arxiv"] == "2305.99001"
    assert osprey.authors[0] == Name("Eze", "Ngozi", "0000-0002-1694-233X")
    linked, unlinked = osprey.references
    assert linked.identifiers == {"doi": "10.5555/toy.52", "s2": "0f00000000000000000000000000000000000002"}
    assert (unlinked.title, unlinked.year) == ("An Unlinked Survey", None)
    assert tern.identifiers == alone.identifiers == {"acl": "2023.toy-main.7", "s2": "CorpusId:990002"}
    assert (tern.abstract, alone.title) == ("", "")
    cited = {"offset": 0, "data": [{"contexts": [], "citedPaper": rows("semanticscholar")[0]}]}
    papers, problems = run(json.dumps(cited))
    assert [p.title for p in papers] == [osprey.title]
    assert not problems


def test_crossref() -> None:
    lichen, coral = run((CORPUS / "crossref.json").read_bytes())[0]
    assert lichen.title == "Lichen: Slow Optimisers for Fast Weights: A Study in H₂O"
    assert lichen.abstract.startswith("Fast weights drift")
    assert lichen.abstract.endswith("with two clocks, and it lowers loss on SandBench by 10⁻² & more.")
    assert lichen.identifiers == {"doi": "10.5555/toy.61", "arxiv": "2202.99001"}
    assert lichen.authors == (Name("Herrera", "Tomás", "0000-0001-5109-3700"), Name("The Toy Consortium"))
    assert (str(lichen.date), str(coral.date)) == ("2022-08-30", "2023-01")
    moss, clocks = lichen.references
    assert (moss.identifiers, moss.title, moss.year) == ({"doi": "10.5555/toy.62"}, "Moss Networks", 2020)
    assert (clocks.identifiers, clocks.year) == ({"arxiv": "2101.99001"}, 2021)
    assert coral.abstract.endswith("ReefSonar where p < 0.05.")
    single = json.dumps({"status": "ok", "message-type": "work", "message": rows("crossref")[0]})
    assert run(single)[0][0].id == lichen.id


@pytest.mark.parametrize("kind", ["work", "work-list"])
def test_an_answer_of_crossref_with_few_fields_is_known_by_its_envelope(kind: str) -> None:
    asked = {"DOI": "10.5555/toy.61", "title": ["Lichen"], "author": [{"given": "Tomás", "family": "Herrera"}]}
    message = asked if kind == "work" else {"facets": {}, "total-results": 1, "items": [asked]}
    answer = json.dumps({"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message})
    assert readers.detect(answer.encode()) == "crossref"
    (paper,) = run(answer)[0]
    assert (paper.title, paper.id, paper.authors) == ("Lichen", "doi:10.5555/toy.61", (Name("Herrera", "Tomás"),))
    assert readers.detect(answer.replace(f'"{kind}"', '"member-list"').encode()) != "crossref"


def test_csljson() -> None:
    kelvin, sediment, rivers = run((CORPUS / "csljson.json").read_bytes())[0]
    assert kelvin.title == "Kelvin: Temperature Schedules for Language Model Distillation"
    assert kelvin.authors == (Name("Haugen", "Sigrid"), Name("van der Berg", "Jonas"), Name("Toy Language Group"))
    assert (str(kelvin.date), str(sediment.date), str(rivers.date)) == ("2020-07-03", "2024-03", "2018")
    assert sediment.identifiers == {"arxiv": "2403.99001"}
    assert rivers.identifiers == {"pmid": "99000002"}
    assert str(one("csljson", issued={"literal": "May 2020"}).date) == "2020-05"
    assert one("csljson", note="arXiv: 2001.99001\nPMID: 12").identifiers["arxiv"] == "2001.99001"
