from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citeweave.extract import build, citations, links


def texts(text: str) -> list[str]:
    found = citations.find(text)
    for c in found:
        assert text[c.start : c.end] == c.text
        assert c.by == "citations/1"
    return [c.text for c in found]


@pytest.mark.parametrize(
    ("text", "scheme", "value", "words"),
    [
        ("As in arXiv:2203.15556, we", "arxiv", "2203.15556", "arXiv:2203.15556"),
        ("As in (arXiv:2203.15556v2).", "arxiv", "2203.15556", "arXiv:2203.15556v2"),
        ("See https://arxiv.org/abs/1706.03762.", "arxiv", "1706.03762", "https://arxiv.org/abs/1706.03762"),
        (
            "See https://arxiv.org/pdf/1706.03762v5.pdf.",
            "arxiv",
            "1706.03762",
            "https://arxiv.org/pdf/1706.03762v5.pdf",
        ),
        ("of hep-th/9901001 and", "arxiv", "hep-th/9901001", "hep-th/9901001"),
        ("arXiv preprint arXiv:1412.6980 says", "arxiv", "1412.6980", "arXiv preprint arXiv:1412.6980"),
        ("at doi:10.1234/ABC.5.", "doi", "10.1234/abc.5", "doi:10.1234/ABC.5"),
        ("(https://doi.org/10.1234/x(1)y)", "doi", "10.1234/x(1)y", "https://doi.org/10.1234/x(1)y"),
        ("the DOI 10.48550/arXiv.1706.03762 is", "arxiv", "1706.03762", "10.48550/arXiv.1706.03762"),
    ],
)
def test_identifiers(text: str, scheme: str, value: str, words: str) -> None:
    assert texts(text) == [words]
    assert citations.find(text)[0].identifiers == {scheme: value}


@pytest.mark.parametrize(
    ("text", "words", "authors", "year"),
    [
        ("As Lin et al. (2021) show, it", "Lin et al. (2021)", ("Lin",), 2021),
        ("as Lin et al. 2021 show, it", "Lin et al. 2021", ("Lin",), 2021),
        ("(Lin et al., 2021b)", "Lin et al., 2021b", ("Lin",), 2021),
        ("(Lin et al., 2014; 2016)", "Lin et al., 2014; 2016", ("Lin",), 2014),
        ("bound of Barrow [1993], this", "Barrow [1993]", ("Barrow",), 1993),
        ("of Reed and Arteaga (2019) who", "Reed and Arteaga (2019)", ("Reed", "Arteaga"), 2019),
        ("in the AX method (Sharp & Kaplan, 2022), and", "Sharp & Kaplan, 2022", ("Sharp", "Kaplan"), 2022),
        ("(de Vries et al., 2019)", "de Vries et al., 2019", ("de Vries",), 2019),
        ("by Ben-Dov et al (2010)", "Ben-Dov et al (2010)", ("Ben-Dov",), 2010),
        (
            'by M{\\"u}ller and Ne\\v{s}ka (2011)',
            'M{\\"u}ller and Ne\\v{s}ka (2011)',
            ('M{\\"u}ller', "Ne\\v{s}ka"),
            2011,
        ),
        ("as shown by Xing et al. for trees", "Xing et al.", ("Xing",), None),
        ("an open question by Dima, Goh, and Wain.", "Dima, Goh, and Wain", ("Dima", "Goh", "Wain"), None),
        ("Recently, Mahler and Orr demonstrated it", "Mahler and Orr", ("Mahler", "Orr"), None),
        (
            "of P. Jack, D. Miles and P. Moore in 2013.",
            "P. Jack, D. Miles and P. Moore in 2013",
            ("Jack", "Miles", "Moore"),
            2013,
        ),
        ("(see Wolf, 1990)", "Wolf, 1990", ("Wolf",), 1990),
        ("by Adams et al. (STOC 2011) using", "Adams et al. (STOC 2011)", ("Adams",), 2011),
    ],
)
def test_authors_and_years(text: str, words: str, authors: tuple[str, ...], year: int | None) -> None:
    assert texts(text) == [words]
    assert (citations.find(text)[0].authors, citations.find(text)[0].year) == (authors, year)


def test_several_in_one_bracket() -> None:
    text = "Attention (Vass et al., 2017; Devon et al., 2018; Lowe and Hart, 2019) helps."
    assert texts(text) == ["Vass et al., 2017", "Devon et al., 2018", "Lowe and Hart, 2019"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (r"on TriNet~\cite{horn2017defense, li2019bag} and", ["horn2017defense", "li2019bag"]),
        ("following wu2018mixed and cai2022achieve we", ["wu2018mixed", "cai2022achieve"]),
        (r"by Lee et al.~\cite{lee-01} we", ["Lee et al.", "lee-01"]),
        ("the architecture [50] is used with [3, 4]", ["[50]", "[3, 4]"]),
    ],
)
def test_keys_and_numbers(text: str, keys: list[str]) -> None:
    assert texts(text) == keys


@pytest.mark.parametrize(
    "text",
    [
        "We evaluate on ImageNet (2012) and SemEval 2020.",
        "In June 2021, the BERT and GPT models were used at CVPR (2020).",
        "The interval [0, 1] and the box [0,255] are scaled.",
        "At SemEval-2020 Task 12 (2020), the Shared Task (2021) of WMT 2014.",
        "Both Adam and Lion converge, in 2000 steps.",
        "We use COCO 2017 and version 3.1415 of iwslt2017.",
        "Since 2019, In (2015) and Table (2020) are no names.",
    ],
)
def test_no_citation(text: str) -> None:
    assert texts(text) == []


@given(st.text(alphabet="Aab .,;&([)]209{}\\~'-/:", max_size=80))
def test_offsets_hold_for_any_text(text: str) -> None:
    texts(text)


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("Code: https://github.com/a/b.", "https://github.com/a/b"),
        ("(see http://github.com/A/b.git).", "https://github.com/A/b"),
        ("at github.com/a-b/c_d, too", "https://github.com/a-b/c_d"),
        ("at www.example.org/x;", "https://www.example.org/x"),
        ("our page say-it.github.io.", "https://say-it.github.io"),
        ("http://www.example.org/~x/y/", "http://www.example.org/~x/y"),
        ("https://en.example.org/wiki/A_(b)", "https://en.example.org/wiki/A_(b)"),
        ("\\url{https://github.com/a/b}", "https://github.com/a/b"),
        ("https://colab.example.com/d?id=1&x=2", "https://colab.example.com/d?id=1&x=2"),
        ("HTTPS://GitHub.com/A/B", "https://github.com/A/B"),
    ],
)
def test_links(text: str, link: str) -> None:
    assert list(citations.find_links(text)) == [link]


@pytest.mark.parametrize(
    "text",
    [
        "See https://github.com/ alone.",
        "a.b/c and/or e.g. x.y",
        "https://doi.org/10.1234/x",
        "mail a@github.com/x",
        "https://",
    ],
)
def test_no_link(text: str) -> None:
    assert list(citations.find_links(text)) == []


def test_normalising_a_broken_address_does_not_fail() -> None:
    assert links.normalise("http://[::1") == "http://[::1"


@pytest.mark.parametrize(
    "text",
    ["Aa, " * 8000, "A. " * 10_000, "Van de Aa and " * 3000, "\\'{e}" * 8000, "http://" * 5000, "Aa et al. " * 3000],
)
def test_hostile_text_takes_no_quadratic_time(text: str) -> None:
    begun = time.monotonic()
    citations.find(text)
    list(citations.find_links(text))
    assert time.monotonic() - begun < 20


def test_component() -> None:
    doc = build(only=("citations",))(
        "T\nSee Lin et al. (2021), arXiv:2203.15556 and github.com/a/b or https://github.com/a/b."
    )
    assert [c.text for c in doc._.citations] == ["Lin et al. (2021)", "arXiv:2203.15556"]
    assert doc._.links == ["https://github.com/a/b"]
