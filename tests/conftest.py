"""What several tests share: where the shared material is, and a place for toy pages."""

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from citeweave.graph.knowledge import KnowledgeGraph

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


PAGES = ("titles.txt", "oneline.txt", "dated.txt", "via.txt", "jsonl.jsonl", "csv.csv", "csv.tsv", "bibtex.bib")
"""The toy pages whose records overlap: the same papers, told by different sites."""


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the overlapping toy pages, as a researcher would have it."""
    folder = tmp_path_factory.mktemp("pages")
    for name in PAGES:
        shutil.copy(ROOT / "tests" / "corpus" / name, folder)
    return folder


@pytest.fixture
def shared() -> Path:
    """The shared material; the test is skipped where it is absent, as on a user's machine."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, which is not part of the repository")
    return SHARED


@pytest.fixture
def toy(made: Callable[[str], KnowledgeGraph]) -> KnowledgeGraph:
    """A small knowledge graph with one of everything (``tests/toy_graph.py``)."""
    return made("toy_graph")


@pytest.fixture
def hostile(made: Callable[[str], KnowledgeGraph]) -> KnowledgeGraph:
    """A knowledge graph whose texts try to break out of every format (``tests/hostile_graph.py``)."""
    return made("hostile_graph")


@pytest.fixture(scope="session")
def made() -> Callable[[str], KnowledgeGraph]:
    """Makes one of the tests' own knowledge graphs by its name."""
    return _made


def _made(name: str) -> KnowledgeGraph:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tests" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    graph: KnowledgeGraph = getattr(module, name)()
    return graph
