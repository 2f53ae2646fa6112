"""The public API, as the package's own documentation shows it."""

import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

import citeweave


def test_from_papers_to_a_graph_in_a_few_lines(pages: Path, tmp_path: Path) -> None:
    report = citeweave.build(str(pages / "bibtex.bib"), str(tmp_path / "out"), to=())
    assert report.papers == report.records > 0
    graph = citeweave.open_graph(str(tmp_path / "out"))
    assert isinstance(graph, citeweave.KnowledgeGraph)
    assert sum(1 for p in graph.papers.values() if p.sources) == report.papers
    assert isinstance(graph.network(), nx.MultiDiGraph)
    assert len(graph.rdf()) > 0
    citeweave.write("gexf", graph, str(tmp_path / "graph.gexf"))
    assert (tmp_path / "graph.gexf").stat().st_size > 0


def test_all_that_is_promised_is_there() -> None:
    assert all(getattr(citeweave, name) for name in citeweave.__all__)
    assert set(citeweave.__all__) <= set(dir(citeweave))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = citeweave.nonsense


def test_importing_it_loads_nothing_heavy() -> None:
    code = (
        "import sys, citeweave; print(*({'spacy', 'networkx', 'rdflib', 'pyoxigraph', 'numpy'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
