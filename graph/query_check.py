"""Is a query one that may run here? Judged on its parse tree, before the engine sees it.

Refused are updates, ``SERVICE`` (it would call another machine), and ``FROM``/``FROM NAMED`` of a
graph that is not in the dataset. The tree is rdflib's; what only Oxigraph can parse (RDF 1.2) is
judged by its tokens, where a keyword cannot hide in a string, a name or a comment.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from pyoxigraph import Store

from citeweave.graph.vocabulary import PREFIXES

MAX_LENGTH = 200_000
MAX_DEPTH = 100
"""Brackets deeper than this crash the engine long before they mean anything to a person."""

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n\r]*)
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<string>'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}|"{3}(?:"{0,2}(?:[^"\\]|\\.))*"{3}
        |'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*")
    |(?P<variable>[?$]\w+)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<name>[^\W\d]?[\w.\-]*:(?:[\w.:\-]|%[0-9A-Fa-f]{2}|\\.)*)
    |(?P<word>[^\W\d]\w*)
    |(?P<open>[({\[])|(?P<close>[)}\]])
    |(?P<other>\S)""",
    re.VERBOSE | re.DOTALL,
)
_FORBIDDEN = {"SERVICE", "FROM", "LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"}
_UNWANTED = {"SERVICE", "LATERAL"}
"""What the engine's grammar expects in many places, and we would refuse or SPARQL does not have."""
_WHERE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class QueryError(ValueError):
    """A query that cannot run, with the reason in one line."""


class QuerySyntaxError(QueryError):
    """A query that is not SPARQL; the message starts with its line and column."""


class QueryRefusedError(QueryError):
    """A query that is SPARQL, but would change data, call another machine or cost too much to read."""


def check(query: str, graphs: Collection[str] = ()) -> bool:
    """Raise QuerySyntaxError or QueryRefusedError unless the query may run over a dataset with those graphs.

    True is for a query that chooses among the graphs itself, by ``FROM`` or ``FROM NAMED``.
    """
    if len(query) > MAX_LENGTH:
        raise QueryRefusedError(f"refused: the query is longer than {MAX_LENGTH:,} characters")
    _check_depth(query)
    try:
        Store().query(query, prefixes=PREFIXES)
    except SyntaxError as error:
        if query.strip() and _is_update(query):
            raise QueryRefusedError("refused: this is an update, and queries only read") from None
        raise QuerySyntaxError(_explain(str(error), query)) from None
    tree = _parse(query)
    if tree is None:
        for kind, text in _tokens(query):
            if kind == "word" and text.upper() in _FORBIDDEN:
                raise QueryRefusedError(f"refused: {text.upper()} may not be used here")
        return False
    chooses = False
    for node in _nodes(tree):
        name = getattr(node, "name", "")
        if name == "ServiceGraphPattern":
            raise QueryRefusedError("refused: SERVICE would call another machine, and no query leaves this one")
        if name == "DatasetClause":
            chooses = True
            asked = str(node.get("default") or node.get("named") or "")
            if asked not in graphs:
                raise QueryRefusedError(f"refused: FROM names a graph that is not in the dataset: {asked}")
    return chooses


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    for found in _TOKEN.finditer(query):
        if found.lastgroup and found.lastgroup != "comment":
            yield found.lastgroup, found.group()


def _check_depth(query: str) -> None:
    depth = 0
    for kind, _ in _tokens(query):
        depth += (kind == "open") - (kind == "close")
        if depth > MAX_DEPTH:
            raise QueryRefusedError(f"refused: brackets are nested more than {MAX_DEPTH} deep")


def _parse(query: str) -> Any:
    """rdflib's parse tree, or None where rdflib cannot parse what Oxigraph could."""
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        return parseQuery(query)
    except RecursionError:
        raise QueryRefusedError("refused: the query is nested too deeply to be checked") from None
    except Exception:
        return None


def _is_update(query: str) -> bool:
    from rdflib.plugins.sparql.parser import parseUpdate

    try:
        return bool(parseUpdate(query))
    except Exception:
        return False


def _nodes(tree: Any) -> Iterator[Any]:
    """All nodes of a parse tree; a loop and a stack, as trees can be deep."""
    from pyparsing import ParseResults
    from rdflib.plugins.sparql.parserutils import CompValue

    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, CompValue):
            yield node
            stack.extend(node.values())
        elif isinstance(node, (list, tuple, ParseResults)):
            stack.extend(node)


def _explain(message: str, query: str) -> str:
    """Oxigraph's complaint as ``line L, column C: ...`` with the place's own words."""
    found = _WHERE.search(message)
    if not found:
        return " ".join(message.split())
    line, column, reason = int(found[1]), int(found[2]), found[3]
    lines = query.split("\n")
    text = lines[line - 1] if line <= len(lines) else ""
    before, after = text[: column - 1], text[column - 1 :].strip()
    place = f"line {line}, column {column}"
    if wrong := _wrong_start(query):  # the grammar's own complaint comes later, and misleads
        return wrong
    end = sum(len(one) + 1 for one in lines[: line - 1]) + column - 1
    if unknown := [(start, p) for p, start in _undeclared(query) if p not in PREFIXES and start < end]:
        start, prefix = unknown[-1]  # as grammars go on after an unknown prefix, the complaint may name what follows it
        return f"{_place(query, start)}: unknown prefix {prefix}: (declare it with PREFIX)"
    what = f"unexpected {after[:30]!r}" if after else f"the query ends too early after {before.strip()[-30:]!r}"
    wanted = [w for w in re.findall(r'(?<![\w\[])([A-Z]{2,}|"[^"]{1,3}")(?![\w\]])', reason) if w not in _UNWANTED]
    return f"{place}: {what}" + (f" (expected {' or '.join(dict.fromkeys(wanted[:4]))})" if wanted else "")


def _wrong_start(query: str) -> str:
    """The complaint about a first word (after the declarations) that starts no query, or an empty string."""
    declared = False
    for found in _TOKEN.finditer(query):
        text = found.group()
        if found.lastgroup == "word" and text.upper() in ("PREFIX", "BASE"):
            declared = True
        elif found.lastgroup == "comment" or (declared and found.lastgroup in ("name", "iri")):
            continue
        elif found.lastgroup == "word" and text.upper() in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "VERSION"):
            return ""
        else:
            expected = "expected SELECT, ASK, CONSTRUCT or DESCRIBE"
            return f"{_place(query, found.start())}: unexpected {text[:30]!r} ({expected})"
    return ""


def _place(query: str, offset: int) -> str:
    return f"line {query.count(chr(10), 0, offset) + 1}, column {offset - query.rfind(chr(10), 0, offset)}"


def known_here(query: str) -> tuple[str, ...]:
    """The prefixes of ours that the query uses without declaring them, in the order they come."""
    return tuple(dict.fromkeys(prefix for prefix, _ in _undeclared(query) if prefix in PREFIXES))


def _undeclared(query: str) -> Iterator[tuple[str, int]]:
    """Each use of a prefix that the query does not declare: the prefix and its offset."""
    declared, declares = {"_"}, False
    for found in _TOKEN.finditer(query):
        if found.lastgroup == "name":
            prefix = found.group().partition(":")[0]
            if declares:
                declared.add(prefix)
            elif prefix not in declared:
                yield prefix, found.start()
        if found.lastgroup != "comment":
            declares = found.lastgroup == "word" and found.group().upper() == "PREFIX"
