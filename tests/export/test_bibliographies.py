"""Papers back out: read by our own readers, by bibtexparser, and by others where they are installed."""

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path

import bibtexparser
import pytest

from citeweave import export
from citeweave.export import _bibliography, bibtex
from citeweave.extract import readers
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.model import Name, Paper, PartialDate, Problem, Source, Statement

FORMATS = ("bibtex", "ris", "csljson")


def graph_of(*papers: Paper, statements: tuple[Statement, ...] = ()) -> KnowledgeGraph:
    return KnowledgeGraph({p.id: p for p in sorted(papers, key=lambda p: p.id)}, {}, statements, {})


def paper(id_: str, **fields: object) -> Paper:
    return Paper(id_, sources=(Source("x", 1),), **fields)  # type: ignore[arg-type]


def read_back(format: str, graph: KnowledgeGraph, folder: Path) -> list[Paper | Problem]:
    target = folder / export.filename(format)
    export.write(format, graph, target)
    return list(readers.read(target))


@pytest.mark.parametrize("format", FORMATS)
def test_papers_come_back_through_our_reader(format: str, toy: KnowledgeGraph, tmp_path: Path) -> None:
    """The format is found from the content; what it can carry is as it was."""
    read = read_back(format, toy, tmp_path)
    wanted = [p for p in toy.papers.values() if p.sources]
    assert len(read) == len(wanted)
    for got, want in zip(read, wanted, strict=True):
        assert isinstance(got, Paper)
        assert (got.title, got.abstract, got.venue) == (want.title, want.abstract, want.venue)
        assert [(n.family, n.given) for n in got.authors] == [(n.family, n.given) for n in want.authors]
        assert got.date == (want.date if want.date and want.date.year else None)
        assert {k: v for k, v in got.identifiers.items() if k != "url"} == dict(want.identifiers)


def test_bibtex_keeps_links_and_citations(toy: KnowledgeGraph, tmp_path: Path) -> None:
    read = [item for item in read_back("bibtex", toy, tmp_path) if isinstance(item, Paper)]
    pond = next(p for p in read if p.identifiers.get("arxiv"))
    assert set(pond.links) == {"https://github.com/example/pondnet", "https://example.org/pond?x=1&y=%3C2%3E"}
    assert [dict(r.identifiers) for r in pond.references] == []  # a SICI has a semicolon, at which the list would part
    one, other = paper("title:1", title="One"), paper("title:2", title="Other", identifiers={"doi": "10.1000/o"})
    stub = Paper("arxiv:1701.00001", title="Stub", identifiers={"arxiv": "1701.00001"})
    said = (Statement(one.id, "cites", other.id, 1.0), Statement(one.id, "cites", stub.id, 1.0))
    back = read_back("bibtex", graph_of(one, other, stub, statements=said), tmp_path)
    assert len(back) == 2
    assert isinstance(back[0], Paper)
    assert [dict(r.identifiers) for r in back[0].references] == [{"doi": "10.1000/o"}, {"arxiv": "1701.00001"}]


def test_ris_keeps_links_apart_from_what_the_paper_is(tmp_path: Path) -> None:
    code = "https://code.example.org/x"
    papers = (
        paper("title:1", title="One", identifiers={"doi": "10.1000/a"}, links=(code,)),
        paper("title:2", title="Two", identifiers={"arxiv": "1701.00001"}, links=(code,)),
        paper("title:3", title="Three", identifiers={"url": "https://press.example.org/3"}, links=(code,)),
    )
    back = [item for item in read_back("ris", graph_of(*papers), tmp_path) if isinstance(item, Paper)]
    assert [dict(p.identifiers) for p in back] == [dict(p.identifiers) for p in papers]
    assert [p.links for p in back] == [(code,)] * 3


def test_csljson_keeps_orcids(toy: KnowledgeGraph, tmp_path: Path) -> None:
    read = read_back("csljson", toy, tmp_path)
    orcids = [n.orcid for p in read if isinstance(p, Paper) for n in p.authors if n.orcid]
    assert orcids == ["0000-0002-1825-0097"]


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_texts_stay_in_their_record(format: str, hostile: KnowledgeGraph, tmp_path: Path) -> None:
    read = read_back(format, hostile, tmp_path)
    assert [item for item in read if isinstance(item, Problem)] == []
    wanted = [p for p in hostile.papers.values() if p.sources]
    assert len(read) == len(wanted)
    dates = [p.date if p.date and p.date.year else None for p in wanted]
    assert [p.date for p in read if isinstance(p, Paper)] == dates


@pytest.mark.parametrize(
    "title",
    [
        r"100% of \alpha & #1_b ~ $5 and $10",
        "Sets {a, b} and {c}",
        "Math $O(n^2)$ stays, $x_{i}$ too",
        "a^b",
        "f''(x)_1 -- and --- so ``on'' \\x''y--z",
        "\"Quotes\" and ``ticks''",
        "C:\\new\\table @article{x, y=",
        "Ends in a backslash \\",
        "ünïcödé 中文 🐸",
    ],
)
def test_bibtex_escapes_come_undone(title: str, tmp_path: Path) -> None:
    read = read_back("bibtex", graph_of(paper("title:1", title=title, abstract=title)), tmp_path)
    balanced = "@article" not in title
    want = title if balanced else title.replace("{", "(")
    assert [(p.title, p.abstract) for p in read if isinstance(p, Paper)] == [(want, want)]
    library = bibtexparser.parse_file(str(tmp_path / "papers.bib"))
    assert not library.failed_blocks
    assert len(library.entries) == 1


def test_every_brace_in_bibtex_has_its_partner(hostile: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("bibtex", hostile, tmp_path / "papers.bib")
    text = (tmp_path / "papers.bib").read_text("utf-8")
    depth = 0
    for line in text.splitlines():
        if line.startswith("@"):
            assert depth == 0
        depth += line.count("{") - line.count("}")
    assert depth == 0
    assert len(re.findall(r"^@", text, re.MULTILINE)) == sum(1 for p in hostile.papers.values() if p.sources)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        (Name("Reed", "Marsha"), "Reed, Marsha"),
        (Name("van den Berg", "Jan Peter"), "van den Berg, Jan Peter"),
        (Name("Consortium"), "Consortium"),
        (Name("Pond and Lake Group"), "{Pond and Lake Group}"),
        (Name("Reed Jr.", "A"), "Reed Jr., A"),
    ],
)
def test_names_survive_bibtex(name: Name, written: str, tmp_path: Path) -> None:
    graph = graph_of(paper("title:1", title="T", authors=(name, Name("Last", "A."))))
    read = read_back("bibtex", graph, tmp_path)
    assert f"author = {{{written} and Last, A.}}" in (tmp_path / "papers.bib").read_text("utf-8")
    assert [str(n) for p in read if isinstance(p, Paper) for n in p.authors] == [str(name), "A. Last"]


def test_keys_are_kept_made_and_never_the_same() -> None:
    who = (Name("Ångström-Reed", "J."),)
    graph = graph_of(
        paper("title:1", title="The Frogs of X", authors=who, date=PartialDate(2020)),
        paper("title:2", title="On frogs", authors=who, date=PartialDate(2020)),
        paper("title:3", title="Kept", extra={"key": "smith2020:a"}),
        paper("title:4", title="Kept", extra={"key": "SMITH2020:A"}),
        paper("title:5", title="Unsafe", extra={"key": "a b{,}"}),
        Paper("title:6", title="Stub"),
    )
    assert _bibliography.keys(graph) == {
        "title:1": "angstromreed2020frogs",
        "title:2": "angstromreed2020frogsb",
        "title:3": "smith2020:a",
        "title:4": "SMITH2020:Ab",
        "title:5": "anonymousunsafe",
    }


@pytest.mark.parametrize(
    ("venue", "extra", "wanted"),
    [
        ("Journal of Ponds", {}, "article"),
        ("Proceedings of the Frog Conference", {}, "inproceedings"),
        ("Frogs", {"kind": "inproceedings"}, "inproceedings"),
        ("Frogs", {"kind": "JOUR"}, "article"),
        ("", {"kind": "article"}, "article"),
        ("", {"kind": "article", "publisher": "bioRxiv"}, "misc"),
        ("", {"kind": "article-journal"}, "article"),
        ("", {"kind": "phdthesis"}, "phdthesis"),
        ("", {"kind": "CHAP"}, "incollection"),
        ("Frogs", {"kind": "book-chapter"}, "incollection"),
        ("Journal of Ponds", {"kind": "misc"}, "article"),
        ("", {"kind": "unheard-of"}, "misc"),
        ("", {}, "misc"),
    ],
)
def test_kinds(venue: str, extra: Mapping[str, str], wanted: str) -> None:
    assert _bibliography.kind(paper("title:1", title="T", venue=venue, extra=extra)) == wanted


def test_an_article_on_arxiv_without_a_journal_is_a_preprint(tmp_path: Path) -> None:
    ids = {"arxiv": "1701.00001"}
    graph = graph_of(
        paper("arxiv:1701.00001", title="T", date=PartialDate(2017), identifiers=ids, extra={"kind": "article"})
    )
    assert [p.extra["kind"] for p in read_back("bibtex", graph, tmp_path) if isinstance(p, Paper)] == ["misc"]
    assert [p.extra["kind"] for p in read_back("csljson", graph, tmp_path) if isinstance(p, Paper)] == ["article"]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", sorted(set(_bibliography._KINDS.values()) | {"misc"}))
def test_kinds_come_back(kind: str, format: str, tmp_path: Path) -> None:
    """As nearly as the format has them, and the same after any number of ways there and back."""
    graph = graph_of(paper("title:1", title="T", date=PartialDate(2020), extra={"kind": kind}))
    (read,) = read_back(format, graph, tmp_path)
    assert isinstance(read, Paper)
    got = _bibliography.kind(read)
    nearly = {"inbook": "incollection", "manual": "book", "proceedings": "book", "mastersthesis": "phdthesis"}
    assert got == (kind if format == "bibtex" else nearly.get(kind, kind))


@pytest.mark.parametrize(
    ("stored", "bib", "ris", "csl"),
    [
        ("12-34", "12--34", ("12", "34"), "12-34"),
        ("12--34", "12--34", ("12", "34"), "12-34"),
        ("12 – 34", "12--34", ("12", "34"), "12-34"),
        ("pp. 12\u201034", "12--34", ("12", "34"), "12-34"),
        ("S1-S10", "S1--S10", ("S1", "S10"), "S1-S10"),
        ("i-xii", "i--xii", ("i", "xii"), "i-xii"),
        ("12:1--12:20", "12:1--12:20", ("12:1", "12:20"), "12:1-12:20"),
        ("C1-12-C1-34", "C1-12--C1-34", ("C1-12", "C1-34"), "C1-12–C1-34"),
        ("A-1--A-20", "A-1--A-20", ("A-1", "A-20"), "A-1–A-20"),
        ("7", "7", ("7", ""), "7"),
        ("e123", "e123", ("e123", ""), "e123"),
        ("A-12", "A-12", ("A-12", ""), "A-12"),
        ("n/a-n/a", "n/a-n/a", ("n/a-n/a", ""), "n/a-n/a"),
        ("1--2, 5--9", "1-2, 5-9", ("1-2, 5-9", ""), "1-2, 5-9"),
        ("A_1-A_9", r"A\_1--A\_9", ("A_1", "A_9"), "A_1-A_9"),
    ],
)
def test_pages(stored: str, bib: str, ris: tuple[str, str], csl: str, tmp_path: Path) -> None:
    graph = graph_of(paper("title:1", title="T", date=PartialDate(2020), extra={"pages": stored}))
    for format in FORMATS:
        (again,) = read_back(format, graph, tmp_path)
        assert isinstance(again, Paper)
        assert _bibliography.page_range(again) == ris
    assert f"  pages = {{{bib}}},\n" in (tmp_path / "papers.bib").read_text("utf-8")
    lines = (tmp_path / "papers.ris").read_text("utf-8").split("\n")
    assert [line[6:] for line in lines if line[:2] in ("SP", "EP")] == [page for page in ris if page]
    assert json.loads((tmp_path / "papers.csl.json").read_text("utf-8"))[0]["page"] == csl


def test_latex_is_left_alone_in_mathematics_only() -> None:
    assert bibtex.latex("$x_1$ costs $5 & more_") == r"$x_1$ costs \$5 \& more\_"


def test_ris_is_one_value_a_line(hostile: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("ris", hostile, tmp_path / "papers.ris")
    lines = (tmp_path / "papers.ris").read_bytes().decode("utf-8").split("\r\n")
    assert all(line == "" or re.fullmatch(r"[A-Z][A-Z0-9]  - [^\n\r]*", line) for line in lines)


@pytest.mark.parametrize("which", ["toy", "hostile"])
def test_rispy_reads_as_many_records(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    rispy = pytest.importorskip("rispy", reason="needs rispy")
    graph: KnowledgeGraph = request.getfixturevalue(which)
    export.write("ris", graph, tmp_path / "papers.ris")
    text = (tmp_path / "papers.ris").read_text("utf-8")
    read = rispy.load(io.StringIO(text))
    wanted = [p for p in graph.papers.values() if p.sources]
    assert [len(r.get("authors", ())) for r in read] == [len(p.authors) for p in wanted]
    if which == "toy":
        assert [r.get("title", "") for r in read] == [p.title for p in wanted]


def test_csljson_is_what_the_schema_says(hostile: KnowledgeGraph, tmp_path: Path) -> None:
    export.write("csljson", hostile, tmp_path / "papers.csl.json")
    items = json.loads((tmp_path / "papers.csl.json").read_text("utf-8"))
    for item in items:
        assert item["type"] in ("article-journal", "paper-conference", "article", "document")
        assert all(isinstance(v, str) for k, v in item.items() if k not in ("author", "issued"))
        for author in item.get("author", ()):
            assert author.keys() <= {"family", "given", "literal", "ORCID"}
        if "issued" in item:
            assert all(isinstance(part, int) for part in item["issued"]["date-parts"][0])
    assert len({item["id"] for item in items}) == len(items)


def test_a_citation_processor_prints_the_papers(toy: KnowledgeGraph, tmp_path: Path) -> None:
    citeproc = pytest.importorskip("citeproc", reason="needs citeproc-py")
    source = pytest.importorskip("citeproc.source.json")
    export.write("csljson", toy, tmp_path / "papers.csl.json")
    read = source.CiteProcJSON(json.loads((tmp_path / "papers.csl.json").read_text("utf-8")))
    style = citeproc.CitationStylesStyle("harvard-cite-them-right", validate=False)
    printed = citeproc.CitationStylesBibliography(style, read, citeproc.formatter.plain)
    for key in read:
        printed.register(citeproc.Citation([citeproc.CitationItem(key)]))
    assert any("Counting Frogs" in str(entry) and "2020" in str(entry) for entry in printed.bibliography())
