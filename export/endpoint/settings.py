"""What the server can be told, with the defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from citeweave.export.endpoint.gate import Sizes


def _sizes() -> Sizes:
    processors = os.cpu_count() or 1
    return Sizes(slots=max(8, 2 * processors), long=max(8, 2 * processors))


@dataclass(frozen=True, slots=True)
class Settings:
    """What to serve, to whom, and with which limits.

    ``source`` is a workspace's folder or a file of RDF; ``hosts`` are names (besides ``localhost`` and
    ``host``) that requests may call the server by; ``origins`` are those whose pages may ask it (CORS).
    """

    source: Path
    host: str = "127.0.0.1"
    port: int = 7878
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    timeout: float = 30.0
    max_rows: int = 100_000
    memory: int = 1 << 30
    max_bytes: int = 64 << 20
    grace: float = 3.0
    """Seconds that running queries get when the server is told to stop."""
    refresh: float = 2.0
    """Seconds between looks whether the source has changed."""
    sizes: Sizes = field(default_factory=_sizes)
