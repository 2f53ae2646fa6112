"""The trained encoder and span head as one ONNX graph for a single text, without padding.

Operators of ONNX Runtime (com.microsoft) are used where they fuse what the encoder does. With precision ``int8``
the encoder's linear layers keep their weights in 7 bits by output and quantise their input by row; ``float``
leaves them as they are. The tables and heads are small: pieces are in 8 bits by row, the rest is not quantised.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.corpora import LABELS, MAX_WIDTH
from training.encoder import relative_buckets

Weights = dict[str, NDArray[np.float32]]


class Builder:
    """Collects nodes and initialisers under unique names."""

    def __init__(self, precision: str) -> None:
        self.precision = precision
        self.nodes: list[Any] = []
        self.held: dict[str, Any] = {}

    def constant(self, value: NDArray[Any], name: str) -> str:
        """An initialiser's name."""
        if name not in self.held:
            self.held[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def add(self, kind: str, inputs: list[str], outputs: int = 1, domain: str = "", **attributes: Any) -> str:
        """Append a node; its first output's name."""
        name = f"{kind}_{len(self.nodes)}"
        made = [f"{name}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, made, name=name, domain=domain, **attributes))
        return made[0]

    def linear(self, x: str, weight: NDArray[np.float32], bias: NDArray[np.float32] | None, name: str) -> str:
        """x @ weight.T + bias, in the builder's precision."""
        if self.precision == "int8":
            # The operator quantises with one scale a matrix; rows brought to the same peak make it one a row.
            peak = self.add("ReduceMax", [self.add("Abs", [x])], axes=[-1], keepdims=1)
            peak = self.add("Max", [peak, self.constant(np.array(1e-6, dtype=np.float32), "least")])
            x = self.add("Div", [x, peak])
            # Seven bits: the full eight saturate on processors without VNNI (vpmaddubsw adds in 16 bits).
            scale = np.maximum(np.abs(weight).max(1) / 63, 1e-12).astype(np.float32)
            codes = np.clip(np.rint(weight / scale[:, None]), -63, 63).astype(np.int8).T
            y = self.add(
                "DynamicQuantizeMatMul",
                [x, self.constant(codes, f"{name}.codes"), self.constant(scale, f"{name}.scale")],
                domain="com.microsoft",
            )
            y = self.add("Mul", [y, peak])
        else:
            y = self.add("MatMul", [x, self.constant(weight.T, f"{name}.weight")])
        return y if bias is None else self.add("Add", [y, self.constant(bias, f"{name}.bias")])

    def norm(self, x: str, w: Weights, name: str, eps: float) -> str:
        """Layer norm over the last axis."""
        held = [self.constant(w[f"{name}.{part}"], f"{name}.{part}") for part in ("weight", "bias")]
        return self.add("LayerNormalization", [x, *held], axis=-1, epsilon=eps)


def build(w: Weights, shape: dict[str, Any], precision: str = "int8", corpus: str = "ours") -> onnx.ModelProto:
    """Inputs: ids (p), piece_features (p, 4), first (n), last (n), features (n, 4), to (n, width).

    Outputs: words (n, WORD), scores (n, width, types). ``to[i, k]`` is the last unit of the span of k + 1
    units from unit i, kept within the text.
    """
    g = Builder(precision)
    heads, hidden = shape["heads"], shape["hidden"]
    eps = 1e-5 if shape["relative"] else 1e-12
    table = w["encoder.pieces.weight"]
    scale = np.maximum(np.abs(table).max(1, keepdims=True) / 127, 1e-12).astype(np.float32)
    codes = np.rint(table / scale).astype(np.int8)
    picked = g.add("Gather", [g.constant(codes, "pieces.codes"), "ids"])
    x = g.add("Cast", [picked], to=TensorProto.FLOAT)
    x = g.add("Mul", [x, g.add("Gather", [g.constant(scale, "pieces.scale"), "ids"])])
    count = g.add("Shape", ["ids"])
    zero, one = g.constant(np.array([0]), "zero"), g.constant(np.array([1]), "one")
    x = g.add("Add", [x, g.add("Slice", [g.constant(w["encoder.positions.weight"], "positions"), zero, count, zero])])
    x = _features(g, x, "piece_features", w, "encoder.features")
    x = g.norm(x, w, "encoder.norm", eps)
    x = g.add("Unsqueeze", [x, zero])
    bias = _relative(g, w, shape, count) if shape["relative"] else ""
    for i in range(shape["layers"]):
        name = f"encoder.layers.{i}"
        qkv = g.linear(x, w[f"{name}.qkv.weight"], w[f"{name}.qkv.bias"], f"{name}.qkv")
        parts = [f"{name}.{p}" for p in "qkv"]
        sizes = g.constant(np.array([hidden] * 3), "thirds")
        g.nodes.append(helper.make_node("Split", [qkv, sizes], parts, axis=2))
        seen = g.add("MultiHeadAttention", [*parts, "", "", bias], domain="com.microsoft", num_heads=heads)
        seen = g.linear(seen, w[f"{name}.out.weight"], w[f"{name}.out.bias"], f"{name}.out")
        x = g.norm(g.add("Add", [x, seen]), w, f"{name}.norm1", eps)
        up = g.linear(x, w[f"{name}.up.weight"], None, f"{name}.up")
        up = g.add("BiasGelu", [up, g.constant(w[f"{name}.up.bias"], f"{name}.up.bias")], domain="com.microsoft")
        down = g.linear(up, w[f"{name}.down.weight"], w[f"{name}.down.bias"], f"{name}.down")
        x = g.norm(g.add("Add", [x, down]), w, f"{name}.norm2", eps)
    x = g.add("Squeeze", [x, zero])
    g.precision = "float"
    words = g.add(
        "Add",
        [
            g.linear(g.add("Gather", [x, "first"]), w["first.weight"], w["first.bias"], "first"),
            g.linear(g.add("Gather", [x, "last"]), w["last.weight"], None, "last"),
        ],
    )
    words = g.norm(_features(g, words, "features", w, "features"), w, "norm", 1e-5)
    words = g.add("Gelu", [words], domain="com.microsoft")
    g.nodes.append(helper.make_node("Identity", [words], ["words"]))
    starts = g.linear(words, w["spans.start.weight"], w["spans.start.bias"], "spans.start")
    ends = g.linear(words, w["spans.end.weight"], None, "spans.end")
    inner = g.linear(words, w["spans.inside.weight"], None, "spans.inside")
    total = g.add("CumSum", [inner, g.constant(np.array(0), "axis0")])
    before = g.add("Sub", [total, inner])
    inside = g.add("Sub", [g.add("Gather", [total, "to"]), g.add("Unsqueeze", [before, one])])
    widths = np.arange(1, MAX_WIDTH + 1, dtype=np.float32)[None, :, None]
    inside = g.add("Div", [inside, g.constant(widths, "widths")])
    both = g.add("Add", [g.add("Unsqueeze", [starts, one]), g.add("Gather", [ends, "to"])])
    both = g.add("Add", [both, g.add("Add", [inside, g.constant(w["spans.width.weight"], "spans.width")])])
    hidden_spans = g.add("Gelu", [both], domain="com.microsoft")
    types = f"spans.types.{corpus}"
    scores = g.linear(hidden_spans, w[f"{types}.weight"], w[f"{types}.bias"], types)
    g.nodes.append(helper.make_node("Identity", [scores], ["scores"]))
    integer, real = TensorProto.INT64, TensorProto.FLOAT
    inputs = [("ids", ["p"]), ("piece_features", ["p", 4]), ("first", ["n"]), ("last", ["n"])]
    inputs += [("features", ["n", 4]), ("to", ["n", MAX_WIDTH])]
    made = helper.make_graph(
        g.nodes,
        "citeweave",
        [helper.make_tensor_value_info(name, integer, size) for name, size in inputs],
        [
            helper.make_tensor_value_info("words", real, ["n", w["norm.weight"].shape[0]]),
            helper.make_tensor_value_info("scores", real, ["n", MAX_WIDTH, len(LABELS[corpus])]),
        ],
        list(g.held.values()),
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(made, opset_imports=opsets, producer_name="citeweave")
    model.ir_version = 9
    return model


def _features(g: Builder, x: str, source: str, w: Weights, name: str) -> str:
    for i in range(4):
        column = g.add("Gather", [source, g.constant(np.array(i), f"column{i}")], axis=1)
        table = g.constant(w[f"{name}.{i}.weight"], f"{name}.{i}")
        x = g.add("Add", [x, g.add("Gather", [table, column])])
    return x


def _relative(g: Builder, w: Weights, shape: dict[str, Any], count: str) -> str:
    """Attention bias (1, heads, p, p): a table by distance, looked up by the difference of positions."""
    most = shape["positions"]
    buckets = relative_buckets(most).numpy()
    by_distance = np.concatenate([buckets[0, ::-1], buckets[1:, 0]])  # from -(most - 1) to most - 1
    table = w["encoder.relative.weight"][by_distance].T
    length = g.add("Squeeze", [count])
    place = g.add("Range", [g.constant(np.array(0), "axis0"), length, g.constant(np.array(1), "step")])
    rows = g.add("Unsqueeze", [place, g.constant(np.array([1]), "one")])
    columns = g.add("Unsqueeze", [place, g.constant(np.array([0]), "zero")])
    apart = g.add("Add", [g.add("Sub", [rows, columns]), g.constant(np.array(most - 1), "furthest")])
    return g.add("Unsqueeze", [g.add("Gather", [g.constant(table, "relative"), apart], axis=1), "zero"])
