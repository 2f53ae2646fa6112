"""Finding titles in printed references."""

import pytest

from citeweave.graph.printed import PrintedTitles

TITLES = PrintedTitles(
    [
        ("moss", "Moss Networks: Recurrent Gardening at Scale"),
        ("short", "Lawn Care"),
        ("tail", "Recurrent Gardening of Roses"),
        ("twin1", "Fertile Ground for Learning: Part One"),
        ("twin2", "Fertile Ground for Learning: Part Two"),
    ]
)


@pytest.mark.parametrize(
    ("printed", "paper"),
    [
        ("F. Stone and A. Field. Moss networks: recurrent gardening at scale. In LAWNS, 2019.", "moss"),
        ("[7] F. Stone, “Moss Networks: Recurrent Gardening at Scale,” Lawns, 2019.", "moss"),
        ("Stone, F. (2019). Moss net- works: Recurrent gardening at scale. Lawns.", "moss"),
        ("Stone, F. (2019). Moss networks: Recurrent gardeming at scale. Lawns.", "moss"),
        ("Stone, F. (2019). Boss networks: Recurrent gardening at scale. Lawns.", "moss"),
        ("F. Stone. Lawn care. Lawns, 2019.", "short"),
        ("F. Stone. The art of lawn care. Lawns, 2019.", None),
        ("F. Stone. On the Recurrent Gardening of Roses and Lilies. Lawns, 2019.", None),
        ("F. Stone. Fertile Ground for Learning. Lawns, 2019.", None),
        ("F. Stone. Fertile ground for learning: part two. Lawns, 2019.", "twin2"),
        ("", None),
        ("12345", None),
    ],
)
def test_a_title_is_found_where_it_stands_alone(printed: str, paper: str | None) -> None:
    assert TITLES.find(printed) == paper


def test_a_lost_subtitle_does_not_hide_the_paper() -> None:
    titles = PrintedTitles([("m", "Recurrent Moss Networks: Gardening at Scale")])
    assert titles.find("F. Stone. Recurrent moss networks. Lawns, 2019.") == "m"
