"""The graph in the forms that other tools read: one module a format.

An exporter is a module of this package with ``SUFFIXES`` and ``write(graph, target)``; the module's
name is the format's name. Nothing has to be registered: what is here is listed. Other packages add
formats by entry points of the group ``citeweave.exporters``, each naming such a module or object::

    [project.entry-points."citeweave.exporters"]
    dot = "my_package.dot"

A format of citeweave's own goes before one of the same name from elsewhere.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Protocol, cast

from citeweave.graph.knowledge import KnowledgeGraph

GROUP = "citeweave.exporters"
"""The entry-point group in which other packages name their exporters."""


class MissingLibraryError(ImportError):
    """A format needs a library that is not installed; the message says which and how to install it."""


class Exporter(Protocol):
    """What a module offers to be a format: the suffixes of its files (the usual one first) and ``write``."""

    SUFFIXES: tuple[str, ...]

    def write(self, graph: KnowledgeGraph, target: Path) -> None:
        """Write the graph to ``target``; raises OSError where the file system refuses."""


def formats() -> tuple[str, ...]:
    """The names of all formats that can be written, sorted; those of other packages without loading them."""
    return tuple(sorted({*_own(), *_plugins()}))


def exporter(format: str) -> Exporter:
    """The module that writes a format.

    Raises ValueError, naming the formats there are, for an unknown one, and for one of another
    package that cannot be loaded or is no exporter.
    """
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
    if plugin := _plugins().get(format):
        return _loaded(plugin)
    raise ValueError(f"no such format: {format} (there are {', '.join(formats())})")


def write(format: str, graph: KnowledgeGraph, target: str | Path) -> None:
    """Write ``graph`` in ``format`` to ``target``, a file or, for formats of several files, a folder.

    Raises ValueError for an unknown format, MissingLibraryError for one whose library is not installed,
    and OSError where the file system refuses.
    """
    exporter(format).write(graph, Path(target))


def filename(format: str) -> str:
    """What the file (or folder) of a format is called in a workspace: its ``FILENAME``, else ``graph.SUFFIX``."""
    module = exporter(format)
    return str(getattr(module, "FILENAME", f"graph{module.SUFFIXES[0]}"))


def _own() -> list[str]:
    names = (module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return [name for name in names if _is_exporter(import_module(f"{__name__}.{name}"))]


def _plugins() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP) if point.name.isidentifier()}


def _loaded(plugin: EntryPoint) -> Exporter:
    try:
        found = plugin.load()
    except Exception as error:  # whatever another package does wrong, it is one format that is not there
        raise ValueError(f"format {plugin.name}: {plugin.value} cannot be loaded: {error}") from error
    if not _is_exporter(found):
        raise ValueError(f"format {plugin.name}: {plugin.value} has no SUFFIXES or no write(graph, target)")
    return cast(Exporter, found)


def _is_exporter(module: object) -> bool:
    return hasattr(module, "SUFFIXES") and callable(getattr(module, "write", None))
