"""The benchmark of reading abstracts runs from end to end on a handful, and tells what it says it does."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parents[2] / "benchmarks" / "extraction.py"
ABSTRACTS = [
    ("Hedge Trimming by Small Networks", "We train TrimNet on GardenBench. It reaches 71.3% accuracy there."),
    ("Counting apples", "Counting apples in orchards is hard. We use a convolutional network for it."),
    ("On the sorting of pebbles", "Pebbles are sorted by size with gradient descent, which needs no labels."),
    ("Reading old recipes", "We tag the ingredients of old recipes with a conditional random field."),
]


@pytest.fixture(scope="module")
def extraction() -> ModuleType:
    spec = importlib.util.spec_from_file_location("extraction_benchmark", HERE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def told(
    extraction: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., list[list[str]]]:
    """Runs the benchmark on the abstracts with some options; the rows of the table that it prints."""
    path = tmp_path / "abstracts.jsonl"
    lines = [json.dumps({"title": title, "abstract": abstract}) for title, abstract in ABSTRACTS]
    path.write_text("\n".join(lines * 4), "utf-8")

    def run(*options: str) -> list[list[str]]:
        monkeypatch.setattr(sys, "argv", ["extraction.py", str(path), *options])
        extraction.main()
        table = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]

    return run


def test_a_model_stands_beside_spacys_pipeline(told) -> None:  # type: ignore[no-untyped-def]
    rows = told("--count", "16", "--jobs", "1", "--runs", "1", "--models", "fast")
    assert [row[0] for row in rows] == ["spacy", "fast"]
    assert all(float(cell) > 0 for row in rows for cell in row[1:5])
    assert rows[0][2] == rows[0][4] == "1.00"


def test_memory_is_told_as_it_goes(told) -> None:  # type: ignore[no-untyped-def]
    rows = told("--memory", "64", "--models", "fast")
    assert [row[0] for row in rows] == ["32", "64"]
    assert all(float(row[1]) > 20 and int(row[2].replace(",", "")) > 0 for row in rows)
