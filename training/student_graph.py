"""The fast model as one ONNX graph for a single text, without padding.

Linear layers keep their weights in 7 bits by output; a layer's input is quantised once for the whole text, before its
neighbours are put beside each unit. The tables are in 8 bits by row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from citeweave.model import ENTITY_TYPES
from training.graph import Builder, Weights, in_steps
from training.network import WORD
from training.student_network import LOOK, SEEN, WIDEST

_EPSILON = 1e-5
Quantised = tuple[str, str, str]
"""Codes, scale and zero point; or floats and two empty names."""


class _Graph(Builder):
    """The builder with the student's layers; ``precision`` is int8 or float."""

    def table(self, weight: NDArray[np.float32], column: str, name: str) -> str:
        """Rows of an embedding table, stored in 8 bits by row."""
        scale = np.maximum(np.abs(weight).max(1, keepdims=True) / 127, 1e-12).astype(np.float32)
        codes = np.rint(weight / scale).astype(np.int8)
        picked = self.add("Gather", [self.constant(codes, f"{name}.codes"), column])
        picked = self.add("Cast", [picked], to=TensorProto.FLOAT)
        return self.add("Mul", [picked, self.add("Gather", [self.constant(scale, f"{name}.scale"), column])])

    def integers(self, *values: int) -> str:
        """A constant list of integers."""
        return self.constant(np.array(values, dtype=np.int64), "i" + "_".join(map(str, values)).replace("-", "m"))

    def quantised(self, x: str) -> Quantised:
        """Codes, scale and zero point of a text's matrix."""
        name = f"quantised_{len(self.nodes)}"
        made = (f"{name}_codes", f"{name}_scale", f"{name}_zero")
        self.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], list(made), name=name))
        return made

    def product(
        self, x: tuple[str, str, str], weight: NDArray[np.float32], bias: NDArray[np.float32], name: str
    ) -> str:
        """x @ weight.T + bias for quantised x, or for x of floats with empty scale."""
        codes, scale, zero = x
        held = self.constant(bias, f"{name}.bias")
        if not scale:
            return self.add("Add", [self.add("MatMul", [codes, self.constant(weight.T, f"{name}.weight")]), held])
        rounded, steps = in_steps(weight)
        inputs = [codes, self.constant(rounded.T, f"{name}.codes"), scale, self.constant(steps, f"{name}.scale")]
        return self.add("MatMulIntegerToFloat", [*inputs, zero, "", held], domain="com.microsoft")

    def taken(self, x: str) -> Quantised:
        """A matrix as the input of :meth:`product`."""
        return self.quantised(x) if self.precision == "int8" else (x, "", "")

    def dense(self, x: str, w: Weights, name: str) -> str:
        """A linear layer."""
        return self.product(self.taken(x), w[f"{name}.weight"], w[f"{name}.bias"], name)

    def split(self, x: str, parts: int) -> list[str]:
        """Equal parts along the columns."""
        made = [f"split_{len(self.nodes)}_{i}" for i in range(parts)]
        self.nodes.append(helper.make_node("Split", [x], made, axis=1))
        return made

    def convolution(self, x: str, w: Weights, name: str, distance: int, size: int) -> str:
        """The gated convolution with its residual and norm."""
        codes, scale, zero = self.taken(x)
        blank = zero or self.constant(np.array(0, dtype=np.float32), "nothing")
        edge = self.add("Expand", [blank, self.integers(distance, size)])
        padded = self.add("Concat", [edge, codes, edge], axis=0)
        start, end, far = self.integers(0), self.integers(-2 * distance), self.integers(1 << 30)
        before = self.add("Slice", [padded, start, end, start])
        after = self.add("Slice", [padded, self.integers(2 * distance), far, start])
        window = self.add("Concat", [before, codes, after], axis=1)
        linear = f"{name}.linear"
        made = self.product((window, scale, zero), w[f"{linear}.weight"], w[f"{linear}.bias"], linear)
        left, right = self.split(made, 2)
        gated = self.add("Mul", [left, self.add("Sigmoid", [right])])
        return self.norm(self.add("Add", [x, gated]), w, f"{name}.norm", _EPSILON)

    def echo(self, x: str, w: Weights) -> str:
        """The mean of the same words and of the text, through one layer."""
        rows, columns = (self.add("Unsqueeze", ["same", self.integers(axis)]) for axis in (1, 0))
        equal = self.add("Cast", [self.add("Equal", [rows, columns])], to=TensorProto.FLOAT)
        count = self.add("ReduceSum", [equal, self.integers(1)], keepdims=1)
        alike = self.add("Div", [self.add("MatMul", [equal, x]), count])
        text = self.add("Expand", [self.add("ReduceMean", [x], axes=[0], keepdims=1), self.add("Shape", [x])])
        made = self.dense(self.add("Concat", [alike, text], axis=1), w, "echo.linear")
        return self.norm(self.add("Add", [x, made]), w, "echo.norm", _EPSILON)

    def attention(self, x: str, w: Weights, heads: int) -> str:
        """Each unit's look at all others, added to it."""
        parts = [f"attention.{part}" for part in ("query", "key", "value")]
        sizes = self.integers(heads * LOOK, heads * LOOK, heads * SEEN)
        whole = self.add("Unsqueeze", [self.dense(x, w, "attention.look"), self.integers(0)])
        self.nodes.append(helper.make_node("Split", [whole, sizes], parts, axis=2))
        seen = self.add("MultiHeadAttention", parts, domain="com.microsoft", num_heads=heads)
        seen = self.add("Squeeze", [seen, self.integers(0)])
        return self.add("Add", [x, self.dense(seen, w, "attention.out")])

    def spans(self, words: str, w: Weights) -> str:
        """Scores of all spans."""
        starts, ends, inner = self.split(self.dense(words, w, "spans.ends"), 3)
        total = self.add("CumSum", [inner, self.constant(np.array(0), "first_axis")])
        before = self.add("Unsqueeze", [self.add("Sub", [total, inner]), self.integers(1)])
        inside = self.add("Sub", [self.add("Gather", [total, "to"]), before])
        share = 1 / np.arange(1, WIDEST + 1, dtype=np.float32)
        inside = self.add("Mul", [inside, self.constant(share[None, :, None], "shares")])
        both = self.add("Add", [self.add("Unsqueeze", [starts, self.integers(1)]), self.add("Gather", [ends, "to"])])
        both = self.add("Add", [both, inside])
        both = self.add("Add", [both, self.constant(w["spans.width.weight"], "spans.width")])
        weight, bias = w["spans.types.weight"], w["spans.types.bias"]
        return self.product((self.add("Relu", [both]), "", ""), weight, bias, "spans.types")


def build(w: Weights, shape: dict[str, Any], precision: str = "int8") -> onnx.ModelProto:
    """Inputs: numbers (n, 4) of :mod:`citeweave.extract.lexicon`, features (n, 4), same (n), to (n, width).

    Outputs: words (n, WORD), scores (n, width, types). ``same`` has one number for each word of the text, wherever
    it stands; ``to[i, k]`` is the last unit of the span of k + 1 units from unit i, kept within the text.
    """
    g = _Graph(precision)
    x = ""
    for i in range(8):
        source = "numbers" if i < 4 else "features"
        column = g.add("Gather", [source, g.constant(np.array(i % 4), f"column{i % 4}")], axis=1)
        row = g.table(w[f"tables.{i}.weight"], column, f"tables.{i}")
        x = g.add("Add", [x, row]) if x else row
    x = g.norm(x, w, "norm", _EPSILON)
    for i, distance in enumerate(shape["distances"]):
        if i == shape["echo_after"]:
            x = g.echo(x, w)
        x = g.convolution(x, w, f"layers.{i}", distance, shape["hidden"])
    if shape.get("attention"):
        x = g.attention(x, w, shape["attention"])
    x = g.norm(g.dense(x, w, "out"), w, "out_norm", _EPSILON)
    words = g.add("Gelu", [x], domain="com.microsoft")
    g.nodes.append(helper.make_node("Identity", [words], ["words"]))
    g.nodes.append(helper.make_node("Identity", [g.spans(words, w)], ["scores"]))
    integer, real = TensorProto.INT64, TensorProto.FLOAT
    inputs = [("numbers", ["n", 4]), ("features", ["n", 4]), ("same", ["n"]), ("to", ["n", WIDEST])]
    made = helper.make_graph(
        g.nodes,
        "citeweave-fast",
        [helper.make_tensor_value_info(name, integer, size) for name, size in inputs],
        [
            helper.make_tensor_value_info("words", real, ["n", WORD]),
            helper.make_tensor_value_info("scores", real, ["n", WIDEST, len(ENTITY_TYPES)]),
        ],
        list(g.held.values()),
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(made, opset_imports=opsets, producer_name="citeweave")
    model.ir_version = 9
    return model
