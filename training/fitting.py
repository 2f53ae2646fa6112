"""Linear layers made smaller in closed form: fewer inputs, or coarser weights, the rest fitted to make up for it.

Both take the second moments of a layer's inputs over some texts, with a one for the bias as the last input, and keep
the squared error of the layer's outputs on them small, one step after the other (optimal brain surgeon, Hassibi and
Stork 1993; for whole inputs as in ZipLM, Kurtic et al. 2023; for rounding as in GPTQ, Frantar et al. 2023).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from training.graph import LEVELS

_AT_ONCE = 32
"""Inputs that go between two looks at what the rest can do without."""
_BLOCK = 128
"""Inputs that are rounded before what they leave to make up for reaches the others."""


@contextmanager
def watched(layers: Sequence[nn.Linear]) -> Iterator[list[Tensor]]:
    """While it lasts, sum the products of every two inputs of each layer: (inputs + 1, inputs + 1) a layer."""
    moments = [torch.zeros(layer.in_features + 1, layer.in_features + 1) for layer in layers]

    def watch(total: Tensor) -> object:
        def hook(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            rows = F.pad(inputs[0].detach().float().flatten(0, -2), (0, 1), value=1.0)
            total.addmm_(rows.T, rows)

        return hook

    hooks = [
        layer.register_forward_pre_hook(watch(total))  # type: ignore[arg-type]
        for layer, total in zip(layers, moments, strict=True)
    ]
    try:
        yield moments
    finally:
        for hook in hooks:
            hook.remove()


def pruned(moments: Tensor, layer: nn.Linear, keep: int) -> Tensor:
    """Numbers, in order, of the ``keep`` inputs that stay; the layer is left with these, fitted anew.

    Raises ValueError where there are not so many.
    """
    if keep > layer.in_features:
        raise ValueError(f"cannot keep {keep} of {layer.in_features} inputs")
    weight = _whole(layer).double()
    inverse = _inverse(moments)
    left = torch.arange(layer.in_features + 1)
    while len(left) > keep + 1:
        costs = weight.square().sum(0) / inverse.diagonal()
        costs[-1] = torch.inf
        gone = costs.topk(min(_AT_ONCE, len(left) - keep - 1), largest=False).indices
        stay = torch.ones(len(left), dtype=torch.bool)
        stay[gone] = False
        solved = torch.linalg.solve(inverse[gone][:, gone], inverse[gone][:, stay])
        weight = weight[:, stay] - weight[:, gone] @ solved
        inverse = inverse[stay][:, stay] - inverse[stay][:, gone] @ solved
        left = left[stay]
    layer.in_features = keep
    layer.weight = nn.Parameter(weight[:, :-1].float().contiguous())
    layer.bias = nn.Parameter(weight[:, -1].float().contiguous())
    return left[:-1]


def rounded(moments: Tensor, layer: nn.Linear, levels: int = LEVELS) -> None:
    """Bring a layer's weights to whole multiples of a scale an output, ``levels`` for its largest weight.

    The largest weight of an output is not moved, so that a scale taken from the outcome is the same.
    """
    weight = _whole(layer).double()
    scale = (weight[:, :-1].abs().amax(1) / levels).clamp(min=1e-12)
    largest = weight[:, :-1].abs().argmax(1)
    peaks = weight.gather(1, largest[:, None])[:, 0]
    order = torch.cat([moments.diagonal()[:-1].argsort(descending=True), torch.tensor([layer.in_features])])
    weight = weight[:, order]
    whole = _inverse(moments[order][:, order])
    root = torch.linalg.cholesky(whole, upper=True)
    for begin in range(0, layer.in_features, _BLOCK):
        end = min(begin + _BLOCK, layer.in_features)
        errors = torch.zeros(len(weight), end - begin, dtype=weight.dtype)
        for k in range(begin, end):
            codes = (weight[:, k] / scale).round().clamp(-levels, levels)
            made = torch.where(largest == order[k], peaks, codes * scale)
            errors[:, k - begin] = (weight[:, k] - made) / root[k, k]
            weight[:, k] = made
            weight[:, k + 1 : end] -= errors[:, k - begin, None] * root[k, None, k + 1 : end]
        weight[:, end:] -= errors @ root[begin:end, end:]
    with torch.no_grad():
        layer.weight[:, order[:-1]] = weight[:, :-1].float()
        layer.bias.copy_(weight[:, -1])


def _whole(layer: nn.Linear) -> Tensor:
    return torch.cat([layer.weight.detach(), layer.bias.detach()[:, None]], 1)


def _inverse(moments: Tensor) -> Tensor:
    """The inverse of second moments, each a hundredth more by itself, so that little is made of what few texts tell."""
    moments = moments.double()
    own = moments.diagonal()
    return torch.linalg.inv(moments + torch.diag(0.01 * own + 1e-6 * own.mean()))
