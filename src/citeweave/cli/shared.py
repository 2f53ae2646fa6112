"""What every command shares: consoles, options, progress, and one line for what is refused."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from citeweave.model import ENTITY_TYPES, Problem

ALL_READ, SOME_REJECTED, NOTHING_USABLE = 0, 1, 2


class _Console(Console):
    """A console that falls silent, and lets the command go on, when its reader goes away, as `head` does."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        abandon(self.file)


def abandon(stream: IO[str]) -> None:
    """Let what is still to be written to a stream, whose reader went away, go nowhere; Python's own end writes, too."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())
        finally:
            os.close(nowhere)


out = _Console(highlight=False, emoji=False, soft_wrap=True, width=None if sys.stdout.isatty() else 160)
err = _Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)

_WHAT_IS_READ = "Files or folders: saved pages, .bib, .jsonl, .csv; - is standard input."
Inputs = Annotated[list[Path], typer.Argument(metavar="INPUT...", help=_WHAT_IS_READ)]
MoreInputs = Annotated[list[Path] | None, typer.Argument(metavar="[INPUT]...", help=_WHAT_IS_READ)]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A workspace made by 'citeweave build'.")]
From = Annotated[
    str | None, typer.Option("--from", metavar="FORMAT", help="The input's format, where its content misleads.")
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="FIELD=HEADING",
        help="Where a field stands in a table: title=Headline, or title=2 where there are no headings.",
    ),
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Worker processes for extraction.")]

Model = Annotated[
    str, typer.Option("--model", metavar="accurate|fast", help="The recogniser: fast finds less, sooner.")
]


def fail(message: object, code: int = NOTHING_USABLE) -> NoReturn:
    """End the command with one line on stderr."""
    err.print(f"citeweave: {message}", markup=False, style="red")
    raise typer.Exit(code)


def say(problem: Problem) -> None:
    """Name a problem on stderr, as file, line and reason."""
    err.print(str(problem), markup=False, style="yellow")


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what the rooms refuse into one line and an exit code."""
    from citeweave.export import MissingLibraryError
    from citeweave.graph.workspace import WorkspaceError
    from citeweave.weave import StrictError, UnusableInputError

    with files_refusing():
        try:
            yield
        except StrictError:  # the problem itself is on stderr already
            fail("stopped at the first problem (--strict)", SOME_REJECTED)
        except (UnusableInputError, WorkspaceError, MissingLibraryError) as error:
            fail(error)


@contextmanager
def files_refusing() -> Iterator[None]:
    """Turn what the system refuses into one line and an exit code; loads none of the rooms, which takes a second."""
    try:
        yield
    except BrokenPipeError:  # the reader of our output went away, as `head` does: nothing is wrong
        abandon(sys.stdout)
        raise typer.Exit(ALL_READ) from None
    except OSError as error:
        # a full disk does not say what it was too full for; an error of no number says all in its own words
        where = error.filename or ("writing" if error.strerror else "")
        fail(f"{where}: {error.strerror or error}" if where else error)


@contextmanager
def progress() -> Iterator[Any]:
    """A progress bar on stderr, where that is a terminal; gives the function that moves it."""
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


def plain(text: str) -> Text:
    """Text for a table, its square brackets not taken for markup."""
    return Text(text)


def names(listed: str) -> tuple[str, ...]:
    """The names in a list separated by commas."""
    return tuple(name for part in listed.split(",") if (name := part.strip()))


def columns_of(given: list[str] | None) -> dict[str, str] | None:
    """Which column holds which field, of options ``FIELD=HEADING``."""
    found: dict[str, str] = {}
    for one in given or ():
        field, equals, heading = (part.strip() for part in one.partition("="))
        if not (field and equals and heading):
            fail(f"--column {one}: must be FIELD=HEADING, as in title=Headline")
        if field in found:
            fail(f"--column {one}: {field} has a column already")
        found[field] = heading
    return found or None


def types_of(listed: str) -> tuple[str, ...] | None:
    """The entity types in a list separated by commas, in any case; None for an empty list."""
    wanted = tuple(n.capitalize() for n in names(listed))
    if unknown := [n for n in wanted if n not in ENTITY_TYPES]:
        fail(f"--type {', '.join(unknown)}: known types are {', '.join(ENTITY_TYPES)}")
    return wanted or None
