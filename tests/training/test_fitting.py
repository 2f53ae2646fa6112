"""Layers with fewer inputs or coarser weights stay close to what they gave."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch, which running citeweave does not")
pytest.importorskip("onnx", reason="training needs onnx")
pytest.importorskip("safetensors", reason="training needs safetensors")

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from onnx import numpy_helper
from torch import nn
from training.encoder import Encoder, Shape
from training.fitting import pruned, rounded, watched
from training.graph import Builder
from training.network import Batch
from training.prune import prune
from training.rounding import round_encoder

SIZE = 96


def inputs(rows=600):
    """Inputs that half of them tell of the others, one far from zero as neurons of trained networks are."""
    torch.manual_seed(3)
    base = torch.randn(rows, SIZE // 2)
    made = torch.cat([base, base @ torch.randn(SIZE // 2, SIZE // 2) * 0.2 + 0.01 * torch.randn(rows, SIZE // 2)], 1)
    made[:, 5] += 40
    return made


def layer(outputs=16):
    torch.manual_seed(4)
    return nn.Linear(SIZE, outputs)


def moments_of(linear, x):
    with watched([linear]) as (moments,):
        linear(x)
    return moments


def test_watching_ends_with_the_block_and_counts_the_bias():
    x, linear = inputs(), layer()
    with watched([linear]) as (moments,):
        linear(x[:200])
        linear(x[200:].view(4, 100, SIZE))
    linear(x)
    assert torch.allclose(moments[:-1, :-1], x.T @ x, rtol=1e-3)
    assert float(moments[-1, -1]) == len(x)


def test_inputs_that_others_tell_of_can_go():
    x, linear = inputs(), layer()
    before = linear(x).detach()
    left = pruned(moments_of(linear, x), linear, SIZE // 2)
    assert linear.weight.shape == (16, SIZE // 2)
    assert left.tolist() == sorted(set(left.tolist()))
    lost = (linear(x[:, left]) - before).square().mean()
    blind = layer()
    simply = (x[:, left] @ blind.weight[:, left].T + blind.bias - before).square().mean()
    assert lost < 0.05 * before.var()
    assert lost < simply / 20
    with pytest.raises(ValueError, match="cannot keep 97 of 48 inputs"):
        pruned(torch.eye(SIZE // 2 + 1), linear, 97)


def test_rounding_makes_up_for_itself_and_is_kept_by_the_export():
    x, linear = inputs(), layer()
    plain = layer()
    before = linear(x).detach()
    rounded(moments_of(linear, x), linear, 63)
    scale = plain.weight.abs().amax(1, keepdim=True) / 63
    simply = x @ ((plain.weight / scale).round() * scale).T + plain.bias
    assert (linear(x) - before).square().mean() < (simply - before).square().mean() / 3
    graph = Builder("int8")
    graph.linear("x", linear.weight.detach().numpy(), linear.bias.detach().numpy(), "one")
    held = {name: value for name, value in graph.held.items() if name.startswith("one.")}
    codes, scales = (numpy_helper.to_array(held[f"one.{part}"]) for part in ("codes", "scale"))
    assert np.abs(codes.T * scales[:, None] - linear.weight.detach().numpy()).max() < 1e-6


def texts(count=6, pieces=20):
    torch.manual_seed(5)
    none = torch.zeros(1, pieces, 4, dtype=torch.long)
    at = torch.arange(pieces)[None]
    return [
        Batch("ours", torch.randint(0, 30, (1, pieces)), none, torch.ones(1, pieces, dtype=torch.bool), at, at, none,
              torch.tensor([pieces]), [])
        for _ in range(count)
    ]  # fmt: skip


def through(encoder, held):
    with torch.no_grad():
        return torch.cat([encoder(b.ids, b.piece_features, b.mask) for b in held])


def test_an_encoder_with_fewer_neurons_or_rounded_gives_nearly_the_same():
    torch.manual_seed(6)
    encoder = Encoder(Shape(30, 32, 2, 128, 2, 64, True)).eval()
    held = texts()
    before = through(encoder, held)
    prune(encoder, held, 96)
    assert encoder.shape.inner == 96
    assert encoder.layers[1].up.weight.shape == (96, 32)
    assert (through(encoder, held) - before).abs().mean() < 0.05
    smaller = through(encoder, held)
    kept = encoder.layers[0].qkv.weight.clone()
    round_encoder(encoder, held)
    assert not torch.equal(kept, encoder.layers[0].qkv.weight)
    assert (through(encoder, held) - smaller).abs().mean() < 0.03
    again = Encoder(encoder.shape)
    again.load_state_dict(encoder.state_dict())
