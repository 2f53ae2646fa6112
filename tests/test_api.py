"""The public API, as the package's own documentation shows it."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

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


def test_the_ten_lines_of_the_readme_run(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    code = readme.split("```python\n", 1)[1].split("```", 1)[0]
    assert len([line for line in code.splitlines() if line]) <= 10
    assert '"examples/landmarks.bib"' in code
    code = code.replace("examples/landmarks.bib", str(pages / "bibtex.bib"))
    if not (find_spec("pandas") or find_spec("polars")):
        code = "\n".join(line for line in code.splitlines() if "papers_frame" not in line)
    monkeypatch.chdir(tmp_path)
    said: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), said)
    assert said["net"].number_of_nodes() > len(said["kg"].papers) > 0
    assert len(said["rdf"]) > 0
    assert len(said.get("frame", said["kg"].papers)) == len(said["kg"].papers)
    assert (tmp_path / "landmarks.gexf").stat().st_size > 0


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
