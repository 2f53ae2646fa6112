"""The graph in the forms that other tools read: one module a format.

An exporter is a module of this package with ``SUFFIXES`` and ``write(graph, target)``; the module's
name is the format's name. Nothing has to be registered: what is here is listed.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from citeweave.graph.knowledge import KnowledgeGraph


class MissingLibraryError(ImportError):
    """A format needs a library that is not installed; the message says which and how to install it."""


class Exporter(Protocol):
    """What a module offers to be a format: the suffixes of its files (the usual one first) and ``write``."""

    SUFFIXES: tuple[str, ...]

    def write(self, graph: KnowledgeGraph, target: Path) -> None:
        """Write the graph to ``target``; raises OSError where the file system refuses."""


def formats() -> tuple[str, ...]:
    """The names of all formats that can be written, sorted."""
    names = (module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return tuple(sorted(name for name in names if _is_exporter(import_module(f"{__name__}.{name}"))))


def exporter(format: str) -> Exporter:
    """The module that writes a format; raises ValueError, naming those there are, for an unknown one."""
    if format.isidentifier() and not format.startswith("_"):
        full = f"{__name__}.{format}"
        try:
            module = import_module(full)
        except ModuleNotFoundError as error:
            if error.name != full:
                raise
        else:
            if _is_exporter(module):
                return cast(Exporter, module)
    raise ValueError(f"no such format: {format} (there are {', '.join(formats())})")


def write(format: str, graph: KnowledgeGraph, target: Path) -> None:
    """Write ``graph`` in ``format`` to ``target``.

    Raises ValueError for an unknown format and OSError where the file system refuses.
    """
    exporter(format).write(graph, target)


def filename(format: str) -> str:
    """What a file of that format is called in a workspace: the module's ``FILENAME``, else ``graph.SUFFIX``."""
    module = exporter(format)
    return str(getattr(module, "FILENAME", f"graph{module.SUFFIXES[0]}"))


def _is_exporter(module: object) -> bool:
    return hasattr(module, "SUFFIXES") and callable(getattr(module, "write", None))
