"""What a named query that finds nothing may have been meant to ask: names of the graph that come close."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import Literal

from citeweave.graph import sparql
from citeweave.graph.named import Named, as_compared
from citeweave.graph.query_check import QueryError
from citeweave.text import did_you_mean

_BY_NAME = re.compile(r"skos:prefLabel\|skos:altLabel\|skos:hiddenLabel \?(\w+)")
_LIKE = """SELECT DISTINCT ?label {{
  ?entity skos:prefLabel|skos:altLabel|skos:hiddenLabel ?label
  FILTER(STRSTARTS(?label, {start}) && STRLEN(?label) > {shortest} && STRLEN(?label) < {longest})
}}"""
_TIMEOUT = 5.0


def unknown_names(source: Path, query: Named, values: Mapping[str, str]) -> Iterator[str]:
    """A line for each name that the query asks for and no entity of the graph has.

    Args:
        source: a workspace or a file of RDF.
        query: the query that found nothing.
        values: the parameters that were set; the others have their defaults.
    """
    asked_by_name = set(_BY_NAME.findall(query.text))
    for parameter in query.parameters:
        name = values.get(parameter.name, parameter.default)
        wanted = as_compared(name)
        if parameter.name not in asked_by_name or not wanted:
            continue
        try:
            known = _like(source, wanted)
        except QueryError:  # the hint is not worth an error of its own
            continue
        if wanted not in known:
            yield f"no entity is called {name!r}{did_you_mean(wanted, known)}"


def _like(source: Path, wanted: str) -> list[str]:
    """Names of entities, in lower case, of about this length, that begin with the same letter."""
    count = len(wanted)
    start = Literal(wanted[0])
    text = _LIKE.format(start=start, shortest=count // 2, longest=2 * count + 2)
    return [row[0] for row in sparql.run(source, text, timeout=_TIMEOUT).rows]
