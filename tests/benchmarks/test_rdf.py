"""The RDF benchmark on a toy workspace, with rdflib's part stopped and not."""

import json
import signal
import sys
from pathlib import Path

import pytest

from citeweave.weave import build

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import rdf

LINES = [
    {"title": "RiverNet: rivers from space", "abstract": "We present RiverNet, evaluated on ImageNet by accuracy."},
    {"title": "Lakes", "abstract": "We compare RiverNet with a decision tree on ImageNet."},
]


@pytest.fixture
def workspace(tmp_path):
    page = tmp_path / "papers.jsonl"
    page.write_text("".join(json.dumps(line) + "\n" for line in LINES), "utf-8")
    build(page, tmp_path / "workspace", to=(), model="fast")
    return tmp_path / "workspace"


def test_both_sides_are_measured(workspace, monkeypatch, capfd):
    monkeypatch.setattr(sys, "argv", ["rdf", str(workspace), "--triples", "1000", "--limit", "60"])
    rdf.main()
    count, _, *lines = capfd.readouterr().out.splitlines()
    assert int(count.split()[0].replace(",", "")) > 500
    told = {line[:22].strip(): [float(value) for value in line[22:].split()] for line in lines}
    assert all(len(told[step]) == 3 for step in ("write", "load", *(query.name for query in rdf.named())))
    assert told["load"][1] > 0
    assert told["all queries"][0] == pytest.approx(sum(told[query.name][0] for query in rdf.named()), abs=0.01)


def test_what_takes_too_long_is_stopped_and_told():
    before = signal.signal(signal.SIGPROF, rdf.too_long)
    try:
        told = rdf.within(0.05, "write", lambda: sum(iter(lambda: 1, 2)))
    finally:
        signal.signal(signal.SIGPROF, before)
    assert told["write"] == rdf.STOPPED + 0.05
    assert rdf.within(0, "load", lambda: None)["load"] < 1
    table = rdf.table({"triples": 5, "write": 0.01, "load": 2.0}, told | {"load": 4.0})
    assert [line.split() for line in table.splitlines()[2:]] == [
        ["write", "0.010", ">", "0", ">", "5"],
        ["load", "2.000", "4.000", "2.0"],
    ]
