"""The exported graph computes what the network does, for texts short and as long as there are positions."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch, which running citeweave does not")
pytest.importorskip("onnx", reason="training needs onnx")
pytest.importorskip("safetensors", reason="training needs safetensors")

sys.path.insert(0, str(Path(__file__).parents[2]))

import onnxruntime
import torch
from training.corpora import MAX_WIDTH, Example
from training.encoder import Encoder, Shape
from training.graph import build
from training.network import Batch, Network

from citeweave.extract.units import units


@pytest.mark.parametrize("pieces", [3, 40, 64])
@pytest.mark.parametrize("precision", ["float", "int8"])
def test_distances_tell_alike_in_graph_and_network(precision, pieces):
    torch.manual_seed(1)
    shape = Shape(30, hidden=32, heads=2, inner=64, layers=2, positions=64, relative=True)
    network = Network(Encoder(shape)).eval()
    with torch.no_grad():
        network.encoder.relative.weight.mul_(3)  # so that an error of one place shows
    n = pieces - 2
    ids = torch.randint(0, 30, (1, pieces))
    none = torch.zeros(1, pieces, 4, dtype=torch.long)
    at = torch.arange(1, n + 1)[None]
    real = torch.ones(1, pieces, dtype=torch.bool)
    batch = Batch(
        "ours", ids, none, real, at, at, none[:, :n], torch.tensor([n]), [Example("toy", "ours", units("toy"), [])]
    )
    with torch.no_grad():
        words = network.words(batch)
        scores = network.scores(words, batch)[0].numpy()
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    session = onnxruntime.InferenceSession(build(weights, vars(shape), precision).SerializeToString())
    ends = np.minimum(np.arange(n)[:, None] + np.arange(MAX_WIDTH)[None], n - 1)
    inputs = {
        "ids": ids[0].numpy(),
        "piece_features": none[0].numpy(),
        "first": at[0].numpy(),
        "last": at[0].numpy(),
        "features": none[0, :n].numpy(),
        "to": ends,
    }
    made, told = session.run(None, inputs)
    most = {"float": 0.05, "int8": 0.1}[precision]  # the pieces are in 8 bits in either
    assert np.abs(made - words[0].numpy()).max() < most
    assert np.abs(told - scores)[scores > -1e8].max() < 3 * most
