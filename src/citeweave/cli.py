"""The command line: the only place that prints.

Exit codes: 0 all was read, 1 some records were rejected (each named on stderr), 2 nothing usable.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from citeweave.model import ENTITY_TYPES, Problem

if TYPE_CHECKING:
    from citeweave.graph.named import Named

ALL_READ, SOME_REJECTED, NOTHING_USABLE = 0, 1, 2

app = typer.Typer(
    name="citeweave",
    help="From piles of paper abstracts to a citation and knowledge graph you can query, see and import.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Inputs = Annotated[
    list[Path],
    typer.Argument(metavar="INPUT...", help="Files or folders: saved pages, .bib, .jsonl, .csv; - is standard input."),
]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A workspace made by 'citeweave build'.")]
From = Annotated[
    str | None, typer.Option("--from", metavar="FORMAT", help="The input's format, where its content misleads.")
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Worker processes for extraction.")]
Model = Annotated[str, typer.Option("--model", help="Which recogniser to use.")]


def main() -> None:
    """Run the command line; an interrupted command says so and leaves what was committed."""
    try:
        app()
    except KeyboardInterrupt:
        err.print("citeweave: interrupted; run the same command again to go on")
        raise SystemExit(130) from None
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away, as `head` does
        raise SystemExit(ALL_READ) from None


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"citeweave {installed_version('citeweave')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None: ...


def _fail(message: object, code: int = NOTHING_USABLE) -> NoReturn:
    err.print(f"citeweave: {message}", markup=False, style="red")
    raise typer.Exit(code)


def _say(problem: Problem) -> None:
    err.print(str(problem), markup=False, style="yellow")


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what the rooms refuse into one line and an exit code."""
    from citeweave.graph.workspace import WorkspaceError
    from citeweave.weave import StrictError, UnusableInputError

    try:
        yield
    except StrictError:  # the problem itself is on stderr already
        _fail("stopped at the first problem (--strict)", SOME_REJECTED)
    except (UnusableInputError, WorkspaceError) as error:
        _fail(error)
    except OSError as error:
        _fail(f"{error.filename or 'writing'}: {error.strerror or error}")


@contextmanager
def _progress() -> Iterator[Any]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("starting", total=None)

        def tell(what: str, done: int, total: int | None) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield tell


@app.command()
def build(
    inputs: Inputs,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The workspace to build in.")] = Path(
        "citeweave-out"
    ),
    from_: From = None,
    to: Annotated[
        str, typer.Option("--to", metavar="FORMAT,...", help="What to write; 'citeweave formats' lists them.")
    ] = "",
    jobs: Jobs = 1,
    min_confidence: Annotated[
        float, typer.Option("--min-confidence", min=0.0, max=1.0, help="Leave out what is less certain.")
    ] = 0.0,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first problem.")] = False,
    model: Model = "accurate",
) -> None:
    """Read papers, find what they say, and write the graph.

    Building again into the same DIR adds what is new and reuses what is unchanged.

    [bold]Examples[/bold]

        citeweave build examples/landmarks.bib -o landmarks

        citeweave build page1.txt page2.txt more.bib -o out --jobs 2
    """
    from citeweave import weave

    with _refusing():
        with _progress() as tell:
            report = weave.build(
                inputs,
                output,
                format=from_,
                to=_names(to) or weave.EXPORTS,
                jobs=jobs,
                min_confidence=min_confidence,
                strict=strict,
                model=model,
                progress=tell,
                on_problem=_say,
            )
        rejected = len(report.problems)
        cited = f" (+ {report.cited_papers} cited)" if report.cited_papers else ""
        out.print(
            f"{report.records} records, [bold]{report.papers} papers[/bold]{cited}, "
            f"{'no problem' if not rejected else f'{rejected} problem' + 's' * (rejected > 1)}"
        )
        out.print(f"{report.entities} entities, {report.mentions} mentions, {report.statements} statements")
        for file in report.files:
            out.print(f"  {file}", markup=False)
    if rejected:
        raise typer.Exit(SOME_REJECTED)


@app.command()
def extract(
    inputs: Inputs,
    from_: From = None,
    to: Annotated[str, typer.Option("--to", metavar="jsonl|html", help="JSON Lines, or a page for eyes.")] = "jsonl",
    jobs: Jobs = 1,
    model: Model = "accurate",
) -> None:
    """Print what each paper says, without building a graph.

    [bold]Examples[/bold]

        citeweave extract examples/landmarks.jsonl | head -1

        citeweave extract page.txt --to html > page.html
    """
    from citeweave import weave
    from citeweave.extract.findings import to_record
    from citeweave.extract.markup import html

    if to not in ("jsonl", "html"):
        _fail(f"--to {to}: must be jsonl or html")
    problems: list[Problem] = []
    count = 0

    def note(problem: Problem) -> None:
        problems.append(problem)
        _say(problem)

    with _refusing():
        pairs = weave.findings_of(inputs, format=from_, jobs=jobs, model=model, on_problem=note)
        if to == "html":
            for part in html(pairs):
                sys.stdout.write(part)
                count += 1
        else:
            for paper, found in pairs:
                print(json.dumps(to_record(paper, found), ensure_ascii=False))
                count += 1
    if problems or not count:
        raise typer.Exit(SOME_REJECTED if count else NOTHING_USABLE)


@app.command()
def query(
    source: Annotated[
        Path | None, typer.Argument(metavar="DIR|FILE", help="A workspace, or a file of Turtle, N-Triples, JSON-LD ...")
    ] = None,
    sparql: Annotated[str | None, typer.Argument(metavar="'SPARQL'", help="The query; prefixes are known.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Read the query from a file; - is standard input.")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", "-n", help="A named query; --list shows them.")] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="PARAMETER=VALUE", help="Set a named query's parameter.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the named queries and their parameters.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the query instead of running it.")] = False,
    format_: Annotated[
        str, typer.Option("--format", "-f", help="table, csv, tsv, json, xml, turtle or ntriples.")
    ] = "table",
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that a query may take.")] = 30.0,
    max_rows: Annotated[int, typer.Option(min=1, help="Rows that an answer may have.")] = 100_000,
) -> None:
    """Ask the graph, by name or in SPARQL.

    [bold]Examples[/bold]

        citeweave query --list

        citeweave query landmarks --name papers-using-dataset --set dataset=ImageNet

        citeweave query landmarks 'SELECT ?title { ?p cw:introduces ?m ; dcterms:title ?title }' --format csv
    """
    from citeweave.graph import named
    from citeweave.graph import sparql as engine
    from citeweave.graph.query_check import QueryError

    try:
        if listed:
            _list_queries(named.named())
            return
        if source is None:
            _fail("what to query? name a workspace or a file, such as: citeweave query DIR --name overview")
        text = _query_text(sparql, file, name, _settings(values or []))
        if show:
            print(text)
            return
        with err.status("querying") if err.is_terminal else nullcontext():
            answer = engine.run(source, text, timeout=timeout, max_rows=max_rows)
        if format_ == "table":
            _print_rows(answer.variables, answer.rows)
        else:
            sys.stdout.buffer.write(answer.to(format_))
    except (QueryError, ValueError, OSError) as error:
        _fail(error)


def _query_text(sparql: str | None, file: Path | None, name: str | None, values: dict[str, str]) -> str:
    from citeweave.graph import named

    if sum(x is not None for x in (sparql, file, name)) != 1:
        _fail("give one query: as SPARQL, with --file or with --name (--list shows the named ones)")
    if name is not None:
        return named.find(name).with_values(values)
    if values:
        _fail("--set goes with --name")
    if file is not None:
        return sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    return sparql or ""


def _settings(given: list[str]) -> dict[str, str]:
    if wrong := [pair for pair in given if "=" not in pair]:
        _fail(f"--set {wrong[0]}: must be PARAMETER=VALUE")
    return {parameter: value for parameter, _, value in (pair.partition("=") for pair in given)}


def _list_queries(queries: Iterable[Named]) -> None:
    table = Table("name", "answers", "parameters (default)", show_lines=True)
    for one in queries:
        settings = "\n".join(f"{p.name} ({p.default})" for p in one.parameters)
        table.add_row(one.name, _plain(one.comment), _plain(settings))
    out.print(table)


def _print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(*columns)
    for row in rows:
        table.add_row(*map(_plain, row))
    out.print(table)
    out.print(f"{len(rows)} row{'s' * (len(rows) != 1)}")


@app.command()
def view(
    folder: Folder,
    around: Annotated[
        str | None, typer.Option(metavar="ENTITY", help="Only what is near this entity or paper (name or id).")
    ] = None,
    depth: Annotated[int, typer.Option(min=1, help="How many steps around it.")] = 1,
    type_: Annotated[str, typer.Option("--type", metavar="T,...", help="Only these entity types.")] = "",
    since: Annotated[int | None, typer.Option(metavar="YEAR", help="Papers of this year or later.")] = None,
    until: Annotated[int | None, typer.Option(metavar="YEAR", help="Papers of this year or earlier.")] = None,
    layout: Annotated[str | None, typer.Option(metavar="NAME", help="communities, force, radial or time.")] = None,
    top: Annotated[int | None, typer.Option(min=1, help="At most so many entities, the most used first.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE.html")] = None,
) -> None:
    """Write an interactive picture of the graph, or of a part of it.

    [bold]Examples[/bold]

        citeweave view out --around "scaling law" -o scaling.html

        citeweave view out --type Dataset,Metric --since 2023
    """
    from citeweave import weave
    from citeweave.export import html
    from citeweave.export._files import write_text

    types = _types(type_)
    with _refusing():
        kg = weave.open_graph(folder)
        target = output or folder / "view.html"
        try:
            picture = html.page(
                kg, around=around, depth=depth, types=types, since=since, until=until, layout=layout, top=top
            )
        except ValueError as error:
            _fail(error)
        write_text(target, picture)
        out.print(str(target), markup=False)


@app.command(name="export")
def export_(
    folder: Folder,
    to: Annotated[str, typer.Option("--to", metavar="FORMAT,...", help="What to write.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Where to (default: DIR).")
    ] = None,
) -> None:
    """Write the graph of a workspace in other formats.

    [bold]Example[/bold]

        citeweave export out --to graphml,turtle -o elsewhere
    """
    from citeweave import export, weave

    with _refusing():
        names = _names(to)
        if unknown := sorted(set(names) - set(export.formats())):
            _fail(f"no such format: {', '.join(unknown)}; known: {', '.join(export.formats())}")
        for file in weave.export_graph(weave.open_graph(folder), output or folder, names):
            out.print(str(file), markup=False)


@app.command()
def formats() -> None:
    """List the formats that can be read and written."""
    from citeweave import export
    from citeweave.extract import readers

    out.print("reads   " + ", ".join(readers.formats()))
    out.print("writes  " + ", ".join(export.formats()))


@app.command()
def stats(folder: Folder) -> None:
    """Count what a workspace holds, and name the entities met in most papers."""
    from citeweave import weave

    with _refusing():
        kg = weave.open_graph(folder)
        table = Table(title=str(folder), show_header=False)
        table.add_row("papers", str(sum(bool(p.sources) for p in kg.papers.values())))
        table.add_row("papers cited only", str(sum(not p.sources for p in kg.papers.values())))
        table.add_row("authors", str(len(kg.authors)))
        kinds = Counter(e.type for e in kg.entities.values())
        for kind in ENTITY_TYPES:
            table.add_row(f"entities: {kind}", str(kinds[kind]))
        for predicate, number in sorted(Counter(s.predicate for s in kg.statements).items()):
            table.add_row(f"statements: {predicate}", str(number))
        out.print(table)
        most = Table("entity", "type", "papers", title="named in most papers")
        ranked = sorted(kg.entities.values(), key=lambda e: (-len(kg.papers_of.get(e.id, ())), e.id))
        for entity in ranked[:20]:
            most.add_row(entity.label, entity.type, str(len(kg.papers_of.get(entity.id, ()))))
        out.print(most)


@app.command()
def merges(
    folder: Folder,
    about: Annotated[str, typer.Option(metavar="TEXT", help="Only rows that contain this.")] = "",
    refused: Annotated[bool, typer.Option("--refused", help="Only what was not merged, in doubt.")] = False,
    kind: Annotated[str, typer.Option(metavar="paper|entity", help="Only papers or only entities.")] = "",
) -> None:
    """List which papers and names were merged, or kept apart in doubt, and why.

    [bold]Example[/bold]

        citeweave merges out --about "recurrent neural network"
    """
    from citeweave.graph.workspace import Workspace

    with _refusing(), Workspace(folder) as workspace:
        table = Table("verdict", "what", "and", "rule", "why")
        for d in workspace.decisions():
            row = (d.verdict, d.left, d.right, d.rule, d.reason)
            wanted = about.casefold() in " ".join(row).casefold() and d.kind.startswith(kind)
            if wanted and (d.verdict == "refused" or not refused):
                table.add_row(*(_plain(cell) for cell in row))
        out.print(table if table.row_count else "no such merge")


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="An earlier workspace.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="A later one.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Say which papers, entities, statements and merges appeared, vanished or changed.

    [bold]Example[/bold]

        citeweave diff last-week today --json
    """
    from citeweave import weave
    from citeweave.codec import encode

    with _refusing():
        changes = weave.compare(old, new)
    if as_json:
        print(json.dumps(encode(changes), ensure_ascii=False, indent=1))
        return
    for part, found in changes.items():
        counts = f"{len(found.appeared)} appeared, {len(found.vanished)} vanished, {len(found.changed)} changed"
        out.print(f"[bold]{part}[/bold]: {counts}")
        for sign, listed in (("+", found.appeared), ("-", found.vanished), ("~", found.changed)):
            for one in listed:
                out.print(f"  {sign} {one.name}" + f"  [{', '.join(one.fields)}]" * bool(one.fields), markup=False)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name for part in listed.split(",") if (name := part.strip()))


def _types(listed: str) -> tuple[str, ...] | None:
    names = tuple(n.capitalize() for n in _names(listed))
    if unknown := [n for n in names if n not in ENTITY_TYPES]:
        _fail(f"--type {', '.join(unknown)}: known types are {', '.join(ENTITY_TYPES)}")
    return names or None
