"""The trained encoder and span head as one ONNX graph for a single text, without padding.

Operators of ONNX Runtime (com.microsoft) are used where they fuse what the encoder does. With precision ``int8``
the encoder's linear layers keep their weights in 7 bits by output and quantise their input, some of them by row;
``float`` leaves them as they are. The tables and heads are small: pieces are in 8 bits by row, the rest is not
quantised.
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
LEVELS = 63
"""Steps of a weight on either side of zero: the full eight bits saturate on processors without VNNI, where
vpmaddubsw adds in 16 bits."""


def in_steps(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A layer's weights, (outputs, inputs), as numbers of steps, and the size of a step of each output."""
    scale = np.maximum(np.abs(weight).max(1) / LEVELS, 1e-12).astype(np.float32)
    return np.clip(np.rint(weight / scale[:, None]), -LEVELS, LEVELS).astype(np.int8), scale


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

    def linear(
        self, x: str, weight: NDArray[np.float32], bias: NDArray[np.float32] | None, name: str, by_row: bool = False
    ) -> str:
        """x @ weight.T + bias, in the builder's precision; ``by_row`` where the rows of x have peaks far apart."""
        held = None if bias is None else self.constant(bias, f"{name}.bias")
        if self.precision != "int8":
            y = self.add("MatMul", [x, self.constant(weight.T, f"{name}.weight")])
            return y if held is None else self.add("Add", [y, held])
        codes, scale = in_steps(weight)
        parts = [self.constant(codes.T, f"{name}.codes"), self.constant(scale, f"{name}.scale")]
        if not by_row:
            end = [] if held is None else ["", held]
            return self.add("DynamicQuantizeMatMul", [x, *parts, *end], domain="com.microsoft")
        # The operator quantises with one scale a matrix; rows brought to the same peak make it one a row.
        peak = self.add("ReduceMax", [self.add("Abs", [x])], axes=[-1], keepdims=1)
        peak = self.add("Max", [peak, self.constant(np.array(1e-6, dtype=np.float32), "least")])
        y = self.add("DynamicQuantizeMatMul", [self.add("Div", [x, peak]), *parts], domain="com.microsoft")
        y = self.add("Mul", [y, peak])
        return y if held is None else self.add("Add", [y, held])

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
        up = g.linear(x, w[f"{name}.up.weight"], None, f"{name}.up", by_row=True)
        up = g.add("BiasGelu", [up, g.constant(w[f"{name}.up.bias"], f"{name}.up.bias")], domain="com.microsoft")
        down = g.linear(up, w[f"{name}.down.weight"], w[f"{name}.down.bias"], f"{name}.down", by_row=True)
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
    """Attention bias (1, heads, p, p): a table by distance, each row of it the one before, moved on by one."""
    most = shape["positions"]
    buckets = relative_buckets(most).numpy()
    by_distance = np.concatenate([buckets[:0:-1, 0], buckets[0]])  # from most - 1 to -(most - 1)
    table = np.pad(w["encoder.relative.weight"][by_distance].T, [(0, 0), (0, 1)])
    # Rows of 2 p distances, laid end to end and cut again into rows of 2 p - 1, begin one place earlier each.
    # This copies runs of numbers; looking each up by its distance takes three times as long.
    number = lambda *values: g.constant(np.array(values, dtype=np.int64), "n" + "_".join(map(str, values)))  # noqa: E731
    heads, twice = number(len(table)), g.add("Add", [count, count])
    odd = g.add("Sub", [twice, number(1)])
    begin, end = g.add("Sub", [number(most), count]), g.add("Add", [number(most), count])
    near = g.add("Slice", [g.constant(table[:, None], "relative"), begin, end, number(2)])
    rows = g.add("Expand", [near, g.add("Concat", [heads, count, twice], axis=0)])
    flat = g.add("Reshape", [rows, number(len(table), -1)])
    flat = g.add("Slice", [flat, number(0), g.add("Mul", [count, odd]), number(1)])
    moved = g.add("Reshape", [flat, g.add("Concat", [heads, count, odd], axis=0)])
    made = g.add("Slice", [moved, g.add("Sub", [count, number(1)]), odd, number(2)])
    return g.add("Unsqueeze", [made, number(0)])
