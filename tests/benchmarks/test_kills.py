"""A build that is killed loses nothing and ends the same: a few of the hundred kills of ``benchmarks/kills.py``."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def kills() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kills", ROOT / "benchmarks" / "kills.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["kills"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def paper(number: int) -> str:
    record = {
        "title": f"Lantern Attention {number} for Moss",
        "abstract": f"We introduce Lantern Attention {number} (LA{number}) for moss recognition and beat MossNet.",
    }
    return json.dumps(record) + "\n"


def test_five_kills_lose_and_tear_nothing(kills: ModuleType, tmp_path: Path) -> None:
    source = tmp_path / "papers.jsonl"
    source.write_text("".join(map(paper, range(12))), "utf-8")
    tally = kills.run(source, tmp_path / "work", 5, 7, tell=lambda said: None)
    assert tally.total() >= 5


def test_what_must_not_happen_is_noticed(kills: ModuleType, tmp_path: Path) -> None:
    """The checks of the test above can fail: a lost file, a torn export, a mixture of two graphs."""
    state = kills.State({"a": "1", "b": "2"}, {"k": "f"}, "graph", {"graph.ttl": "whole"})
    for now, said in (
        (kills.State({"a": "1"}, {"k": "f"}, "graph", {"graph.ttl": "whole"}), "b was read, and is lost"),
        (kills.State({"a": "1", "b": "half"}, {"k": "f"}, "graph", {"graph.ttl": "whole"}), "neither the old file"),
        (kills.State({"a": "1", "b": "2"}, {}, "graph", {"graph.ttl": "whole"}), "findings of 1 papers are lost"),
        (kills.State({"a": "1", "b": "2"}, {"k": "g"}, "graph", {"graph.ttl": "whole"}), "not those of a build"),
        (kills.State({"a": "1", "b": "2"}, {"k": "f"}, "mixture", {"graph.ttl": "whole"}), "neither the old one"),
        (kills.State({"a": "1", "b": "2"}, {"k": "f"}, "graph", {"graph.ttl": "half"}), "torn"),
        (kills.State({"a": "1", "b": "2"}, {"k": "f"}, "graph", {}), "graph.ttl gone"),
    ):
        with pytest.raises(kills.BrokenError, match=said):
            kills.compare(now, state, state, state)
    kills.compare(state, state, state, state)
