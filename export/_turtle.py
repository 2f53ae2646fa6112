"""Turtle that reads well: prefixes, one block a subject, lists as lists, lines of bearable length.

Blocks come in the order they are given and are written as they come, so memory does not grow with
the graph. See https://www.w3.org/TR/turtle/ for the grammar.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from citeweave.graph.description import Description, Object
from citeweave.graph.rdf import Section
from citeweave.graph.vocabulary import PREFIXES

WIDTH = 110
_INDENT = "    "
_NEXT = f" ;\n{_INDENT}"
_BLOCKS = 256
"""How many blocks are written at once."""


def write(sections: Iterable[Section], prefixes: Iterable[str], stream: BinaryIO) -> None:
    """Write sections of descriptions as Turtle; ``prefixes`` are those that their terms use."""
    for prefix in sorted(prefixes, key=list(PREFIXES).index):
        stream.write(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n".encode())
    for heading, descriptions in sections:
        blocks = [f"\n# {heading}\n"]
        for description in descriptions:
            blocks.append(block(description))
            if len(blocks) > _BLOCKS:
                stream.write("".join(blocks).encode())
                blocks.clear()
        stream.write("".join(blocks).encode())


def block(about: Description) -> str:
    """One subject with all that is said of it, as Turtle, after an empty line."""
    said = [_property("a" if name == "rdf:type" else name, objects) for name, objects in about.properties.items()]
    return f"\n{about.subject} {_NEXT.join(said)} .\n"


def _property(name: str, objects: Sequence[Object]) -> str:
    if len(objects) == 1:
        return f"{name} {_object(objects[0])}"
    lines, line = [], name
    for index, one in enumerate(map(_object, objects)):
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


def _object(one: Object) -> str:
    if isinstance(one, str):
        return one
    return f"( {' '.join(one)} )" if one else "()"
