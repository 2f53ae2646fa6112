"""The Oxigraph store of a workspace: built from its Turtle files, kept, and rebuilt only when they change.

A store lives in ``store/FINGERPRINT``, the fingerprint being that of the files it was made from, and
is never changed after it was finished: a query reads a snapshot while a newer one is being built.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

import pyoxigraph as ox

from citeweave.text import fingerprint

FILES = ("graph.ttl", "evidence.ttl")
FOLDER = "store"


def files(workspace: Path) -> tuple[Path, ...]:
    """The Turtle files of a workspace; raises FileNotFoundError where there is none to query."""
    found = tuple(path for name in FILES if (path := workspace / name).is_file())
    if not found:
        raise FileNotFoundError(f"{workspace}: no {FILES[0]} here (make it with: citeweave export DIR --to turtle)")
    return found


def ensure(workspace: Path) -> Path | None:
    """The folder of an up-to-date store, built now if need be; None where it cannot be kept.

    Raises FileNotFoundError where the workspace has no Turtle, and ValueError for Turtle that does not parse.
    """
    sources = files(workspace)
    stamps = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sources]
    home = workspace / FOLDER
    target = home / fingerprint(repr(stamps))
    if target.is_dir():
        return target
    try:
        home.mkdir(exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=home, prefix=".part-"))
    except OSError:
        return None
    try:
        _build(sources, part)
        try:
            part.rename(target)
        except OSError:  # another process was faster; its store holds the same
            if not target.is_dir():
                return None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _forget(home, target)
    return target


def _build(sources: tuple[Path, ...], folder: Path) -> None:
    store = ox.Store(str(folder))
    for path in sources:
        try:
            store.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
        except SyntaxError as error:
            raise ValueError(f"{path}: {' '.join(str(error).split())}") from None
    store.optimize()
    store.flush()


def _forget(home: Path, keep: Path) -> None:
    for old in home.iterdir():
        if old != keep and not old.name.startswith(".part-"):
            with contextlib.suppress(OSError):
                shutil.rmtree(old)
