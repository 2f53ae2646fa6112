"""arXiv Atom, PubMed, ACL Anthology, TEI, JATS: what becomes what, and XML that means harm."""

from __future__ import annotations

import io
import re
import time
import tracemalloc
from pathlib import Path

import pytest

from citeweave.extract import readers
from citeweave.extract.readers import _xml
from citeweave.model import Name, Paper, Problem

CORPUS = Path(__file__).parents[2] / "corpus"
RECORDS = {"arxiv_atom": "entry", "pubmed": "PubmedArticle", "acl": "paper", "tei": "TEI", "jats": "article"}
TITLES = {"arxiv_atom": "title", "pubmed": "ArticleTitle", "acl": "title", "tei": "title", "jats": "article-title"}


def run(data: bytes | str, format: str | None = None) -> tuple[list[Paper], list[str]]:
    raw = data.encode() if isinstance(data, str) else data
    items = list(readers.read_stream(io.BytesIO(raw), "toy", format))
    return [i for i in items if isinstance(i, Paper)], [str(i) for i in items if isinstance(i, Problem)]


def sample(name: str) -> str:
    return (CORPUS / f"{name}{readers.reader(name).SUFFIXES[0]}").read_text()


def papers(name: str) -> list[Paper]:
    return run(sample(name))[0]


def titled(name: str, inside: str, before: str = "", after: str = "") -> tuple[list[Paper], list[str]]:
    """The sample read with its first record's title replaced, and something put before and after that record."""
    text, tag = sample(name), TITLES[name]
    at = re.search(rf"<{RECORDS[name]}[\s>]", text).start()  # type: ignore[union-attr]
    whole = re.compile(rf"(<{tag}(?:\s[^>]*)?>).*?(</{tag}>)", re.DOTALL)
    record = whole.sub(lambda m: f"{m[1]}{inside}{m[2]}", text[at:], count=1)
    return run(text[:at] + before + record + after, name)


def without_lines(found: list[Paper]) -> list[tuple[object, ...]]:
    return [(p.id, p.title, p.abstract, p.authors, p.date, p.references, p.links, p.extra) for p in found]


@pytest.mark.parametrize("name", RECORDS)
def test_all_in_one_line(name: str) -> None:
    one_line = " ".join(sample(name).split())
    assert readers.detect(one_line.encode()) == name
    found, problems = run(one_line)
    assert without_lines(found) == without_lines(papers(name))
    assert not problems


@pytest.mark.parametrize("name", RECORDS)
def test_entities_of_html_and_characters_that_xml_forbids(name: str) -> None:
    given = "Fr&eacute;chet &#8212; &#x3b1; &amp; R&D, &nope; &#0; <![CDATA[a < b & c]]> \x01 end"
    found, problems = titled(name, given)
    assert found[0].title.startswith("Fréchet — α & R&D, &nope; \ufffd a < b & c \ufffd end")
    assert not problems
    assert len(found) == len(papers(name))


@pytest.mark.parametrize("name", RECORDS)
def test_entity_bombs_and_outside_entities_stay_text(name: str) -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE x [<!ENTITY a0 "ha"><!ENTITY out SYSTEM "file:///etc/passwd">{laughs}]>\n'
    text, tag = sample(name), TITLES[name]
    text = re.sub(r"<!DOCTYPE[^>]*>\n", "", text)
    declaration, _, rest = text.partition("\n")
    at = re.search(rf"<{RECORDS[name]}[\s>]", rest).start()  # type: ignore[union-attr]
    rest = rest[:at] + re.sub(rf"(<{tag}(?:\s[^>]*)?>)", r"\1&a11;&out; Bomb ", rest[at:], count=1)
    tracemalloc.start()
    found, problems = run(f"{declaration}\n{doctype}{rest}")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[0].title.startswith("&a11;&out; Bomb")
    assert len(found) == len(papers(name))
    assert not problems
    assert peak < 60_000_000


@pytest.mark.parametrize("name", RECORDS)
def test_a_broken_record_costs_itself(name: str) -> None:
    found, problems = titled(name, "Open <i>end")
    assert without_lines(found) == without_lines(papers(name)[1:])
    assert len(problems) == 1
    assert "XML malformed: " in problems[0]


@pytest.mark.parametrize("name", RECORDS)
def test_depth_bomb(name: str) -> None:
    started = time.process_time()
    found, problems = titled(name, "<i>" * 100_000 + "deep" + "</i>" * 100_000)
    assert time.process_time() - started < 5
    assert without_lines(found) == without_lines(papers(name)[1:])
    assert [p.split(": ", 1)[1] for p in problems] == ["XML nested too deeply"]


@pytest.mark.parametrize("name", RECORDS)
def test_cut_off_and_never_closed(name: str) -> None:
    text, tag = sample(name), RECORDS[name]
    found, problems = run(text[: text.rindex(f"</{tag}>")])
    assert without_lines(found) == without_lines(papers(name)[:1])
    assert [p.split(": ", 1)[1] for p in problems] == ["record cut off: its closing tag is missing"]
    assert problems[0].startswith(f"toy:{papers(name)[1].sources[0].line}: ")
    found, problems = titled(name, "First", before=f"<{tag}>\n<title>never closed</title>\n")
    assert len(found) == len(papers(name))
    assert [p.split(": ", 1)[1] for p in problems] == ["record cut off: its closing tag is missing"]


@pytest.mark.parametrize("name", RECORDS)
def test_records_without_anything(name: str) -> None:
    tag = RECORDS[name]
    found, problems = run(f"<x><{tag}/>\n<{tag}></{tag}>\n<{tag}>text</{tag}></x>", name)
    assert not found
    assert problems == [f"toy:{line}: no title and no abstract" for line in (1, 2, 3)]


def test_a_record_beyond_all_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_xml, "_MAX_RECORD", 100_000)
    found, problems = titled("acl", "x\n" * 100_000)
    assert [p.title for p in found] == ["Do Puffins Dream of Parse Trees?"]
    assert problems == ["toy:15: record of more than 0 megabytes left out"]


def test_arxiv_atom() -> None:
    gulls, tides = papers("arxiv_atom")
    assert gulls.title == "Gulls on a Wire: Bandits with Correlated Delays"
    assert gulls.abstract.endswith(r"a regret of $O(\sqrt{T})$ for Gödel-type delays & their mixtures.")
    assert gulls.identifiers == {"doi": "10.5555/toy.81", "arxiv": "2404.99001"}
    assert gulls.authors == (Name("Eze", "Ngozi"), Name("van der Berg", "Jonas"))
    assert (str(gulls.date), gulls.venue, gulls.links) == (
        "2024-04-11", "Toy Bandits 3 (2024)", ("https://example.org/wireucb",),
    )  # fmt: skip
    assert tides.id == "arxiv:cs/9902002"
    error = "<feed><entry><id>http://arxiv.org/api/errors#bad_id</id><summary>incorrect id</summary></entry></feed>"
    assert run(error) == ([], ["toy:1: the API answered with an error: incorrect id"])


def test_pubmed() -> None:
    anemone, ward = papers("pubmed")
    assert anemone.title == "Anemone networks for in vivo segmentation of Ca²⁺ signals"
    assert anemone.abstract.startswith("BACKGROUND: Calcium signals are noisy & sparse. RESULTS: Anemone")
    assert anemone.identifiers == {"doi": "10.5555/toy.91", "pmid": "99100001"}
    assert anemone.authors == (
        Name("Kowalczyk", "Ewa", "0000-0002-1825-0097"), Name("van der Berg Jr", "J"), Name("Toy Neuron Group"),
    )  # fmt: skip
    assert (str(anemone.date), str(ward.date)) == ("2022-12-07", "2019-11")
    assert [(dict(r.identifiers), r.year) for r in anemone.references] == [({"pmid": "99100009"}, 2021)]
    assert ward.title == "Question answering at the ward round"


def test_acl() -> None:
    shearwater, puffins = papers("acl")
    assert shearwater.title == "Shearwater: Long-Range Coreference with $k$-Nearest Mentions"
    assert shearwater.identifiers == {"doi": "10.5555/toy.101", "acl": "2027.toy-main.1"}
    assert shearwater.authors == (Name("Herrera", "Tomás", "0000-0001-5109-3700"), Name("Eze", "Ngozi"))
    assert (str(shearwater.date), shearwater.links) == ("2027-07", ("https://example.org/shearwater",))
    assert puffins.identifiers == {"acl": "2027.toy-main.2"}
    assert puffins.venue.startswith("Proceedings of the 3rd Toy Meeting")


@pytest.mark.parametrize(
    ("collection", "volume", "number", "expected"),
    [("P18", "1", "7", "P18-1007"), ("W19", "23", "4", "W19-2304"), ("2020.acl", "main", "7", "2020.acl-main.7")],
)
def test_ids_of_the_anthology(collection: str, volume: str, number: str, expected: str) -> None:
    found, _ = run(
        f'<collection id="{collection}"><volume id="{volume}"><meta/>'
        f'<paper id="{number}"><title>A Stone</title></paper></volume></collection>'
    )
    assert found[0].identifiers == {"acl": expected}


def test_tei() -> None:
    driftwood, cormorant = papers("tei")
    assert driftwood.identifiers == {"arxiv": "2110.99001"}
    assert driftwood.authors == (Name("Haugen", "Sigrid A", "0000-0002-1694-233X"), Name("Qiao", "Lin"))
    assert (str(driftwood.date), driftwood.venue) == ("2021-10-04", "Proceedings of Toy NLP")
    tide, book = driftwood.references
    assert (tide.identifiers, tide.title, tide.year) == ({"doi": "10.5555/toy.111"}, "Segmenting by Tide", 2018)
    assert tide.raw.endswith("Toy Letters, 2018.")
    assert (book.title, book.authors, book.year) == ("A Book of Outlines", (Name("Eze"),), 1999)
    assert (cormorant.date, cormorant.references) == (None, ())


def test_jats() -> None:
    barnacle, review = papers("jats")
    assert barnacle.title == "Barnacle: Protein Design with Equivariant Diffusion: A Toy Study"
    assert barnacle.abstract == (
        "Motivation: Designed proteins rarely fold, as x² grows. Results: Barnacle is an equivariant diffusion model "
        r"with $\alpha_1$ steps; 62% of its designs fold in ToyFold & in H₂O."
    )
    assert barnacle.authors == (Name("Okafor", "Mira", "0000-0002-1825-0097"), Name("Toy Protein Group"))
    assert barnacle.identifiers == {"doi": "10.5555/toy.121", "pmid": "99200001"}
    assert (str(barnacle.date), str(review.date)) == ("2023-02-03", "2021-05")
    folding, book = barnacle.references
    assert (folding.identifiers, folding.title, folding.year) == ({"doi": "10.5555/toy.122"}, "Folding by tide", 2020)
    assert (book.title, book.authors, book.year) == ("A Book of Folds", (Name("Eze", "N"),), 1998)
