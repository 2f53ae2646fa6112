"""What every reader owes, whichever formats there are: one set of tests over all that are listed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citeweave.extract import readers
from citeweave.model import Paper, Problem
from citeweave.text import clean

CORPUS = Path(__file__).parents[2] / "corpus"
FORMATS = readers.formats()
ONE_LINE = {"huggingface"}
"""Formats that hold all records in one line of the file."""
PAGES = {"dated", "oneline", "titles", "via"}


def sample(name: str) -> bytes:
    """The toy source of a format: the file of its name in tests/corpus, with the first of its suffixes."""
    return (CORPUS / f"{name}{readers.reader(name).SUFFIXES[0]}").read_bytes()


def run(data: bytes, source: str = "toy", format: str | None = None) -> tuple[list[Paper], list[Problem]]:
    items = list(readers.read_stream(io.BytesIO(data), source, format))
    return [i for i in items if isinstance(i, Paper)], [i for i in items if isinstance(i, Problem)]


def said(papers: list[Paper]) -> list[tuple[object, ...]]:
    return [(p.id, p.title, p.abstract, p.authors, p.author_count, p.date, p.references, p.sources) for p in papers]


def long_word(data: bytes) -> str:
    """The longest word well inside the first abstract."""
    return max(run(data)[0][0].abstract.split()[4:], key=len)


def test_the_formats_of_today_are_listed() -> None:
    assert set(FORMATS) == {
        *("bibtex", "csv", "dated", "jsonl", "oneline", "titles", "via"),
        *("arxiv", "crossref", "csljson", "openalex", "ris", "semanticscholar"),
        *("acl", "arxiv_atom", "jats", "pubmed", "tei"),
        *("huggingface", "catalyzex", "arxiv_listing", "paragraphs"),
    }


@pytest.mark.parametrize("name", FORMATS)
def test_sample_is_recognised_by_content_and_read_without_problems(name: str) -> None:
    assert readers.detect(sample(name)) == name
    papers, problems = run(sample(name))
    assert len(papers) >= 2
    assert not problems


@pytest.mark.parametrize("name", FORMATS)
def test_papers_are_clean_and_know_where_they_come_from(name: str) -> None:
    data = sample(name)
    lines = data.decode().splitlines()
    papers, _ = run(data, "toy.src")
    at = [p.sources[0].line for p in papers]
    assert at == sorted(at if name in ONE_LINE else set(at))
    ends = [*at[1:], len(lines) + 1]
    for paper, end in zip(papers, ends, strict=True):
        assert paper.title == clean(paper.title)
        assert paper.abstract == clean(paper.abstract)
        assert paper.title or paper.abstract
        (source,) = paper.sources
        assert source.file == "toy.src"
        first = paper.title or ", ".join(map(str, paper.authors)) or paper.abstract
        known = "".join(lines[source.line - 1 : max(end - 1, source.line)])
        assert " ".join(first.split()[1:3]) in known
        for field in ("title", "abstract", "authors", "date", "references", "extra", "identifiers"):
            assert (field in source.fields) == bool(getattr(paper, field)), field


@pytest.mark.parametrize("name", FORMATS)
def test_line_ends_byte_order_marks_and_encodings_change_nothing(name: str) -> None:
    data = sample(name)
    expected = said(run(data)[0])
    text = data.decode()
    for variant in (
        b"\xef\xbb\xbf" + data,
        data.replace(b"\n", b"\r\n"),
        data.replace(b"\n", b"\r"),
        data.rstrip(),
        text.encode("utf-16"),
        b"\xfe\xff" + text.encode("utf-16-be"),
    ):
        assert readers.detect(variant) == name
        papers, problems = run(variant)
        assert said(papers) == expected
        assert not problems


@pytest.mark.parametrize("name", FORMATS)
def test_twelve_hundred_blank_lines_before_and_after(name: str) -> None:
    papers, problems = run(b"\n" * 1200 + sample(name) + b"\r\n" * 1200)
    assert [p[:-1] for p in said(papers)] == [p[:-1] for p in said(run(sample(name))[0])]
    assert papers[0].sources[0].line == 1200 + run(sample(name))[0][0].sources[0].line
    assert not problems


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_truncated_source_gives_a_prefix_of_its_papers(name: str, part: float) -> None:
    data = sample(name)
    papers, problems = run(data[: int(len(data) * part)], format=name)
    whole = run(data)[0]
    assert len(papers) <= len(whole)
    assert papers[:-1] == whole[: max(len(papers) - 1, 0)]
    assert papers or problems


@pytest.mark.parametrize("name", sorted(PAGES))
def test_space_at_line_ends_and_blank_lines_change_nothing_but_line_numbers(name: str) -> None:
    plain, _ = run(sample(name))
    for end in (b" \t\n", b"\n\n", b"\n \n\n"):
        papers, problems = run(sample(name).replace(b"\n", end))
        assert [(p.title, p.abstract, p.date) for p in papers] == [(p.title, p.abstract, p.date) for p in plain]
        assert not problems


@pytest.mark.parametrize("name", FORMATS)
def test_latin1_bytes_are_read_and_noted_once_with_their_line(name: str) -> None:
    data = sample(name)
    word = long_word(data)
    text = data.decode().replace(word, f"naïve-{word}")
    latin = text.encode("cp1252", "replace")
    papers, problems = run(latin)
    assert said(papers) == said(run(latin.decode("cp1252").encode())[0])
    assert len(papers) == len(run(data)[0])
    assert [(p.source, p.message) for p in problems] == [("toy", "not UTF-8: read as Windows-1252 (Latin-1)")]
    first = next(n for n, line in enumerate(latin.split(b"\n"), 1) if max(line, default=0) > 127)
    assert problems[0].line == first


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("data", [b"", b"\n \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_one_problem(name: str, data: bytes) -> None:
    expected = [Problem("toy", 1, "empty file")]
    assert list(readers.reader(name).read(io.BytesIO(data), "toy")) == expected
    assert list(readers.read_stream(io.BytesIO(data), "toy")) == expected


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"%PDF-1.7\n1 0 obj", bytes(range(256)) * 9])
def test_a_binary_file_is_one_problem(name: str, data: bytes) -> None:
    expected = [Problem("toy", 1, "not a text file")]
    assert list(readers.reader(name).read(io.BytesIO(data), "toy")) == expected
    assert list(readers.read_stream(io.BytesIO(data), "toy")) == expected


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "data", [b"Subscribe\nLog in\n", b"@comment{nothing here}\n", b"{}\n", b"a;b\n1;2\n", b"Via\n"]
)
def test_a_source_without_papers_is_problems_and_nothing_else(name: str, data: bytes) -> None:
    papers, problems = run(data, format=name)
    assert not papers
    assert problems
    assert all(p.source == "toy" and p.line >= 1 and p.message for p in problems)


@pytest.mark.parametrize("name", FORMATS)
def test_standard_input_need_not_seek(name: str) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self.rest = io.BytesIO(data)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            return self.rest.readinto(memoryview(buffer)[:7])

    papers = list(readers.read_stream(io.BufferedReader(Pipe(sample(name))), "toy"))
    assert papers == list(readers.read_stream(io.BytesIO(sample(name)), "toy"))


@pytest.mark.parametrize("name", FORMATS)
def test_a_megabyte_without_a_space_goes_through(name: str) -> None:
    data = sample(name)
    papers, problems = run(data.replace(long_word(data).encode(), b"x" * 1_000_000, 1))
    assert len(papers) == len(run(data)[0])
    assert max(len(p.abstract) for p in papers) > 1_000_000
    assert not problems


def noisy(data: bytes) -> st.SearchStrategy[bytes]:
    """The data cut, spliced and sprinkled with bytes that mean something somewhere."""
    piece = st.one_of(
        st.binary(max_size=12), st.sampled_from([b"{", b"}", b'"', b"\n", b"\\", b"\xed\xa0\x80", b"@a{", b"["])
    )
    cut = st.tuples(st.integers(0, len(data)), st.integers(0, 60), piece)

    def apply(cuts: list[tuple[int, int, bytes]]) -> bytes:
        made = data
        for at, length, new in cuts:
            made = made[:at] + new + made[at + length :]
        return made

    return st.lists(cut, min_size=1, max_size=4).map(apply)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_bytes_make_a_reader_raise(name: str, data: st.DataObject) -> None:
    source = data.draw(st.one_of(st.binary(max_size=300), noisy(sample(name))))
    for format in (name, None):
        papers, problems = run(source, format=format)
        assert papers or problems
        for paper in papers:
            (paper.title + paper.abstract + repr(paper)).encode()
        for problem in problems:
            assert problem.line >= 1
            str(problem).encode()


def test_an_unknown_format_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no reader for format 'docx'"):
        readers.read(tmp_path / "absent.txt", "docx")
    with pytest.raises(ValueError, match=f"choose one of {FORMATS[0]}"):
        readers.read_stream(io.BytesIO(b"x"), "toy", "_page")


def test_a_file_that_cannot_be_opened_is_one_problem(tmp_path: Path) -> None:
    (problem,) = readers.read(tmp_path / "absent.txt")
    assert str(problem) == "absent.txt:1: cannot be read: No such file or directory"
    (problem,) = readers.read(tmp_path)
    assert isinstance(problem, Problem)


def test_a_file_is_named_without_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "toy.txt"
    path.parent.mkdir()
    path.write_bytes(sample("dated"))
    assert {s.file for p in readers.read(path) if isinstance(p, Paper) for s in p.sources} == {"toy.txt"}


def test_the_name_decides_only_where_the_content_does_not() -> None:
    assert readers.detect(sample("jsonl"), "toy.bib") == "jsonl"
    assert readers.detect(b"nothing known\n", "toy.bib") == "bibtex"
    assert readers.detect(b"nothing known\n", "toy.txt") is None
    (problem,) = readers.read_stream(io.BytesIO(b"nothing known\n"), "toy.txt")
    assert isinstance(problem, Problem)
    assert f"not in a known format ({', '.join(FORMATS)})" in problem.message


def test_reading_is_lazy() -> None:
    """A reader of line records hands out the first paper before it has seen the last line."""

    line = b'{"title": "A Toy Title", "abstract": "Some words."}\n'

    class Endless(io.RawIOBase):
        at = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            size = len(buffer)
            memoryview(buffer)[:] = (line * (size // len(line) + 2))[self.at :][:size]
            self.at = (self.at + size) % len(line)
            return size

    items = readers.read_stream(io.BufferedReader(Endless()), "toy")
    assert [isinstance(next(items), Paper) for _ in range(5000)] == [True] * 5000
