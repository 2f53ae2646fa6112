"""Turtle that reads well: prefixes, one block a subject, lists as lists, lines of bearable length.

Blocks come in the order they are given and are written as they come, so memory does not grow with
the graph. Literals are escaped by Oxigraph; see https://www.w3.org/TR/turtle/ for the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import BinaryIO

from pyoxigraph import Literal, NamedNode

from citeweave.graph.description import Description, Object
from citeweave.graph.rdf import Section
from citeweave.graph.vocabulary import PREFIXES, term

WIDTH = 110
_INDENT = "    "
_PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_\-])?")
"""The local names that need no escaping, a safe part of the grammar's."""
_TO_ESCAPE = re.compile(r"[~!$&'()*+,;=/?#@]")
_ESCAPABLE = re.compile(r"[A-Za-z0-9_:](?:(?:[A-Za-z0-9_.\-:~!$&'()*+,;=/?#@]|%[0-9A-Fa-f]{2})*[A-Za-z0-9_\-])?")
_TEXT = PREFIXES["text"]
_NAMESPACES = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_XSD = PREFIXES["xsd"]
_TYPE = term("rdf:type")
_BARE = {f"{_XSD}integer": re.compile(r"[+-]?\d+"), f"{_XSD}decimal": re.compile(r"[+-]?\d*\.\d+")}
"""Datatypes whose literals Turtle writes without quotes."""


def write(sections: Iterable[Section], prefixes: Iterable[str], stream: BinaryIO) -> None:
    """Write sections of descriptions as Turtle; ``prefixes`` are the ones to declare and use."""
    known = sorted(prefixes, key=list(PREFIXES).index)
    used = frozenset(known)
    for prefix in known:
        stream.write(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n".encode())
    for heading, descriptions in sections:
        blocks = [f"\n# {heading}\n"]
        for description in descriptions:
            blocks.append("\n" + block(description, used))
            if len(blocks) > 256:
                stream.write("".join(blocks).encode())
                blocks.clear()
        stream.write("".join(blocks).encode())


def block(about: Description, prefixes: frozenset[str]) -> str:
    """One subject with all that is said of it, as Turtle."""
    said = [_property(p, objects, prefixes) for p, objects in about.properties.items()]
    return f"{_iri(about.subject.value, prefixes)} " + f" ;\n{_INDENT}".join(said) + " .\n"


def _property(predicate: NamedNode, objects: Iterable[Object], prefixes: frozenset[str]) -> str:
    name = "a" if predicate == _TYPE else _iri(predicate.value, prefixes)
    lines, line = [], name
    for index, one in enumerate(_object(o, prefixes) for o in objects):
        if index:
            line += ","
            if len(line) + len(one) > WIDTH - len(_INDENT):
                lines.append(line)
                line = _INDENT
            else:
                line += " "
            line += one
        else:
            line += f" {one}"
    return f"\n{_INDENT}".join([*lines, line])


def _object(one: Object, prefixes: frozenset[str]) -> str:
    if isinstance(one, NamedNode):
        return _iri(one.value, prefixes)
    if isinstance(one, Literal):
        return _literal(one, prefixes)
    return f"( {' '.join(_iri(item.value, prefixes) for item in one)} )" if one else "()"


def _literal(one: Literal, prefixes: frozenset[str]) -> str:
    datatype = one.datatype.value
    if datatype in _BARE and _BARE[datatype].fullmatch(one.value):
        return one.value
    if one.language or datatype == f"{_XSD}string":
        return str(one)
    return f"{Literal(one.value)}^^{_iri(datatype, prefixes)}"


@lru_cache(maxsize=1 << 16)
def _iri(iri: str, prefixes: frozenset[str]) -> str:
    if iri.startswith(_TEXT) and "text" in prefixes:
        local = iri.removeprefix(_TEXT)
        return "text:" + _TO_ESCAPE.sub(r"\\\g<0>", local) if _ESCAPABLE.fullmatch(local) else f"<{iri}>"
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = _NAMESPACES.get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix in prefixes and _PLAIN.fullmatch(iri[cut:]) else f"<{iri}>"
