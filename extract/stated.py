"""One sentence as results are read from it: its metrics, datasets and things, and what stands between two figures."""

from __future__ import annotations

from collections.abc import Sequence

from citeweave.extract.figures import AND, Figure
from citeweave.extract.phrasing import LINK_WORDS, ONLY_CHANGE, SETTING, TRAINED
from citeweave.model import Mention


class Sentence:
    """A sentence's place in its text, and those of its mentions that a result can be about."""

    def __init__(self, text: str, start: int, end: int, mentions: Sequence[Mention], names: dict[str, str]) -> None:
        """``mentions`` are those inside ``text[start:end]``; ``names`` tells a form's entity by its name."""
        self.text, self.start, self.end, self._names = text, start, end, names
        none = (SETTING.search, ONLY_CHANGE.fullmatch)
        self.metrics = [m for m in mentions if m.type == "Metric" and not any(known(m.text) for known in none)]
        self.datasets = [
            m for m in mentions if m.type == "Dataset" and not TRAINED.search(text, max(start, m.start - 40), m.start)
        ]
        self.things = [m for m in mentions if m.type in ("Model", "Method", "Software")]

    def name(self, mention: Mention) -> str:
        """The name of a mention's entity."""
        return self._names.get(mention.text, mention.text)

    def in_brackets(self, end: int, mention: Mention) -> bool:
        """Whether a mention alone stands in brackets that open at an offset."""
        return self.text[end : mention.start].strip(" $") == "(" and self.text[mention.end : mention.end + 1] == ")"

    def listed(self, one: Figure, two: Figure) -> bool:
        """Whether two figures stand side by side, as in ``6.4% and 12.5%``."""
        same = one.unit == two.unit or not one.unit
        return same and bool(AND.fullmatch(self.text, one.end, two.start))

    def groups(self, figures: Sequence[Figure]) -> list[list[int]]:
        """Runs of figures that stand side by side, by their numbers."""
        groups: list[list[int]] = []
        for index in range(len(figures)):
            if index and self.listed(figures[index - 1], figures[index]):
                groups[-1].append(index)
            else:
                groups.append([index])
        return groups

    def without_names(self, words: str) -> str:
        """Words less the names of metrics and datasets."""
        for mention in (*self.metrics, *self.datasets):
            words = words.replace(mention.text, " ")
        return words

    def goes_on(self, last: Figure, figure: Figure) -> bool:
        """Whether a figure goes on a list: ``by 2% in accuracy and 3% in recall``."""
        between = self.without_names(self.text[last.end : figure.start])
        return last.unit == figure.unit and bool(LINK_WORDS.fullmatch(between))
