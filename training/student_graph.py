"""The fast model as one ONNX graph for a single text, without padding.

Linear layers keep their weights in 7 bits by output; a layer's input is quantised once for the whole text, before its
neighbours are put beside each unit. The tables, in 8 bits by row, stay outside: words.npz.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from citeweave.model import ENTITY_TYPES
from training.graph import Builder, Weights, in_steps
from training.student_network import LOOK, SEEN, WIDEST

_EPSILON = 1e-5
_TABLES = 8
_ONE = np.ones(1, dtype=np.float32)
GLU = ("value", "gate")
"""The halves of what a gated convolution makes."""
Quantised = tuple[str, str, str]
"""Codes, scale and zero point; or floats and two empty names."""


class _Graph(Builder):
    """The builder with the student's layers; ``precision`` is int8 or float."""

    @cached_property
    def places(self) -> str:
        """The units' numbers, as a column."""
        first, step = (self.constant(np.array(value), f"number{value}") for value in (0, 1))
        count = self.add("Squeeze", [self.add("Shape", ["same"])])
        return self.add("Unsqueeze", [self.add("Range", [first, count, step]), self.integers(1)])

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
        # Rows are looked up three at a time, which takes half as long as cutting out what stands before and after.
        at = self.add("Add", [self.places, self.integers(0, distance, 2 * distance)])
        window = self.add("Reshape", [self.add("Gather", [padded, at]), self.integers(-1, 3 * size)])
        linear = f"{name}.linear"
        # Two products instead of one that is split: that would copy all of it.
        value, gate = (
            self.product((window, scale, zero), weight, bias, f"{linear}.{part}")
            for part, weight, bias in zip(
                GLU, np.split(w[f"{linear}.weight"], 2), np.split(w[f"{linear}.bias"], 2), strict=True
            )
        )
        gated = self.add("Mul", [value, self.add("Sigmoid", [gate])])
        return self.norm(self.add("Add", [x, gated]), w, f"{name}.norm", _EPSILON)

    def gathered(self, values: str) -> str:
        """For each unit the sum of the values (n, size) of those that are the same word."""
        nothing = self.add("ConstantOfShape", [self.add("Shape", [values])])
        at = self.add("Unsqueeze", ["same", self.integers(1)])
        return self.add("Gather", [self.add("ScatterND", [nothing, at, values], reduction="add"), "same"])

    def echo(self, x: str, w: Weights) -> str:
        """The mean of the same words and of the text, through one layer."""
        each = self.add("ConstantOfShape", [self.add("Shape", ["same"])], value=numpy_helper.from_array(_ONE))
        each = self.add("Unsqueeze", [each, self.integers(1)])
        sums, count = (self.gathered(values) for values in (x, each))
        alike = self.add("Div", [sums, count])
        of_same, of_text = np.split(w["echo.linear.weight"], 2, axis=1)
        made = self.product(self.taken(alike), of_same, w["echo.linear.bias"], "echo.linear.same")
        # A product with ones is several times as fast as a mean.
        of_all, all_ = (self.add("MatMul", [self.add("Transpose", [each]), values]) for values in (x, each))
        text = self.add(
            "MatMul", [self.add("Div", [of_all, all_]), self.constant(of_text.T, "echo.linear.text.weight")]
        )
        made = self.add("Add", [self.add("Add", [x, made]), text])
        return self.norm(made, w, "echo.norm", _EPSILON)

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
        """Scores of all spans, by width, then by unit, so that what is added to all widths lies in one piece."""
        starts, ends, inner = self.split(self.dense(words, w, "spans.ends"), 3)
        total = self.add("CumSum", [inner, self.constant(np.array(0), "first_axis")])
        inside = self.add("Sub", [self.add("Gather", [total, "to"]), self.add("Sub", [total, inner])])
        share = 1 / np.arange(1, WIDEST + 1, dtype=np.float32)
        inside = self.add("Mul", [inside, self.constant(share[:, None, None], "shares")])
        both = self.add("Add", [self.add("Gather", [ends, "to"]), starts])
        both = self.add("Add", [both, inside])
        width = w["spans.width.weight"]
        both = self.add("Relu", [self.add("Add", [both, self.constant(width[:, None], "spans.width")])])
        flat = self.add("Reshape", [both, self.integers(-1, width.shape[1])])
        weight = self.constant(w["spans.types.weight"].T, "spans.types.weight")
        scores = self.add("Gemm", [flat, weight, self.constant(w["spans.types.bias"], "spans.types.bias")])
        return self.add("Reshape", [scores, self.integers(WIDEST, -1, len(ENTITY_TYPES))])


def tables(w: Weights) -> dict[str, NDArray[Any]]:
    """What words.npz holds: all tables in one, in 8 bits by row, and where each begins."""
    held = [w[f"tables.{i}.weight"] for i in range(_TABLES)]
    weight = np.concatenate(held)
    scale = np.maximum(np.abs(weight).max(1) / 127, 1e-12).astype(np.float32)
    codes = np.rint(weight / scale[:, None]).astype(np.int8)
    return {"codes": codes, "scale": scale, "first": np.cumsum([0, *map(len, held[:-1])])}


def build(w: Weights, shape: dict[str, Any], precision: str = "int8") -> onnx.ModelProto:
    """Inputs: vectors (n, hidden) of :mod:`citeweave.extract.word_vectors`, same (n), to (width, n).

    Outputs: words (n, word), scores (width, n, types). ``same`` has one number below n for each word of the
    text, wherever it stands; ``to[k, i]`` is the last unit of the span of k + 1 units from unit i, kept within the
    text.
    """
    g = _Graph(precision)
    x = g.norm("vectors", w, "norm", _EPSILON)
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
    inputs = [("vectors", real, ["n", shape["hidden"]]), ("same", integer, ["n"]), ("to", integer, [WIDEST, "n"])]
    made = helper.make_graph(
        g.nodes,
        "citeweave-fast",
        [helper.make_tensor_value_info(*one) for one in inputs],
        [
            helper.make_tensor_value_info("words", real, ["n", len(w["out.bias"])]),
            helper.make_tensor_value_info("scores", real, [WIDEST, "n", len(ENTITY_TYPES)]),
        ],
        list(g.held.values()),
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(made, opset_imports=opsets, producer_name="citeweave")
    model.ir_version = 9
    return model
