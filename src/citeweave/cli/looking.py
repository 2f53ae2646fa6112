"""Commands that look at a workspace: its picture, its counts, its merges, its changes."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from citeweave.cli.shared import Folder, fail, out, plain, refusing, types_of
from citeweave.model import ENTITY_TYPES

if TYPE_CHECKING:
    from citeweave.graph.why import Why


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
        except html.NothingLeftError:
            choices = {"type": type_, "since": since, "until": until, "top": top}
            given = " ".join(f"--{name} {value}" for name, value in choices.items() if value not in ("", None))
            fail(f"nothing of the graph is left by {given}")
        except ValueError as error:
            fail(error)
        write_text(target, picture)
        out.print(str(target), markup=False)


def stats(folder: Folder) -> None:
    """Count what a workspace holds, and name the entities met in most papers."""
    from citeweave import weave

    with refusing():
        kg = weave.open_graph(folder)
        table = Table(title=plain(str(folder)), show_header=False)
        read = {(s.file, s.line) for p in kg.papers.values() for s in p.sources}
        said = [linked.mention.text for mentions in kg.mentions.values() for linked in mentions]
        table.add_row("files read", str(len({file for file, _ in read})))
        table.add_row("records", str(len(read)))
        table.add_row("papers", str(sum(bool(p.sources) for p in kg.papers.values())))
        table.add_row("papers cited only", str(sum(not p.sources for p in kg.papers.values())))
        table.add_row("authors", str(len(kg.authors)))
        table.add_row("mentions", str(len(said)))
        table.add_row("names as written", str(len(set(said))))
        table.add_row("entities", str(len(kg.entities)))
        kinds = Counter(e.type for e in kg.entities.values())
        for kind in ENTITY_TYPES:
            table.add_row(f"entities: {kind}", str(kinds[kind]))
        for predicate, number in sorted(Counter(s.predicate for s in kg.statements).items()):
            table.add_row(f"statements: {predicate}", str(number))
        out.print(table)
        most = Table("entity", "type", "papers", title="named in most papers")
        ranked = sorted(kg.entities.values(), key=lambda e: (-len(kg.papers_of.get(e.id, ())), e.id))
        for entity in ranked[:20]:
            most.add_row(plain(entity.label), entity.type, str(len(kg.papers_of.get(entity.id, ()))))
        out.print(most)


def merges(
    folder: Folder,
    about: Annotated[str, typer.Option(metavar="TEXT", help="Only rows that contain this.")] = "",
    refused: Annotated[bool, typer.Option("--refused", help="Only what was not merged, in doubt.")] = False,
    kind: Annotated[str, typer.Option(metavar="paper|entity", help="Only papers or only entities.")] = "",
    rule: Annotated[str, typer.Option(metavar="RULE", help="Only what this rule decided.")] = "",
    why: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="Explain: the chain of merges from A to B, or what kept them apart."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="N merges and N refusals picked at random.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed picks others.")] = 1,
    format_: Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")] = "table",
) -> None:
    """List which papers and names were merged, or kept apart in doubt, and why.

    [bold]Examples[/bold]

        citeweave merges out --about "recurrent neural network"

        citeweave merges out --why RNN "recurrent neural network"

        citeweave merges out --refused --rule abbreviation
    """
    from citeweave.graph import ledger
    from citeweave.graph import why as reasons
    from citeweave.graph.workspace import Workspace

    if format_ not in ("table", "csv", "json"):
        fail(f"--format {format_}: must be table, csv or json")
    if kind not in ("", "paper", "entity"):
        fail(f"--kind {kind}: must be paper or entity")
    with refusing(), Workspace(folder) as workspace:
        if why:
            try:
                _explain(reasons.why(workspace, *why))
            except reasons.UnknownNameError as error:
                fail(error)
            return
        decisions = list(workspace.decisions())
        if rule and rule not in (known := sorted({*reasons.RULES, *(d.rule for d in decisions)})):
            fail(f"--rule {rule}: no such rule; there are {', '.join(known)}")
        wanted = [
            d
            for d in decisions
            if about.casefold() in " ".join((d.left, d.right, d.rule, d.reason)).casefold()
            and kind in ("", d.kind)
            and rule in ("", d.rule)
            and (d.verdict == "refused" or not refused)
        ]
        if sample:
            wanted = ledger.sample(wanted, sample, seed)
        rows = ((d.verdict, d.left, d.right, d.rule, d.reason, d.evidence) for d in wanted)
        if sample:
            rows = ((*row[:5], reasons.shown(workspace, d).quote) for row, d in zip(list(rows), wanted, strict=True))
        _print_merges(list(rows), format_)


_COLUMNS = ("verdict", "what", "and", "rule", "why", "evidence")


def _print_merges(rows: list[tuple[str, ...]], format_: str) -> None:
    if format_ == "json":
        print(json.dumps([dict(zip(_COLUMNS, row, strict=True)) for row in rows], ensure_ascii=False, indent=1))
    elif format_ == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows((_COLUMNS, *rows))
    else:
        table = Table(*_COLUMNS)
        for row in rows:
            table.add_row(*(plain(cell) for cell in row))
        out.print(table if rows else "no such merge")


def _explain(found: Why) -> None:
    if found.same:
        out.print(f"one thing: {found.one}", markup=False)
        if not found.steps:
            out.print("  one name: both are spelled the same, but for letters that do not count", markup=False)
    else:
        out.print(f"two things: {found.one}, and {found.other}", markup=False)
        if found.narrower:
            out.print(f"  {found.narrower}", markup=False)
        elif not found.steps:
            out.print("  no rule saw a reason to join them", markup=False)
    for step in found.steps:
        d = step.decision
        sign = "=" if d.verdict == "merged" else "is not"
        out.print(f"  {d.left} {sign} {d.right}: {d.rule}, {d.reason}", markup=False)
        if step.quote:
            out.print(f"      {step.quote}", markup=False)
    if not found.same and all(step.decision.rule != "user" for step in found.steps):
        out.print("  to join them, add to corrections.csv: same,A,B", markup=False)


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
