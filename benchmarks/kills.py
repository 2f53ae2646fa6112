"""kill -9 at random points of a build: is anything lost, half there or torn, and does it end the same?

    python benchmarks/kills.py examples/landmarks.jsonl --kills 100

The input is cut into files. In turn, a build begins with nothing, or with a finished workspace of which
one file has changed and two are new; it is killed at a random moment (seeded) and started again until
it comes to its end, and the next begins. After each kill the folder is looked at:

- the database is sound, and every file of the input is in it whole or not at all;
- what was there after the kill before is still there, letter for letter as in a build that nobody killed;
- papers, entities, statements and merges are those of the old state or of the new one, never a mixture;
- so is every exported file.

When a build has come to its end, its folder holds the same bytes as that of a build that nobody killed,
and no other file.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

DATABASE = "citeweave.sqlite"
DERIVED = ("paper", "entity", "statement", "decision")
PARTS = 6
OURS = (DATABASE, f"{DATABASE}-journal")
"""The database and the journal from which it recovers when it is opened next."""


class BrokenError(Exception):
    """What must not happen, happened."""


@dataclass(frozen=True, slots=True)
class State:
    """What a workspace holds: digests of files by name, of findings by key, of derived tables and exports."""

    files: dict[str, str]
    findings: dict[str, str]
    derived: str
    exports: dict[str, str]


def state_of(folder: Path) -> State:
    """Look at a workspace; raises BrokenError when its database is not sound."""
    exports = {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.iterdir())
        if p.name not in OURS and not p.name.endswith(".part")
    }
    db = sqlite3.connect(folder / DATABASE)
    try:
        for check in ("integrity_check", "foreign_key_check"):
            if (said := db.execute(f"PRAGMA {check}").fetchall()) not in ([], [("ok",)]):
                raise BrokenError(f"the database is damaged: {said}")
        if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
            return State({}, {}, "", exports)
        files: dict[str, str] = {}
        for id_, name in db.execute("SELECT id, name FROM source WHERE complete ORDER BY name").fetchall():
            records = db.execute("SELECT seq, paper FROM record WHERE source = ? ORDER BY seq", (id_,)).fetchall()
            files[name] = _digest(records)
        findings = {key: _digest(found) for key, found in db.execute("SELECT key, findings FROM finding")}
        derived = [db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in DERIVED]
        return State(files, findings, _digest(derived) if any(derived) else "", exports)
    finally:
        db.close()


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()


def build(inputs: Sequence[Path], out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "citeweave", "build", *map(str, inputs), "-o", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate()
    if process.returncode:
        raise BrokenError(f"a build ended with {process.returncode}: {said.decode().strip()[-2000:]}")


def compare(now: State, before: State, old: State, new: State) -> None:
    """Compare a workspace after a kill with what it held before, and with the two states it may have."""
    for name, content in now.files.items():
        if content not in (old.files.get(name), new.files.get(name)):
            raise BrokenError(f"{name} is neither the old file nor the new one")
    for name, content in before.files.items():
        if now.files.get(name) not in (content, new.files.get(name)):
            raise BrokenError(f"{name} was read, and is lost")
    known = old.findings | new.findings
    if wrong := [key for key, found in now.findings.items() if known.get(key) != found]:
        raise BrokenError(f"findings of {len(wrong)} papers are not those of a build that nobody killed")
    if lost := before.findings.keys() - now.findings.keys():
        raise BrokenError(f"findings of {len(lost)} papers are lost")
    if now.derived not in (old.derived, new.derived):
        raise BrokenError("the graph is neither the old one nor the new one")
    for name, content in now.exports.items():
        if content not in (old.exports.get(name), new.exports.get(name)):
            raise BrokenError(f"{name} is torn")
    if gone := before.exports.keys() - now.exports.keys():
        raise BrokenError(f"{', '.join(sorted(gone))} gone")


def phase(now: State, new: State) -> str:
    """What the build was at when it was killed."""
    if now.files != new.files:
        return "reading"
    if not new.findings.keys() <= now.findings.keys():
        return "extracting"
    return "resolving" if now.derived != new.derived else "writing"


def run(source: Path, work: Path, kills: int, seed: int, tell: Callable[[str], None] = print) -> Counter[str]:
    """Kill builds of ``source``'s lines in the folder ``work``; returns how often in which phase.

    Raises BrokenError as soon as anything is not as it must be.
    """
    dice = random.Random(seed)
    inputs, earlier = _cut(source, work)
    started = time.monotonic()
    nothing = State({}, {}, "", {})
    finish(build(earlier, work / "old"))
    old = state_of(work / "old")
    finish(build(inputs, work / "new"))
    longest = (time.monotonic() - started) / 2
    new = state_of(work / "new")
    tally: Counter[str] = Counter()
    while tally.total() - tally["finished"] < kills:
        out = work / f"out-{tally['finished']}"
        begin = nothing
        if tally["finished"] % 2:
            shutil.copytree(work / "old", out)
            # the earlier version of a file stood under the same path
            _move_places(out, earlier, inputs)
            begin = old
        before, patience = begin, longest * 1.1
        while True:
            process = build(inputs, out)
            try:
                # the last build may take its time
                process.wait(dice.uniform(0, patience) if tally.total() - tally["finished"] < kills else None)
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
            if process.wait() != -signal.SIGKILL:
                finish(process)
                break
            if process.stderr:
                process.stderr.close()
            now = state_of(out) if (out / DATABASE).exists() else nothing
            compare(now, before, begin, new)
            tally[phase(now, new) if now != nothing else "starting"] += 1
            if now == before:
                patience *= 1.2  # the machine is busier than it was when the time was taken
            before = now
        _compare_end(out, new)
        shutil.rmtree(out)
        tally["finished"] += 1
        tell(", ".join(f"{number} {name}" for name, number in sorted(tally.items())))
    del tally["finished"]
    return tally


def _cut(source: Path, work: Path) -> tuple[list[Path], list[Path]]:
    """The input as several files, and an earlier state of it: two files fewer, and one that said something else."""
    lines = source.read_text("utf-8").splitlines(keepends=True)
    size = -(-len(lines) // PARTS)
    parts = [lines[i : i + size] for i in range(0, len(lines), size)]
    both: tuple[list[Path], list[Path]] = ([], [])
    for number, part in enumerate(parts):
        for folder, files, content in (("now", both[0], part), ("earlier", both[1], part[1:] if number == 0 else part)):
            if folder == "now" or number < len(parts) - 2:
                file = work / folder / f"part-{number}.jsonl"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("".join(content), "utf-8")
                files.append(file)
    return both


def _move_places(folder: Path, earlier: Sequence[Path], inputs: Sequence[Path]) -> None:
    db = sqlite3.connect(folder / DATABASE)
    with db:
        for was, now in zip(earlier, inputs, strict=False):
            db.execute("UPDATE place SET path = ? WHERE path = ?", (str(now.resolve()), str(was.resolve())))
    db.close()


def _compare_end(out: Path, new: State) -> None:
    now = state_of(out)
    if now.exports != new.exports:
        raise BrokenError("the exports are not those of a build that nobody killed")
    if (now.files, now.derived) != (new.files, new.derived):
        raise BrokenError("the database does not hold what that of a build holds that nobody killed")
    if more := {p.name for p in out.iterdir()} - new.exports.keys() - {DATABASE}:
        raise BrokenError(f"left behind: {', '.join(sorted(more))}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input", type=Path, help="JSON Lines, a paper a line")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="citeweave-kills-") as work:
        try:
            tally = run(arguments.input, Path(work), arguments.kills, arguments.seed)
        except BrokenError as error:
            raise SystemExit(f"broken: {error}") from error
    phases = ", ".join(f"{tally[p]} {p}" for p in ("starting", "reading", "extracting", "resolving", "writing"))
    print(f"{tally.total()} kills ({phases}): nothing lost, nothing torn, every build ended the same")


if __name__ == "__main__":
    main()
