"""Commands that make something: a workspace, what papers say, exports."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from citeweave.cli.shared import (
    NOTHING_USABLE,
    SOME_REJECTED,
    Columns,
    Folder,
    From,
    Inputs,
    Jobs,
    Model,
    MoreInputs,
    columns_of,
    fail,
    names,
    out,
    progress,
    refusing,
    say,
)
from citeweave.model import Problem


def add_to(app: typer.Typer) -> None:
    """Register this module's commands."""
    app.command()(build)
    app.command()(extract)
    app.command("export")(export_)
    app.command()(formats)


def build(
    inputs: MoreInputs = None,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The workspace to build in.")] = Path(
        "citeweave-out"
    ),
    only: Annotated[bool, typer.Option("--only", help="Withdraw what earlier builds read besides INPUT.")] = False,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="FILE", help="Withdraw a file (or a folder's) read earlier.")
    ] = None,
    from_: From = None,
    column: Columns = None,
    to: Annotated[
        str, typer.Option("--to", metavar="FORMAT,...", help="What to write; 'citeweave formats' lists them.")
    ] = "",
    jobs: Jobs = 1,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="accurate|fast",
            help="The recogniser: fast finds less, sooner. By default that of the last build in DIR, else accurate.",
        ),
    ] = None,
    min_confidence: Annotated[
        float, typer.Option("--min-confidence", min=0.0, max=1.0, help="Leave out what is less certain.")
    ] = 0.0,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first problem.")] = False,
) -> None:
    """Read papers, find what they say, and write the graph.

    Building again into the same DIR adds what is new and reuses what is unchanged. Without INPUT, what is in
    DIR is resolved and written anew, as after an edit of its corrections.csv.

    [bold]Examples[/bold]

        citeweave build examples/landmarks.bib -o landmarks

        citeweave build page1.txt page2.txt more.bib -o out --jobs 2

        citeweave build -o out --remove page1.txt

        citeweave build table.csv --column title=Headline --column abstract=Summary
    """
    from citeweave import weave

    with refusing():
        with progress() as tell:
            report = weave.build(
                inputs or (),
                output,
                only=only,
                remove=remove or (),
                format=from_,
                columns=columns_of(column),
                to=names(to) or weave.EXPORTS,
                jobs=jobs,
                model=model,
                min_confidence=min_confidence,
                strict=strict,
                progress=tell,
                on_problem=say,
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


def extract(
    inputs: Inputs,
    from_: From = None,
    column: Columns = None,
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
        fail(f"--to {to}: must be jsonl or html")
    problems: list[Problem] = []
    count = 0

    def note(problem: Problem) -> None:
        problems.append(problem)
        say(problem)

    with refusing():
        pairs = weave.findings_of(
            inputs, format=from_, columns=columns_of(column), jobs=jobs, model=model, on_problem=note
        )
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

    with refusing():
        wanted = names(to)
        if not wanted:
            fail(f"--to: name at least one format; known: {', '.join(export.formats())}")
        if unknown := sorted(set(wanted) - set(export.formats())):
            fail(f"no such format: {', '.join(unknown)}; known: {', '.join(export.formats())}")
        for file in weave.export_graph(weave.open_graph(folder), output or folder, wanted):
            out.print(str(file), markup=False)


def formats() -> None:
    """List the formats that can be read and written."""
    from citeweave import export
    from citeweave.extract import readers

    out.print("reads   " + ", ".join(readers.formats()))
    out.print("writes  " + ", ".join(export.formats()))
