"""Commands that ask the graph."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from citeweave.cli.shared import SOME_REJECTED, err, fail, files_refusing, out, plain, progress

if TYPE_CHECKING:
    from citeweave.graph.named import Named

_ROWS = ("table", "csv", "tsv", "json", "xml")
_TRIPLES = ("table", "turtle", "ntriples", "xml", "jsonld")
_FORMATS = tuple(dict.fromkeys(_ROWS + _TRIPLES))


def _either(formats: Sequence[str]) -> str:
    return f"{', '.join(formats[:-1])} or {formats[-1]}"


def add_to(app: typer.Typer) -> None:
    """Register this module's commands."""
    app.command()(query)
    app.command()(check)


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
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Run the query, and tell its steps, how many triples each pattern matches alone, the limits and the "
            "time instead of its rows. The order that Oxigraph joins patterns in is not told: it keeps that to itself.",
        ),
    ] = False,
    format_: Annotated[str, typer.Option("--format", "-f", help=f"{_either(_FORMATS)}.")] = "table",
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that a query may take.")] = 30.0,
    max_rows: Annotated[int, typer.Option(min=1, help="Rows that an answer may have.")] = 100_000,
) -> None:
    """Ask the graph, by name or in SPARQL.

    [bold]Examples[/bold]

        citeweave query --list

        citeweave query landmarks --name papers-using-dataset --set dataset=ImageNet

        citeweave query landmarks 'SELECT ?title { ?p cw:introduces ?m ; dcterms:title ?title }' --format csv

        citeweave query landmarks --name similar --explain
    """
    from citeweave.graph import explain as explaining
    from citeweave.graph import hints, named
    from citeweave.graph import sparql as engine
    from citeweave.graph.query_check import QueryError

    if format_ not in _FORMATS:
        fail(f"--format {format_}: must be {_either(_FORMATS)}")
    with files_refusing():
        try:
            if listed:
                _list_queries(named.named())
                return
            if source is None and not show:
                fail("what to query? name a workspace or a file, such as: citeweave query DIR --name overview")
            text = _query_text(sparql, file, name, _settings(values or []))
            if source is None or show:
                print(text)
                return
            with err.status("querying") if err.is_terminal else nullcontext():
                if explain:
                    print("\n".join(explaining.explain(source, text, timeout=timeout, max_rows=max_rows)))
                    return
                answer = engine.run(source, text, timeout=timeout, max_rows=max_rows)
            if format_ not in (possible := _TRIPLES if answer.kind == "graph" else _ROWS):
                what = {"graph": "a graph", "ask": "a yes or no", "select": "a table"}[answer.kind]
                fail(f"--format {format_}: the answer is {what}; must be {_either(possible)}")
            if name is not None and answer.kind == "select" and not answer.rows:
                for hint in hints.unknown_names(source, named.find(name), _settings(values or [])):
                    err.print(f"citeweave: {hint}", markup=False, style="yellow", soft_wrap=True)
            if format_ == "table":
                _print_rows(answer.variables, answer.rows)
            else:
                sys.stdout.buffer.write(answer.to(format_))
                sys.stdout.buffer.flush()
        except (QueryError, ValueError) as error:
            fail(error)


def check(
    source: Annotated[Path, typer.Argument(metavar="DIR|FILE", help="A workspace, or a file of RDF.")],
) -> None:
    r"""Check that a graph keeps to its SHACL shapes; exit code 1 where it does not.

    Needs pySHACL: pip install 'citeweave\[shacl]'. Some 300 papers (200,000 triples) take about 15 seconds.

    [bold]Example[/bold]

        citeweave check landmarks/graph.ttl
    """
    from citeweave.graph import check as shapes
    from citeweave.graph.query_check import QueryError

    with files_refusing():
        try:
            with progress() as tell:
                report = shapes.check(source, tell)
        except (shapes.CheckerMissingError, QueryError) as error:
            fail(error)
    for violation in report.violations:
        out.print(str(violation), markup=False)
    wrong = len(report.violations)
    out.print(f"{report.triples} triples, {wrong or 'no'} violation{'s' * (wrong != 1)}")
    if wrong:
        raise typer.Exit(SOME_REJECTED)


def _query_text(sparql: str | None, file: Path | None, name: str | None, values: dict[str, str]) -> str:
    from citeweave.graph import named

    if sum(x is not None for x in (sparql, file, name)) != 1:
        fail("give one query: as SPARQL, with --file or with --name (--list shows the named ones)")
    if name is not None:
        return named.find(name).with_values(values)
    if values:
        fail("--set goes with --name")
    if file is not None:
        return _read(file)
    return sparql or ""


def _read(file: Path) -> str:
    """The text of a query's file; - is standard input."""
    try:
        if str(file) == "-":
            return sys.stdin.read().removeprefix("\ufeff")
        return file.read_text("utf-8-sig")  # Windows editors begin a file with a byte order mark
    except FileNotFoundError:
        fail(f"{file}: no such file")
    except UnicodeDecodeError:
        fail(f"{file}: not a text in UTF-8")


def _settings(given: list[str]) -> dict[str, str]:
    if wrong := [pair for pair in given if "=" not in pair]:
        fail(f"--set {wrong[0]}: must be PARAMETER=VALUE")
    return {parameter: value for parameter, _, value in (pair.partition("=") for pair in given)}


def _list_queries(queries: Iterable[Named]) -> None:
    table = Table("name", "answers", "parameters (default)", show_lines=True)
    for one in queries:
        settings = "\n".join(f"{p.name} ({p.default})" for p in one.parameters)
        table.add_row(one.name, plain(one.comment), plain(settings))
    out.print(table)


def _print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(*columns)
    for row in rows:
        table.add_row(*map(plain, row))
    out.print(table)
    out.print(f"{len(rows)} row{'s' * (len(rows) != 1)}")
