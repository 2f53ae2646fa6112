"""A small transformer encoder that takes the weights of MPNet or of BERT and MiniLM, first layers only.

Own code and not a hub class because word-shape features enter at the input, the exporter writes the same
computation as ONNX, and training runs in bfloat16 on a CPU.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from citeweave.extract.units import FEATURE_SIZES


@dataclass(frozen=True)
class Shape:
    """Sizes of the encoder."""

    vocabulary: int
    hidden: int
    heads: int
    inner: int
    layers: int
    positions: int
    relative: bool


def relative_buckets(length: int, buckets: int = 32, furthest: int = 128) -> Tensor:
    """T5's and MPNet's buckets of relative positions, (length, length)."""
    place = torch.arange(length)
    distance = place[:, None] - place[None, :]
    half = buckets // 2
    side = (distance < 0).long() * half
    distance = distance.abs()
    exact = half // 2
    log = torch.log(distance.clamp(min=1).float() / exact) / math.log(furthest / exact) * (half - exact)
    far = (exact + log.long()).clamp(max=half - 1)
    return side + torch.where(distance < exact, distance, far)


class _Attention(torch.autograd.Function):
    """Softmax attention with a fixed bias; on a CPU the fused kernel's backward pass takes three times as long."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
        scores = (q @ k.transpose(-1, -2)).mul_(q.shape[-1] ** -0.5).add_(bias)
        weights = torch.softmax(scores, -1)
        ctx.save_for_backward(q, k, v, weights)
        return weights @ v

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        q, k, v, weights = ctx.saved_tensors
        grad = grad.to(v.dtype)
        inner = torch._softmax_backward_data(grad @ v.transpose(-1, -2), weights, -1, weights.dtype)
        inner = inner.mul_(q.shape[-1] ** -0.5)
        return inner @ k, inner.transpose(-1, -2) @ q, weights.transpose(-1, -2) @ grad, None


class Layer(nn.Module):
    """Attention and feed-forward block, each with the norm after the sum."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.hidden, 3 * shape.hidden)
        self.out = nn.Linear(shape.hidden, shape.hidden)
        self.norm1 = nn.LayerNorm(shape.hidden, eps=1e-5 if shape.relative else 1e-12)
        self.up = nn.Linear(shape.hidden, shape.inner)
        self.down = nn.Linear(shape.inner, shape.hidden)
        self.norm2 = nn.LayerNorm(shape.hidden, eps=1e-5 if shape.relative else 1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        size, length, hidden = x.shape
        qkv = self.qkv(x).view(size, length, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4)
        seen: Tensor = _Attention.apply(qkv[0], qkv[1], qkv[2], bias)
        seen = self.out(seen.transpose(1, 2).reshape(size, length, hidden))
        x = self.norm1(x + seen)
        return self.norm2(x + self.dropout(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Piece ids and unit features to vectors, one a piece."""

    def __init__(self, shape: Shape, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.pieces = nn.Embedding(shape.vocabulary, shape.hidden)
        self.positions = nn.Embedding(shape.positions, shape.hidden)
        self.features = nn.ModuleList(nn.Embedding(n + 1, shape.hidden) for n in FEATURE_SIZES)
        for table in self.features:
            nn.init.zeros_(table.weight)
        self.norm = nn.LayerNorm(shape.hidden, eps=1e-5 if shape.relative else 1e-12)
        self.relative = nn.Embedding(32, shape.heads) if shape.relative else None
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids: Tensor, features: Tensor, mask: Tensor) -> Tensor:
        """ids (b, n), features (b, n, 4) where the last value stands for no unit, mask (b, n) true where real."""
        return self.through(self.embedded(ids, features), mask, 0, len(self.layers))

    def embedded(self, ids: Tensor, features: Tensor) -> Tensor:
        """What the first layer reads."""
        x = self.pieces(ids) + self.positions.weight[: ids.shape[1]]
        for i, table in enumerate(self.features):
            x = x + table(features[..., i])
        return self.dropout(self.norm(x))

    def through(self, x: Tensor, mask: Tensor, first: int, end: int) -> Tensor:
        """Vectors (b, n, hidden) after the layers from ``first`` to before ``end``."""
        length = x.shape[1]
        bias = torch.zeros(mask.shape).masked_fill(~mask, -1e4)[:, None, None, :]
        if self.relative is not None:
            bias = bias + self.relative(relative_buckets(length)).detach().permute(2, 0, 1)[None]
        if torch.is_autocast_enabled("cpu"):
            bias = bias.bfloat16()
        for layer in self.layers[first:end]:
            x = layer(x, bias)
        return x


def pretrained(folder: Path, layers: int, keep: list[int], dropout: float = 0.1) -> Encoder:
    """A downloaded encoder's first ``layers`` layers, with only the pieces ``keep`` of its vocabulary."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    weights = {
        k.removeprefix("mpnet.").removeprefix("bert."): v for k, v in load_file(folder / "model.safetensors").items()
    }
    mpnet = config["model_type"] == "mpnet"
    positions = weights["embeddings.position_embeddings.weight"][2 if mpnet else 0 :][:512]
    shape = Shape(
        len(keep), config["hidden_size"], config["num_attention_heads"], config["intermediate_size"],
        layers, len(positions), mpnet,
    )  # fmt: skip
    encoder = Encoder(shape, dropout)
    state = encoder.state_dict()
    state["pieces.weight"] = weights["embeddings.word_embeddings.weight"][keep].clone()
    kinds = weights.get("embeddings.token_type_embeddings.weight")
    state["positions.weight"] = positions + kinds[0] if kinds is not None else positions.clone()
    for part in ("weight", "bias"):
        state[f"norm.{part}"] = weights[f"embeddings.LayerNorm.{part}"]
    if mpnet:
        state["relative.weight"] = weights["encoder.relative_attention_bias.weight"]
    for i in range(layers):
        old = f"encoder.layer.{i}."
        names = (
            ("attn.q", "attn.k", "attn.v") if mpnet else tuple(f"attention.self.{x}" for x in ("query", "key", "value"))
        )
        for part in ("weight", "bias"):
            state[f"layers.{i}.qkv.{part}"] = torch.cat(
                [weights[f"{old}attention.{n}.{part}" if mpnet else f"{old}{n}.{part}"] for n in names]
            )
            state[f"layers.{i}.out.{part}"] = weights[
                old + ("attention.attn.o." if mpnet else "attention.output.dense.") + part
            ]
            state[f"layers.{i}.norm1.{part}"] = weights[
                old + ("attention.LayerNorm." if mpnet else "attention.output.LayerNorm.") + part
            ]
            state[f"layers.{i}.up.{part}"] = weights[f"{old}intermediate.dense.{part}"]
            state[f"layers.{i}.down.{part}"] = weights[f"{old}output.dense.{part}"]
            state[f"layers.{i}.norm2.{part}"] = weights[f"{old}output.LayerNorm.{part}"]
    encoder.load_state_dict(state)
    return encoder
