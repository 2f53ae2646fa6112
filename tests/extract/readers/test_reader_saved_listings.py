"""Lists of papers at arXiv and CatalyzeX, saved as HTML or copied as text."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from citeweave.extract import readers
from citeweave.model import Name, Paper, Problem

CORPUS = Path(__file__).parents[2] / "corpus"
ARXIV = (CORPUS / "arxiv_listing.html").read_text("utf-8")
CATALYZEX = (CORPUS / "catalyzex.html").read_text("utf-8")
RESULTS = """<!DOCTYPE html><html><head><title>Search | arXiv e-print repository</title></head><body><ol>
<li class="arxiv-result">
  <div class="is-marginless"><p class="list-title is-inline-block">
    <a href="https://arxiv.org/abs/2405.99003">arXiv:2405.99003</a>
    <span>&nbsp;[<a href="https://arxiv.org/pdf/2405.99003">pdf</a>]&nbsp;</span></p>
    <div class="tags is-inline-block">
      <span class="tag is-small is-link" data-tooltip="Machine Learning">cs.LG</span></div>
    <span class="tag is-light is-size-7"><a href="https://doi.org/10.5555/toy.99">10.5555/toy.99</a></span></div>
  <p class="title is-5 mathjax">Snails in <span class="search-hit mathjax">Latent</span> Space</p>
  <p class="authors"><span class="has-text-black-bis">Authors:</span>
    <a href="/search/?searchtype=author&amp;query=Li%2C+N">Na Li</a>,
    <a href="/search/?query=Moreau%2C+E">Élise Moreau</a></p>
  <p class="abstract mathjax"><span class="has-text-black-bis">Abstract</span>:
    <span class="abstract-short has-text-grey-dark mathjax">
      &hellip;crawl slowly&hellip; <a class="is-size-7">&#9661; More</a></span>
    <span class="abstract-full has-text-grey-dark mathjax">
      Snails crawl slowly through <span class="search-hit">latent</span>
      space, which we exploit. <a class="is-size-7">&#9651; Less</a></span></p>
  <p class="is-size-7"><span>Submitted</span> 3 June, 2024; <span>v1</span> submitted 30 May, 2024;
    <span>originally announced</span> May 2024.</p>
  <p class="comments is-size-7"><span>Comments:</span> <span class="has-text-grey-dark mathjax">4 pages</span></p>
  <p class="comments is-size-7"><span>Journal ref:</span> Toy Snails 1 (2024)</p>
</li></ol></body></html>
"""
COPIED = """Total of 3 entries
New submissions (showing 2 of 2 entries)
[1] arXiv:2403.99001 [pdf, html, other]
Title: Otter Search: Retrieval with $k$ Warm Caches
Mira Okafor, Jonas van der Berg
Comments: 9 pages
Subjects: Information Retrieval (cs.IR); Machine Learning (cs.LG)
Dense retrievers keep an index that is stale by noon. Otter Search answers from caches.

[2] arXiv:cs/9902002 (replaced) [pdf]
Title: Parsing Whale Song
Authors: Ngozi Eze
Subjects: Computation and Language (cs.CL)
Journal-ref: Toy Whales 2 (1999)
"""  # fmt: skip


def run(text: str, format: str | None = None) -> tuple[list[Paper], list[str]]:
    items = list(readers.read_stream(io.BytesIO(text.encode()), "toy", format))
    return [i for i in items if isinstance(i, Paper)], [str(i) for i in items if isinstance(i, Problem)]


def test_arxiv_list_of_new_papers() -> None:
    otter, whale = run(ARXIV)[0]
    assert otter.id == "arxiv:2403.99001"
    assert otter.title == "Otter Search: Retrieval with $k$ Warm Caches & No Index"
    assert otter.authors == (Name("Okafor", "Mira"), Name("van der Berg", "Jonas"))
    assert otter.abstract.endswith(
        "it loses $<1$ point of recall against an indexed baseline while halving the latency."
    )
    assert (str(otter.date), otter.venue, otter.links) == (
        "2024-03",
        "Toy Retrieval 3 (2024)",
        ("https://example.org/otter",),
    )
    assert otter.extra["categories"] == "cs.IR cs.LG"
    assert [str(name) for name in whale.authors] == ["Ngozi Eze"]


def test_arxiv_list_without_abstracts() -> None:
    start, end = ARXIV.index("<p class='mathjax'>"), ARXIV.index("</p>", ARXIV.index("<p class='mathjax'>"))
    papers, problems = run(ARXIV[:start] + ARXIV[end:])
    assert [bool(p.abstract) for p in papers] == [False, True]
    assert not problems


def test_arxiv_search_results() -> None:
    assert readers.detect(RESULTS.encode()) == "arxiv_listing"
    (snails,), problems = run(RESULTS)
    assert not problems
    assert (snails.title, snails.abstract) == (
        "Snails in Latent Space",
        "Snails crawl slowly through latent space, which we exploit.",
    )
    assert snails.identifiers == {"doi": "10.5555/toy.99", "arxiv": "2405.99003"}
    assert snails.authors == (Name("Li", "Na"), Name("Moreau", "Élise"))
    assert (str(snails.date), snails.venue) == ("2024-05-30", "Toy Snails 1 (2024)")
    assert snails.extra["comments"] == "4 pages"


def test_arxiv_list_copied_as_text() -> None:
    assert readers.detect(COPIED.encode(), "page.txt") == "arxiv_listing"
    (otter, whale), problems = run(COPIED)
    assert not problems
    assert (otter.title, otter.sources[0].line) == ("Otter Search: Retrieval with $k$ Warm Caches", 3)
    assert [str(name) for name in otter.authors] == ["Mira Okafor", "Jonas van der Berg"]
    assert otter.abstract == "Dense retrievers keep an index that is stale by noon. Otter Search answers from caches."
    assert (whale.id, str(whale.date), whale.venue) == ("arxiv:cs/9902002", "1999-02", "Toy Whales 2 (1999)")
    assert (whale.abstract, str(whale.authors[0])) == ("", "Ngozi Eze")


@pytest.mark.parametrize("whole", [ARXIV, RESULTS])
def test_arxiv_item_cut_off(whole: str) -> None:
    cut = whole[: whole.index("'list-title mathjax'" if whole is ARXIV else '"title is-5')]
    papers, problems = run(cut, "arxiv_listing")
    assert not papers
    assert [p.split(": ", 1)[1] for p in problems] == ["item without a title: cut off"]


def test_catalyzex() -> None:
    starfish, barnacles = run(CATALYZEX)[0]
    assert starfish.id == "arxiv:2404.99010"
    assert starfish.title == "Starfish: A Network that Regrows its Lost Heads"
    assert starfish.authors == (Name("Okafor", "Mira"), Name("Herrera", "Tomás"))
    assert starfish.abstract.startswith("Pruned attention heads are gone for good.")
    assert "recovers within one epoch" in starfish.abstract
    assert (str(starfish.date), starfish.links) == ("2024-04-17", ("https://github.com/example/starfish",))
    assert (barnacles.id, barnacles.sources[0].line) == ("arxiv:2403.99011", 20)


def test_catalyzex_page_of_one_paper() -> None:
    start = CATALYZEX.index("<h2><a")
    page = (
        CATALYZEX[: CATALYZEX.index("<h1>")] + "<h1>Barnacles Cling</h1>" + CATALYZEX[CATALYZEX.index("</h2>", start) :]
    )
    papers, problems = run(page)
    assert [(p.title, p.id) for p in papers] == [("Barnacles Cling", "arxiv:2403.99011")]
    assert not problems


def test_catalyzex_paper_without_an_abstract_and_an_impossible_day() -> None:
    start = CATALYZEX.index("<p><span")
    papers, problems = run(CATALYZEX[:start] + CATALYZEX[CATALYZEX.index("</p>", start) :])
    assert [p.id for p in papers] == ["arxiv:2403.99011"]
    assert problems == ["toy:10: paper without an abstract"]
    papers, problems = run(CATALYZEX.replace("Mar 2, 2024", "Feb 30, 2024"))
    assert [p.date is None for p in papers] == [False, True]
    assert problems == ["toy:20: no such date: 2024-2-30"]


def test_all_of_a_page_may_stand_on_one_line() -> None:
    for page in (ARXIV, CATALYZEX):
        papers, problems = run(page.replace("\n", " "))
        assert [(p.id, p.title, p.abstract) for p in papers] == [(p.id, p.title, p.abstract) for p in run(page)[0]]
        assert not problems


def test_a_bomb_of_depth_is_one_record() -> None:
    for format, page in (("arxiv_listing", ARXIV), ("catalyzex", CATALYZEX)):
        at = page.index("measured by" if format == "catalyzex" else "and compare them")
        papers, _ = run(page[:at] + "<b>" * 100_000 + page[at:], format)
        assert papers[0] == run(page, format)[0][0]
