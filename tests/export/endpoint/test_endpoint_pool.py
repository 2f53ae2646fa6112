"""The processes that run queries, with and without a system that can fork, and ways for them to end badly."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from citeweave.export.endpoint import pool as pools
from citeweave.export.endpoint.forks import is_whole
from citeweave.export.endpoint.pool import Pool, Reply, StoppedError
from citeweave.graph import store
from citeweave.graph.query_check import QueryError, QueryRefusedError
from citeweave.graph.query_process import FormatError, Request, SourceError, TooManyRowsError
from citeweave.graph.sparql import QueryMemoryError, QueryTimeoutError

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
MEMORY = "SELECT (GROUP_CONCAT(STR(?b)) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
FORMATS = {"select": "csv", "ask": "json", "graph": ""}


def request(
    toys: Path, query: str, *, timeout: float = 60, memory: int = 300 << 20, max_bytes: int = 1 << 20
) -> Request:
    folder = store.ensure(toys)
    return Request(query, str(folder), (), 1000, memory, timeout, formats=FORMATS, max_bytes=max_bytes)


def run(spares: int, work: Callable[[Pool], Awaitable[None]]) -> None:
    async def framed() -> None:
        pool = Pool(spares)
        try:
            async with asyncio.timeout(200):
                await work(pool)
        finally:
            await pool.stop()

    asyncio.run(framed())


@pytest.fixture(params=[True, False], ids=["forks", "spawns"])
def means(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """A system that can fork, and one that cannot."""
    monkeypatch.setattr(pools, "CAN_FORK", request.param and pools.CAN_FORK)
    return bool(request.param)


@pytest.mark.usefixtures("means")
def test_answers_and_errors_are_the_same_either_way(toys: Path) -> None:
    async def work(pool: Pool) -> None:
        assert await pool.run(request(toys, "SELECT (1 AS ?x) {}")) == Reply("select", "csv", b"x\r\n1\r\n")
        wrong: tuple[tuple[Request, type[QueryError]], ...] = (
            (request(toys, "CLEAR ALL"), QueryRefusedError),
            (request(toys, "CONSTRUCT WHERE { ?s ?p ?o }"), FormatError),
            (request(toys, "SELECT * { ?s ?p ?o . ?a ?b ?c }"), TooManyRowsError),
            (request(toys, "SELECT ?o { ?s ?p ?o } LIMIT 50", max_bytes=100), TooManyRowsError),
            (request(toys, ENDLESS, timeout=3), QueryTimeoutError),
            (request(toys, MEMORY), QueryMemoryError),
            (Request("ASK {}", str(toys / "nowhere"), (), 9, 1 << 30, 60.0, formats=FORMATS), SourceError),
        )
        for asked, kind in wrong:
            with pytest.raises(kind):
                await pool.run(asked)
        assert (await pool.run(request(toys, "ASK {}"))).kind == "ask"

    run(1, work)


@pytest.mark.usefixtures("means")
def test_nothing_runs_after_the_pool_was_stopped(toys: Path) -> None:
    async def work(pool: Pool) -> None:
        running = asyncio.create_task(pool.run(request(toys, ENDLESS)))
        await asyncio.sleep(3)
        await pool.stop()
        if pools.CAN_FORK:
            with pytest.raises(StoppedError):
                await running
        else:
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
        with pytest.raises(StoppedError):
            await pool.run(request(toys, "ASK {}"))

    run(2, work)


@pytest.mark.parametrize(
    ("answered", "whole"),
    [
        (b"", False),
        (b'{"kind": "ask", "bytes": 4}', False),
        (b'{"kind": "ask", "bytes": 4}\n', False),
        (b'{"kind": "ask", "bytes": 4}\ntru', False),
        (b'{"kind": "ask", "bytes": 4}\ntrue', True),
        (b'{"error": "QueryError", "message": "no"}\n', True),
    ],
)
def test_an_answer_that_was_cut_is_not_taken_for_a_whole_one(answered: bytes, whole: bool) -> None:
    assert is_whole(answered) is whole
