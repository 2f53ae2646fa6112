"""Formats that other packages bring along."""

from pathlib import Path

import pytest

from citeweave import export
from citeweave.graph.knowledge import KnowledgeGraph

EXPORTER = """
SUFFIXES = (".count",)

def write(graph, target):
    target.write_text(str(len(graph.papers)))
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed distribution with one good exporter, one that is none, and one that does not load."""
    site = tmp_path / "site"
    meta = site / "foreign_formats-1.0.dist-info"
    meta.mkdir(parents=True)
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-formats\nVersion: 1.0\n")
    points = ("foreign_count = foreign_formats_count", "foreign_none = json", "foreign_gone = foreign_formats_gone")
    (meta / "entry_points.txt").write_text("\n".join([f"[{export.GROUP}]", *points, "turtle = json", ""]))
    (site / "foreign_formats_count.py").write_text(EXPORTER)
    monkeypatch.syspath_prepend(str(site))
    return site


@pytest.mark.usefixtures("package")
def test_a_foreign_format_is_listed_and_written(toy: KnowledgeGraph, tmp_path: Path) -> None:
    assert "foreign_count" in export.formats()
    assert export.filename("foreign_count") == "graph.count"
    export.write("foreign_count", toy, tmp_path / "n")
    assert (tmp_path / "n").read_text() == "4"


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(("name", "why"), [("foreign_none", "has no SUFFIXES"), ("foreign_gone", "cannot be loaded")])
def test_a_broken_one_says_so_and_harms_no_other(name: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        export.exporter(name)
    assert set(export.formats()) > {"foreign_count", "turtle"}


@pytest.mark.usefixtures("package")
def test_ours_go_first() -> None:
    assert export.exporter("turtle").__name__ == "citeweave.export.turtle"  # type: ignore[attr-defined]


def test_without_the_package_its_formats_are_gone() -> None:
    assert not any(name.startswith("foreign") for name in export.formats())
