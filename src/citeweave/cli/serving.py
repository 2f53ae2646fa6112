"""The command that serves a graph over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from citeweave.cli.shared import err, fail, out


def add_to(app: typer.Typer) -> None:
    """Register this module's commands."""
    app.command()(serve)


def serve(
    source: Annotated[
        Path, typer.Argument(metavar="DIR|FILE", help="A workspace, or a file of Turtle, TriG, N-Triples, JSON-LD ...")
    ],
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is all of them.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 is any free one.")] = 7878,
    cors: Annotated[
        list[str] | None, typer.Option("--cors", metavar="ORIGIN", help="Let pages of this web origin ask; * is all.")
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", metavar="NAME", help="A name to be called by, as of a proxy.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that a query may take.")] = 30.0,
    memory: Annotated[int, typer.Option(min=100, help="Megabytes that a query may take.")] = 1024,
    max_rows: Annotated[int, typer.Option(min=1, help="Rows that an answer may have.")] = 100_000,
) -> None:
    r"""Serve the graph: SPARQL over HTTP, an editor, a page for every IRI. Ctrl-C stops it.

    Needs two more libraries: pip install 'citeweave\[serve]'.

    [bold]Examples[/bold]

        citeweave serve landmarks

        citeweave serve landmarks --port 8080 --cors https://example.org
    """
    from citeweave.graph.query_check import QueryError

    try:
        from citeweave.export.endpoint import server
        from citeweave.export.endpoint.settings import Settings
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn"):
            raise
        fail("serving needs two more libraries; install them with: pip install 'citeweave[serve]'")
    settings = Settings(
        source=source,
        host=host,
        port=port,
        hosts=tuple(allow_host or ()),
        origins=tuple(cors or ()),
        timeout=timeout,
        memory=memory << 20,
        max_rows=max_rows,
    )
    try:
        server.run(
            settings,
            ready=lambda address: out.print(f"serving {source} at {address} (Ctrl-C stops)", markup=False),
            tell=lambda line: err.print(f"citeweave: {line}", markup=False),
        )
    except QueryError as error:
        fail(error)
    except OSError as error:
        fail(f"{host}:{port}: {error.strerror or error}")
