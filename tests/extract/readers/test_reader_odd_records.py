"""Records that are odd and yet common: pages twice, names half in braces, labels and brackets that say nothing."""

from __future__ import annotations

import io
import json

import pytest

from citeweave.extract import readers
from citeweave.extract.readers._names import split_name
from citeweave.extract.readers._record import full_range, page_range
from citeweave.model import Name, Paper


def only(text: str, format: str) -> Paper:
    (paper,) = readers.read_stream(io.BytesIO(text.encode()), "toy", format)
    assert isinstance(paper, Paper), paper
    return paper


def ris(*lines: str, kind: str = "JOUR") -> Paper:
    return only("\n".join([f"TY  - {kind}", *lines, "ER  - "]), "ris")


def crossref(**fields: object) -> Paper:
    return only(json.dumps({"DOI": "10.1234/x", "title": ["A Stone"], **fields}), "crossref")


def csl(**fields: object) -> Paper:
    return only(json.dumps({"id": "k", "type": "article-journal", "title": "A Stone", **fields}), "csljson")


def pubmed(article: str, title: str = "A Stone.") -> Paper:
    inside = f"<PMID>7</PMID><Article><ArticleTitle>{title}</ArticleTitle>{article}</Article>"
    return only(
        f"<PubmedArticleSet><PubmedArticle><MedlineCitation>{inside}</MedlineCitation></PubmedArticle>"
        "</PubmedArticleSet>",
        "pubmed",
    )


@pytest.mark.parametrize(
    ("first", "last", "pages"),
    [
        ("12", "34", "12-34"),
        ("12-34", "34", "12-34"),
        ("12-34", "12-34", "12-34"),
        ("12", "12-34", "12-34"),
        ("12–34", "34", "12–34"),
        ("12 -- 34", "34", "12 -- 34"),
        ("123-6", "126", "123-126"),
        ("12", "12", "12"),
        ("12-34", "", "12-34"),
        ("", "34", "34"),
        ("S1-12", "S1-20", "S1-12-S1-20"),
        ("e12", "", "e12"),
    ],
)
def test_pages_given_by_first_and_last(first: str, last: str, pages: str) -> None:
    assert page_range(first, last) == pages
    given = [f"{tag}  - {value}" for tag, value in (("SP", first), ("EP", last)) if value]
    assert ris("TI  - A Stone", *given).extra["pages"] == pages


def test_pages_of_hostile_length_take_no_time() -> None:
    assert len(page_range("-" * 1_000_000 + " ", "1")) > 1_000_000


@pytest.mark.parametrize(
    ("short", "full"),
    [("123-6", "123-126"), ("e12-5", "e12-e15"), ("10-19", "10-19"), ("9-12", "9-12"), ("123-6; 140", "123-6; 140"),
     ("123-1", "123-1")],
)  # fmt: skip
def test_shortened_ranges(short: str, full: str) -> None:
    assert full_range(short) == full
    assert pubmed(f"<Pagination><MedlinePgn>{short}</MedlinePgn></Pagination>").extra["pages"] == full


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("José {García Márquez}", Name("García Márquez", "José")),
        (r"Jos{\'e} {Garc{\'i}a M{\'a}rquez}", Name("García Márquez", "José")),
        (r"Ana {\'{A}lvarez P{\'e}rez}", Name("Álvarez Pérez", "Ana")),
        ("José~{García Márquez}", Name("García Márquez", "José")),
        ("José\n  {García Márquez}", Name("García Márquez", "José")),
        ("Ludwig {van Beethoven}", Name("van Beethoven", "Ludwig")),
        ("{García Márquez}, José", Name("García Márquez", "José")),
        ("Márquez, {José García}", Name("Márquez", "José García")),
        ("{The Corporate Author}", Name("The Corporate Author")),
        ("{Jean Pierre} Dupont", Name("Dupont", "Jean Pierre")),
        ("Ada {Pebble}", Name("Pebble", "Ada")),
        ("Mc{Donald Stone}", Name("Stone", "McDonald")),
        (r"{\'E}mile Zola", Name("Zola", "Émile")),
        (r"Jos{\'e} Garc{\'i}a", Name("García", "José")),
        (r"Elif {\c S}en", Name("Şen", "Elif")),
        (r"Elif {\c{S}}", Name("Ş", "Elif")),
    ],
)
def test_a_family_name_in_braces(author: str, name: Name) -> None:
    paper = only(f"@misc{{k, title = {{Stones}}, author = {{{author} and Tom Rock}}}}", "bibtex")
    assert paper.authors == (name, Name("Rock", "Tom"))


DATABASE = "Authors,Title,Year,Source title,Volume,Issue,Art. No.,Page start,Page end,ISSN\n"


@pytest.mark.parametrize(
    ("row", "extra"),
    [
        ("12,3,,11,24,12345678", {"volume": "12", "number": "3", "pages": "11-24", "issn": "12345678"}),
        ("12,3,104455,,,", {"volume": "12", "number": "3", "pages": "104455"}),
        (",,77,1,9,", {"pages": "1-9"}),
        (",,,5,,", {"pages": "5"}),
        (",,,,,", {}),
    ],
)
def test_issue_and_pages_of_a_scopus_table(row: str, extra: dict[str, str]) -> None:
    paper = only(f"{DATABASE}Smith A.,A Stone,2020,J. Stones,{row}\n", "csv")
    assert (paper.venue, paper.extra) == ("J. Stones", extra)


def test_issue_and_pages_of_other_tables() -> None:
    science = only("Title\tSource Title\tStart Page\tEnd Page\tIssue\nA Stone\tJ. Stones\tS1\tS9\t4\n", "csv")
    assert science.extra == {"pages": "S1-S9", "number": "4"}
    own = only("Title,Source title,Issue,Number,Page start,Pages\nA Stone,J.,4,5,1,2-3\n", "csv")
    assert (own.extra["number"], own.extra["pages"], own.extra["issue"]) == ("5", "2-3", "4")
    assert only("title,issue,page start\nA Stone,4,7\n", "csv").extra == {"issue": "4", "page_start": "7"}


def test_suffixes_stand_third_in_ris_and_second_in_bibtex() -> None:
    assert split_name("Smith, John, Jr.") == split_name("Smith, Jr., John") == Name("Smith Jr.", "John")
    assert ris("TI  - A Stone", "AU  - Smith, John A., III").authors == (Name("Smith III", "John A."),)


def test_authors_in_ris() -> None:
    lines = (
        "AU  - Smith, J.; M&uuml;ller, A.;",
        "AU  - World Health Organization,",
        "AU  - Pebble, Ada",
        "AU  - et al.",
    )
    assert ris("TI  - A Stone", *lines).authors == (
        Name("Smith", "J."),
        Name("Müller", "A."),
        Name("World Health Organization"),
        Name("Pebble", "Ada"),
    )


def test_what_endnote_writes_on_further_lines_and_under_c7() -> None:
    paper = ris(
        "TI  - A Stone",
        "KW  - caching",
        "retrieval",
        "UR  - https://doi.org/10.1234/x",
        "https://x.org/",
        "C7  - 104455",
    )
    assert paper.extra == {"kind": "JOUR", "keywords": "caching; retrieval", "pages": "104455"}
    assert paper.identifiers == {"doi": "10.1234/x"}
    assert "https://x.org/" in paper.links
    assert "pages" not in ris("TI  - A Stone", "C7  - 104455", kind="PAT").extra
    assert "pages" not in ris("TI  - A Stone", "C7  - in press").extra


def test_a_book_is_not_its_own_venue() -> None:
    assert (ris("BT  - Stones", kind="BOOK").title, ris("BT  - Stones", kind="BOOK").venue) == ("Stones", "")
    assert ris("TI  - A Stone", "BT  - Stones", kind="CHAP").venue == "Stones"


@pytest.mark.parametrize(("date", "read"), [("2020/00/00", "2020"), ("2020/05/00", "2020-05")])
def test_months_and_days_that_are_zero_are_unknown(date: str, read: str) -> None:
    assert str(ris("TI  - A Stone", f"DA  - {date}").date) == read


@pytest.mark.parametrize(
    ("title", "subtitle", "whole"),
    [
        ("A Stone", "It Rolls", "A Stone: It Rolls"),
        ("A Stone: It Rolls", "It rolls", "A Stone: It Rolls"),
        ("A Stone:", "It Rolls", "A Stone: It Rolls"),
        ("A Stone", "", "A Stone"),
        ("", "It Rolls", "It Rolls"),
    ],
)
def test_subtitles_of_crossref(title: str, subtitle: str, whole: str) -> None:
    assert crossref(title=[title], subtitle=[subtitle]).title == whole


def test_crossref_dates_are_of_one_year() -> None:
    online, printed = {"date-parts": [[2020]]}, {"date-parts": [[2021, 3]]}
    assert str(crossref(published=online, **{"published-print": printed}).date) == "2020"
    assert str(crossref(published=online, **{"published-online": {"date-parts": [[2020, 5, 7]]}}).date) == "2020-05-07"
    assert str(crossref(published={"date-parts": [[None]]}, issued=printed).date) == "2021-03"


def test_crossref_preprints_and_article_numbers() -> None:
    def preprint(kind: str, id: str) -> dict[str, str]:
        related = {"has-preprint": [{"id-type": kind, "id": id, "asserted-by": "subject"}]}
        return dict(crossref(relation=related).identifiers)

    both = {"doi": "10.1234/x", "arxiv": "2101.00001"}
    assert preprint("doi", "10.48550/arXiv.2101.00001") == preprint("arxiv", "2101.00001") == both
    assert preprint("doi", "10.21203/rs.3.rs-1") == {"doi": "10.1234/x"}
    assert crossref(**{"article-number": "e0123"}).extra["pages"] == "e0123"
    assert crossref(**{"article-number": "e0123", "page": "1-9"}).extra["pages"] == "1-9"


def test_nobody_is_no_author() -> None:
    given = [{"family": "Pebble", "given": "Ada"}, {"family": "et al."}, {"name": "Others"}, {"literal": "others"}]
    assert crossref(author=given).authors == (Name("Pebble", "Ada"),)
    assert csl(author=given).authors == (Name("Pebble", "Ada"),)
    assert crossref(author=[{"name": "Pond Team"}]).authors == csl(author=[{"literal": "Pond Team"}]).authors


@pytest.mark.parametrize(
    ("issued", "date"),
    [
        ({"date-parts": [[2020, 21]]}, "2020"),
        ({"date-parts": [[2020]], "season": "2"}, "2020"),
        ({"date-parts": [["2020", "05", ""]]}, "2020-05"),
        ({"date-parts": [], "raw": "2020-05"}, "2020-05"),
        ({"date-parts": [[]], "literal": "May 2020"}, "2020-05"),
        ({"raw": "Spring 2020"}, "2020"),
        ({"literal": "c. 1998"}, "1998"),
        ("2020-05-07", "2020-05-07"),
        ("2020-05/2020-06", "2020-05"),
    ],
)
def test_dates_of_csl(issued: object, date: str) -> None:
    assert str(csl(issued=issued).date) == date


def test_dates_of_csl_that_are_none_are_told() -> None:
    for issued in ({"raw": "in press"}, {"raw": "2020-13-45"}, "2019 or 2020", {"date-parts": [[2020, 17]]}):
        record = json.dumps({"id": "k", "type": "book", "title": "A Stone", "issued": issued})
        papers_and_problems = list(readers.read_stream(io.BytesIO(record.encode()), "toy", "csljson"))
        assert len(papers_and_problems) == 2, issued


@pytest.mark.parametrize(
    ("given", "vernacular", "title"),
    [
        ("[Effect of [18F]FDG on stones].", "", "Effect of [18F]FDG on stones"),
        ("[18F]FDG or [11C].", "", "[18F]FDG or [11C]"),
        ("[Not Available].", "Les pierres.", "Les pierres"),
    ],
)
def test_brackets_around_titles_of_pubmed(given: str, vernacular: str, title: str) -> None:
    assert pubmed(f"<VernacularTitle>{vernacular}</VernacularTitle>" if vernacular else "", given).title == title


def test_pubmed_pages_labels_and_names() -> None:
    paper = pubmed(
        "<Pagination><StartPage>11</StartPage><EndPage>24</EndPage></Pagination>"
        '<Abstract><AbstractText Label="UNLABELLED">It rolls.</AbstractText>'
        '<AbstractText Label="RESULTS">It rests.</AbstractText></Abstract><AuthorList>'
        '<Author ValidYN="N"><LastName>Peble</LastName><ForeName>Ada</ForeName></Author>'
        '<Author ValidYN="Y"><LastName>Pebble</LastName><ForeName>Ada</ForeName></Author></AuthorList>'
    )
    assert paper.extra["pages"] == "11-24"
    assert paper.abstract == "It rolls. RESULTS: It rests."
    assert paper.authors == (Name("Pebble", "Ada"),)


@pytest.mark.parametrize(
    ("date", "read"), [("Spring 2000", "2000"), ("1st Quart, 1999", "1999"), ("2000 Dec-2001 Jan", "2000-12")]
)
def test_medline_dates(date: str, read: str) -> None:
    issue = f"<JournalIssue><PubDate><MedlineDate>{date}</MedlineDate></PubDate></JournalIssue>"
    assert str(pubmed(f"<Journal>{issue}</Journal>").date) == read


def test_the_book_is_the_venue_of_its_chapter() -> None:
    def book(title: str) -> Paper:
        inside = f"<Book><BookTitle>Stones</BookTitle></Book>{title}"
        return only(f"<S><PubmedBookArticle><BookDocument>{inside}</BookDocument></PubmedBookArticle></S>", "pubmed")

    chapter, whole = book("<ArticleTitle>A Stone</ArticleTitle>"), book("")
    assert (chapter.title, chapter.venue) == ("A Stone", "Stones")
    assert (whole.title, whole.venue) == ("Stones", "")


def test_addresses_after_the_first_are_links_and_none_says_an_identifier_again() -> None:
    paper = ris(
        "TI  - A Stone",
        "UR  - https://arxiv.org/abs/1301.3781",
        "UR  - https://code.example.org/stone",
        "UR  - https://data.example.org/stone",
    )
    assert paper.identifiers == {"arxiv": "1301.3781"}
    assert paper.links == ("https://code.example.org/stone", "https://data.example.org/stone")
    assert csl(URL="https://arxiv.org/abs/1301.3781").links == ()
    assert csl(DOI="10.1234/x", URL="https://doi.org/10.1234/x").links == ()
    own = ris("TI  - A Stone", "DO  - 10.1234/x", "UR  - https://press.example.org/stone")
    assert own.identifiers == {"doi": "10.1234/x", "url": "https://press.example.org/stone"}
