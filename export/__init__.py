"""Exports of a knowledge graph: every module here is one format, under the module's name.

An exporter has ``SUFFIXES`` (its file names' endings, the usual one first) and
``write(graph: KnowledgeGraph, target: Path) -> None``; it may set ``FILENAME`` where ``graph`` with
the suffix would not tell what it holds. A module is listed by being there; nothing else is edited.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from citeweave.graph.knowledge import KnowledgeGraph


class Exporter(Protocol):
    """What a module of this package offers as a format."""

    SUFFIXES: tuple[str, ...]

    def write(self, graph: KnowledgeGraph, target: Path) -> None:
        """Write the graph to a file, whole or not at all."""


def formats() -> dict[str, Exporter]:
    """All formats by name, sorted."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {name: cast(Exporter, m) for name, m in modules.items() if hasattr(m, "SUFFIXES")}


def exporter(name: str) -> Exporter:
    """The format of that name; raises ValueError, naming those there are, for any other."""
    known = {found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")}
    module = importlib.import_module(f"{__name__}.{name}") if name in known else None
    if module is None or not hasattr(module, "SUFFIXES"):
        raise ValueError(f"no export format {name!r}; there are {', '.join(formats())}")
    return cast(Exporter, module)


def filename(name: str) -> str:
    """What a file of that format is called in a workspace, such as ``graph.ttl``."""
    module = exporter(name)
    return str(getattr(module, "FILENAME", f"graph{module.SUFFIXES[0]}"))


def write(name: str, graph: KnowledgeGraph, target: Path) -> None:
    """Write the graph in the named format; raises ValueError for an unknown one, OSError if it cannot."""
    exporter(name).write(graph, target)
