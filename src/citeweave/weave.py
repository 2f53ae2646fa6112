"""Puts the rooms together: read, extract, resolve, export - the whole way, as functions.

from pathlib import Path
from citeweave.weave import build

report = build([Path("papers.bib")], Path("out"))
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from citeweave import export
from citeweave.codec import dumps, loads
from citeweave.export._files import sweep
from citeweave.extract import extract, pipeline_version, readers, weights
from citeweave.graph import corrections
from citeweave.graph.assemble import assemble
from citeweave.graph.diff import Changes, diff
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.papers import merge
from citeweave.graph.workspace import FILE, Workspace, WorkspaceError
from citeweave.model import Findings, Paper, Problem
from citeweave.text import fingerprint

EXPORTS = ("turtle", "evidence", "html", "graphml")
"""What a build writes unless told otherwise."""
BATCH = 64
STDIN = "stdin"

Progress = Callable[[str, int, int | None], None]
"""Called with what is going on, how many are done, and how many there are (None while unknown)."""


class UnusableInputError(Exception):
    """An input that does not exist or cannot be opened, or a build in which nothing was usable."""


class StrictError(Exception):
    """The first problem of a strict build."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did: counts of the whole workspace, the problems of this run, the files written."""

    records: int
    papers: int
    cited_papers: int
    entities: int
    statements: int
    mentions: int
    extracted: int
    problems: tuple[Problem, ...]
    files: tuple[Path, ...]


def build(
    inputs: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    only: bool = False,
    remove: Sequence[str] = (),
    format: str | None = None,
    columns: readers.Columns | None = None,
    to: Sequence[str] = EXPORTS,
    jobs: int = 1,
    model: str | None = None,
    min_confidence: float = 0.0,
    strict: bool = False,
    progress: Progress | None = None,
    on_problem: Callable[[Problem], None] | None = None,
) -> Report:
    """Build a knowledge graph in the workspace ``out`` from ``inputs``, adding to what is there.

    Args:
        inputs: files or folders (their files, in order of name), or one of them; ``-`` is standard input.
            With none, what the workspace holds is resolved and written anew.
        out: the workspace's folder.
        only: withdraw what earlier builds read from anywhere else than ``inputs``.
        remove: withdraw these files, by path or by name, or all in a folder.
        format: a reader's name, where the content should not decide.
        columns: which field of a paper stands in which column of a table, as ``{"title": "Headline"}``.
        to: exporters to run when done; see :func:`citeweave.export.formats`.
        jobs: worker processes for extraction.
        model: the recogniser, ``accurate`` or ``fast``, by default that of the last build here, else ``accurate``;
            findings of the other one are kept beside.
        min_confidence: leave out what is less certain than this, between 0 and 1.
        strict: stop at the first problem.
        progress: called as the work goes on.
        on_problem: called with each problem as it is met.

    Raises:
        UnusableInputError: an input is missing, no such model, nothing usable was found, or nothing would be left.
        StrictError: a problem was met and ``strict`` is set.
        WorkspaceError: the workspace is in use, damaged or newer than this citeweave.
    """
    _exporters(to)
    if model is not None:
        _known(model)
    given = [Path(one) for one in ((inputs,) if isinstance(inputs, (str, Path)) else inputs)]
    out = Path(out)
    tell = progress or (lambda *_: None)
    problems: list[Problem] = []

    def note(problem: Problem) -> None:
        problems.append(problem)
        if on_problem:
            on_problem(problem)
        if strict:
            raise StrictError(problem)

    with _opened(given) as files, Workspace(out, create=bool(given) or (out / FILE).is_file()) as workspace:
        sweep(out)  # we hold the workspace's lock, so nobody is writing here
        read = {_read(workspace, file, (format, columns), note, tell) for file in files}
        withdrawn = _withdraw(workspace, read if only else None, remove)
        said, contradictions = corrections.read(out / corrections.FILE)
        for problem in contradictions:
            note(problem)
        merged = merge(workspace.records(), said)
        if not merged.papers:
            kept = f"; {out} keeps the graph of its last build (to be rid of it, remove the folder)"
            raise UnusableInputError("no paper found in the input" + kept * bool(workspace.count("paper")))
        for problem in said.unknown(workspace.records()):
            note(problem)
        model = model or workspace.chosen("model") or weights.MODELS[0]
        workspace.choose("model", model)
        version = pipeline_version(model)
        keys = {p.id: _key(p, version) for p in merged.papers}
        if withdrawn:
            workspace.keep_findings(keys.values())
        extracted = _extract(workspace, merged.papers, keys, jobs, model, note, tell)
        tell("resolving", 0, None)
        assembled = assemble(merged.papers, _Kept(workspace, keys), min_confidence, said, merged.records)
        for problem in assembled.unused:
            note(problem)
        workspace.save_graph(assembled.graph, (*merged.decisions, *assembled.decisions))
        if withdrawn:
            workspace.compact()
        written = export_graph(assembled.graph, out, to, tell)
        kg = assembled.graph
        return Report(
            records=workspace.count("record"),
            papers=len(merged.papers),
            cited_papers=len(kg.papers) - len(merged.papers),
            entities=len(kg.entities),
            statements=len(kg.statements),
            mentions=sum(map(len, kg.mentions.values())),
            extracted=extracted,
            problems=tuple(problems),
            files=written,
        )


def export_graph(
    kg: KnowledgeGraph, out: Path, to: Iterable[str] = EXPORTS, progress: Progress | None = None
) -> tuple[Path, ...]:
    """Write a graph into the folder ``out`` in each of the formats ``to``; returns the files (or folders) written.

    Raises UnusableInputError for a format that there is not.
    """
    _exporters(to := tuple(to))
    tell = progress or (lambda *_: None)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name in to:
        tell(f"writing {name}", 0, None)
        target = out / export.filename(name)
        try:
            export.write(name, kg, target)
        except OSError as error:
            error.filename = error.filename or str(target)  # a full disk does not say what it was too full for
            raise
        written.append(target)
    return tuple(written)


def _exporters(names: Iterable[str]) -> None:
    """See that every format can be written, before anything else is done."""
    for name in names:
        try:
            export.exporter(name)
        except ValueError as error:
            raise UnusableInputError(str(error)) from error


def _known(model: str) -> None:
    """See that there is such a recogniser, before anything else is done."""
    try:
        weights.folder(model)
    except ValueError as error:
        raise UnusableInputError(str(error)) from error


def open_graph(folder: str | Path) -> KnowledgeGraph:
    """The knowledge graph of a workspace; raises WorkspaceError when there is none."""
    with Workspace(Path(folder)) as workspace:
        if not workspace.count("paper"):
            raise WorkspaceError(f"{folder}: the build here is not finished; run 'citeweave build' again")
        return workspace.graph()


def compare(old: Path, new: Path) -> dict[str, Changes]:
    """What changed from one workspace to another; raises WorkspaceError where either is none."""
    with Workspace(old) as before, Workspace(new) as after:
        return diff(before.graph(), after.graph(), before.decisions(), after.decisions())


def findings_of(
    inputs: Sequence[Path],
    *,
    format: str | None = None,
    columns: readers.Columns | None = None,
    jobs: int = 1,
    model: str = "accurate",
    on_problem: Callable[[Problem], None] | None = None,
) -> Iterator[tuple[Paper, Findings]]:
    """What each paper of ``inputs`` says, in input order and one at a time, without a graph."""
    _known(model)
    note = on_problem or (lambda _: None)

    def papers() -> Iterator[Paper]:
        for file in files:
            for item in _items(file, (format, columns)):
                if isinstance(item, Problem):
                    note(replace(item, source=file.shown))
                else:
                    waiting.append(item)
                    yield item

    waiting: list[Paper] = []
    with _opened(inputs) as files:
        for found in extract(papers(), jobs=jobs, model=model):
            if isinstance(found, Problem):
                note(found)
                continue
            while waiting[0].id != found.paper:
                waiting.pop(0)  # a paper that failed; its problem was reported
            yield waiting.pop(0), found


@dataclass(frozen=True, slots=True)
class _Input:
    """A file to read: where it is, what it is called, its key in the workspace, and what problems call it."""

    path: Path
    name: str
    key: str
    shown: str = ""


@contextmanager
def _opened(inputs: Sequence[Path]) -> Iterator[list[_Input]]:
    """The files behind a list of inputs, each once; standard input alone is spooled to a temporary file."""
    if "-" not in map(str, inputs):
        yield _once(_files(inputs, Path()))
        return
    with tempfile.TemporaryDirectory(prefix="citeweave-") as spool:
        yield _once(_files(inputs, Path(spool)))


def _once(files: Iterable[_Input]) -> list[_Input]:
    """Each file once; problems call it by its name, or by its path where another one has that name."""
    found = {file.key: file for file in files}.values()
    called = Counter(file.name for file in found)
    return [replace(file, shown=file.name if called[file.name] == 1 else _shown(file)) for file in found]


def _shown(file: _Input) -> str:
    return STDIN if file.key == STDIN else str(file.path)


def _files(inputs: Sequence[Path], spool: Path) -> Iterator[_Input]:
    for given in inputs:
        if str(given) == "-":
            spooled = spool / "stdin"
            with spooled.open("wb") as out:
                shutil.copyfileobj(sys.stdin.buffer, out)
            yield _Input(spooled, STDIN, STDIN)
        elif given.is_dir():
            for file in sorted(p for p in given.rglob("*") if p.is_file() and not p.name.startswith(".")):
                yield _Input(file, file.name, str(file.resolve()))
        elif given.exists():
            yield _Input(given, given.name, str(given.resolve()))
        else:
            raise UnusableInputError(f"{given}: no such file or folder")


_How = tuple[str | None, readers.Columns | None]
"""The format and the columns that the user named."""


def _items(file: _Input, how: _How) -> Iterator[Paper | Problem]:
    try:
        return readers.read(file.path, *how)
    except ValueError as error:  # a format or a field that there is not
        raise UnusableInputError(str(error)) from error


def _read(workspace: Workspace, file: _Input, how: _How, note: Callable[[Problem], None], tell: Progress) -> str:
    """Read a file unless its content is known; returns the path under which the workspace keeps it."""
    try:
        with file.path.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UnusableInputError(f"{file.path}: cannot be read: {error.strerror}") from error
    said = " ".join([how[0] or "", *(f"{field}={heading}" for field, heading in sorted((how[1] or {}).items()))])
    source = fingerprint(f"{content} {said} {file.name}", 32)
    # what comes by standard input has no place of its own that another content could take over
    path = file.key if file.key != STDIN else f"{STDIN}:{content[:16]}"
    if workspace.has_source(source):
        workspace.place(path, source)
        for problem in workspace.problems(source):
            note(replace(problem, source=file.shown))
        return path
    found = _items(file, how)
    done = 0

    def items() -> Iterator[Paper | Problem]:
        nonlocal done
        for item in found:
            if isinstance(item, Problem):
                note(replace(item, source=file.shown))
                item = replace(item, source=file.name)
            done += 1
            if done % 100 == 0:
                tell(f"reading {file.name}", done, None)
            yield item

    tell(f"reading {file.name}", 0, None)
    workspace.add_source(source, file.name, said, items())
    workspace.place(path, source)
    return path


def _withdraw(workspace: Workspace, only: Collection[str] | None, remove: Sequence[str]) -> bool:
    """Withdraw all places but ``only``, and those that ``remove`` names; whether there were any.

    Raises UnusableInputError, with nothing withdrawn, for a name that there is not, or where no paper would be left.
    """
    places = workspace.places()
    going = set() if only is None else places.keys() - set(only)
    for wanted in remove:
        path = Path(wanted).resolve()
        found = {p for p, (name, _) in places.items() if wanted in (p, name) or Path(p).is_relative_to(path)}
        if not found:
            known = ", ".join(sorted({name for name, _ in places.values()}))
            raise UnusableInputError(f"{wanted}: nothing of that name was read here; what was: {known}")
        going |= found
    if going and not any(records for path, (_, records) in places.items() if path not in going):
        raise UnusableInputError("no paper would be left; to withdraw everything, remove the folder")
    workspace.withdraw(sorted(going))
    return bool(going)


class _Kept(Mapping[str, Findings]):
    """The findings of papers by id, each read from the workspace when it is asked for."""

    def __init__(self, workspace: Workspace, keys: Mapping[str, str]) -> None:
        self._workspace = workspace
        self._keys = {paper: key for paper, key in keys.items() if workspace.has_findings(key)}

    def __getitem__(self, paper: str) -> Findings:
        kept = self._workspace.findings(self._keys[paper])
        if kept is None:
            raise KeyError(paper)
        return replace(loads(Findings, kept), paper=paper)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def _key(paper: Paper, version: str) -> str:
    """Under what findings are kept: the text and the pipeline that read it."""
    return fingerprint(f"{version}\n{paper.text}", 32)


def _extract(
    workspace: Workspace,
    papers: Sequence[Paper],
    keys: Mapping[str, str],
    jobs: int,
    model: str,
    note: Callable[[Problem], None],
    tell: Progress,
) -> int:
    """Extract from every paper whose text is new to this pipeline; returns how many there were."""
    missing = [p for p in papers if not workspace.has_findings(keys[p.id])]
    done = 0
    batch: list[tuple[str, str]] = []
    tell("extracting", 0, len(missing))
    for found in extract(missing, jobs=jobs, model=model) if missing else ():
        if isinstance(found, Problem):
            note(found)
            continue
        batch.append((keys[found.paper], dumps(found)))
        done += 1
        if len(batch) >= BATCH:
            workspace.add_findings(batch)
            batch.clear()
        tell("extracting", done, len(missing))
    workspace.add_findings(batch)
    return done
