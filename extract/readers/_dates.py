"""Dates as papers and listings write them, as far as each is known."""

from __future__ import annotations

import datetime
import re

from citeweave.model import PartialDate

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
"""A month's English name, whole or shortened, as the source of a regular expression."""
DAY = rf"{MONTH} \d{{1,2}}(?:, \d{{4}})?"
"""``Jan 24, 2024`` or ``Jan 24``: how listings write a day, as the source of a regular expression."""

_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<y>\d{4})(?:[-/](?P<m>\d{1,2})(?:[-/](?P<d>\d{1,2})(?:[T ]\d{2}:\d{2}.*)?)?)?",
        r"--(?P<m>\d{2})-(?P<d>\d{2})",
        rf"(?P<m>{MONTH}) (?P<d>\d{{1,2}})(?:,? (?P<y>\d{{4}}))?",
        rf"(?P<d>\d{{1,2}}) (?P<m>{MONTH})(?:,? (?P<y>\d{{4}}))?",
        rf"(?P<m>{MONTH}),? (?P<y>\d{{4}})",
    )
)


def parse_date(text: str) -> PartialDate:
    """Read ``2024``, ``2024-01``, ``2024-01-24``, ``--01-24``, ``Jan 24, 2024``, ``24 January 2024``, ``Jan 24``.

    Raises ValueError, saying why, for what is not a date or is no day of the calendar.
    """
    text = " ".join(text.split())
    for form in _FORMS:
        if found := form.fullmatch(text):
            known = found.groupdict()
            year, month, day = (known.get(part) for part in "ymd")
            return make_date(
                int(year) if year else None, month_number(month) if month else None, int(day) if day else None
            )
    raise ValueError(f"not a date: {text[:40]!r}")


def month_number(text: str) -> int:
    """1 to 12 of a month's number or English name; raises ValueError on anything else."""
    if text.isdecimal():
        return int(text)
    name = text.strip(" .").lower()[:3]
    if name not in _NAMES:
        raise ValueError(f"not a month: {text[:40]!r}")
    return _NAMES.index(name) + 1


def make_date(year: int | None, month: int | None = None, day: int | None = None) -> PartialDate:
    """A PartialDate that the calendar allows; raises ValueError otherwise. A bare day may be 29 February."""
    if year is None and not (month and day):
        raise ValueError("a date needs a year, or a month and a day")
    if year is not None and not 1000 <= year <= 9999:
        raise ValueError(f"no such date: year {year}")
    try:
        datetime.date(year or 2000, month if month is not None else 1, day if day is not None else 1)
    except ValueError:
        written = "-".join(str(part) for part in (year, month, day) if part is not None)
        raise ValueError(f"no such date: {written}") from None
    return PartialDate(year, month, day)
