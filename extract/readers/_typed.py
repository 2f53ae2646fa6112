"""Fields of a JSON object by the type they should have; a value of another type is left out and remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from citeweave.extract.readers._dates import make_date, parse_date
from citeweave.extract.readers._identify import add_identifier
from citeweave.identifiers import SCHEMES
from citeweave.model import PartialDate
from citeweave.text import clean


class Fields:
    """An object's fields. ``wrong`` names those asked for whose type was another; null is as good as absent."""

    __slots__ = ("_at", "_value", "wrong")

    def __init__(self, value: Mapping[str, object], wrong: list[str] | None = None, at: str = "") -> None:
        self._value = value
        self._at = at
        self.wrong: list[str] = [] if wrong is None else wrong

    def __contains__(self, key: str) -> bool:
        return self._value.get(key) not in (None, "", [], {})

    def raw(self, key: str) -> object:
        """Whatever stands under the key."""
        return self._value.get(key)

    def _amiss(self, key: str) -> None:
        self.wrong.append(clean(f"{self._at}{key}"))

    def text(self, *keys: str) -> str:
        """The first of the keys with some text, or the empty string."""
        for key in keys:
            value = self._value.get(key)
            if isinstance(value, str):
                if value.strip():
                    return value
            elif value is not None:
                self._amiss(key)
        return ""

    def word(self, key: str) -> str:
        """Text, or a whole number as text: for identifiers and counts."""
        value = self._value.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value) if abs(value) < 10**18 else ""
        return clean(self.text(key))

    def number(self, key: str) -> int | None:
        """A whole number, also one written as text."""
        value = self._value.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9:
            return value
        if isinstance(value, str) and value.strip().isdecimal() and len(value.strip()) < 10:
            return int(value)
        if value not in (None, ""):
            self._amiss(key)
        return None

    def inside(self, key: str) -> Fields:
        """The object under the key, or one without fields."""
        value = self._value.get(key)
        if value is not None and not isinstance(value, Mapping):
            self._amiss(key)
        return Fields(value if isinstance(value, Mapping) else {}, self.wrong, f"{self._at}{key}.")

    def objects(self, key: str) -> list[Fields]:
        """The objects of the list under the key."""
        value = self._list(key)
        found = [Fields(item, self.wrong, f"{self._at}{key}.") for item in value if isinstance(item, Mapping)]
        if len(found) < sum(item is not None for item in value):
            self._amiss(key)
        return found

    def strings(self, key: str) -> list[str]:
        """The strings of the list under the key, or the one string there."""
        value = self._value.get(key)
        if isinstance(value, str):
            return [value] if value.strip() else []
        values = self._list(key)
        found = [item for item in values if isinstance(item, str)]
        if len(found) < sum(item is not None for item in values):
            self._amiss(key)
        return found

    def _list(self, key: str) -> list[object]:
        value = self._value.get(key)
        if value is not None and not isinstance(value, list):
            self._amiss(key)
        return value if isinstance(value, list) else []


def identify(pairs: list[tuple[str, str]], note: Callable[[str], None] | None = None) -> dict[str, str]:
    """Normalised identifiers of (scheme, value) pairs, the strongest scheme first; ``note`` hears of false ones."""
    found: dict[str, str] = {}
    for scheme, value in pairs:
        if value and not add_identifier(found, scheme, value) and note:
            note(f"not an identifier of {scheme}: {clean(value)[:60]!r}")
    return {scheme: found[scheme] for scheme in SCHEMES if scheme in found}


def date_or_note(text: str, note: Callable[[str], None]) -> PartialDate | None:
    """The date a text gives; None where it gives none, and ``note`` hears why."""
    try:
        return parse_date(text) if text.strip() else None
    except ValueError as error:
        note(str(error))
        return None


def date_of_parts(parts: list[int | None], note: Callable[[str], None]) -> PartialDate | None:
    """The date of [year, month, day], of which the last ones may be missing."""
    year, month, day = [*parts, None, None, None][:3]
    try:
        return make_date(year, month or None, (day or None) if month else None) if year else None
    except ValueError as error:
        note(str(error))
        return None
