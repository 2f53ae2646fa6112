"""Stage `restore`: a checkpoint out of an exported model, so that training can go on where the checkpoints are gone.

The inverse of `training.graph` and `training.student_graph`: what was quantised comes back as its codes stand for, so
exporting the checkpoint again gives the same encoder. Heads of auxiliary corpora are not shipped and begin anew.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from training.encoder import Encoder, Shape, relative_buckets
from training.network import Network
from training.student_graph import GLU
from training.student_network import Student, StudentShape

OTHERWISE = {"encoder.pieces.weight": "pieces", "encoder.positions.weight": "positions"}
"""Weights that the graph holds under another name than the network's."""
UPRIGHT = ("pieces", "spans.width")
"""Tables, whose rows the graph looks up; the weights of its products stand transposed."""
PARTS = (*((f"linear.{part}", 0) for part in GLU), ("linear.same", 1), ("linear.text", 1))
"""Parts that the student's graph cuts a layer into, and along which axis of the network's weight."""


def restored(model: Path) -> Network | Student:
    """The network that an exported model was made of, up to its rounding."""
    network = _blank(json.loads((model / "model.json").read_text("utf-8"))["shape"])
    held = {v.name: numpy_helper.to_array(v) for v in onnx.load(str(model / "encoder.onnx")).graph.initializer}
    with np.load(model / "heads.npz") as heads:
        state = {f"entity.{name}": torch.from_numpy(heads[name].astype(np.float32)) for name in heads.files}
    for name, initial in network.state_dict().items():
        if name == "encoder.relative.weight":
            state[name] = _by_bucket(held["relative"][:, 0, :-1])
        elif not name.startswith("entity.") and (value := _weight(held, name)) is not None:
            state[name] = torch.from_numpy(value).reshape(initial.shape)
    network.load_state_dict(state, strict=False)
    if isinstance(network, Student):
        _join(network, held, model / "words.npz")
    return network


def _join(student: Student, held: dict[str, np.ndarray], words: Path) -> None:
    """Fill in what is not held as the network has it: all tables in one, layers in parts."""
    with torch.no_grad(), np.load(words) as stored:
        tables = torch.from_numpy(stored["codes"].astype(np.float32) * stored["scale"][:, None])
        for table, rows in zip(student.tables, tables.split([len(t.weight) for t in student.tables]), strict=True):
            table.weight.copy_(rows)
        for name, parameter in student.named_parameters():
            layer, _, kind = name.rpartition(".")
            if layer.endswith("linear"):
                parts = [
                    (torch.from_numpy(value).reshape(len(value), -1), axis)
                    for part, axis in PARTS
                    if (value := _weight(held, f"{layer.removesuffix('linear')}{part}.{kind}")) is not None
                ]
                if parts:
                    joined = torch.cat([value for value, _ in parts], parts[0][1])
                    parameter.copy_(joined.reshape(parameter.shape))


def _blank(shape: dict[str, Any]) -> Network | Student:
    """An untrained network of a shape, the fast model's if it counts words."""
    if "words" in shape:
        return Student(StudentShape(**shape | {"distances": tuple(shape["distances"])}))
    return Network(Encoder(Shape(**shape)))


def _weight(held: dict[str, np.ndarray], name: str) -> np.ndarray | None:
    """A weight from the graph's initialisers: as it is, quantised, transposed or as a table."""
    part = OTHERWISE.get(name, name.removesuffix(".weight"))
    if f"{part}.codes" in held:
        value = held[f"{part}.codes"].astype(np.float32) * held[f"{part}.scale"]
    elif name in held:
        value = held[name]
    elif part in held:  # a table under its own name
        return np.array(held[part])
    else:
        return None
    return np.array(value if value.ndim < 2 or part.startswith(UPRIGHT) else value.T)


def _by_bucket(by_distance: np.ndarray) -> Tensor:
    """The table of relative positions (32, heads) from the one by distance (heads, 2 * positions - 1)."""
    buckets = relative_buckets((by_distance.shape[1] + 1) // 2)
    order = torch.cat([buckets[1:, 0].flip(0), buckets[0]])
    table = torch.zeros(32, len(by_distance))
    table[order] = torch.from_numpy(np.array(by_distance.T))
    return table


def save(network: Network | Student, out: Path) -> None:
    """Write last.pt in a folder."""
    out.mkdir(parents=True, exist_ok=True)
    shape = network.shape if isinstance(network, Student) else network.encoder.shape
    torch.save({"network": network.state_dict(), "shape": vars(shape)}, out / "last.pt")


def restore(model: Path, out: Path) -> None:
    """Write last.pt, and beside it the words or the tokenizer, which training wants as its vocabulary."""
    save(restored(model), out)
    for name in ("tokenizer.json", "words.txt"):
        if (model / name).exists():
            shutil.copyfile(model / name, out / name)


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--model", type=Path, required=True, help="exported folder, such as extract/model or model_fast")
    args.add_argument("--out", type=Path, required=True, help="folder for last.pt and tokenizer.json or words.txt")
    given = args.parse_args()
    restore(given.model, given.out)


if __name__ == "__main__":
    main()
