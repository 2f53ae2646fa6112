"""The query half of the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/): what does a request ask?"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
_MAX_FIELDS = 200


class ProtocolError(Exception):
    """A request that breaks the protocol: the HTTP status to answer with, and the reason in one line."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Operation:
    """A query operation: the query, and the dataset where the request names one (None: the query decides)."""

    query: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None


def by_get(query_string: bytes) -> Operation:
    """The operation of ``GET /sparql?query=...``; raises ProtocolError."""
    return _operation(_fields(query_string))


def by_post(query_string: bytes, content_type: str, body: bytes) -> Operation:
    """The operation of a POST, as a form or as the query itself; raises ProtocolError."""
    media, charset = _media(content_type)
    if media == UPDATE:
        raise ProtocolError(403, "refused: updates are not served here, this endpoint only reads")
    if media not in (FORM, DIRECT):
        told = f"the body is {media}" if media else "there is no Content-Type"
        raise ProtocolError(415, f"{told}; a query is posted as {FORM} or {DIRECT}")
    if charset not in ("", "utf-8", "utf8"):
        raise ProtocolError(415, f"the body is in {charset}; the SPARQL Protocol wants UTF-8")
    if media == FORM:
        if any(name in ("query", "update") for name, _ in _fields(query_string)):
            raise ProtocolError(400, "a posted form carries the query itself, not the address")
        return _operation(_fields(body))
    fields = _fields(query_string)
    if any(name == "query" for name, _ in fields):
        raise ProtocolError(400, "there are two queries, one in the address and one in the body")
    try:
        return _operation([*fields, ("query", body.decode("utf-8"))])
    except UnicodeDecodeError:
        raise ProtocolError(400, "the query is not UTF-8") from None


def _operation(fields: list[tuple[str, str]]) -> Operation:
    queries = [value for name, value in fields if name == "query"]
    if any(name == "update" for name, _ in fields):
        raise ProtocolError(403, "refused: updates are not served here, this endpoint only reads")
    if len(queries) != 1:
        raise ProtocolError(
            400, "the parameter 'query' is missing" if not queries else "there is more than one 'query'"
        )
    default = tuple(value for name, value in fields if name == "default-graph-uri")
    named = tuple(value for name, value in fields if name == "named-graph-uri")
    for iri in (*default, *named):
        if not urlsplit(iri).scheme:
            raise ProtocolError(400, f"a graph is named by an absolute IRI, not {iri[:80]!r}")
    if not default and not named:
        return Operation(queries[0])
    return Operation(queries[0], default, named)


def _fields(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS, separator="&"
        )
    except UnicodeDecodeError:
        raise ProtocolError(400, "the parameters are not percent-encoded UTF-8") from None
    except ValueError:
        raise ProtocolError(400, f"there are more than {_MAX_FIELDS} parameters") from None


def _media(content_type: str) -> tuple[str, str]:
    media, *parameters = (part.strip() for part in content_type.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return media.lower(), value.strip().strip('"').lower()
    return media.lower(), ""
