"""The five real pages, where they lie beside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from citeweave.extract import readers
from citeweave.model import Paper
from citeweave.text import normal_title

SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
TRUTH = {
    "000": ("oneline", 15),
    "001": ("titles", 168),
    "002": ("via", 10),
    "003": ("titles", 119),
    "004": ("dated", 36),
}

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the saved pages are not beside this repository")


def page(number: str) -> Path:
    return next(SEEDS.glob(f"{number}_*.txt"))


@pytest.mark.parametrize("number", TRUTH)
def test_every_record_and_no_problem(number: str) -> None:
    format, count = TRUTH[number]
    head = page(number).read_bytes()
    assert readers.detect(head) == format
    items = list(readers.read(page(number)))
    assert all(isinstance(i, Paper) for i in items)
    assert len(items) == count


def pairs(number: str) -> dict[str, tuple[str, str]]:
    return {
        normal_title(i.title + i.abstract): (normal_title(i.title), normal_title(i.abstract))
        for i in readers.read(page(number))
        if isinstance(i, Paper)
    }


def test_all_titles_of_the_page_without_marks_end_right() -> None:
    """Ten lines stand on the other pages too, with their titles apart; how the others begin is known by eye."""
    ends = {text: pair for number in ("001", "003", "004") for text, pair in pairs(number).items()}
    found = pairs("000")
    assert len(found) == 15
    shared = found.keys() & ends.keys()
    assert len(shared) >= 10
    for text in shared:
        assert found[text] == ends[text]
    begins = (
        "Universality is a key",
        "Scaling up language models",
        "Meta-learning has emerged",
        "Neural scaling laws (NSL)",
    )
    for begin in begins:
        assert sum(abstract.startswith(normal_title(begin)) for _, abstract in found.values()) == 1
