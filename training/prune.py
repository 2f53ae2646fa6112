"""Stage `prune`: take feed-forward neurons away that the others can stand in for, so that reading needs fewer products.

The neurons of each layer, from the first on, go by what the layer's output loses by it on some annotated texts, and the
weights of those that stay are fitted anew; each layer reads what the pruned ones below it give. Train on afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import torch
from torch import nn

from training.encoder import Encoder
from training.fitting import pruned, watched
from training.flow import Flow, alone, loaded, options
from training.network import Batch
from training.restore import save


@torch.no_grad()
def prune(encoder: Encoder, batches: Iterable[Batch], inner: int) -> None:
    """Leave ``inner`` neurons in each layer of an encoder, fitted to what ``batches`` of one text each put through."""
    encoder.eval()
    flow = Flow(encoder, batches)
    for number, layer in flow:
        with watched([layer.down]) as (moments,):
            flow.through(number)
        left = pruned(moments, layer.down, inner)
        layer.up.out_features = inner
        layer.up.weight = nn.Parameter(layer.up.weight[left].clone())
        layer.up.bias = nn.Parameter(layer.up.bias[left].clone())
        print(f"layer {number + 1} of {len(encoder.layers)}", flush=True)
    encoder.shape = replace(encoder.shape, inner=inner)


def main() -> None:
    """Command line."""
    args = options(__doc__)
    args.add_argument("--inner", type=int, default=1280, help="neurons of each layer that stay")
    given = args.parse_args()
    network = loaded(given.checkpoint)
    prune(network.encoder, alone(given.shared, given.texts, given.vocabulary), given.inner)
    save(network, given.out)


if __name__ == "__main__":
    main()
