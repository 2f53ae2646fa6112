"""Graph formats in the hands of JavaScript libraries, where Node.js finds them (``NODE_PATH`` names their folder)."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from citeweave import export
from citeweave.graph.knowledge import KnowledgeGraph

READ = {
    "graphology": """
        const graph = require('graphology').from(JSON.parse(text));
        const label = node => graph.getNodeAttribute(node, 'label');
        const found = [graph.order, graph.size, Object.fromEntries(graph.nodes().map(node => [node, label(node)]))];
    """,
    "graphology-gexf": """
        const Graph = require('graphology');
        const graph = require('graphology-gexf').parse(Graph, text, {allowMultigraph: true});
        const label = node => graph.getNodeAttribute(node, 'label');
        const found = [graph.order, graph.size, Object.fromEntries(graph.nodes().map(node => [node, label(node)]))];
    """,
    "cytoscape": """
        const cy = require('cytoscape')({headless: true, elements: JSON.parse(text).elements});
        const labels = Object.fromEntries(cy.nodes().map(node => [node.id(), node.data('label')]));
        const found = [cy.nodes().length, cy.edges().length, labels];
    """,
}
FORMATS = {"graphology": "graphology", "graphology-gexf": "gexf", "cytoscape": "cytoscape"}


@pytest.mark.parametrize("library", READ)
@pytest.mark.parametrize("which", ["toy", "hostile"])
def test_a_javascript_library_reads_every_node_edge_and_label(
    library: str, which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js")
    if subprocess.run([node, "-e", f"require('{library}')"], capture_output=True, check=False).returncode:
        pytest.skip(f"needs the npm package {library} on NODE_PATH")
    graph: KnowledgeGraph = request.getfixturevalue(which)
    export.write(FORMATS[library], graph, tmp_path / "g")
    script = f"const text = require('fs').readFileSync(process.argv[1], 'utf8');{READ[library]}"
    script += "console.log(JSON.stringify(found));"
    done = subprocess.run([node, "-e", script, str(tmp_path / "g")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    nodes, edges, labels = json.loads(done.stdout)
    view = graph.network()
    assert (nodes, edges) == (view.number_of_nodes(), view.number_of_edges())
    assert labels == {one: label.replace("\ud800", "\ufffd") for one, label in view.nodes(data="label")}
