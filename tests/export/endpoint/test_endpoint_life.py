"""A server's life: starting, what it says when it cannot, a workspace rebuilt under it, being stopped and killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from citeweave import export
from citeweave.graph import sparql
from citeweave.graph.knowledge import KnowledgeGraph

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture
def workspace(toys: Path, tmp_path: Path) -> Path:
    """A workspace of one's own, to be changed."""
    folder = tmp_path / "ws"
    folder.mkdir()
    for file in toys.glob("*.*"):
        shutil.copy2(file, folder)
    return folder


def number(server: Any) -> int:
    answer = server.ask(COUNT, accept="application/json")
    assert answer.status == 200, answer.text
    return int(answer.json["results"]["bindings"][0]["n"]["value"])


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.1)


def children(process: int) -> list[int]:
    """The processes that a process started (Linux)."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "citeweave", "serve", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("number_", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_signal_stops_it_and_nothing_is_left(workspace: Path, starting: Callable[..., Any], number_: int) -> None:
    with starting(workspace) as server:
        assert server.ask("ASK {}").status == 200
        below = children(server.process.pid)
        assert len(below) == 1
        assert len(list((workspace / "store").iterdir())) == 2
        assert server.stop(number_) == 0
        assert server.errors == []
    wait_for(lambda: not Path(f"/proc/{below[0]}").exists())
    assert len(list((workspace / "store").iterdir())) == 1


def test_running_queries_get_a_moment_and_are_stopped_then(workspace: Path, starting: Callable[..., Any]) -> None:
    with starting(workspace) as server, ThreadPoolExecutor(2) as pool:
        running = [pool.submit(server.ask, ENDLESS) for _ in range(2)]
        time.sleep(1.5)
        started = time.monotonic()
        assert server.stop() == 0
        assert 2 < time.monotonic() - started < 20
        for answer in (one.result() for one in running):
            assert answer.status == 503
            assert "stopping" in answer.text
            assert "retry-after" in answer.headers


def test_a_second_signal_does_not_wait(workspace: Path, starting_with: Callable[..., Any]) -> None:
    settings = "grace=300.0, timeout=300.0"
    with starting_with(workspace, settings, "slots=2, long=2") as server, ThreadPoolExecutor(1) as pool:
        pool.submit(server.ask, ENDLESS)  # which fails with the server
        time.sleep(1)
        server.process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            server.process.wait(1)
        assert server.stop(signal.SIGINT) == 0
    assert len(list((workspace / "store").iterdir())) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_killed_it_takes_its_queries_along_and_the_next_one_cleans_up(
    workspace: Path, starting: Callable[..., Any]
) -> None:
    with starting(workspace) as server, ThreadPoolExecutor(1) as pool:
        pool.submit(server.ask, ENDLESS)  # which fails with the server
        [forks] = children(server.process.pid)
        wait_for(lambda: len(children(forks)) > 2)
        below = children(forks)
        server.process.kill()
        for process in (forks, *below):
            wait_for(lambda process=process: not alive(process))
    assert len(list((workspace / "store").iterdir())) == 2
    with starting(workspace) as server:
        assert len(list((workspace / "store").iterdir())) == 2
        assert server.stop() == 0
    assert len(list((workspace / "store").iterdir())) == 1


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_losing_the_process_that_starts_queries_is_survived(workspace: Path, starting: Callable[..., Any]) -> None:
    with starting(workspace) as server:
        [forks] = children(server.process.pid)
        os.kill(forks, signal.SIGKILL)
        wait_for(lambda: server.ask("ASK {}").status == 200)
        assert children(server.process.pid) != [forks]


def test_a_rebuilt_workspace_is_picked_up_when_it_is_whole(
    workspace: Path, hostile: KnowledgeGraph, starting: Callable[..., Any]
) -> None:
    with starting(workspace) as server:
        before = number(server)
        seen: set[int] = set()
        done = threading.Event()

        def ask_on() -> None:
            while not done.is_set():
                seen.add(number(server))

        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(ask_on)
            half = workspace / ".evidence.ttl.xyz.part"
            half.write_text("")
            export.write("turtle", hostile, workspace / "graph.ttl")
            time.sleep(6)
            assert seen == {before}  # somebody is still writing
            export.write("evidence", hostile, workspace / "evidence.ttl")
            half.unlink()
            [[after]] = sparql.run(workspace, COUNT).rows  # which replaces the store under the server
            wait_for(lambda: number(server) == int(after))
            done.set()
            asking.result()
        assert seen == {before, int(after)}
        wait_for(lambda: any("serving the new one" in line for line in server.errors))
        assert server.call("/.well-known/void").text.count(f"void:triples {after}") == 1
        wait_for(lambda: len(list((workspace / "store").iterdir())) == 2)
        assert server.stop() == 0


def test_a_broken_graph_is_not_picked_up(workspace: Path, starting: Callable[..., Any]) -> None:
    with starting(workspace) as server:
        before = number(server)
        (workspace / "graph.ttl").write_text("<urn:a> <urn:b>")
        wait_for(lambda: any("serving the old one" in line and "graph.ttl" in line for line in server.errors))
        assert number(server) == before
        (workspace / "graph.ttl").unlink()
        (workspace / "evidence.ttl").unlink()
        time.sleep(3)
        assert number(server) == before
        assert sum("serving the old one" in line for line in server.errors) == 2  # each trouble once
        (workspace / "graph.ttl").write_text("<urn:a> <urn:b> 1 .")
        wait_for(lambda: number(server) == 1)


def test_a_file_is_served_too_and_leaves_nothing(tmp_path: Path, starting: Callable[..., Any]) -> None:
    file = tmp_path / "any.nt"
    file.write_text("<urn:a> <urn:b> <urn:c> .\n")
    before = set(tmp_path.parent.iterdir())
    with starting(file) as server:
        assert number(server) == 1
        assert server.call("/resource?iri=urn:a&format=ntriples").text == "<urn:a> <urn:b> <urn:c> .\n"
        assert server.stop() == 0
    assert set(tmp_path.parent.iterdir()) == before
    assert list(tmp_path.iterdir()) == [file]


def test_what_cannot_be_served_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.docx").write_bytes(b"PK")
    (tmp_path / "bad.ttl").write_text("<urn:a>")
    for source, words in (
        ("nowhere", "no such file or folder"),
        ("empty", "no graph.ttl here"),
        ("notes.docx", "not an RDF file"),
        ("bad.ttl", "bad.ttl: "),
    ):
        done = command(str(tmp_path / source), "--port", "0")
        assert done.returncode == 2, source
        assert words in done.stderr
        assert done.stderr.count("\n") == 1
        assert done.stdout == ""


def test_a_port_that_is_taken_is_one_line(toys: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command(str(toys), "--port", str(port))
    assert done.returncode == 2
    assert f"127.0.0.1:{port}: " in done.stderr
    assert done.stderr.count("\n") == 1
    done = command(str(toys), "--host", "no.such.host.invalid")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("library", ["starlette", "uvicorn"])
def test_without_its_libraries_it_says_what_to_install(toys: Path, library: str) -> None:
    program = f"import sys; sys.modules[{library!r}] = None; sys.argv = ['citeweave', 'serve', {str(toys)!r}]\n"
    program += "from citeweave.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "pip install 'citeweave[serve]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_commands_of_others_do_not_load_the_web_libraries() -> None:
    program = "import sys, citeweave.cli, citeweave.export; citeweave.export.formats()\n"
    program += "print(sorted({m.partition('.')[0] for m in sys.modules} & {'starlette', 'uvicorn'}))"
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_the_endpoint_is_no_format() -> None:
    assert "endpoint" not in export.formats()
    with pytest.raises(ValueError, match="no such format: endpoint"):
        export.exporter("endpoint")
