"""A small run of the load benchmark: many clients at once, and no wrong answer."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("endpoint_benchmark", ROOT / "benchmarks" / "endpoint.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PAPERS", 1000)
    return module


def test_twenty_clients_for_two_seconds_get_no_wrong_answer(
    benchmark: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benchmark.main(["--clients", "20", "--seconds", "2"]) == 0
    told = capsys.readouterr().out
    assert "20 clients, 2 s: " in told
    assert "wrong 0" in told
    assert "latency: 50 % within " in told


def test_a_wrong_answer_is_noticed(benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "title", lambda i: f"Another paper {i}")
    assert benchmark.main(["--clients", "3", "--seconds", "2"]) == 1
