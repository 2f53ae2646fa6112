"""What a query does and what it took, in words: ``citeweave query --explain``.

Oxigraph's Python library does not give away its evaluation plan, so none is made up. What is told is
the query's algebra (SPARQL 1.1, section 18) step by step, as rdflib translates it; how many triples
each pattern matches by itself, which is what an engine orders its joins by; the limits; and the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from citeweave.graph import sparql
from citeweave.graph.query_check import QueryError, QueryRefusedError, QuerySyntaxError, known_here
from citeweave.graph.vocabulary import PREFIXES

_MAX_COUNTED = 40
_INTERNAL = "__agg_"
"""How rdflib names the variables that hold aggregates."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a query, deeper ones done before it; ``pattern`` is a triple pattern's own SPARQL."""

    depth: int
    words: str
    pattern: str = ""


def explain(
    source: Path,
    query: str,
    *,
    timeout: float = sparql.TIMEOUT,
    max_rows: int = sparql.MAX_ROWS,
    memory: int = sparql.MEMORY,
) -> list[str]:
    """Run a query and explain it, as lines of text. A query that a limit stops is explained too.

    Raises QuerySyntaxError, QueryRefusedError or SourceError where there is nothing to explain.
    """
    try:
        result = sparql.run(source, query, timeout=timeout, max_rows=max_rows, memory=memory)
        took = ", ".join(f"{name} {seconds:.3f} s" for name, seconds in result.seconds.items())
        ran = f"{_size(result)} ({took})"
    except (QuerySyntaxError, QueryRefusedError, sparql.SourceError):
        raise
    except QueryError as error:
        ran = str(error)
    added = known_here(query)
    lines = [f"prefixes  {', '.join(added)} (known without declaration)" if added else "prefixes  none added"]
    found = steps(query)
    if not found:
        lines.append("steps     not told: Oxigraph alone knows this syntax (RDF 1.2), and it shows no plan")
    else:
        lines.append("steps     deeper ones first; patterns side by side are joined in an order that Oxigraph chooses:")
        matches = count(source, [one.pattern for one in found if one.pattern], timeout=timeout, memory=memory)
        for one in found:
            number = matches.get(one.pattern)
            alone = "" if number is None else f"   [{number:,} alone]"
            lines.append(f"  {'  ' * one.depth}{one.words}{alone}")
    lines.append(f"limits    {timeout:g} s, {memory >> 20:,} MB, {max_rows:,} rows; no network, no updates")
    lines.append(f"run       {ran}")
    return lines


def steps(query: str) -> list[Step]:
    """The steps of a query that was checked, the last to be done first; none where rdflib cannot parse it."""
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        algebra = translateQuery(parseQuery(query), initNs=PREFIXES).algebra
    except Exception:  # rdflib knows no RDF 1.2, and raises whatever comes to it
        return []
    walk = _Walk({name: at for at, name in reversed(list(enumerate(re.findall(r"[?$](\w+)", query))))})
    walk.into(algebra, 0)
    return walk.found


def count(source: Path, patterns: Sequence[str], *, timeout: float, memory: int) -> dict[str, int]:
    """How many triples (or paths) each pattern matches alone; nothing where the limits do not allow to count."""
    wanted = list(dict.fromkeys(patterns))[:_MAX_COUNTED]
    if not wanted:
        return {}
    counted = " UNION ".join(
        f"{{ SELECT ({i} AS ?pattern) (COUNT(*) AS ?matches) {{ {one} }} }}" for i, one in enumerate(wanted)
    )
    try:
        found = sparql.run(source, f"SELECT ?pattern ?matches {{ {counted} }}", timeout=timeout, memory=memory)
    except QueryError:
        return {}
    return {wanted[int(pattern)]: int(matches) for pattern, matches in found.rows}


def _size(result: sparql.Result) -> str:
    if result.kind == "ask":
        return result.rows[0][0]
    number = len(result.rows)
    return f"{number:,} {'triple' if result.kind == 'graph' else 'row'}{'s' * (number != 1)}"


@dataclass(slots=True)
class _Walk:
    """A walk through rdflib's algebra that puts each node into words, above what it works on."""

    places: Mapping[str, int]
    """Where the query first names each variable: the algebra has those of ``SELECT *`` in no order."""
    found: list[Step] = field(default_factory=list)
    aggregates: dict[str, str] = field(default_factory=dict)

    def say(self, depth: int, words: str, pattern: str = "") -> None:
        self.found.append(Step(depth, words, pattern))

    def into(self, node: Any, depth: int) -> None:
        said = len(self.found)
        self._name(node, depth)
        below = depth + (len(self.found) > said and node.name not in ("BGP", "values"))
        if node.name == "ToMultiSet" and node.p.name == "values":
            return
        outer = self.aggregates
        if node.name == "ToMultiSet":  # an inner query, which numbers its aggregates anew
            self.aggregates = {}
        for part in (node[name] for name in ("p", "p1", "p2") if name in node):
            if part is not None and not (part.name == "BGP" and not part.triples):  # no pattern is no step
                self.into(part, below)
        self.aggregates = outer

    def _name(self, node: Any, depth: int) -> None:
        match node.name:
            case "SelectQuery":
                pass  # its projection says all
            case "AskQuery":  # what it would keep does not matter
                node.p = node.p.p if node.p.name == "Project" else node.p
                self.say(depth, "answer yes at the first match, else no")
            case "ConstructQuery":
                made = " . ".join(map(_triple, node.template)) if node.template else "what was matched"
                self.say(depth, f"make triples of each match: {made}")
            case "DescribeQuery":
                self.say(depth, f"describe {_terms(node.PV or [])}: all triples that start from it")
            case "Project":
                kept = sorted(node.PV, key=lambda name: (self.places.get(str(name), len(self.places)), str(name)))
                self.say(depth, f"keep {_terms(kept)}")
            case "Distinct" | "Reduced":
                self.say(depth, "drop rows that are there already")
            case "Slice":
                rows = "all rows" if node.length is None else f"at most {node.length:,} row{'s' * (node.length != 1)}"
                self.say(depth, rows + (f" after the first {node.start:,}" if node.start else ""))
            case "OrderBy":
                keys = (f"{self._key(c.expr)}{', descending' * (c.order == 'DESC')}" for c in node.expr)
                self.say(depth, f"sort by {'; '.join(keys)}")
            case "Filter":
                self.say(depth, f"keep what passes a test of {self._of(node.expr)}")
            case "Extend" if str(node.expr).startswith(_INTERNAL):
                self.aggregates[str(node.expr)] = f"?{node.var}"  # told where it is aggregated
            case "Extend":
                self.say(depth, f"compute ?{node.var} from {self._of(node.expr)}")
            case "AggregateJoin":
                told = [self._aggregate(one) for one in node.A if one.name != "Aggregate_Sample"]
                self.say(depth, f"aggregate each group: {'; '.join(told)}" if told else "one row for each group")
            case "Group":
                self.say(depth, f"group by {self._of(node.expr)}" if node.expr else "all is one group")
            case "Join":
                self.say(depth, "join")
            case "LeftJoin":
                test = "" if node.expr.name == "TrueFilter" else f", if it passes a test of {self._of(node.expr)}"
                self.say(depth, f"the first, with the second where there is one (OPTIONAL){test}")
            case "Union":
                self.say(depth, "either of the two (UNION)")
            case "Minus":
                self.say(depth, "the first without what is in the second (MINUS)")
            case "Graph":
                self.say(depth, f"in the graph {_term(node.term)}")
            case "BGP":
                for triple in node.triples:
                    self.say(depth, _triple(triple), _pattern(triple))
            case "ToMultiSet" if node.p.name == "values":
                rows = node.p.res
                self.say(depth, f"{len(rows)} given value{'s' * (len(rows) != 1)} of {_terms(rows[0] if rows else [])}")
            case "ToMultiSet":
                self.say(depth, "the rows of an inner query")
            case _:
                self.say(depth, str(node.name))

    def _of(self, expression: Any) -> str:
        names = list(dict.fromkeys(self.aggregates.get(str(v), _term(v)) for v in _variables(expression)))
        return ", ".join(name.replace(f"?{_INTERNAL}", "aggregate ").rstrip("_") for name in names) or "constants"

    def _key(self, expression: Any) -> str:
        return ("" if isinstance(expression, str) else "what is made of ") + self._of(expression)

    def _aggregate(self, node: Any) -> str:
        what = ("distinct " if node.distinct else "") + ("matches" if node.vars == "*" else self._of(node.vars))
        into = self.aggregates.get(str(node.res), f"aggregate {str(node.res).removeprefix(_INTERNAL).rstrip('_')}")
        function = node.name.removeprefix("Aggregate_").replace("GroupConcat", "group_concat").lower()
        return f"{into} = {function} of {what}"


def _variables(expression: Any) -> Iterator[Any]:
    """The variables that an expression names (those within EXISTS too), as often as it does."""
    from rdflib.plugins.sparql.parserutils import CompValue
    from rdflib.term import Variable

    if isinstance(expression, Variable):
        yield expression
    elif isinstance(expression, CompValue):
        for name, value in expression.items():
            if name != "_vars":
                yield from _variables(value)
    elif isinstance(expression, (list, tuple)):
        for value in expression:
            yield from _variables(value)


def _terms(terms: Iterable[Any]) -> str:
    return ", ".join(map(_term, terms))


def _triple(triple: Iterable[Any]) -> str:
    return " ".join(map(_term, triple))


def _term(term: Any) -> str:
    """A term or a path as it could stand in a query, shortened by our prefixes."""
    from rdflib.paths import Path as PropertyPath
    from rdflib.term import BNode, URIRef

    if isinstance(term, BNode):
        return "[]"
    if isinstance(term, PropertyPath):
        return _shortened_path(term.n3())
    if isinstance(term, URIRef):
        name = sparql.compact(str(term))
        return name if name != str(term) else f"<{term}>"
    return str(term.n3())


def _shortened_path(path: str) -> str:
    def short(found: re.Match[str]) -> str:
        name = sparql.compact(found[1])
        return name if name != found[1] else found[0]

    return re.sub(r"<([^>]*)>", short, path)


def _pattern(triple: Iterable[Any]) -> str:
    """A pattern's own SPARQL, with full IRIs, its blank nodes as variables."""
    from rdflib.term import BNode

    return " ".join(f"?blank{i}" if isinstance(t, BNode) else t.n3() for i, t in enumerate(triple))
