"""Writing files so that a reader sees the old one or the new one, never half of either."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, TextIO, cast


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


def sweep(folder: Path) -> None:
    """Remove what exports that were killed in the middle left in a folder; call it only when none is running."""
    for part in folder.glob(".*.part"):
        part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
