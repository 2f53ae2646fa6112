"""Writing files so that a reader sees the old one or the new one, never half of either."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, TextIO, cast

MANIFEST = ".citeweave"
"""The file in an exported folder that lists which of its files are ours."""
_MANY = 64


@contextmanager
def atomic_binary(target: Path) -> Iterator[BinaryIO]:
    """A binary stream that becomes ``target`` when the block ends well, and leaves nothing when it raises.

    The bytes go to a temporary name in the same folder, are synced to the disk and renamed, so that a
    crash or a full disk never leaves a truncated export. Raises OSError as the file system does.
    """
    with _replacing(target, "wb") as stream:
        yield cast(BinaryIO, stream)


@contextmanager
def atomic_text(target: Path) -> Iterator[TextIO]:
    """Like :func:`atomic_binary`, for text: UTF-8, line feeds, on every platform.

    A lone surrogate, which UTF-8 cannot carry, becomes a question mark.
    """
    with _replacing(target, "w") as stream:
        yield cast(TextIO, stream)


def write_text(target: Path, text: str) -> None:
    """Put ``text`` into ``target`` atomically."""
    with atomic_binary(target) as stream:
        stream.write(text.encode("utf-8", "replace"))


@contextmanager
def _replacing(target: Path, mode: str) -> Iterator[IO[bytes] | IO[str]]:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    part = Path(name)
    text = {} if "b" in mode else {"encoding": "utf-8", "errors": "replace", "newline": "\n"}
    try:
        with os.fdopen(handle, mode, **text) as stream:  # type: ignore[call-overload]
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes a private file; an export is an ordinary one, so the usual mask applies
        part.chmod(0o666 & ~_umask())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """An empty folder that becomes ``target`` when the block ends well, and leaves nothing when it raises.

    A folder that an earlier export made is replaced; what somebody else put into it stays in it. Raises
    FileExistsError where ``target`` is a file, or holds something and was not made by an export, or
    where somebody's own file has the name of one to write; else OSError as the file system does.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    before = target.parent / f".{target.name}.before"
    if before.exists() and not target.exists():  # the last export was killed between its two renames
        before.rename(target)
    ours = _listed(target)
    part = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part"))
    try:
        yield part
        files = _files_in(part)
        write_text(part / MANIFEST, "".join(f"{name}\n" for name in files))
        _keep(target, part, ours)
        _sync(part / name for name in files)
        part.chmod(0o777 & ~_umask())
        if target.exists():
            shutil.rmtree(before, ignore_errors=True)
            target.rename(before)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        if before.exists() and not target.exists():
            before.rename(target)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _listed(target: Path) -> frozenset[str]:
    """Which files of an existing folder are ours."""
    if not target.exists():
        return frozenset()
    if not target.is_dir():
        raise FileExistsError(errno.EEXIST, "is a file, and a folder is to be written", str(target))
    if not any(target.iterdir()):
        return frozenset()
    try:
        return frozenset([*(target / MANIFEST).read_text("utf-8").split("\n"), MANIFEST])
    except FileNotFoundError:
        raise FileExistsError(errno.EEXIST, "holds files that are not an export of citeweave", str(target)) from None


def _keep(old: Path, new: Path, ours: frozenset[str]) -> None:
    """Copy what is not ours from the old folder to the new one."""
    for name in _files_in(old) if old.is_dir() else ():
        if name in ours:
            continue
        copy = new / name
        if copy.exists():
            raise FileExistsError(
                errno.EEXIST, "is not an export of citeweave, but has the name of one", str(old / name)
            )
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(old / name, copy)


def _sync(files: Iterable[Path]) -> None:
    """Bring files to the disk: one by one, or, where they are many, with everything else there is."""
    paths = list(files)
    if len(paths) > _MANY and hasattr(os, "sync"):
        os.sync()
        return
    for path in paths:
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())


def sweep(folder: Path) -> None:
    """Remove what exports that were killed in the middle left in a folder; call it only when none is running."""
    for part in folder.glob(".*.part"):
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
