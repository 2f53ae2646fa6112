"""Commands that look at a workspace: its picture, its counts, its merges, its changes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from citeweave.cli.shared import Folder, fail, out, plain, refusing, types_of
from citeweave.model import ENTITY_TYPES


def add_to(app: typer.Typer) -> None:
    """Register this module's commands."""
    app.command()(view)
    app.command()(stats)
    app.command()(merges)
    app.command()(diff)


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

    types = types_of(type_)
    with refusing():
        kg = weave.open_graph(folder)
        target = output or folder / "view.html"
        try:
            picture = html.page(
                kg, around=around, depth=depth, types=types, since=since, until=until, layout=layout, top=top
            )
        except ValueError as error:
            fail(error)
        write_text(target, picture)
        out.print(str(target), markup=False)


def stats(folder: Folder) -> None:
    """Count what a workspace holds, and name the entities met in most papers."""
    from citeweave import weave

    with refusing():
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

    with refusing(), Workspace(folder) as workspace:
        table = Table("verdict", "what", "and", "rule", "why")
        for d in workspace.decisions():
            row = (d.verdict, d.left, d.right, d.rule, d.reason)
            wanted = about.casefold() in " ".join(row).casefold() and d.kind.startswith(kind)
            if wanted and (d.verdict == "refused" or not refused):
                table.add_row(*(plain(cell) for cell in row))
        out.print(table if table.row_count else "no such merge")


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

    with refusing():
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
