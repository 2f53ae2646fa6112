"""Formats that other packages bring along."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from citeweave.cli import app
from citeweave.extract import readers
from citeweave.model import Paper, Problem

GOOD = """
from citeweave.model import Paper, Problem, Source

SUFFIXES = (".stones",)

def sniff(head):
    return 1.0 if head.startswith(b"%STONES") else 0.0

def read(stream, source):
    for number, line in enumerate(stream, 1):
        said = line.decode().strip()
        if said == "boom":
            raise RuntimeError("a stone in the way")
        if number > 1:
            at = (Source(source, number, ("title",)),)
            yield Paper(f"title:{number}", title=said, sources=at) if said else Problem(source, number, "no stone")
"""
ODD = "SUFFIXES = ('.odd',)\ndef sniff(head): raise KeyError('x')\ndef read(stream, source): yield 7\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed distribution with a good reader, an odd one, one that is none, and one that does not load."""
    site = tmp_path / "site"
    meta = site / "foreign_readers-1.0.dist-info"
    meta.mkdir(parents=True)
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-readers\nVersion: 1.0\n")
    points = "stones = foreign_stones|odd = foreign_odd|none = json|gone = foreign_gone|ris = foreign_odd".split("|")
    (meta / "entry_points.txt").write_text("\n".join([f"[{readers.GROUP}]", *points, ""]))
    (site / "foreign_stones.py").write_text(GOOD)
    (site / "foreign_odd.py").write_text(ODD)
    monkeypatch.syspath_prepend(str(site))
    return site


def run(data: bytes, format: str | None = None) -> tuple[list[str], list[str]]:
    items = list(readers.read_stream(io.BytesIO(data), "toy", format))
    return [i.title for i in items if isinstance(i, Paper)], [str(i) for i in items if isinstance(i, Problem)]


@pytest.mark.usefixtures("package")
def test_a_foreign_format_is_listed_found_by_its_content_and_read() -> None:
    assert {"stones", "odd"} <= set(readers.formats())
    assert readers.detect(b"%STONES\nOne\n") == "stones"
    assert run(b"%STONES\nRolling\n\nResting\n") == (["Rolling", "Resting"], ["toy:3: no stone"])


@pytest.mark.usefixtures("package")
def test_what_a_foreign_reader_does_wrong_costs_its_file_alone() -> None:
    why = "toy:2: reader stones failed: RuntimeError: a stone in the way"
    assert run(b"%STONES\nRolling\nboom\nResting\n") == (["Rolling"], [why])
    assert run(b"x", "odd") == ([], ["toy:1: reader odd failed: TypeError: yields int, not Paper or Problem"])
    assert readers.detect(b'{"title": "A Stone"}\n') == "jsonl"
    for name, reason in (("none", "has no SUFFIXES"), ("gone", "cannot be loaded")):
        with pytest.raises(ValueError, match=reason):
            readers.reader(name)


@pytest.mark.usefixtures("package")
def test_ours_go_first() -> None:
    assert readers.reader("ris").__name__ == "citeweave.extract.readers.ris"  # type: ignore[attr-defined]


@pytest.mark.usefixtures("package")
def test_the_command_line_lists_it() -> None:
    from typer.testing import CliRunner

    assert "stones" in CliRunner().invoke(app, ["formats"]).stdout


def test_without_the_package_its_formats_are_gone() -> None:
    assert not {"stones", "odd", "none", "gone"} & set(readers.formats())
