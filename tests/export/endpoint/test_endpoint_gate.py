"""The gate: short queries do not wait for long ones, nobody takes more than a share, the rest is sent away."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from citeweave.export.endpoint import negotiation
from citeweave.export.endpoint.gate import BusyError, Gate, Sizes

LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def run(work: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(60):
            await work

    asyncio.run(bounded())


async def hold(gate: Gate, client: str, until: asyncio.Event, admitted: list[str]) -> None:
    async with gate.enter(client):
        admitted.append(client)
        await until.wait()


def test_a_slot_is_handed_on_in_order() -> None:
    async def work() -> None:
        gate, done, admitted = Gate(Sizes(slots=1, long=0)), [asyncio.Event() for _ in range(3)], []
        tasks = [asyncio.create_task(hold(gate, f"c{i}", done[i], admitted)) for i in range(3)]
        for i in range(3):
            while len(admitted) <= i:
                await asyncio.sleep(0)
            assert admitted == [f"c{j}" for j in range(i + 1)]
            done[i].set()
        await asyncio.gather(*tasks)

    run(work())


def test_a_long_query_gives_its_slot_back_while_there_is_room_beside() -> None:
    async def work() -> None:
        gate, never, admitted = Gate(Sizes(slots=1, long=2, long_after=0.05, patience=0.5)), asyncio.Event(), []
        tasks = [asyncio.create_task(hold(gate, f"c{i}", never, admitted)) for i in range(4)]
        await asyncio.sleep(0.4)
        assert admitted == ["c0", "c1", "c2"]  # two beside, one in the slot
        with pytest.raises(BusyError) as caught:
            await tasks[3]
        assert caught.value.status == 503
        assert caught.value.retry_after >= 1
        never.set()
        await asyncio.gather(*tasks[:3])

    run(work())


def test_the_client_that_runs_least_comes_first_and_none_has_more_than_its_share() -> None:
    async def work() -> None:
        sizes = Sizes(slots=2, long=4, client=3, long_after=0.05)
        gate, never, admitted = Gate(sizes), asyncio.Event(), []
        tasks = [asyncio.create_task(hold(gate, "greedy", never, admitted)) for _ in range(6)]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(hold(gate, "modest", never, admitted)))
        await asyncio.sleep(0.3)
        assert admitted[:3] == ["greedy", "greedy", "modest"]
        assert admitted.count("greedy") == 3
        never.set()
        await asyncio.gather(*tasks)

    run(work())


def test_one_client_too_many_is_429_and_too_many_clients_503() -> None:
    async def work() -> None:
        gate, never, admitted = Gate(Sizes(slots=1, long=0, waiting=3, client_waiting=2)), asyncio.Event(), []
        tasks = [asyncio.create_task(hold(gate, client, never, admitted)) for client in ("a", "b", "b", "c")]
        await asyncio.sleep(0.05)
        for client, status in (("b", 429), ("d", 503)):
            with pytest.raises(BusyError) as caught:
                async with gate.enter(client):
                    pass
            assert caught.value.status == status
        gate.close()
        sent_away = await asyncio.gather(*tasks[1:], return_exceptions=True)
        assert [getattr(error, "status", None) for error in sent_away] == [503, 503, 503]
        never.set()
        await tasks[0]

    run(work())


def test_who_gives_up_waiting_leaves_no_trace() -> None:
    async def work() -> None:
        gate, never, admitted = Gate(Sizes(slots=1, long=0)), asyncio.Event(), []
        first = asyncio.create_task(hold(gate, "a", never, admitted))
        await asyncio.sleep(0)
        second = asyncio.create_task(hold(gate, "b", never, admitted))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        never.set()
        await first
        async with gate.enter("c"):
            assert admitted == ["a"]

    run(work())


def test_overload_is_told_with_a_time_to_come_back(toys: Path, starting_with: Callable[..., Any]) -> None:
    sizes = "slots=1, long=0, waiting=1, client=1, client_waiting=2, patience=1.0"
    with starting_with(toys, "timeout=5.0", sizes) as server, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: server.ask(LONG), range(6)))
        statuses = [answer.status for answer in answers]
        assert set(statuses) == {503, 504}
        assert statuses.count(504) == 1
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers if answer.status == 503)
        assert server.ask("ASK {}").status == 200


def test_one_client_is_told_that_it_is_the_one(toys: Path, starting_with: Callable[..., Any]) -> None:
    sizes = "slots=4, long=0, waiting=50, client=1, client_waiting=2, patience=10.0"
    with starting_with(toys, "timeout=3.0", sizes) as server, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: server.ask(LONG), range(6)))
        refused = [answer for answer in answers if answer.status == 429]
        assert len(refused) >= 1
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
        assert {answer.status for answer in answers} == {429, 504}


@pytest.mark.parametrize(
    ("accept", "offers", "chosen"),
    [
        ("", negotiation.RESULTS, "json"),
        ("*/*", negotiation.RESULTS, "json"),
        ("text/*", negotiation.RESULTS, "xml"),
        ("text/csv", negotiation.RESULTS, "csv"),
        ("text/csv;q=0.1, */*;q=0", negotiation.RESULTS, "csv"),
        ("application/json;q=0, */*", negotiation.RESULTS, "json"),
        ("text/csv;q=0.5, text/tab-separated-values;q=0.6", negotiation.RESULTS, "tsv"),
        ("TEXT/CSV ; charset=utf-8 ; Q=1", negotiation.RESULTS, "csv"),
        ("image/png", negotiation.RESULTS, None),
        ("text/csv;q=x", negotiation.RESULTS, None),
        ("nonsense", negotiation.GRAPHS, "turtle"),
        ("application/xml", negotiation.GRAPHS, "xml"),
        ("application/json", negotiation.GRAPHS, "jsonld"),
        (",".join(["a/b"] * 10_000) + ",text/csv", negotiation.RESULTS, None),
    ],
)
def test_the_client_gets_what_it_likes_best(accept: str, offers: negotiation.Offers, chosen: str | None) -> None:
    found = negotiation.choose(accept, offers)
    assert (found and found[0]) == chosen
