"""The shared ground: dates, text forms, identifiers, and the JSON codec."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citeweave import codec
from citeweave.identifiers import normalise, paper_id, recognise
from citeweave.model import (
    Evidence,
    Findings,
    Mention,
    Name,
    Paper,
    PartialDate,
    Reference,
    Source,
    Statement,
    TextCitation,
)
from citeweave.text import clean, distinct_slug, fingerprint, normal_title, slug


@pytest.mark.parametrize("lexical", ["2024", "2024-01", "2024-01-24", "--02-21"])
def test_partial_dates_keep_what_is_known(lexical: str) -> None:
    assert str(PartialDate.parse(lexical)) == lexical


@pytest.mark.parametrize("wrong", ["", "24", "2024-13", "2024-1-1", "--02", "2024-00-10", "yesterday"])
def test_a_date_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"date|month"):
        PartialDate.parse(wrong)


def test_clean_gives_one_storable_line() -> None:
    assert clean(" a\x00b\n\tc\u202e \ud800 e\u0301 ") == "ab c \ufffd é"


@given(st.text())
def test_clean_is_idempotent_and_encodable(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")


def test_titles_are_the_same_despite_case_latex_and_accents() -> None:
    assert normal_title("PanGu-$\\pi$: Fréchet  Nets") == normal_title("pangu: frechet nets")
    assert normal_title("On A") != normal_title("On B")


@given(st.text())
def test_slugs_are_ascii_and_never_empty(text: str) -> None:
    made = slug(text)
    assert made and made.isascii() and " " not in made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://arxiv.org/abs/1706.03762v5", ("arxiv", "1706.03762")),
        ("arXiv:1706.03762", ("arxiv", "1706.03762")),
        ("https://arxiv.org/pdf/1706.03762v2.pdf", ("arxiv", "1706.03762")),
        ("hep-th/9901001", ("arxiv", "hep-th/9901001")),
        ("doi:10.1162/NECO.1997.9.8.1735", ("doi", "10.1162/neco.1997.9.8.1735")),
        ("https://doi.org/10.48550/arXiv.1706.03762", ("arxiv", "1706.03762")),
        ("https://aclanthology.org/N19-1423/", ("acl", "N19-1423")),
        ("https://openalex.org/W2741809807", ("openalex", "W2741809807")),
        ("https://example.org/x", ("url", "https://example.org/x")),
        ("Attention is all you need", None),
    ],
)
def test_identifiers_are_recognised_in_all_their_spellings(text: str, expected: tuple[str, str] | None) -> None:
    assert recognise(text) == expected


def test_what_is_no_identifier_of_its_scheme_is_empty() -> None:
    assert normalise("doi", "11.1/x") == normalise("arxiv", "12") == normalise("pmid", "x") == ""


def test_paper_ids_come_from_content() -> None:
    assert paper_id({"arxiv": "1706.03762", "doi": "10.1/x"}, "T", "") == "doi:10.1/x"
    assert paper_id({}, "Some Title", "") == paper_id({}, "some title", "other") == f"title:{fingerprint('sometitle')}"
    assert paper_id({}, "", "An abstract").startswith("abstract:")


def test_every_type_survives_the_codec() -> None:
    paper = Paper(
        id="doi:10.1/x",
        title="T",
        abstract="A",
        identifiers={"doi": "10.1/x"},
        authors=(Name("Family", "Given", "0000-0001"),),
        author_count=3,
        date=PartialDate(None, 2, 21),
        references=(Reference(raw="r", identifiers={"arxiv": "1"}, year=2001),),
        links=("https://x",),
        extra={"upvotes": "3"},
        sources=(Source("f", 1, ("title",)),),
    )
    findings = Findings(
        "p", ((0, 3),), (Mention(0, 1, "T", "Task", 0.5, "e/1"),), citations=(TextCitation("X", 0, 1, year=2000),)
    )
    statement = Statement("a", "cites", "b", 0.5, (Evidence("a", 0, 1, "T", "e/1", 0.5),))
    for value in (paper, findings, statement):
        assert codec.loads(type(value), codec.dumps(value)) == value


def test_the_codec_leaves_defaults_out_and_ignores_what_it_does_not_know() -> None:
    assert codec.dumps(Paper("x")) == '{"id":"x"}'
    assert codec.loads(Paper, '{"id": "x", "of_the_future": 1}') == Paper("x")


def test_names_in_other_letters_keep_slugs_of_their_own() -> None:
    names = ["A. Иванов", "A. Петров", "Wei 张", "Wei 李", "Nils Ø", "Nils Ł", "张伟", "李伟"]
    assert len({distinct_slug(name) for name in names}) == len(names)
    assert distinct_slug("Bjørn Støgård") == "bjorn-stogard"
    assert distinct_slug("Hans Müller") == distinct_slug("Hans Muller") == "hans-muller"
    assert distinct_slug("Wei 张").startswith("wei-")
