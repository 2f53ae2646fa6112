"""Reading papers and what they say.

``extract`` runs the pipeline over papers; ``pipeline_version`` names what it is made of, for caches;
``readers`` turns files into papers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from citeweave.extract.pipeline import build, pipeline_version
    from citeweave.extract.stream import extract

__all__ = ["build", "extract", "pipeline_version"]

_HOME = {"build": "pipeline", "pipeline_version": "pipeline", "extract": "stream"}


def __getattr__(name: str) -> Any:
    """Import spaCy and the pipeline only when they are asked for: reading files does not need them."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
