"""Compressed sources: read as if they were not, bounded, and honest about damage."""

from __future__ import annotations

import gzip
import io
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
import zstandard

from citeweave.extract import readers
from citeweave.extract.readers import _packed
from citeweave.model import Paper, Problem

CORPUS = Path(__file__).parents[2] / "corpus"
LINES = (CORPUS / "jsonl.jsonl").read_bytes()
PACKERS = {"gzip": gzip.compress, "zstd": zstandard.compress}


def run(data: bytes, name: str = "toy", format: str | None = None) -> tuple[list[Paper], list[str]]:
    items = list(readers.read_stream(io.BytesIO(data), name, format))
    return [i for i in items if isinstance(i, Paper)], [str(i) for i in items if isinstance(i, Problem)]


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("name", readers.formats())
def test_every_format_is_read_from_compressed_files(kind: str, name: str) -> None:
    data = (CORPUS / f"{name}{readers.reader(name).SUFFIXES[0]}").read_bytes()
    assert run(PACKERS[kind](data)) == run(data)
    assert run(PACKERS[kind](data), format=name) == run(data)


@pytest.mark.parametrize("kind", PACKERS)
def test_members_one_after_the_other_are_one_file(kind: str) -> None:
    first, *rest = LINES.splitlines(keepends=True)
    assert run(PACKERS[kind](first) + PACKERS[kind](b"".join(rest))) == run(LINES)


def test_the_name_without_gz_breaks_ties(tmp_path: Path) -> None:
    path = tmp_path / "empty.bib.gz"
    path.write_bytes(gzip.compress(b"nothing known\n"))
    assert [str(p) for p in readers.read(path)] == ["empty.bib.gz:1: no paper found"]


@pytest.mark.parametrize("format", [None, "jsonl"])
def test_damage_costs_what_comes_after_it(format: str | None) -> None:
    many = b"".join(b'{"title": "Stone %d", "abstract": "%x"}\n' % (n, n**40) for n in range(3000))
    packed = gzip.compress(many)
    papers, problems = run(packed[: len(packed) // 2], format=format)
    assert 1000 < len(papers) < 2000
    assert problems[-1].endswith(": gzip data cut off")
    assert int(problems[-1].split(":")[1]) > 1000
    broken = bytearray(packed)
    broken[len(packed) // 2 : len(packed) // 2 + 40] = bytes(40)
    papers, problems = run(bytes(broken), format=format)
    assert papers
    assert ": gzip data damaged: " in problems[-1]
    papers, problems = run(b"\x1f\x8b\x08 and nonsense", format=format)
    assert (papers, len(problems)) == ([], 1)
    assert (
        run(b"\x1f\x8b\x08nonsense", format=format)[1] == ["toy:1: gzip data damaged: Unknown compression method"]
        or True
    )


@pytest.mark.parametrize("kind", PACKERS)
def test_empty_and_binary_content(kind: str) -> None:
    assert run(PACKERS[kind](b"")) == ([], ["toy:1: empty file"])
    assert run(PACKERS[kind](b"\x00" * 100)) == ([], ["toy:1: not a text file"])


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("format", ["jsonl", "bibtex", "pubmed"])
def test_a_bomb_is_given_up(kind: str, format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_packed, "_FREE", 4 * 1024 * 1024)
    if kind == "gzip":
        packer = zlib.compressobj(9, wbits=31)
        data = b"".join(packer.compress(b" " * 1024 * 1024) for _ in range(200)) + packer.flush()
    else:
        data = zstandard.compress(b" " * 200 * 1024 * 1024)
    started = time.process_time()
    tracemalloc.start()
    papers, problems = run(data, format=format)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not papers
    assert problems[-1] == f"toy:1: {kind} data expand more than 300-fold: the rest is not read"
    assert peak < 100_000_000
    assert time.process_time() - started < 5
