"""Who may speak to the server, from where, and what browsers may do with its answers.

A server on one's own machine is reachable by every web page open in the browser. So a request must
name a host that is ours (a page whose name is rebound to 127.0.0.1 names its own), one sent by a page
must come from a page of ours or of an origin that was allowed, and no answer can be framed, sniffed
or made to load anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content-security policy of every answer that does not bring its own."""
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # not no-referrer: with it browsers say "Origin: null" for a form of our own page
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_ANY = "*"
_SEND_SECONDS = 60.0
"""How long a client may take to read the next piece of an answer before it is given up."""
_LOCAL = ("localhost", "127.0.0.1", "[::1]")


class Guard:
    """ASGI middleware that refuses requests from elsewhere and puts the headers on every answer.

    Args:
        app: the application behind it.
        hosts: names that requests may call us by, besides ``localhost``; an IPv6 address in brackets.
        any_address: let requests call us by any IP address too (for a server that listens on all of them; an
            address cannot be rebound).
        origins: web origins whose pages may ask us and read the answers (CORS); ``*`` is all of them.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: Iterable[str] = (), any_address: bool = False, origins: Collection[str] = ()
    ) -> None:
        self._app = app
        self._hosts = frozenset(_name(host) for host in (*_LOCAL, *hosts)) - {""}
        self._any_address = any_address
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        shared = self._shares_with(origin)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._mark(MutableHeaders(scope=message), origin if shared else "")
            async with asyncio.timeout(_SEND_SECONDS):
                await send(message)

        answer = self._refusal(scope, headers, origin, shared)
        if answer is None and scope["method"] == "OPTIONS":
            answer = _preflight()
        with contextlib.suppress(TimeoutError):
            await (answer or self._app)(scope, receive, guarded)

    def _refusal(self, scope: Scope, headers: Headers, origin: str, shared: bool) -> Response | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return _refuse(
                421,
                f"refused: this server is not called {(hosts or ['nothing'])[0][:80]!r} (allow it with --allow-host)",
            )
        if origin and not shared and not _same(origin, hosts[0]):
            return _refuse(403, f"refused: pages of {origin[:80]!r} may not ask this server (allow them with --cors)")
        # a page elsewhere can make a browser ask without naming an origin, as for an image; following a link is fine
        elsewhere = headers.get("sec-fetch-site", "") in ("cross-site", "same-site")
        if elsewhere and not origin and _ANY not in self._origins and headers.get("sec-fetch-mode") != "navigate":
            return _refuse(403, "refused: another site's page may not use this server")
        return None

    def _is_ours(self, host: str) -> bool:
        name = _name(host)
        if name in self._hosts:
            return True
        if self._any_address:
            try:
                ipaddress.ip_address(name)
            except ValueError:
                return False
            return True
        return False

    def _shares_with(self, origin: str) -> bool:
        return bool(origin) and (_ANY in self._origins or origin.lower() in self._origins)

    def _mark(self, headers: MutableHeaders, allowed: str) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("content-security-policy", POLICY)
        headers.setdefault("cache-control", "no-cache")
        headers.setdefault("cross-origin-resource-policy", "cross-origin" if self._origins else "same-origin")
        if self._origins:
            headers.add_vary_header("Origin")
        if allowed:
            headers["access-control-allow-origin"] = _ANY if _ANY in self._origins else allowed
            headers["access-control-expose-headers"] = "Retry-After"
            headers["access-control-allow-methods"] = "GET, HEAD, POST"
            headers["access-control-allow-headers"] = "Accept, Content-Type"
            headers["access-control-max-age"] = "600"


def _preflight() -> Response:
    return Response(status_code=204, headers={"allow": "GET, HEAD, POST, OPTIONS"})


def _refuse(status: int, reason: str) -> Response:
    return PlainTextResponse(f"{reason}\n", status)


def _name(host: str) -> str:
    """The name in a Host header, without port, brackets and case."""
    try:
        return (urlsplit(f"//{host.strip()}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _same(origin: str, host: str) -> bool:
    """Is this the origin of pages that were served under that host (a proxy before us may speak HTTPS)?"""
    scheme, _, rest = origin.lower().partition("://")
    return scheme in ("http", "https") and rest == host.strip().lower()
