"""The named queries: what a researcher would ask, each a SPARQL file that runs as it is anywhere.

A file starts with comments on what it answers. A parameter is a line such as

    VALUES ?dataset { "imagenet" } # param: the dataset's name

whose literal is the default. Setting it replaces that literal by another, escaped as a literal: text
from outside never becomes part of the query. Texts are compared in lower case, so they are lowered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from pyoxigraph import Literal

from citeweave.graph.query_check import QueryError

_PARAMETER = re.compile(r'VALUES \?(\w+) \{ ("(?:[^"\\]|\\.)*"|-?\d+) \} # param: (.*)')


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a named query: its name, the default, and what it means."""

    name: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Named:
    """A named query: what it answers, its parameters, and its SPARQL with the defaults."""

    name: str
    comment: str
    parameters: tuple[Parameter, ...]
    text: str

    def with_values(self, values: Mapping[str, str]) -> str:
        """The SPARQL with parameters set; raises QueryError for one that is unknown or not of its kind."""
        if unknown := sorted(values.keys() - {p.name for p in self.parameters}):
            known = ", ".join(p.name for p in self.parameters) or "none"
            raise QueryError(f"query {self.name} has no parameter {unknown[0]!r} (it has: {known})")

        def put(found: re.Match[str]) -> str:
            name, default, meaning = found.groups()
            return (
                f"VALUES ?{name} {{ {_literal(name, values[name], default)} }} # param: {meaning}"
                if (name in values)
                else found.group()
            )

        return _PARAMETER.sub(put, self.text)


def named() -> tuple[Named, ...]:
    """All named queries, sorted by name."""
    folder = files("citeweave.graph") / "queries"
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".rq"))
    return tuple(_read(entry.name[:-3], entry.read_text("utf-8")) for entry in sorted(found, key=lambda e: e.name))


def find(name: str) -> Named:
    """The named query of that name; raises QueryError, listing those there are, for any other."""
    queries = {query.name: query for query in named()}
    if name not in queries:
        raise QueryError(f"no query is named {name!r} (there are: {', '.join(queries)})")
    return queries[name]


def _read(name: str, text: str) -> Named:
    comment = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        comment.append(line.lstrip("# "))
    found = _PARAMETER.findall(text)
    parameters = tuple(Parameter(p, default.strip('"'), meaning.strip()) for p, default, meaning in found)
    return Named(name, " ".join(comment), parameters, text)


def as_compared(name: str) -> str:
    """A name as the queries compare it with labels: in lower case, without what no text can hold."""
    return name.encode("utf-8", "replace").decode().strip().lower()


def _literal(name: str, value: str, default: str) -> str:
    if default.startswith('"'):
        return str(Literal(as_compared(value)))
    try:
        return str(int(value))
    except ValueError:
        raise QueryError(f"parameter {name} is a whole number, not {value!r}") from None
