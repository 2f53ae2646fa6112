"""Folders that are whole or not there, and in which other people's files are safe."""

from pathlib import Path

import pytest

from citeweave.export._files import MANIFEST, atomic_folder, sweep


def put(target: Path, **files: str) -> None:
    with atomic_folder(target) as folder:
        for name, content in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(content)


def tree(folder: Path) -> dict[str, str]:
    found = (p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST)
    return {p.relative_to(folder).as_posix(): p.read_text() for p in found}


def test_a_folder_is_replaced_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    target = tmp_path / "new" / "out"
    put(target, **{"a": "1", "sub/b": "2"})
    (target / "sub" / "own").write_text("mine")
    put(target, a="3")
    assert tree(target) == {"a": "3", "sub/own": "mine"}
    assert (target / MANIFEST).read_text() == "a\n"
    assert [p.name for p in target.parent.iterdir()] == ["out"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    put(tmp_path / "out", a="1")
    assert tree(tmp_path / "out") == {"a": "1"}


def test_somebody_elses_folder_or_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "a").write_text("x")
    (tmp_path / "file").write_text("x")
    for target, why in ((tmp_path / "theirs", "not an export"), (tmp_path / "file", "is a file")):
        with pytest.raises(FileExistsError, match=why):
            put(target, a="1")
    assert tree(tmp_path) == {"theirs/a": "x", "file": "x"}


def test_an_own_file_with_the_name_of_a_new_one_is_not_overwritten(tmp_path: Path) -> None:
    put(tmp_path / "out", a="1")
    (tmp_path / "out" / "b").write_text("mine")
    with pytest.raises(FileExistsError, match="has the name of one"):
        put(tmp_path / "out", a="2", b="2")
    assert tree(tmp_path) == {"out/a": "1", "out/b": "mine"}


def test_an_error_leaves_the_old_folder_and_no_other(tmp_path: Path) -> None:
    put(tmp_path / "out", a="1")
    with pytest.raises(RuntimeError), atomic_folder(tmp_path / "out") as folder:
        (folder / "a").write_text("half")
        raise RuntimeError
    assert tree(tmp_path) == {"out/a": "1"}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_what_a_kill_between_two_renames_left_is_mended(tmp_path: Path) -> None:
    put(tmp_path / "out", a="1")
    (tmp_path / "out" / "own").write_text("mine")
    (tmp_path / "out").rename(tmp_path / ".out.before")
    put(tmp_path / "out", a="2")
    assert tree(tmp_path) == {"out/a": "2", "out/own": "mine"}


def test_an_old_folder_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "out", a="1")
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if self.name.endswith(".part"):
            raise PermissionError(13, "refused", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(PermissionError):
        put(tmp_path / "out", a="2")
    assert tree(tmp_path) == {"out/a": "1"}


def test_sweeping_removes_half_made_folders_and_files(tmp_path: Path) -> None:
    put(tmp_path / "out", a="1")
    (tmp_path / ".out.x.part").mkdir()
    (tmp_path / ".out.x.part" / "b").write_text("half")
    (tmp_path / ".graph.ttl.y.part").write_text("half")
    sweep(tmp_path)
    assert tree(tmp_path) == {"out/a": "1"}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
