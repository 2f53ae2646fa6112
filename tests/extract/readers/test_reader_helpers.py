"""Dates and names, as all readers read them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citeweave.extract.readers._dates import parse_date
from citeweave.extract.readers._names import name_list, split_name
from citeweave.model import Name
from citeweave.text import clean


@pytest.mark.parametrize(
    ("text", "lexical"),
    [
        ("2024", "2024"),
        ("2024-01", "2024-01"),
        ("2024/1/5", "2024-01-05"),
        ("Jan 24, 2024", "2024-01-24"),
        ("January 24 2024", "2024-01-24"),
        ("24 Sept. 2024", "2024-09-24"),
        ("May 2024", "2024-05"),
        ("Feb 21", "--02-21"),
        ("Feb 29", "--02-29"),
        (" Dec  27,  2023 ", "2023-12-27"),
    ],
)
def test_dates_are_read_as_far_as_they_are_known(text: str, lexical: str) -> None:
    assert str(parse_date(text)) == lexical


@pytest.mark.parametrize(
    "text", ["2023-02-29", "2023-13", "0999", "Feb 30", "April 31, 2020", "2020-00-01", "2020-01-00"]
)
def test_days_that_no_calendar_has(text: str) -> None:
    with pytest.raises(ValueError, match="no such date"):
        parse_date(text)


@given(st.text(max_size=30))
def test_anything_else_is_no_date(text: str) -> None:
    try:
        date = parse_date(text)
    except ValueError as error:
        assert str(error)
    else:
        assert str(date)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada Pebble", Name("Pebble", "Ada")),
        ("David D. Stone", Name("Stone", "David D.")),
        ("Jonas van der Berg", Name("van der Berg", "Jonas")),
        ("Marvin Von Tal", Name("Von Tal", "Marvin")),
        ("Anna Van Der Meer", Name("Van Der Meer", "Anna")),
        ("Nguyen Van Anh", Name("Anh", "Nguyen Van")),
        ("van der Berg, Jonas", Name("van der Berg", "Jonas")),
        ("Stone, Jr., Bo", Name("Stone Jr.", "Bo")),
        ("Bo Stone Jr.", Name("Stone Jr.", "Bo")),
        ("Aristotle", Name("Aristotle")),
        ("{Toy Consortium}", Name("Toy Consortium")),
        ("Müller", Name("Müller")),
        ("", Name("")),
    ],
)
def test_names(text: str, name: Name) -> None:
    assert split_name(text) == name


@given(st.text(max_size=60))
def test_no_name_makes_the_splitter_raise(text: str) -> None:
    split_name(text)
    name_list(text)


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("Ada Pebble, Bo Stone", 2),
        ("Ada Pebble", 1),
        ("Ada Pebble, Bo Stone, and Cy Rock", 3),
        ("Jonas van der Berg, Mateja Vukelić, Li Na", 3),
        ("DeepRock-AI, Ada Pebble, Bo Stone", 3),
        (", ".join(["Ada Quartz Pebble"] * 60), 60),
        ("We study stones, and rivers, and sand.", 0),
        ("Get our free extension to see links", 0),
        ("Rolling stones", 0),
        ("", 0),
    ],
)
def test_lines_of_names(line: str, count: int) -> None:
    assert len(name_list(line)) == count


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_what_pdf_text_is_full_of() -> None:
    assert clean("e\ufb03cient opti\u00admi\u00ad\nsation\u00a0of \ufb02ows") == "efficient optimisation of flows"
    assert clean("a\x00b\u200bc\ufeff") == "abc"
    assert clean("∇∇∇∇∇∇∇∇∇∇∇∇∇∇∇∇∇∇∇∇") == "∇" * 20


def test_marks_piled_on_a_letter_do_not_take_forever() -> None:
    started = time.process_time()
    assert len(clean("a" + "\u0301\u0323" * 500_000)) < 20
    assert time.process_time() - started < 5
