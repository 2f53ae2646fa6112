"""The command line: the only place that prints.

Exit codes: 0 all was read, 1 some records were rejected (each named on stderr), 2 nothing usable.
"""

from __future__ import annotations

from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from citeweave.cli import asking, looking, making, serving
from citeweave.cli.shared import err, out

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
