"""The landmark papers that the examples are built from: well formed, alike in both files, and never ahead of time."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import bibtexparser
import pytest
from bibtexparser import Library, middlewares
from bibtexparser.model import Entry

from citeweave.extract.readers import read
from citeweave.graph.assemble import assemble
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.papers import merge
from citeweave.identifiers import normalise
from citeweave.model import Findings, Mention, Paper, PaperEntity, PartialDate

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
JSONL, BIB = EXAMPLES / "landmarks.jsonl", EXAMPLES / "landmarks.bib"
RECORDS: list[dict[str, Any]] = [json.loads(line) for line in JSONL.read_text(encoding="utf-8").splitlines()]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

each = pytest.mark.parametrize("record", RECORDS, ids=[r["title"][:40] for r in RECORDS])


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def make_bib() -> ModuleType:
    return script("make_bib")


class PlainPercent(middlewares.BlockMiddleware):
    """Takes the backslash from the only escapes that the script writes, as LaTeX would."""

    def transform_entry(self, entry: Entry, library: Library) -> Entry:
        for field in entry.fields:
            field.value = re.sub(r"\\([%&#$_])", r"\1", field.value)
        return entry


@pytest.fixture(scope="module")
def entries() -> dict[str, dict[str, str]]:
    """The BibTeX file by title, as bibtexparser alone understands it."""
    library = bibtexparser.parse_file(str(BIB), append_middleware=[PlainPercent()])
    assert not library.failed_blocks
    return {e["title"]: {"": e.key, **{f.key: str(f.value) for f in e.fields}} for e in library.entries}


def cited(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The papers that a record refers to; fails on a reference that leads to none, or to more than one."""
    for reference in record.get("references", ()):
        if isinstance(reference, str):
            prefix, _, value = reference.partition(":")
            found = [r for r in RECORDS if r.get({"arXiv": "arxiv", "doi": "doi"}[prefix]) == value]
        else:
            found = [r for r in RECORDS if r["title"] == reference["title"]]
            assert not {"arxiv", "doi"} & found[0].keys(), "a paper with an identifier is called by it"
        assert len(found) == 1, reference
        yield found[0]


def test_there_are_about_sixty_papers_each_once() -> None:
    assert 60 <= len(RECORDS) <= 70
    for field in ("title", "abstract", "arxiv", "doi"):
        values = [r[field].lower() for r in RECORDS if field in r]
        assert len(set(values)) == len(values), field
    assert [r["date"] for r in RECORDS] == sorted(r["date"] for r in RECORDS)


@each
def test_record_is_whole(record: dict[str, Any]) -> None:
    known = {"title", "abstract", "authors", "date", "venue", "arxiv", "doi", "references", "links"}
    assert record.keys() <= known
    assert record["title"] and record["venue"] and record["authors"]
    assert all(re.fullmatch(r"[^\W\d_][\w.' -]+ [\w'-]+", a) for a in record["authors"])
    assert len(set(record["authors"])) == len(record["authors"])
    assert all(link.startswith("https://") for link in record.get("links", ()))
    assert PartialDate.parse(record["date"]).year


@each
def test_abstract_is_of_ordinary_length(record: dict[str, Any]) -> None:
    sentences = re.split(r"(?<=[.?!])\s+(?=[A-Z0-9])", record["abstract"])
    assert 3 <= len(sentences) <= 6, sentences
    assert 45 <= len(record["abstract"].split()) <= 180
    assert record["abstract"].endswith((".", "?"))
    assert not re.search(r"[{}\\$_~^]|\s{2}", record["abstract"])


@each
def test_identifiers_are_well_formed_and_fit_the_date(record: dict[str, Any]) -> None:
    if "doi" in record:
        assert normalise("doi", record["doi"]) == record["doi"].lower()
    if "arxiv" in record:
        assert re.fullmatch(r"\d{4}\.\d{4,5}", record["arxiv"])
        assert len(record["arxiv"].split(".")[1]) == (5 if record["arxiv"] >= "15" else 4)
        assert f"20{record['arxiv'][:2]}-{record['arxiv'][2:4]}".startswith(record["date"][:7])


@each
def test_no_citation_reaches_into_the_future(record: dict[str, Any]) -> None:
    papers = list(cited(record))
    assert record not in papers
    assert len({p["title"] for p in papers}) == len(papers)
    for paper in papers:
        known = min(len(paper["date"]), len(record["date"]))
        assert paper["date"][:known] <= record["date"][:known], paper["title"]


def test_the_papers_hang_together() -> None:
    touched = {r["title"] for r in RECORDS if r.get("references")}
    touched |= {p["title"] for r in RECORDS for p in cited(r)}
    assert touched == {r["title"] for r in RECORDS}
    assert sum(len(r.get("references", ())) for r in RECORDS) > 300


def test_bibtex_is_what_the_script_writes(make_bib: ModuleType) -> None:
    assert make_bib.bibtex(make_bib.read(JSONL)).encode() == BIB.read_bytes()


def test_script_refuses_two_papers_of_one_key_and_references_to_nothing(make_bib: ModuleType) -> None:
    paper = {"title": "Some Work", "authors": ["Ada Toy"], "date": "2001", "venue": "Toys", "abstract": "It works."}
    with pytest.raises(ValueError, match="citation key"):
        make_bib.bibtex([paper, {**paper, "title": "Some Other Work"}])
    with pytest.raises(KeyError, match="arXiv"):
        make_bib.bibtex([{**paper, "references": ["arXiv:0000.00000"]}])


def test_both_files_hold_the_same_papers(entries: dict[str, dict[str, str]]) -> None:
    assert entries.keys() == {r["title"] for r in RECORDS}
    key = {title: entry[""] for title, entry in entries.items()}
    assert len(set(key.values())) == len(RECORDS)
    for record in RECORDS:
        entry = entries[record["title"]]
        assert entry["abstract"] == record["abstract"]
        authors = [" ".join(reversed(a.split(", "))) for a in entry["author"].split(" and ")]
        assert authors == record["authors"]
        date = PartialDate.parse(record["date"])
        assert int(entry["year"]) == date.year
        assert (entry.get("month"), entry.get("day")) == (
            MONTHS[date.month - 1] if date.month else None,
            str(date.day) if date.day else None,
        )
        assert (entry.get("eprint"), entry.get("doi")) == (record.get("arxiv"), record.get("doi"))
        assert entry.get("links", "").split() == record.get("links", [])
        references = entry["references"].split(", ") if "references" in entry else []
        assert references == [key[p["title"]] for p in cited(record)]


@pytest.mark.parametrize("file", [JSONL, BIB], ids=lambda f: f.suffix)
def test_our_reader_takes_every_record(file: Path) -> None:
    papers = [item for item in read(file) if isinstance(item, Paper)]
    assert [p.title for p in papers] == [r["title"] for r in RECORDS]
    for paper, record in zip(papers, RECORDS, strict=True):
        assert paper.abstract == record["abstract"]
        assert [str(a) for a in paper.authors] == record["authors"]
        assert str(paper.date) == record["date"]
        assert paper.venue == record["venue"]
        assert paper.identifiers.get("arxiv") == record.get("arxiv")
        assert len(paper.references) == len(record.get("references", ()))
        assert list(paper.links) == record.get("links", [])


def landmarks() -> tuple[Paper, ...]:
    items = [item for file in (JSONL, BIB) for item in read(file)]
    assert all(isinstance(item, Paper) for item in items)
    return merge(item for item in items if isinstance(item, Paper)).papers


def test_both_files_together_make_each_paper_once_and_every_citation_an_edge() -> None:
    papers = landmarks()
    assert len(papers) == len(RECORDS)
    graph = assemble(papers, {}).graph
    assert graph.papers.keys() == {p.id for p in papers}, "no citation leads out of the set"
    cites = [s for s in graph.statements if s.predicate == "cites"]
    assert len(cites) == sum(len(r.get("references", ())) for r in RECORDS)


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    """The landmarks with nothing found in them but three names, wherever they stand."""
    names = (("ImageNet", "Dataset"), ("BLEU", "Metric"), ("Transformer", "Model"))
    papers = landmarks()
    findings = {}
    for paper in papers:
        mentions = tuple(
            Mention(at.start(), at.end(), name, type_, 0.9, "test/1")
            for name, type_ in names
            for at in re.finditer(rf"\b{name}\b", paper.text)
        )
        entities = tuple(
            PaperEntity(name, type_, (name,), "uses") for name, type_ in names if any(m.text == name for m in mentions)
        )
        findings[paper.id] = Findings(paper.id, ((0, len(paper.text)),), mentions, entities=entities)
    return assemble(papers, findings).graph


def test_walkthrough_answers_from_the_graph(graph: KnowledgeGraph) -> None:
    walkthrough = script("walkthrough")
    answers = {question: list(lines) for question, lines in walkthrough.answers(graph)}
    titles = [r["title"] for r in RECORDS]
    direct = {t: sum(t == p["title"] for r in RECORDS for p in cited(r)) for t in titles}
    most = answers["Which papers are cited most?"]
    assert [int(line.split()[0]) for line in most] == sorted(direct.values(), reverse=True)[:5]
    assert all(direct[line[5:]] == int(line[:3]) for line in most)

    above = {t: {r["title"] for r in RECORDS if any(p["title"] == t for p in cited(r))} for t in titles}
    for title in reversed(titles):  # newest first: what cites a paper is complete before the paper itself
        above[title] |= {t for later in above[title] for t in above[later]}
    rest = answers["On which do most papers rest, however indirectly? (SPARQL)"]
    assert [(int(line[:3]), line[5:]) for line in rest] == [
        (len(above[t]), t) for t in sorted(titles, key=lambda t: (-len(above[t]), t))[:5]
    ]

    naming = sum("ImageNet" in re.findall(r"\w+", f"{r['title']} {r['abstract']}") for r in RECORDS)
    assert answers["Which datasets are named by most papers?"] == [f"{naming:3}  ImageNet"]
    gist = answers["What does 'Attention Is All You Need' do?"]
    assert [line.split(" (")[0] for line in gist] == ["uses BLEU", "uses Transformer"]
    way = answers["What lies between ImageNet and BLEU?"]
    assert way[0] == "Dataset: ImageNet" and way[-1] == "Metric: BLEU" and 3 <= len(way) <= 5
    assert all(line.startswith("Paper: ") for line in way[1:-1:2])
