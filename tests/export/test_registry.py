"""The registry of formats, and files that are whole or not there."""

from pathlib import Path

import pytest

from citeweave import export
from citeweave.export._files import atomic_binary, atomic_text, write_text


def test_formats_are_the_modules_that_can_write() -> None:
    assert export.formats() == tuple(sorted(export.formats()))
    for name in export.formats():
        module = export.exporter(name)
        assert module.SUFFIXES and all(suffix.startswith(".") for suffix in module.SUFFIXES)


@pytest.mark.parametrize("name", ["nothing", "_files", "os.path", "", "../html"])
def test_an_unknown_format_is_refused_with_the_list(name: str) -> None:
    with pytest.raises(ValueError, match="no such format"):
        export.exporter(name)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "new" / "graph.txt"
    write_text(target, "old\n")
    with pytest.raises(RuntimeError), atomic_text(target) as stream:
        stream.write("half")
        raise RuntimeError
    assert target.read_bytes() == b"old\n"
    assert [p.name for p in target.parent.iterdir()] == ["graph.txt"]


def test_text_is_utf8_with_line_feeds_and_binary_is_untouched(tmp_path: Path) -> None:
    with atomic_text(tmp_path / "a") as text:
        text.write("é\n")
    with atomic_binary(tmp_path / "b") as binary:
        binary.write(b"\r\n")
    assert (tmp_path / "a").read_bytes() == "é\n".encode()
    assert (tmp_path / "b").read_bytes() == b"\r\n"
