"""The NetworkX view in the hands of other graph libraries."""

from typing import Any

import networkx as nx
import pytest

from citeweave.graph.knowledge import KnowledgeGraph


def test_algorithms_of_networkx_take_the_view(toy: KnowledgeGraph) -> None:
    view = toy.network()
    importance = nx.degree_centrality(view)
    assert importance["model/pondnet"] > importance["author/consortium"]
    assert nx.has_path(view, "title:00000000000000aa", "metric/f1")
    assert sum(map(len, nx.community.louvain_communities(view.to_undirected(), seed=1))) == view.number_of_nodes()


@pytest.mark.parametrize("which", ["toy", "hostile"])
def test_igraph_takes_the_view_with_its_attributes(which: str, request: pytest.FixtureRequest) -> None:
    igraph: Any = pytest.importorskip("igraph", reason="needs igraph")
    view = request.getfixturevalue(which).network()
    graph = igraph.Graph.from_networkx(view)
    assert (graph.vcount(), graph.ecount()) == (view.number_of_nodes(), view.number_of_edges())
    assert {v["_nx_name"]: v["label"] for v in graph.vs} == dict(view.nodes(data="label"))
    assert sorted(graph.es["quote"]) == sorted(quote for *_, quote in view.edges(data="quote"))


NX_PARALLEL = {
    "betweenness": lambda net, **how: nx.betweenness_centrality(net, **how),
    "isolates": lambda net, **how: nx.number_of_isolates(net, **how),
    "efficiency": lambda net, **how: nx.local_efficiency(nx.Graph(net), **how),
}


@pytest.mark.parametrize("algorithm", NX_PARALLEL)
def test_nx_parallel_takes_the_view_and_says_the_same(algorithm: str, toy: KnowledgeGraph) -> None:
    """Its 0.3 works with NetworkX 3.4 and cannot be imported beside 3.6."""
    try:
        import nx_parallel  # noqa: F401
    except ImportError as error:
        pytest.skip(f"needs nx-parallel and a NetworkX it knows: {error}")
    view, run = toy.network(), NX_PARALLEL[algorithm]
    assert run(view, backend="parallel") == pytest.approx(run(view))
