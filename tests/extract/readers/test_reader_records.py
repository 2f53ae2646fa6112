"""JSON Lines, tables and BibTeX: which field becomes what."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from citeweave.extract import readers
from citeweave.model import Name, Paper, PartialDate, Problem, Reference

CORPUS = Path(__file__).parents[2] / "corpus"


def only(data: str, format: str | None = None) -> Paper:
    (paper,) = readers.read_stream(io.BytesIO(data.encode()), "toy", format)
    assert isinstance(paper, Paper), paper
    return paper


def from_json(**fields: object) -> Paper:
    return only(json.dumps({"title": "Rolling Stones", **fields}))


def corpus(name: str) -> list[Paper]:
    return [p for p in readers.read(CORPUS / name) if isinstance(p, Paper)]


def test_json_corpus() -> None:
    lantern, weather, clinic = corpus("jsonl.jsonl")
    assert lantern.id == "arxiv:2199.00001"
    assert lantern.authors == (Name("Okafor", "Mira"), Name("van der Berg", "Jonas"), Name("Qiao", "Lin"))
    assert (lantern.date, lantern.links) == (PartialDate(2021, 3, 4), ("https://example.org/lantern",))
    assert weather.id == "doi:10.5555/toy.7"
    assert weather.extra == {"upvotes": "5"}
    assert [dict(r.identifiers) for r in weather.references] == [{"arxiv": "2199.00001"}, {}, {"doi": "10.5555/toy.6"}]
    assert weather.references[1].title == "Anchored Retrieval for Clinical Question Answering"
    assert weather.references[2].year == 2024
    assert clinic.identifiers == {"doi": "10.5555/toy.9"}


@pytest.mark.parametrize(
    ("fields", "identifiers"),
    [
        ({"doi": "https://doi.org/10.1234/ABC"}, {"doi": "10.1234/abc"}),
        ({"arxiv": "arXiv:2101.00001v3"}, {"arxiv": "2101.00001"}),
        ({"doi": "10.48550/arXiv.2101.00001"}, {"arxiv": "2101.00001"}),
        ({"id": "2101.00001"}, {"arxiv": "2101.00001"}),
        ({"url": "https://arxiv.org/abs/2101.00001"}, {"arxiv": "2101.00001"}),
        ({"url": "https://example.org/p"}, {"url": "https://example.org/p"}),
        ({"identifiers": {"DOI": "10.1234/x", "ArXiv": "2101.00001"}}, {"doi": "10.1234/x", "arxiv": "2101.00001"}),
        ({"externalIds": {"DOI": "10.1234/x", "CorpusId": 5}}, {"doi": "10.1234/x"}),
    ],
)
def test_identifiers(fields: dict[str, object], identifiers: dict[str, str]) -> None:
    assert from_json(**fields).identifiers == identifiers


def test_an_id_that_is_no_identifier_is_kept_aside_and_a_false_one_is_noted() -> None:
    assert from_json(id="P-17").extra == {"id": "P-17"}
    paper, problem = sorted(
        readers.read_stream(io.BytesIO(b'{"title": "Rolling Stones", "doi": "nonsense"}'), "toy"), key=repr
    )
    assert isinstance(problem, Problem)
    assert str(problem) == "toy:1: not an identifier of doi: 'nonsense'"
    assert isinstance(paper, Paper)
    assert paper.identifiers == {}


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        (["Ada Pebble", "Stone, Bo"], (Name("Pebble", "Ada"), Name("Stone", "Bo"))),
        ("Ada Pebble; Bo Stone", (Name("Pebble", "Ada"), Name("Stone", "Bo"))),
        ("Ada Pebble, Bo Stone and Cy Rock", (Name("Pebble", "Ada"), Name("Stone", "Bo"), Name("Rock", "Cy"))),
        ("Pebble, Ada and Stone, Bo", (Name("Pebble", "Ada"), Name("Stone", "Bo"))),
        ("Pebble, Ada", (Name("Pebble", "Ada"),)),
        ([{"name": "Ada Pebble", "orcid": "https://orcid.org/0000-0001-2345-678x"}],
         (Name("Pebble", "Ada", "0000-0001-2345-678X"),)),
        ([{"firstName": "Ada", "last_name": "Pebble"}], (Name("Pebble", "Ada"),)),
        (["Ada Pebble", "et al."], (Name("Pebble", "Ada"),)),
        (None, ()),
        (7, ()),
    ],
)  # fmt: skip
def test_authors(authors: object, names: tuple[Name, ...]) -> None:
    assert from_json(authors=authors).authors == names


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ({"year": 2020}, "2020"),
        ({"year": "2020", "month": "May"}, "2020-05"),
        ({"year": 2020, "month": 5, "day": 7}, "2020-05-07"),
        ({"date": "2020-05-07T10:00:00Z"}, "2020-05-07"),
        ({"date": "2020-05"}, "2020-05"),
        ({"date": "May 7, 2020"}, "2020-05-07"),
        ({"date": "--02-29"}, "--02-29"),
    ],
)
def test_dates(fields: dict[str, object], date: str) -> None:
    assert str(from_json(**fields).date) == date


def test_an_impossible_date_costs_the_date_and_not_the_paper() -> None:
    items = list(readers.read_stream(io.BytesIO(b'{"title": "Rolling Stones", "date": "2021-02-30"}'), "toy"))
    assert [type(i).__name__ for i in items] == ["Problem", "Paper"]
    assert str(items[0]) == "toy:1: no such date: 2021-2-30"


def test_references_and_links() -> None:
    paper = from_json(
        references=[
            "arXiv:2101.00001",
            "Pebble, A. (2019). Old Stones. doi:10.1234/old.",
            {"title": "T", "year": "1999"},
            5,
            "",
        ],
        links=["https://example.org/a", "https://example.org/a", "no link", "javascript:alert(1)"],
        code="https://example.org/code",
    )
    assert paper.references == (
        Reference("arXiv:2101.00001", {"arxiv": "2101.00001"}),
        Reference("Pebble, A. (2019). Old Stones. doi:10.1234/old.", {"doi": "10.1234/old"}, year=2019),
        Reference(title="T", year=1999),
    )
    assert paper.links == ("https://example.org/a",)


def test_what_has_no_field_goes_to_extra() -> None:
    paper = from_json(upvotes=3, Rating=4.5, open=True, nothing=None, list=[1], extra={"kept": "x", "deep": {}})
    assert paper.extra == {"kept": "x", "open": "true", "rating": "4.5", "upvotes": "3"}


def test_csv_corpus() -> None:
    pebble, guide = corpus("csv.csv")
    assert pebble.authors == (Name("Qiao", "Lin"), Name("Herrera", "Tomás"))
    assert (pebble.id, pebble.venue, pebble.extra) == ("doi:10.5555/toy.3", "Toy Proofs", {"rating": "4"})
    assert [dict(r.identifiers) for r in pebble.references] == [{"arxiv": "2199.00001"}, {"doi": "10.5555/toy.9"}]
    assert (guide.sources[0].line, guide.identifiers) == (3, {"url": "https://example.org/flatter"})
    assert [str(p.date) for p in corpus("csv.tsv")] == ["2023-12-27", "2024-11"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    rows = [["Title", "Summary", "Publication Year"], ["Rolling Stones", "They roll.", "1962"]]
    data = "\n".join(delimiter.join(row) for row in rows)
    assert readers.detect(data.encode()) == "csv"
    paper = only(data)
    assert (paper.title, paper.abstract, str(paper.date)) == ("Rolling Stones", "They roll.", "1962")


def test_quotes_and_line_feeds_in_cells() -> None:
    quoted = '"Stones, ""Rolling""","They\nroll, and\n\nroll."'
    data = f'title,abstract\n{quoted}\nInch 5" Stones,They rest.\nLast Stone,Done.\n'
    items = list(readers.read_stream(io.BytesIO(data.encode()), "toy"))
    assert [(p.title, p.abstract, p.sources[0].line) for p in items if isinstance(p, Paper)] == [
        ('Stones, "Rolling"', "They roll, and roll.", 2),
        ('Inch 5" Stones', "They rest.", 6),
        ("Last Stone", "Done.", 7),
    ]
    assert len(items) == 3


def test_bibtex_corpus() -> None:
    quilting, copper, moss = corpus("bibtex.bib")
    assert quilting.authors == (Name("van der Berg", "Jonas"), Name("Eze", "Ngozi"))
    assert (quilting.venue, str(quilting.date)) == ("Proceedings of the Toy Conference on Learning", "2020-05")
    assert copper.title == "Copper: Contrastive Pretraining for Optical Music Recognition"
    assert copper.authors[0] == Name("Herrera", "Tomás")
    assert copper.identifiers == {"arxiv": "2499.00006", "url": "https://example.org/copper_omr"}
    assert (str(copper.date), copper.venue) == ("2024-01-30", "Toy Letters")
    by_key, by_id, by_title = copper.references
    assert by_key.identifiers == {"doi": "10.5555/toy.4"}
    assert by_id.identifiers == {"arxiv": "2199.00001"}
    assert (by_title.identifiers, by_title.title) == ({}, moss.title)
    assert moss.title == r"Moss Networks and the Geometry of $\ell_1$ Pruning"
    assert [p.extra["key"] for p in (quilting, copper, moss)] == [
        "berg2020quilting",
        "herrera2024copper",
        "okafor2021moss",
    ]


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"Fr{\'e}chet and \"Odinger, \L{}ukasz", "Fréchet and Ödinger, Łukasz"),
        (r"Costs of $5 and $10", "Costs of $5 and $10"),
        (r"100\% of {GPU}s \& more", "100% of GPUs & more"),
        (r"On $\mathbb{R}^{d}$ and \emph{rolling} stones", r"On $\mathbb{R}^{d}$ and rolling stones"),
        (r"{{Deep}} {S}tones", "Deep Stones"),
        (r"\O stergaard's \v{c}a\v{c}a", "Østergaard's čača"),
    ],
)
def test_latex_in_bibtex(tex: str, text: str) -> None:
    assert only(f"@article{{k, title = {{{tex}}}}}").title == text


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ("year = 2020", "2020"),
        ("year = {2020}, month = may", "2020-05"),
        ('year = 2020, month = 5, day = "7"', "2020-05-07"),
        ('year = 2020, month = may # "~7"', "2020-05-07"),
        ("year = 2020, month = {7~May}", "2020-05-07"),
        ("year = 2020, month = {May}, day = 32", None),
        ("year = 2020, month = {spring/summer}", "2020"),
        ("year = 2020, month = {Spring}", "2020"),
        ("date = {2020-05-07/2020-05-09}", "2020-05-07"),
        ("date = {2020-05}", "2020-05"),
    ],
)
def test_dates_in_bibtex(fields: str, date: str | None) -> None:
    items = list(readers.read_stream(io.BytesIO(f"@misc{{k, title = {{Stones}}, {fields}}}".encode()), "toy"))
    paper = next(i for i in items if isinstance(i, Paper))
    assert (str(paper.date) if paper.date else None) == date
    assert (len(items) == 2) == (date is None)


@pytest.mark.parametrize(
    ("fields", "identifiers"),
    [
        ("eprint = {2101.00001}, archivePrefix = {arXiv}", {"arxiv": "2101.00001"}),
        ("eprint = {2101.00001}", {"arxiv": "2101.00001"}),
        ("eprint = {12345}, eprinttype = {hal}", {}),
        ("doi = {10.1234/a\\_b}", {"doi": "10.1234/a_b"}),
        ("url = {\\url{https://doi.org/10.1234/x}}", {"doi": "10.1234/x"}),
    ],
)
def test_identifiers_in_bibtex(fields: str, identifiers: dict[str, str]) -> None:
    assert only(f"@misc{{k, title = {{Stones}}, {fields}}}").identifiers == identifiers


def test_references_in_bibtex_may_name_entries_further_down() -> None:
    data = (
        "@misc{a, title={First}, cites={b, 10.1234/x; Unknown Key 2019}}\n@misc{b, title={Second}, eprint={2101.00001}}"
    )
    first = next(iter(readers.read_stream(io.BytesIO(data.encode()), "toy")))
    assert isinstance(first, Paper)
    assert [(r.raw, dict(r.identifiers), r.title, r.year) for r in first.references] == [
        ("b", {"arxiv": "2101.00001"}, "Second", None),
        ("10.1234/x", {"doi": "10.1234/x"}, "", None),
        ("Unknown Key 2019", {}, "", 2019),
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("FrÃ©chet distances â€“ we donâ€™t know", "Fréchet distances – we don’t know"),
        ("for Groverâ\x80\x99s sake", "for Grover’s sake"),
        ("naïve Fréchet — α ≤ β “quoted” ½ × 3, Łukasz 中文", "naïve Fréchet — α ≤ β “quoted” ½ × 3, Łukasz 中文"),
        ("a &amp; b, <i>c</i>", "a &amp; b, <i>c</i>"),
    ],
)
def test_text_decoded_wrongly_before_is_mended_and_other_text_left(given: str, kept: str) -> None:
    paper = from_json(title=given, abstract=given, venue=given)
    assert (paper.title, paper.abstract, paper.venue) == (kept, kept, kept)


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"p {\textless} 0.05, q {\textgreater} 2", "p < 0.05, q > 2"),
        (r"p \textless{} 0.05 and {\textbar}x{\textbar}", "p < 0.05 and |x|"),
        (r"{\textbackslash}n a{\textunderscore}b {\textquotedbl}c{\textquotedbl}", r'\n a_b "c"'),
        (r"{\textasciitilde}5 {\textmu}m {\textdegree}C {\textalpha}-synuclein", "~5 µm °C α-synuclein"),
        (r"\S 3 {\copyright} {\textregistered} {\texttrademark} \ldots{} {\LaTeX}", "§3 © ® ™ … LaTeX"),
        (r"Of {\textless}i{\textgreater}E. coli{\textless}/i{\textgreater}", "Of E. coli"),
    ],
)
def test_signs_that_have_names_in_bibtex(tex: str, text: str) -> None:
    assert only(f"@article{{k, title = {{{tex}}}}}").title == text


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("{European Commission} and {Barnes and Noble}", (Name("European Commission"), Name("Barnes and Noble"))),
        ("{World Health Organization, Geneva} and others", (Name("World Health Organization, Geneva"),)),
        (r"{AT\&T {Bell} Labs}", (Name("AT&T Bell Labs"),)),
        (r"{\'A}lvarez, {J}os{\'e}", (Name("Álvarez", "José"),)),
        ("{van Gogh}, Vincent and {Mc}Donald, R.", (Name("van Gogh", "Vincent"), Name("McDonald", "R."))),
        (r"{\"O}zg{\"u}r {\v{C}}", (Name("Č", "Özgür"),)),
        ("{others}", ()),
    ],
)
def test_a_name_wholly_in_braces_is_not_split(authors: str, names: tuple[Name, ...]) -> None:
    assert only(f"@misc{{k, title = {{Stones}}, author = {{{authors}}}}}").authors == names


VOLUME = "@proceedings{Conf/20, title={Proceedings of the Stone Conference}, year={2020}, publisher={Pit}}\n"
CHILD = "@inproceedings{roll, title={Rolling}, author={Ada Pebble}, crossref={conf/20}, pages={1--9}}\n"


@pytest.mark.parametrize("data", [CHILD + VOLUME, VOLUME + CHILD])
def test_an_entry_inherits_what_it_lacks_and_its_volume_is_no_paper(data: str) -> None:
    paper = only(data)
    assert (paper.title, str(paper.date), paper.venue) == ("Rolling", "2020", "Proceedings of the Stone Conference")
    assert paper.extra == {"key": "roll", "kind": "inproceedings", "pages": "1--9", "publisher": "Pit"}
    assert {"date", "venue"} <= set(paper.sources[0].fields)


def test_what_an_entry_says_itself_counts_before_what_it_inherits() -> None:
    own = CHILD.replace("pages=", "year={2019}, booktitle={Stones}, publisher={Quarry}, pages=")
    paper = only(own + VOLUME.replace("year=", "booktitle={SC}, year="))
    assert (str(paper.date), paper.venue, paper.extra["publisher"]) == ("2019", "Stones", "Quarry")
    assert only(CHILD + VOLUME.replace("year=", "booktitle={SC}, year=")).venue == "SC"
    assert only(CHILD + VOLUME.replace("title=", "booktitle=")).venue == "Proceedings of the Stone Conference"


def test_volumes_and_books_that_stand_for_themselves_are_papers_in_their_order() -> None:
    book = "@book{b, title={A Book of Stones}, author={Bo Rock}, year=2001}\n"
    chapter = "@inbook{c, title={A Chapter}, crossref={b}}\n@misc{d, title={Else}, crossref={nowhere}}\n"
    found = list(readers.read_stream(io.BytesIO(f"{book}{chapter}{VOLUME}".encode()), "toy"))
    papers = [p for p in found if isinstance(p, Paper)]
    titles = ["A Book of Stones", "A Chapter", "Else", "Proceedings of the Stone Conference"]
    assert [p.title for p in papers] == titles
    assert (papers[1].venue, str(papers[1].date)) == ("A Book of Stones", "2001")
    assert papers[1].authors == (Name("Rock", "Bo"),)
    assert (papers[2].date, papers[2].extra["crossref"]) == (None, "nowhere")
    assert only(VOLUME.replace("year=", "crossref={Conf/20}, year=")).title == "Proceedings of the Stone Conference"
