"""Who may ask: hosts, origins and pages elsewhere; what the answers forbid; what is not HTTP."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ASK = "/sparql?query=ASK%20%7B%7D"


def port(server: Any) -> int:
    found = urlsplit(server.address).port
    assert found
    return found


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "LOCALHOST:{}", "127.0.0.1:{}", "[::1]:{}", "localhost.:80"]
)
def test_our_own_names_are_served(server: Any, host: str) -> None:
    assert server.call("/queries.json", headers={"Host": host.format(port(server))}).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{}", "localhost.evil.example", "127.0.0.1.evil.example", "", "[", "10.0.0.1"]
)
def test_a_rebound_name_is_refused(server: Any, host: str) -> None:
    for path in ("/", ASK, "/queries.json", "/explore", "/id/model/pondnet", "/nothing"):
        answer = server.call(path, headers={"Host": host.format(port(server))})
        assert answer.status == 421, path
        assert "boolean" not in answer.text


def test_a_request_with_no_host_or_two_is_refused(server: Any) -> None:
    for hosts in (b"", b"Host: localhost\r\nHost: evil.example\r\n"):
        told = raw(server, b"GET /queries.json HTTP/1.0\r\n" + hosts + b"\r\n")
        assert told.split()[1] in (b"421", b"400")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1", "http://localhost.evil.example"]
)
def test_pages_of_other_origins_are_refused(server: Any, origin: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        answer = server.call(ASK, method=method, headers={"Origin": origin})
        assert answer.status == 403
        assert not any(name.startswith("access-control") for name in answer.headers)


def test_our_own_pages_are_served(server: Any) -> None:
    origin = server.address.rstrip("/")
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/sparql-query"}
    answer = server.call("/sparql", method="POST", headers=headers, body=b"ASK {}")
    assert answer.status == 200
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_page_elsewhere_cannot_use_us_without_naming_its_origin(server: Any) -> None:
    image = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    assert server.call(ASK, headers=image).status == 403
    assert server.call(ASK, headers=image | {"Sec-Fetch-Site": "same-site"}).status == 403
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert server.call("/id/model/pondnet", headers=link).status == 200


def test_every_answer_is_marked(server: Any) -> None:
    for path in ("/", "/sparql", ASK, "/sparql?query=ASK", "/explore", "/nothing", "/editor.css", "/id/model/pondnet"):
        headers = server.call(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"], path
        assert headers["cross-origin-resource-policy"] == "same-origin", path
        assert "server" not in headers, path


def test_cors_is_for_the_origins_it_was_asked_for(toys: Path, starting: Callable[..., Any]) -> None:
    friend = "https://friend.example"
    with starting(toys, "--cors", friend, "--allow-host", "graph.example") as server:
        asked = {"Origin": friend, "Access-Control-Request-Method": "POST"}
        flight = server.call("/sparql", method="OPTIONS", headers=asked)
        assert flight.status == 204
        assert flight.headers["access-control-allow-origin"] == friend
        assert "content-type" in flight.headers["access-control-allow-headers"].lower()
        for path, status in ((ASK, 200), ("/sparql?query=ASK", 400), ("/nothing", 404)):
            answer = server.call(path, headers={"Origin": friend, "Sec-Fetch-Site": "cross-site"})
            assert answer.status == status
            assert answer.headers["access-control-allow-origin"] == friend
            assert "access-control-allow-credentials" not in answer.headers
            assert "Origin" in answer.headers["vary"]
        stranger = server.call(ASK, headers={"Origin": "https://evil.example"})
        assert stranger.status == 403
        assert "access-control-allow-origin" not in stranger.headers
        assert server.call(ASK, headers={"Host": "graph.example"}).status == 200
        assert server.call(ASK, headers={"Host": "graph.example.evil.example"}).status == 421


def test_cors_for_everyone(toys: Path, starting: Callable[..., Any]) -> None:
    with starting(toys, "--cors", "*", "--host", "0.0.0.0") as server:
        answer = server.call(ASK, headers={"Origin": "https://any.example", "Host": "192.0.2.1:7878"})
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "*")
        assert server.call(ASK, headers={"Host": "evil.example"}).status == 421


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"GET /%00%0d%0a HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_what_is_not_a_request_of_ours_is_an_error_of_the_clients(server: Any, sent: bytes) -> None:
    told = raw(server, sent)
    assert not told or told.split()[1][:1] == b"4"
    assert b"root:" not in told
    assert server.ask("ASK {}").json["boolean"] is True


def test_a_page_cannot_be_made_to_say_something_else(server: Any) -> None:
    answer = server.call("/resource?iri=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", headers={"Accept": "text/html"})
    assert answer.status == 400
    assert answer.media == "text/plain"
    error = server.ask("<script>alert(1)</script>")
    assert (error.status, error.media) == (400, "text/plain")
    assert json.loads(server.call("/queries.json").text)


def raw(server: Any, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port(server)), timeout=60) as connection:
        connection.settimeout(60)
        connection.sendall(sent)
        try:
            return connection.recv(65536)
        except ConnectionResetError:
            return b""
