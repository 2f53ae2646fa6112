"""What goes wrong outside is said in one line, costs nothing that was there, and does not stop the next build."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from citeweave.graph.schema import VERSION
from citeweave.graph.workspace import FILE, Workspace

FIRST = '{"title": "Lantern Attention for Moss", "abstract": "We introduce Lantern Attention for moss recognition."}\n'
SECOND = '{"title": "Ferns of Deep Water", "abstract": "We introduce FernNet, and evaluate it on MossBench."}\n'


def citeweave(*arguments: object, limit: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "citeweave", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit)


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name not in (FILE, "ballast")}


def only_line(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 2, result.stdout + result.stderr
    (line,) = result.stderr.splitlines()
    return line


@pytest.fixture
def pages(tmp_path: Path) -> tuple[Path, Path]:
    for name, text in (("first.jsonl", FIRST), ("second.jsonl", SECOND)):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path / "first.jsonl", tmp_path / "second.jsonl"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB in memory, where the machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if not mount or os.geteuid() != 0:
        pytest.skip("needs to mount a small disk, as only root may")
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=8m", "none", folder], capture_output=True).returncode:
        pytest.skip("no disk in memory can be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(folder: Path, leave: int) -> Path:
    """Fill a disk up to ``leave`` bytes."""
    ballast = folder / "ballast"
    disk = os.statvfs(folder)
    ballast.write_bytes(bytes(disk.f_bavail * disk.f_frsize - leave))
    return ballast


@pytest.mark.parametrize(("leave", "says"), [(0, FILE), (300_000, "graph.")])
def test_a_full_disk_is_said_the_old_outputs_stay_and_the_build_goes_on(
    small_disk: Path, pages: tuple[Path, Path], tmp_path: Path, leave: int, says: str
) -> None:
    out = small_disk / "out"
    assert citeweave("build", pages[0], "-o", out).returncode == 0
    before = files(out)
    ballast = fill(small_disk, leave)
    failed = only_line(citeweave("build", *pages, "-o", out))
    assert says in failed and ("disk is full" in failed or "No space left" in failed)
    now = files(out)
    assert now.keys() == before.keys()
    if says == FILE:
        assert now == before
    ballast.unlink()
    assert citeweave("build", *pages, "-o", out).returncode == 0
    assert citeweave("build", *pages, "-o", tmp_path / "fresh").returncode == 0
    assert files(out) == files(tmp_path / "fresh")


@pytest.mark.parametrize("limit", [40_000, 400_000])
def test_a_limit_on_the_size_of_files_is_as_a_full_disk(pages: tuple[Path, Path], tmp_path: Path, limit: int) -> None:
    """The first limit stops the database, the second the page."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    out = tmp_path / "out"
    failed = only_line(citeweave("build", *pages, "-o", out, limit=limited))
    assert failed.startswith("citeweave: ") and (FILE in failed or "graph.html: File too large" in failed)
    assert not list(out.glob(".*.part"))
    assert citeweave("build", *pages, "-o", out).returncode == 0
    assert citeweave("build", *pages, "-o", tmp_path / "fresh").returncode == 0
    assert files(out) == files(tmp_path / "fresh")


def test_a_second_build_into_one_workspace_hears_that_it_is_in_use(pages: tuple[Path, Path], tmp_path: Path) -> None:
    with Workspace(tmp_path / "out", create=True):
        line = only_line(citeweave("build", pages[0], "-o", tmp_path / "out"))
    assert line.endswith("in use by another build")
    assert citeweave("build", pages[0], "-o", tmp_path / "out", "--to", "turtle").returncode == 0


def test_a_workspace_of_a_newer_citeweave_is_refused(pages: tuple[Path, Path], tmp_path: Path) -> None:
    Workspace(tmp_path, create=True).__exit__(None, None, None)
    db = sqlite3.connect(tmp_path / FILE)
    db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    whole = (tmp_path / FILE).read_bytes()
    for command in (("build", pages[0], "-o", tmp_path), ("stats", tmp_path)):
        assert "made by a newer citeweave" in only_line(citeweave(*command))
    assert (tmp_path / FILE).read_bytes() == whole


def test_a_damaged_database_is_named_as_such(pages: tuple[Path, Path], tmp_path: Path) -> None:
    assert citeweave("build", pages[0], "-o", tmp_path, "--to", "turtle").returncode == 0
    raw = bytearray((tmp_path / FILE).read_bytes())
    raw[4096:] = b"\xff" * (len(raw) - 4096)
    (tmp_path / FILE).write_bytes(raw)
    for command in (("build", pages[1], "-o", tmp_path), ("stats", tmp_path), ("merges", tmp_path)):
        line = only_line(citeweave(*command))
        assert str(tmp_path / FILE) in line and "damaged" in line
