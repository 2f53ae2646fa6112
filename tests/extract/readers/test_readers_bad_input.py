"""Damaged sources: one problem with its line and reason, and the other records go through."""

from __future__ import annotations

import io
import json
import time

import pytest

from citeweave.extract import readers
from citeweave.extract.readers import _json, _json_values, _source, bibtex
from citeweave.model import Paper, Problem

PROSE = "We measure how pebbles roll. The outcome depends on the slope, and on the pebble, more than on us."


def run(data: bytes | str, format: str | None = None) -> tuple[list[Paper], list[str]]:
    raw = data.encode() if isinstance(data, str) else data
    items = list(readers.read_stream(io.BytesIO(raw), "toy", format))
    return [i for i in items if isinstance(i, Paper)], [str(i) for i in items if isinstance(i, Problem)]


def titles(papers: list[Paper]) -> list[str]:
    return [p.title for p in papers]


def test_json_line_cut_off() -> None:
    papers, problems = run('{"title": "First Stone"}\n{"title": "Second Sto\n{"title": "Third Stone"}\n{"title": "Fou')
    assert titles(papers) == ["First Stone", "Third Stone"]
    assert problems == [
        "toy:2: JSON cut off at column 11: Unterminated string starting at",
        "toy:4: JSON cut off at column 11: Unterminated string starting at",
    ]


def test_json_lines_that_are_no_papers() -> None:
    lines = [
        '{"title": "A Stone"}',
        "[1, 2]",
        "null",
        '{"year": 2020}',
        '{"title": 5}',
        "{'title': 1}",
        '{"title": "B Stone"}',
    ]
    papers, problems = run("\n".join(lines))
    assert titles(papers) == ["A Stone", "B Stone"]
    assert [p.split(": ", 1) for p in problems] == [
        ["toy:2", "not a JSON object"],
        ["toy:3", "not a JSON object"],
        ["toy:4", "no title and no abstract"],
        ["toy:5", "title is not text"],
        ["toy:6", "JSON malformed at column 2: Expecting property name enclosed in double quotes"],
    ]


def test_json_depth_bomb_and_number_bomb() -> None:
    bomb = '{"title": "Deep", "x": ' + "[" * 100_000 + "]" * 100_000 + "}"
    number = '{"title": "Long", "upvotes": ' + "9" * 100_000 + "}"
    papers, problems = run(f'{{"title": "First Stone"}}\n{bomb}\n{number}\n{{"title": "Last Stone"}}')
    assert titles(papers) == ["First Stone", "Last Stone"]
    assert problems[0] == "toy:2: JSON nested too deeply"
    assert problems[1].startswith("toy:3: JSON malformed: Exceeds the limit")


def test_json_array_cut_off() -> None:
    whole = json.dumps([{"title": f"Stone {n}", "authors": [{"name": "Ada Pebble"}]} for n in range(3)], indent=2)
    assert titles(run(whole)[0]) == ["Stone 0", "Stone 1", "Stone 2"]
    papers, problems = run(whole[: whole.index("Stone 2") + 3])
    assert titles(papers) == ["Stone 0", "Stone 1"]
    assert problems == ["toy:18: JSON cut off at column 14: Unterminated string starting at"]
    papers, problems = run(whole.rstrip().removesuffix("]"))
    assert len(papers) == 3
    assert problems == ["toy:25: JSON cut off: the array is never closed"]


def test_json_array_goes_on_after_a_broken_object_and_not_inside_it() -> None:
    whole = json.dumps([{"title": f"Stone {n}", "references": [{"title": "Inner"}]} for n in range(3)], indent=2)
    papers, problems = run(whole.replace('"Stone 1",', '"Stone 1"'))
    assert titles(papers) == ["Stone 0", "Stone 2"]
    assert problems == ["toy:10: JSON malformed at column 5: Expecting ',' delimiter"]


def test_lone_surrogates_become_replacement_characters() -> None:
    papers, problems = run(r'{"title": "Half \ud800 a Pair", "authors": ["Ada \udfff Pebble"], "k\ud800": "v\ud800"}')
    assert papers[0].title == "Half \ufffd a Pair"
    assert papers[0].extra == {"k\ufffd": "v\ufffd"}
    assert not problems
    repr(papers).encode()
    papers, problems = run(b"Half \xed\xa0\x80 a Pair of Stones\n" + PROSE.encode())
    assert titles(papers) == ["Half \ufffd a Pair of Stones"]
    assert problems == ["toy:1: not UTF-8: read as Windows-1252 (Latin-1)"]


def test_one_stray_byte_does_not_spoil_the_utf8_around_it() -> None:
    papers, problems = run("Fréchet Stones \udcff Rolling\n".encode("utf-8", "surrogateescape") + PROSE.encode())
    assert titles(papers) == ["Fréchet Stones ÿ Rolling"]
    assert len(problems) == 1


def test_bibtex_entry_with_an_unclosed_brace() -> None:
    papers, problems = run(
        "@article{a,\n title = {First Stone}\n}\n\n@article{b,\n title = {Second {Stone},\n year = 2020\n}\n\n"
        "@article{c,\n title = {Third Stone}\n}\n@article{d,\n title = {Fourth"
    )
    assert titles(papers) == ["First Stone", "Third Stone"]
    assert papers[1].sources[0].line == 10
    why = "@article entry cut off or malformed: a brace, quote or comma is missing"
    assert problems == [f"toy:5: {why}", f"toy:13: {why}"]


def test_bibtex_that_breaks_parsers() -> None:
    data = (
        "@string{a0 = {xxxxxxxxxx}}\n"
        + "".join(f"@string{{a{n} = a{n - 1} # a{n - 1}}}\n" for n in range(1, 60))
        + "\n" * 3000
        + "@article{bomb, title = {First Stone}, journal = a59}\n"
        + "\n" * 3000
        + "@article{deep, title = {"
        + "{" * 5000
        + "Deep Stone"
        + "}" * 5000
        + "}}\n"
        + "@article{tex, title = {"
        + "\\emph{" * 3000
        + "Macro Stone"
        + "}" * 3000
        + "}}\n"
        + '@article{quote, title = "Quoted {"}Stone{"}"} @article{same, title={Same Line}}\n'
        + "@article{twice, title = {One}, title = {Two}}\n"
        + "@article{nothing, year = 2000}\n"
    )
    started = time.process_time()
    papers, problems = run(data)
    assert time.process_time() - started < 10
    assert [t if len(t) < 30 else t[-40:].lstrip("\\emph") for t in titles(papers)] == [
        "First Stone",
        "Deep Stone",
        "Macro Stone",
        'Quoted "Stone"',
        "Same Line",
        "One",
    ]
    assert len(papers[0].venue) <= 10_000
    assert [p.split(": ", 1)[1] for p in problems] == [
        "a field is given twice, the first counts: title",
        "entry 'nothing': no title and no abstract",
    ]


def test_bibtex_key_used_twice() -> None:
    papers, problems = run("@book{k, title = {One Stone}}\n@book{K, title = {Two Stones}}\n")
    assert titles(papers) == ["One Stone", "Two Stones"]
    assert problems == ["toy:2: key 'K' is used twice"]


def test_csv_row_with_a_quote_never_closed() -> None:
    papers, problems = run(
        'title,abstract\nFirst Stone,Rolls.\nSecond Stone,"Rolls\nThird Stone,Rests.\nFourth Stone,Rests.\n'
    )
    assert titles(papers) == ["First Stone", "Third Stone", "Fourth Stone"]
    assert problems == ["toy:3: row cut off: a quote is never closed"]


def test_csv_last_row_cut_off() -> None:
    papers, problems = run("title,abstract,year\nFirst Stone,Rolls.,2020\nSeco")
    assert titles(papers) == ["First Stone"]
    assert problems == ["toy:3: row cut off: 1 of 3 columns"]
    papers, problems = run("title,abstract,year\nFirst Stone,Rolls.,2020\nSecond Stone,Rests.")
    assert titles(papers) == ["First Stone", "Second Stone"]
    assert problems == ["toy:3: row cut off: 2 of 3 columns"]


def test_csv_rows_and_headers_that_are_no_papers() -> None:
    papers, problems = run("title,abstract,year\n\n,,2020\n ,\t,\nStone,Rolls.,1\n")
    assert titles(papers) == ["Stone"]
    assert problems == ["toy:3: no title and no abstract", "toy:5: not a date: '1'"]
    assert run("a,b\n1,2\n", "csv") == ([], ["toy:1: no column 'title' or 'abstract' in the first row"])


@pytest.mark.parametrize(
    ("end", "count", "problem"),
    [
        ("", 1, "toy:2: record cut off: no 'authors · date' closes the line"),
        (" 3 auth", 1, "toy:2: record cut off: no 'authors · date' closes the line"),
        (" 3 authors · Feb 30, 2021", 2, "toy:2: no such date: 2021-2-30"),
    ],
)
def test_oneline_record_cut_off_or_without_a_day_of_the_calendar(end: str, count: int, problem: str) -> None:
    papers, problems = run(
        f"4 Rolling Stones {PROSE} 2 authors · Jan 2, 2021\n- Resting Stones {PROSE}{end}\n", "oneline"
    )
    assert len(papers) == count
    assert problems == [problem]
    assert papers[0].title == "Rolling Stones"
    assert papers[-1].date == papers[0].date if count == 1 else papers[-1].date is None


def test_titles_without_abstracts_and_abstracts_without_titles() -> None:
    papers, problems = run(
        f"Lonely Stones\n\nRolling Stones\n{PROSE}\n{PROSE}\nResting Stones\n{PROSE}\nA Stone at the End\n", "titles"
    )
    assert titles(papers) == ["Rolling Stones", "Resting Stones"]
    assert problems == [
        "toy:1: title without an abstract",
        "toy:5: abstract without a title",
        "toy:8: title without an abstract",
    ]


def test_via_records_cut_off() -> None:
    papers, problems = run(
        f"Ada Pebble, Bo Stone\n\n{PROSE}\n\nVia\n\nCy Rock\n\nVia\n\n{PROSE.upper()}\n\nVia\n\n"
        f"Di Sand, Ed Silt\n\n{PROSE[:30]}"
    )
    assert [p.abstract for p in papers] == [PROSE, PROSE.upper()]
    assert papers[1].authors == ()
    assert problems == [
        "toy:7: record without an abstract",
        "toy:11: no line of authors before the abstract",
        "toy:15: record cut off: no 'Via' closes it",
    ]


def test_dated_records_cut_off() -> None:
    record = "{}\n\n{}\n\n  • 2 authors\n·\n{}\n\n"
    whole = record.format("Rolling Stones", PROSE, "Jan 2, 2021") + record.format("Resting Stones", PROSE, "Feb 3")
    papers, problems = run(whole.rstrip())
    assert titles(papers) == ["Rolling Stones", "Resting Stones"]
    assert not problems
    for cut, count, expected in (
        ("Feb 3", 2, "toy:13: no date after the number of authors: cut off"),
        ("  • 2", 1, "toy:9: record cut off: no authors and date after it"),
        ("Feb", 2, "toy:13: no date after the number of authors: cut off"),
    ):
        at = whole.rindex(cut) if cut != "Feb" else whole.rindex("·")
        papers, problems = run(whole[:at])
        assert (len(papers), problems) == (count, [expected])
    papers, problems = run(whole.replace("Jan 2, 2021", "Feb 29, 2021"))
    assert len(papers) == 2
    assert papers[0].date is None
    assert problems == ["toy:1: no such date: 2021-2-29"]


def test_dated_record_without_a_title() -> None:
    papers, problems = run(
        f"{PROSE}\n  • 2 authors\n·\nJan 2\n\nStones\n{PROSE}\n  • 1 authors\n·\nJan 2\n  • 1 authors\n·\nJan 2\n"
    )
    assert titles(papers) == ["Stones"]
    assert problems == ["toy:1: abstract without a title", "toy:11: number of authors without a title"]


def test_a_line_beyond_all_measure_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_source, "MAX_LINE", 2 * 1024 * 1024)
    huge = '{"title": "' + "x" * 5_000_000 + '"}'
    for encoding in ("utf-8", "utf-16"):
        papers, problems = run(f'{{"title": "First"}}\n{huge}\n{{"title": "Last"}}\n'.encode(encoding))
        assert titles(papers) == ["First", "Last"]
        assert [p.sources[0].line for p in papers] == [1, 3]
        assert problems == ["toy:2: line of more than 2 megabytes left out"]


def test_a_page_too_large_to_be_read_whole_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_source, "MAX_WHOLE", 1024 * 1024)
    papers, problems = run('<div data-target="DailyPapers" data-props="">' + "x\n" * 1_000_000, "huggingface")
    assert not papers
    assert problems == ["toy:1: larger than 1 megabytes: split it, or use JSON Lines"]


def test_an_entry_or_value_beyond_all_measure_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bibtex, "_MAX_ENTRY", 100_000)
    for module in (_json, _json_values):
        monkeypatch.setattr(module, "MAX_VALUE", 1_200_000)
    long = "\n".join("word " * 20 for _ in range(2000))
    huge = f"@book{{b, title = {{Huge}}, note = {{{long}}}}}"
    papers, problems = run(f"@book{{a, title = {{One Stone}}}}\n{huge}\n@book{{c, title = {{Two}}}}")
    assert titles(papers) == ["One Stone", "Two"]
    assert problems == ["toy:2: entry of more than 0 megabytes left out"]
    records = [{"title": "One Stone"}, {"title": "Huge", "note": "x" * 3_000_000}, {"title": "Two"}]
    for whole in (json.dumps(records), "\n".join(map(json.dumps, records)), json.dumps(records, indent=1)):
        papers, problems = run(whole)
        assert titles(papers) == ["One Stone", "Two"]
        assert [p.split(": ", 1)[1] for p in problems] == ["a value of more than 1 megabytes left out"]


def test_an_array_of_many_megabytes_on_one_line_is_read_to_its_end() -> None:
    """Longer than any line may be, and with a fault in the middle."""
    record = {
        "title": "A Rolling Stone",
        "abstract": PROSE * 100,
        "authors": [{"family": "Pebble"}, {"family": "Rock"}],
    }
    one = json.dumps(record)
    papers, problems = run(
        "[" + ", ".join([one] * 900 + [one.replace('"abstract":', '"abstract"')] + [one] * 900) + "]"
    )
    assert len(papers) == 1800
    assert [p.split(" ")[:3] for p in problems] == [["toy:1:", "JSON", "malformed"]]


@pytest.mark.parametrize(
    "letter",
    [" ", "(", "a ", "· ", "- ", "{", "$", "\\", "@", ",", "and ", "Get ", "<", "&", '{"a":', "<paper>"],
)
def test_time_does_not_explode_with_length(letter: str) -> None:
    for format in readers.formats():
        started = time.process_time()
        run(letter * (1_000_000 // len(letter)), format)
        assert time.process_time() - started < 15, format
