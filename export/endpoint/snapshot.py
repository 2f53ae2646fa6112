"""What is served: a snapshot of a workspace that stays as it is, whatever happens to the workspace.

A workspace's store may be replaced, and the old one removed, by any query on the command line. So the
server reads a copy of its own: the store's files, which are never changed, under a second name (a
hard link, which takes no space), or copied where the file system has no links.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from citeweave.graph import store
from citeweave.graph.query_process import FORMATS, SourceError

PREFIX = ".part-serving-"
"""How the folders of servers are called; those that make stores leave what starts with ``.part-`` alone."""
_NOT_DATA = ("LOCK", "LOG")
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A store that nobody changes, and the state of the source that it was made from."""

    folder: Path
    stamp: Stamp

    def remove(self) -> None:
        """Forget the copy; queries that have it open go on."""
        shutil.rmtree(self.folder, ignore_errors=True)


def stamp(source: Path) -> Stamp:
    """The state of a workspace's Turtle, or of a file of RDF: it changes when they do. Raises SourceError."""
    try:
        found = store.files(source) if source.is_dir() else (source,)
        return tuple((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in found)
    except FileNotFoundError as error:
        raise SourceError(str(error) if source.is_dir() else f"{source}: no such file or folder") from None


def being_written(source: Path) -> bool:
    """Is somebody writing the workspace's Turtle now? An export stands under another name until it is whole."""
    names = (f".{name}.*.part" for name in store.FILES)
    return source.is_dir() and any(True for name in names for _ in source.glob(name))


def take(source: Path) -> Snapshot:
    """A snapshot of a workspace or of a file of RDF as it is now; raises SourceError where it cannot be read."""
    seen = stamp(source)
    if not source.is_dir():
        return Snapshot(_loaded((source,)), seen)
    for _ in range(3):  # another process may replace the store between our finding and linking it
        try:
            kept = store.ensure(source)
        except (FileNotFoundError, ValueError) as error:
            raise SourceError(str(error)) from None
        if kept is None:  # a folder that we may not write to
            return Snapshot(_loaded(store.files(source)), seen)
        with contextlib.suppress(FileNotFoundError):
            return Snapshot(_linked(kept), seen)
    raise SourceError(f"{source}: its store is being replaced all the time")


def sweep(source: Path) -> None:
    """Remove what servers left behind that were killed (where a process can be asked whether it lives)."""
    if os.name != "posix":
        return
    for left in (source / store.FOLDER).glob(f"{PREFIX}*"):
        with contextlib.suppress(ValueError, OSError):
            if not _lives(int(left.name.removeprefix(PREFIX).partition("-")[0])):
                shutil.rmtree(left)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _linked(kept: Path) -> Path:
    folder = Path(tempfile.mkdtemp(dir=kept.parent, prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        for file in sorted(kept.iterdir()):
            if file.name in _NOT_DATA:
                continue
            try:
                (folder / file.name).hardlink_to(file)
            except FileNotFoundError:
                raise
            except OSError:
                shutil.copyfile(file, folder / file.name)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _loaded(files: tuple[Path, ...]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="citeweave-serving-"))
    try:
        made = ox.Store(str(folder))
        for path in files:
            if path.suffix.lower() not in FORMATS:
                raise SourceError(f"{path}: not an RDF file (known are {', '.join(FORMATS)})")
            made.bulk_load(path=str(path), format=FORMATS[path.suffix.lower()])
        made.flush()
    except (SyntaxError, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise SourceError(f"{path}: {' '.join(str(error).split())}") from None
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder
