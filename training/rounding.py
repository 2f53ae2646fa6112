"""Stage `round`: bring the weights that are shipped in 7 bits to their steps, each fitted to the roundings before it.

Exported as it comes out, a checkpoint's layers then give on annotated texts nearly what they gave in full precision.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch

from training.encoder import Encoder
from training.fitting import rounded, watched
from training.flow import Flow, alone, loaded, options
from training.network import Batch
from training.restore import save


@torch.no_grad()
def round_encoder(encoder: Encoder, batches: Iterable[Batch]) -> None:
    """Round the layers of an encoder, fitted to what ``batches`` of one text each put through them."""
    encoder.eval()
    flow = Flow(encoder, batches)
    for number, layer in flow:
        parts = [layer.qkv, layer.out, layer.up, layer.down]
        with watched(parts) as moments:
            flow.through(number)
        for part, own in zip(parts, moments, strict=True):
            rounded(own, part)
        print(f"layer {number + 1} of {len(encoder.layers)}", flush=True)


def main() -> None:
    """Command line."""
    given = options(__doc__).parse_args()
    network = loaded(given.checkpoint)
    round_encoder(network.encoder, alone(given.shared, given.texts, given.vocabulary))
    save(network, given.out)


if __name__ == "__main__":
    main()
