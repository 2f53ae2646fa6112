"""Saved pages: what is a paper, what is page furniture, and which line a record starts on."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from citeweave.extract import readers
from citeweave.extract.readers._page import content, is_prose
from citeweave.extract.readers._title_end import title_end
from citeweave.model import Name, Paper, PartialDate

CORPUS = Path(__file__).parents[2] / "corpus"


def papers(name: str) -> list[Paper]:
    items = list(readers.read(CORPUS / name))
    assert all(isinstance(i, Paper) for i in items)
    return [i for i in items if isinstance(i, Paper)]


def test_oneline_page() -> None:
    first, second, third, last = papers("oneline.txt")
    assert first.title == "Lantern Attention: Sparse Lookups for Very Long Documents"
    assert first.abstract.startswith("Long documents strain")
    assert first.abstract.endswith("a fifth of its memory.")
    assert (first.author_count, first.date, first.extra) == (3, PartialDate(2021, 3, 4), {})
    assert second.title == "Do Tide Models Forget? Measuring Recall in Streaming Speech Recognition"
    assert second.extra == {"upvotes": "3", "comments": "2"}
    assert third.title == "Pebble: A Benchmark of Small Proofs"
    assert third.extra == {"upvotes": "12"}
    assert last.title == "Gradient quilting for federated learning on uneven clients"
    assert [p.sources[0].line for p in (first, second, third, last)] == [1, 2, 3, 4]


def test_titles_page() -> None:
    found = papers("titles.txt")
    assert [p.title.split()[0] for p in found] == ["Lantern", "Pebble:", "Moss", "Copper:"]
    assert [p.sources[0].line for p in found] == [3, 5, 7, 9]
    assert found[0].sources[0].fields == ("title", "abstract")


def test_via_page() -> None:
    found = papers("via.txt")
    assert [str(p.authors[-1]) for p in found] == ["Lin Qiao", "Peter O'Leary", "Marvin Von Tal"]
    assert found[0].authors[1] == Name("van der Berg", "Jonas")
    assert all(not p.title and p.id.startswith("abstract:") for p in found)
    assert [p.sources[0].line for p in found] == [3, 9, 15]


def test_dated_page() -> None:
    found = papers("dated.txt")
    assert [str(p.date) for p in found] == ["2022-11-19", "--02-21", "2023-12-27"]
    assert [p.author_count for p in found] == [2, 2, 1]
    assert [dict(p.extra) for p in found] == [{}, {}, {"comments": "1"}]
    assert [p.sources[0].line for p in found] == [13, 21, 29]


def test_one_paper_is_the_same_in_every_layout() -> None:
    by_title: dict[str, set[str]] = {}
    for name in ("oneline.txt", "titles.txt", "dated.txt", "jsonl.jsonl", "csv.csv", "csv.tsv", "bibtex.bib"):
        for paper in papers(name):
            if paper.abstract:
                by_title.setdefault(paper.title, set()).add(paper.abstract)
    assert len(by_title) == 10
    assert all(len(abstracts) == 1 for abstracts in by_title.values())
    nameless = {p.abstract for p in papers("via.txt")}
    assert nameless <= set().union(*by_title.values())


@pytest.mark.parametrize(
    "line",
    [
        "Get trending papers in your email inbox once a day!",
        "Subscribe",
        "  Daily Papers ",
        "byAK and the research community",
        "Nov 3",
        "new",
        "Load more",
        "← Previous",
        "Get our free extension to see links to code!Free add-on: See code for papers anywhere!",
        "© 2024 Some Site",
        "This site uses cookies to improve your experience",
        "· · ·",
    ],
)
def test_furniture_is_dropped_wherever_it_stands(line: str) -> None:
    assert content(line) == ""
    record = "Rolling Stones\nWe measure how pebbles roll down slopes that nobody has ever measured before today.\n"
    page = f"{line}\n{record}{line}\n{record.replace('Rolling', 'Resting')}{line}\n"
    found = list(readers.read_stream(io.BytesIO(page.encode()), "toy", "titles"))
    assert [p.title for p in found if isinstance(p, Paper)] == ["Rolling Stones", "Resting Stones"]
    assert len(found) == 2


@pytest.mark.parametrize(
    "title",
    [
        "Subscribers Who Leave: A Survival Model",
        "Subscribe or Perish: Incentives in Federated Learning",
        "Copyright Violations and Large Language Models",
        "Back to Basics",
        "Join Training with Asynchronous Updates",
        "Get More for Less: Distilling with Few Updates",
        "Lattice-Free Extension of Maximum Mutual Information",
        "New Trends in Trends",
        "Papers with Code",
        "May 68: A Corpus of Slogans",
    ],
)
def test_titles_that_resemble_furniture_are_kept(title: str) -> None:
    assert content(title) == title


def test_a_button_glued_to_a_title_is_cut_off() -> None:
    assert content("SubscribeUniversal Stones") == "Universal Stones"
    assert content("Subscribe$\\nabla$-Stones") == "$\\nabla$-Stones"
    assert content("Subscribeu-Stones: Units") == "u-Stones: Units"


def test_prose_and_titles() -> None:
    assert is_prose("We show that pebbles roll faster on slopes that are steep and wet.")
    assert is_prose("word " * 40)
    assert is_prose("我们提出了一种新的方法,用于在陡峭的斜坡上滚动石头,并证明其有效性。")
    assert not is_prose("Are Pebbles with One Rounded Side Universal Approximators of Every Rolling Stone in Rivers?")
    assert not is_prose("Pebbles et al.")


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("Learning to Skip Stones", "Stone-skipping has emerged as a way to learn throwing from few throws."),
        ("How Far Do Stones Skip? A Study of Rivers", "In this note we study rivers and the stones in them."),
        ("On the geometry of wet pebbles and related matters", "This paper considers the shape of pebbles in rain."),
        ("Pebble: A Toolkit for Small Rocks", "We present Pebble, an open toolkit that sorts small rocks by size."),
        ("Sorting Networks for Gravel", "Recent work has shown that gravel can be sorted without any supervision."),
        ("Rivers as Recurrent Networks", "A recurrent neural network (RNN) is a model that reads one word at a time."),
        ("The Weight of Sand", "Large language models (LLMs) have become the default tool for weighing sand."),
        ("Gravel Is All You Need", "Although it has been known for years that gravel helps, nobody has explained why."),
    ],
)
def test_a_title_ends_where_the_sentence_begins(title: str, abstract: str) -> None:
    line = f"{title} {abstract} Our code is available."
    assert line[: title_end(line)] == title


def test_title_end_of_degenerate_lines() -> None:
    assert title_end("") == 0
    assert title_end("Word") == 4
    assert title_end("only small words here") in range(1, 22)
    assert title_end("x" * 1_000_000 + " We show") == 1_000_000
