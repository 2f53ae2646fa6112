"""Pages saved as HTML, and plain text of abstracts alone."""

from __future__ import annotations

import io
from pathlib import Path

from citeweave.extract import readers
from citeweave.model import Name, Paper, Problem

CORPUS = Path(__file__).parents[2] / "corpus"
PAGE = (CORPUS / "huggingface.html").read_text()
PROSE = "We measure how pebbles roll, and find that the outcome depends on the slope more than on us."


def run(text: str, format: str | None = None) -> tuple[list[Paper], list[str]]:
    items = list(readers.read_stream(io.BytesIO(text.encode()), "toy", format))
    return [i for i in items if isinstance(i, Paper)], [str(i) for i in items if isinstance(i, Problem)]


def test_huggingface() -> None:
    limpet, whelk = run(PAGE)[0]
    assert limpet.id == "arxiv:2406.99001"
    assert limpet.authors == (Name("Okafor", "Mira"), Name("Herrera", "Tomás"))
    assert 'is "updated". Limpet ties' in limpet.abstract
    assert r"& keeps $92\%$ of its accuracy on ShoreVQA after three <backbone> updates." in limpet.abstract
    assert (str(limpet.date), limpet.links) == ("2024-05-31", ("https://example.org/limpet",))
    assert limpet.extra == {"upvotes": "41", "comments": "3"}
    assert str(whelk.date) == "2024-05-30"


def test_huggingface_page_cut_off_or_without_papers() -> None:
    papers, problems = run(PAGE[: PAGE.rindex("Whelk Spirals in Loss")])
    assert [p.id for p in papers] == ["arxiv:2406.99001"]
    assert len(problems) == 1
    assert problems[0].startswith("toy:7: JSON cut off")
    assert run(PAGE.replace("dailyPapers", "other")) == ([], ["toy:1: no paper found"])
    assert run(PAGE.replace("data-props", "data-other")) == ([], ["toy:1: no paper found"])


def test_quotes_of_either_kind_around_the_data() -> None:
    single = PAGE.replace("'", "&#x27;").replace('data-props="', "data-props='").replace('}"', "}'")
    assert [p.id for p in run(single)[0]] == [p.id for p in run(PAGE)[0]]


def test_paragraphs() -> None:
    ice, style, keyboards = run((CORPUS / "paragraphs.txt").read_text())[0]
    assert ice.abstract.startswith("Sea ice forecasts smear the ice edge. We train a diffusion model on a decade")
    assert ice.abstract.endswith("the integrated ice-edge error falls by a fifth.")
    assert ice.title == ""
    assert ice.id.startswith("abstract:")
    assert [p.sources[0].line for p in (ice, style, keyboards)] == [1, 5, 7]


def test_an_abstract_a_line() -> None:
    papers, problems = run(f"{PROSE}\n{PROSE.replace('slope', 'hill')}\n")
    assert [p.sources[0].line for p in papers] == [1, 2]
    assert not problems


def test_short_paragraphs_are_problems() -> None:
    papers, problems = run(f"A heading\n\n{PROSE}\n\nAnother heading\n", "paragraphs")
    assert [p.abstract for p in papers] == [PROSE]
    assert problems == [f"toy:{n}: no abstract: too short, or no full stop at its end" for n in (1, 5)]


def test_pages_and_code_are_not_taken_for_paragraphs() -> None:
    for name in readers.formats():
        data = (CORPUS / f"{name}{readers.reader(name).SUFFIXES[0]}").read_bytes()
        assert name == "paragraphs" or readers.reader("paragraphs").sniff(data) <= 0.1
    assert readers.detect(b"def f(x):\n    return x\n\nclass A:\n    pass\n") is None


def test_records_for_citation_managers_are_refused_and_not_taken_for_prose() -> None:
    record = (
        f"PMID- 124\nOWN - NLM\nTI  - A long title of a paper on\n      pebbles.\nAB  - {PROSE}\nFAU - Pebble, Ada\n"
    )
    for text in (record, f"\n{record}\n{record.replace('124', '125')}", record.replace("\n", "\r\n")):
        papers, problems = run(text)
        assert not papers
        assert [p.partition(" is not read")[0] for p in problems] == [
            "toy:1: PubMed's text for citation managers (.nbib)"
        ]
    assert run(f"PMID- based tools are slow.\n\n{PROSE}\n\n{PROSE}")[0]
