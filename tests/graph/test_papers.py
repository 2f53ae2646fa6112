"""Merging records into papers."""

import random

import pytest

from citeweave.graph.corrections import Corrections
from citeweave.graph.papers import merge
from citeweave.identifiers import paper_id
from citeweave.model import Name, Paper, PartialDate, Source

ABSTRACT = (
    "We study how small gardens of neurons grow when they are watered with labelled examples, and find that "
    "weeds appear whenever the learning rate is left on the porch overnight."
)


def record(file: str, line: int, title: str = "", abstract: str = "", **more: object) -> Paper:
    present = tuple(k for k, v in {"title": title, "abstract": abstract, **more}.items() if v)
    identifiers = more.get("identifiers") or {}
    assert isinstance(identifiers, dict)
    id_ = paper_id(identifiers, title, abstract)
    return Paper(id_, title, abstract, sources=(Source(file, line, present),), **more)  # type: ignore[arg-type]


def test_a_paper_without_title_gets_it_from_another_page() -> None:
    by_authors = record("via.txt", 3, "", ABSTRACT, authors=(Name("Moss", "Fern"),))
    by_title = record("titles.txt", 1, "Gardens of Neurons", ABSTRACT.replace("labelled", "$labelled$"))
    (paper,) = merge([by_authors, by_title]).papers
    assert paper.title == "Gardens of Neurons"
    assert paper.authors == (Name("Moss", "Fern"),)
    fields = {s.file: s.fields for s in paper.sources}
    assert "title" in fields["titles.txt"] and "authors" in fields["via.txt"]
    assert "title" not in fields["via.txt"]


def test_same_title_in_other_letters_is_the_same_paper() -> None:
    merged = merge([record("a", 1, "Deep Gardens: a Survey"), record("b", 1, "DEEP GARDENS - A survey")])
    assert len(merged.papers) == 1
    assert [d.rule for d in merged.decisions] == ["title"]


def test_same_title_with_other_identifiers_stays_two_papers_and_the_refusal_is_noted() -> None:
    one = record("a", 1, "Introduction to the Volume", identifiers={"doi": "10.1/a"})
    two = record("a", 2, "Introduction to the Volume", identifiers={"doi": "10.1/b"})
    merged = merge([one, two])
    assert len(merged.papers) == 2
    assert [d.verdict for d in merged.decisions] == ["refused"]
    assert "10.1/a" in merged.decisions[0].reason


def test_short_titles_do_not_merge() -> None:
    assert len(merge([record("a", 1, "Reply"), record("a", 2, "Reply", ABSTRACT)]).papers) == 2


def test_preprint_and_publication_meet_by_title_and_keep_both_identifiers() -> None:
    one = record("a", 1, "Gardens of Neurons", identifiers={"arxiv": "2101.00001"}, date=PartialDate(2021, 1, 1))
    two = record("b", 1, "Gardens of neurons", identifiers={"doi": "10.1/g"}, date=PartialDate(2022))
    (paper,) = merge([one, two]).papers
    assert paper.id == "doi:10.1/g"
    assert paper.identifiers == {"doi": "10.1/g", "arxiv": "2101.00001"}
    assert str(paper.date) == "2021-01-01"


def test_a_title_cut_in_the_wrong_place_meets_the_right_one() -> None:
    wrong = record("a", 1, "Gardens of Neurons We", ABSTRACT[3:])
    right = record("b", 1, "Gardens of Neurons", ABSTRACT)
    assert len(merge([wrong, right]).papers) == 1


def test_a_date_without_year_gives_way_to_a_full_one() -> None:
    one = record("a", 1, "Gardens of Neurons", date=PartialDate(None, 2, 21))
    two = record("b", 1, "Gardens of Neurons", date=PartialDate(2024))
    assert str(merge([one, two]).papers[0].date) == "2024"
    assert str(merge([one]).papers[0].date) == "--02-21"


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_records_does_not_matter(seed: int) -> None:
    records = [
        record("a", 1, "Gardens of Neurons", ABSTRACT),
        record("a", 2, "Introduction to the Volume", identifiers={"doi": "10.1/a"}),
        record("b", 1, "", ABSTRACT, authors=(Name("Moss", "Fern"),)),
        record("b", 2, "Introduction to the Volume", identifiers={"doi": "10.1/b"}),
        record("c", 1, "GARDENS OF NEURONS", identifiers={"arxiv": "2101.00001"}),
        record("c", 2, "Another Paper Altogether", links=("https://a", "https://b")),
    ]
    shuffled = records[:]
    random.Random(seed).shuffle(shuffled)
    assert merge(shuffled) == merge(records)


def test_an_abstract_in_other_latex_is_the_same_paper() -> None:
    one = record("a", 1, "Gardens of Neurons", ABSTRACT + " The loss falls as alpha=4 in the number of beds.")
    two = record("b", 1, "", ABSTRACT + r" The loss falls as $\alpha=4$ in the number $N$ of beds.")
    merged = merge([one, two])
    assert [p.title for p in merged.papers] == ["Gardens of Neurons"]
    assert [d.rule for d in merged.decisions] == ["similar"]


def test_similar_abstracts_under_two_titles_are_kept_apart_and_noted() -> None:
    one = record("a", 1, "Gardens of Supervised Neurons", ABSTRACT + " All beds have labels, all paths are swept.")
    two = record("b", 1, "Gardens of Unsupervised Neurons", ABSTRACT + " No bed has a label, no path is swept today.")
    merged = merge([one, two])
    assert len(merged.papers) == 2
    assert [(d.verdict, d.rule) for d in merged.decisions] == [("refused", "similar")]


def test_one_abstract_under_unrelated_titles_is_a_slip_of_the_source() -> None:
    merged = merge([record("a", 1, "Gardens of Neurons", ABSTRACT), record("b", 1, "Tax Law for Whales", ABSTRACT)])
    assert len(merged.papers) == 2
    assert [d.verdict for d in merged.decisions] == ["refused"]


def test_a_reprint_with_a_changed_title_is_the_same_paper() -> None:
    merged = merge(
        [record("a", 1, "Gardens of Neurons", ABSTRACT), record("b", 1, "Watered Gardens of Neurons", ABSTRACT)]
    )
    assert len(merged.papers) == 1


def test_one_title_by_other_first_authors_is_two_papers() -> None:
    one = record("a", 1, "Gardens of Neurons", authors=(Name("Moss", "Fern"), Name("Ivy", "Ann")))
    two = record("b", 1, "Gardens of Neurons", authors=(Name("Stone", "Rock"),))
    merged = merge([one, two])
    assert len(merged.papers) == 2
    assert "by Moss and by Stone" in merged.decisions[0].reason
    reordered = record("c", 1, "Gardens of Neurons", authors=(Name("Ivy", "A."), Name("Moss", "F.")))
    assert len(merge([one, reordered]).papers) == 1


def test_the_user_joins_and_parts_papers_by_id() -> None:
    one = record("a", 1, "Gardens of Neurons", ABSTRACT)
    two = record("b", 1, "Tending Neurons", identifiers={"doi": "10.1/t"})
    joined = merge([one, two], Corrections(same_papers=((one.id, "doi:10.1/t"),)))
    assert [p.id for p in joined.papers] == ["doi:10.1/t"]
    assert [d.rule for d in joined.decisions] == ["user"]
    twin = record("c", 1, "Gardens of neurons", identifiers={"doi": "10.1/g"})
    assert len(merge([one, twin]).papers) == 1
    parted = merge([one, twin], Corrections(papers_apart=(("doi:10.1/g", f"abstract:{one.id}"),)))
    assert len(parted.papers) == 1  # no record goes by that id
    abstract_id = paper_id({}, "", ABSTRACT)
    assert len(merge([one, twin], Corrections(papers_apart=(("doi:10.1/g", abstract_id),))).papers) == 2


def test_a_title_with_something_around_it_gives_way_to_the_bare_one() -> None:
    plain = record("a", 1, "Gardens of Neurons", ABSTRACT)
    padded = record("b", 1, "Published at Lawns 2020 GARDENS OF NEURONS", ABSTRACT)
    assert [p.title for p in merge([plain, padded]).papers] == ["Gardens of Neurons"]
    longer = record("b", 1, "Gardens of Neurons: a Survey", ABSTRACT)
    assert [p.title for p in merge([plain, longer]).papers] == ["Gardens of Neurons: a Survey"]
