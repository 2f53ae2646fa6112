"""RIS in the dialects of reference managers, and where a well-known parser loses records."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from citeweave.extract import readers
from citeweave.model import Name, Paper, Problem

CORPUS = Path(__file__).parents[2] / "corpus"


def run(data: str | bytes) -> tuple[list[Paper], list[str]]:
    raw = data.encode() if isinstance(data, str) else data
    items = list(readers.read_stream(io.BytesIO(raw), "toy", "ris"))
    return [i for i in items if isinstance(i, Paper)], [str(i) for i in items if isinstance(i, Problem)]


def record(*lines: str) -> Paper:
    papers, problems = run("\n".join(["TY  - JOUR", "TI  - Rolling Stones", *lines, "ER  - "]))
    assert not problems
    (paper,) = papers
    return paper


def test_corpus() -> None:
    basalt, tidal, kelp = (p for p in readers.read(CORPUS / "ris.ris") if isinstance(p, Paper))
    assert basalt.authors == (Name("Haugen", "Sigrid"), Name("van der Berg", "Jonas"))
    assert basalt.identifiers == {"doi": "10.5555/toy.21", "url": "https://example.org/basalt"}
    assert (str(basalt.date), basalt.venue) == ("2023-05-14", "Proceedings of the Toy Conference")
    assert basalt.extra == {"kind": "CONF", "keywords": "caching; retrieval", "pages": "11-24"}
    assert tidal.abstract.endswith("lowers and raises weight decay in turn, and improves accuracy on "
                                   "ImageNet-Tiny by 1.2 points over constant weight decay.")  # fmt: skip
    assert (str(tidal.date), tidal.identifiers) == ("2019-11", {"doi": "10.5555/toy.22"})
    assert [dict(r.identifiers) for r in tidal.references] == [{"doi": "10.5555/toy.9"}, {}]
    assert [r.year for r in tidal.references] == [2021, 2018]
    assert kelp.identifiers == {"arxiv": "2399.00012"}


@pytest.mark.parametrize(
    ("lines", "date"),
    [
        (["PY  - 2020"], "2020"),
        (["PY  - 2020///"], "2020"),
        (["Y1  - 2020/05/07/Spring"], "2020-05-07"),
        (["PY  - 2020", "DA  - 2020/05//"], "2020-05"),
        (["PY  - 2020", "DA  - May 7"], "2020-05-07"),
        (["PY  - 2020", "DA  - Spring"], "2020"),
        (["DA  - 2020-05-07"], "2020-05-07"),
        (["DA  - 7 May 2020"], "2020-05-07"),
    ],
)
def test_dates(lines: list[str], date: str) -> None:
    assert str(record(*lines).date) == date


@pytest.mark.parametrize(
    ("lines", "identifiers"),
    [
        (["DO  - doi:10.1234/ABC"], {"doi": "10.1234/abc"}),
        (["DO  - 10.48550/arXiv.2101.00001"], {"arxiv": "2101.00001"}),
        (["AN  - 31234567", "DB  - PubMed"], {"pmid": "31234567"}),
        (["AN  - 31234567", "DB  - Scopus"], {}),
        (["UR  - https://arxiv.org/abs/2101.00001;https://example.org/x"], {"arxiv": "2101.00001"}),
        (["VL  - 2101.00001"], {}),
    ],
)
def test_identifiers(lines: list[str], identifiers: dict[str, str]) -> None:
    assert record(*lines).identifiers == identifiers


def test_markup_becomes_text() -> None:
    paper = record("AB  - <jats:p>10<sup>3</sup> stones &amp; H<sub>2</sub>O, a &lt; b</jats:p>")
    assert paper.abstract == "10³ stones & H₂O, a < b"


DIALECTS = {
    "byte order mark": lambda text: "\ufeff" + text,
    "carriage returns": lambda text: text.replace("\n", "\r"),
    "one space before the dash": lambda text: text.replace("  - ", " - "),
    "ER without a space": lambda text: text.replace("ER  - ", "ER  -"),
    "no ER": lambda text: text.replace("ER  - \n", ""),
    "blank lines": lambda text: "\n" * 1200 + text.replace("\n", "\n\n"),
    "indented": lambda text: text.replace("\n", "\n  "),
}
TWO = (
    "TY  - JOUR\nTI  - First Stone\nAU  - Pebble, Ada\nAB  - It rolls.\nER  - \n"
    "TY  - JOUR\nTI  - Second Stone\nAU  - Rock, Bo\nAB  - It rests.\nER  - \n"
)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_dialect_costs_a_record(dialect: str) -> None:
    papers, problems = run(DIALECTS[dialect](TWO))
    assert [(p.title, p.abstract, p.authors[0].family) for p in papers] == [
        ("First Stone", "It rolls.", "Pebble"),
        ("Second Stone", "It rests.", "Rock"),
    ]
    assert len(problems) == (2 if dialect == "no ER" else 0)


@pytest.mark.parametrize("dialect", ["byte order mark", "carriage returns", "one space before the dash", "no ER"])
def test_where_rispy_loses_or_merges_records(dialect: str) -> None:
    """Why this reader is our own: when rispy reads these as well, it can take over."""
    rispy = pytest.importorskip("rispy", reason="rispy is installed only to compare")
    assert [r["title"] for r in rispy.loads(TWO)] == ["First Stone", "Second Stone"]
    try:
        read = rispy.loads(DIALECTS[dialect](TWO))
    except Exception:
        return
    assert [r.get("title") for r in read] != ["First Stone", "Second Stone"]


def test_a_line_of_an_abstract_that_looks_like_a_tag_stays_in_it() -> None:
    assert record("AB  - Stones of", "AI - based kinds.").abstract == "Stones of AI - based kinds."


def test_records_cut_off_and_without_a_title() -> None:
    papers, problems = run(
        "junk\nTY  - JOUR\nAU  - A, B\nER  - \nTY  - JOUR\nTI  - A Stone\nDO  - nonsense\nDA  - 2020/13/1"
    )
    assert [p.title for p in papers] == ["A Stone"]
    assert problems == [
        "toy:1: text outside of any record left out",
        "toy:2: no title and no abstract",
        "toy:5: record not closed by ER: cut off",
        "toy:5: not an identifier of doi: 'nonsense'",
        "toy:5: no such date: 2020-13-1",
    ]
