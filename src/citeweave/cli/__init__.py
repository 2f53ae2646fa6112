"""The command line: the only place that prints.

Exit codes: 0 all was read, 1 some records were rejected (each named on stderr), 2 nothing usable.
"""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from citeweave.cli import asking, looking, making, serving
from citeweave.cli.shared import ALL_READ, abandon, err, out

app = typer.Typer(
    name="citeweave",
    help="From piles of paper abstracts to a citation and knowledge graph you can query, see and import.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for commands in (making, asking, looking, serving):
    commands.add_to(app)


def main() -> None:
    """Run the command line; an interrupted command says so and leaves what was committed."""
    try:
        app()
    except KeyboardInterrupt:
        err.print("citeweave: interrupted; run the same command again to go on")
        raise SystemExit(130) from None
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # typer's own output, as of --help, makes an error of that
            abandon(sys.stdout)
            raise SystemExit(ALL_READ) from None
        raise
    finally:
        _finish()


def _finish() -> None:
    """Write what is still held back; Python does so later, but complains when the reader went away."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        abandon(sys.stdout)
    except OSError:  # Python's own end says what is wrong
        pass


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
