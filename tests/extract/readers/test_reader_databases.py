"""Tables as Scopus and the Web of Science export them, and tables whose headings nobody knows."""

from __future__ import annotations

import csv
import io

import pytest

from citeweave.extract import readers
from citeweave.model import Name, Paper, Problem

HEADINGS = ("Authors", "Author full names", "Title", "Year", "Source title", "Abstract", "EID")


def run(
    rows: list[list[str]], headings: tuple[str, ...] = HEADINGS, columns: dict[str, str] | None = None
) -> list[Paper | Problem]:
    table = io.StringIO()
    csv.writer(table).writerows([headings, *rows])
    return list(readers.read_stream(io.BytesIO(table.getvalue().encode()), "toy", None, columns))


def only(
    authors: str, full: str = "", headings: tuple[str, ...] = HEADINGS, columns: dict[str, str] | None = None
) -> Paper:
    (paper,) = run(
        [[authors, full, "A Stone", "2020", "Journal of Stones", "It rolls.", "2-s2.0-1"]], headings, columns
    )
    assert isinstance(paper, Paper)
    return paper


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Müller J.; Doe J.A.", [Name("Müller", "J."), Name("Doe", "J.A.")]),
        ("Smith A.", [Name("Smith", "A.")]),
        (
            "van den Berg A.-B.; Ivanov Yu.A.; Reed Jr. T.",
            [Name("van den Berg", "A.-B."), Name("Ivanov", "Yu.A."), Name("Reed Jr.", "T.")],
        ),
        ("Müller J., Doe J.A.", [Name("Müller", "J."), Name("Doe", "J.A.")]),
        ("Müller, J., Doe, J.A., Li, N.", [Name("Müller", "J."), Name("Doe", "J.A."), Name("Li", "N.")]),
        ("Müller, J.", [Name("Müller", "J.")]),
        ("Smith, J; Doe, JA", [Name("Smith", "J"), Name("Doe", "JA")]),
        ("Ada Pebble; Tom Stone", [Name("Pebble", "Ada"), Name("Stone", "Tom")]),
        ("Ada Pebble and Tom Stone", [Name("Pebble", "Ada"), Name("Stone", "Tom")]),
        ("[No author name available]", []),
    ],
)
def test_names_in_a_table_with_source_titles(authors: str, names: list[Name]) -> None:
    assert list(only(authors).authors) == names


def test_full_names_go_before_initials() -> None:
    paper = only("Müller J.; Berg A.", "Müller, Johanna (57201); van den Berg, Anna (1); Pond Collaboration (9)")
    assert paper.authors == (Name("Müller", "Johanna"), Name("van den Berg", "Anna"), Name("Pond Collaboration"))
    chosen = only("Müller J.", "Müller, Johanna (57201)", columns={"authors": "Authors", "venue": "Source title"})
    assert (chosen.authors, chosen.venue) == ((Name("Müller", "J."),), "Journal of Stones")


def test_source_title_is_the_venue_unless_another_column_is() -> None:
    assert only("Smith A.").venue == "Journal of Stones"
    assert only("Smith A.").extra == {"eid": "2-s2.0-1"}
    assert only("", "", (*HEADINGS[:1], "Venue", *HEADINGS[2:])).venue == "Journal of Stones"
    assert only("", "Stone Days", (*HEADINGS[:1], "Venue", *HEADINGS[2:])).venue == "Stone Days"


def test_names_in_other_tables_are_read_as_ever() -> None:
    (paper,) = run([["A Stone", "Ada P.; Tom S."]], ("title", "authors"))
    assert isinstance(paper, Paper)
    assert paper.authors == (Name("P.", "Ada"), Name("S.", "Tom"))


def test_no_abstract_available_is_no_abstract() -> None:
    paper, bare = run([["A Stone", "[No abstract available]"], ["", "[No abstract available]"]], ("Title", "Abstract"))
    assert isinstance(paper, Paper)
    assert paper.abstract == ""
    assert str(bare) == "toy:3: no title and no abstract"


def test_a_table_without_a_title_column_says_so_and_is_read() -> None:
    headings = ("Headline", "Summary", "Jahr")
    rows = [["A Stone", "It rolls.", "2020"], ["A Rock", "It rests.", "2021"]]
    problem, *papers = run(rows, headings)
    assert str(problem) == "toy:1: no title column among 'Headline', 'Summary', 'Jahr': name it by --column title=NAME"
    assert [p.abstract for p in papers if isinstance(p, Paper)] == ["It rolls.", "It rests."]
    named = run(rows, headings, {"title": "Headline", "year": "Jahr"})
    assert [(p.title, str(p.date)) for p in named if isinstance(p, Paper)] == [("A Stone", "2020"), ("A Rock", "2021")]
    assert len(named) == 2
    assert len(run([["2", "It rests."]], ("1", "It rolls."), {"abstract": "2"})) == 2
