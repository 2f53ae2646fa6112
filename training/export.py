"""Stage `export`: a checkpoint to the shipped files encoder.onnx, heads.npz, tokenizer.json, model.json."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor

from citeweave.extract.units import FEATURE_SIZES
from training.corpora import MAX_WIDTH
from training.graph import build


def average(checkpoints: list[Path]) -> dict[str, Any]:
    """One checkpoint, or the mean of several (a model soup, Wortsman et al. 2022), each weight over what has it."""
    saved = [torch.load(path, weights_only=True, map_location="cpu") for path in checkpoints]
    held: dict[str, list[Tensor]] = {}
    for s in saved:
        for name, value in s["network"].items():
            held.setdefault(name, []).append(value.float())
    mean = {name: torch.stack(values).mean(0) for name, values in held.items()}
    return {"network": mean, "shape": saved[0]["shape"]}


def export(
    checkpoints: list[Path], vocabulary: Path, out: Path, precision: str = "int8", beside: str | None = None
) -> dict[str, Any]:
    """Write the model folder from the mean of some checkpoints; what model.json says.

    ``beside`` names another model whose probabilities of spans are averaged with this one's.
    """
    saved = average(checkpoints)
    relative = saved["shape"]["relative"]
    about: dict[str, Any] = {
        "width": MAX_WIDTH,
        "features": list(FEATURE_SIZES),
        "begin": "<s>" if relative else "[CLS]",
        "end": "</s>" if relative else "[SEP]",
        "unknown": "[UNK]",
    }
    if beside is not None:
        about["beside"] = beside
    write_weights(saved, build, out, precision)
    shutil.copyfile(vocabulary / "tokenizer.json", out / "tokenizer.json")
    return write_about(saved, out, precision, ("encoder.onnx", "heads.npz"), about)


def write_weights(saved: dict[str, Any], build: Callable[..., Any], out: Path, precision: str) -> None:
    """Write encoder.onnx, as ``build`` makes it of weights, shape and precision, and heads.npz."""
    weights = {name: value.numpy() for name, value in saved["network"].items()}
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(build(weights, saved["shape"], precision), str(out / "encoder.onnx"))
    heads_file(weights, out)


ONLY_TRAINED = ("relation_sci", "style")
"""Parts of the names of weights that only training uses."""


def heads_file(weights: dict[str, Any], out: Path) -> None:
    """Write heads.npz, the heads of a network's weights in half precision."""
    heads = {
        k.removeprefix("entity."): v.astype(np.float16)
        for k, v in weights.items()
        if k.startswith("entity.") and not any(part in k for part in ONLY_TRAINED)
    }
    np.savez(out / "heads.npz", **heads)  # type: ignore[arg-type]


def version(out: Path, versioned: Sequence[str]) -> str:
    """A short checksum of some of a folder's files."""
    return hashlib.sha256(b"".join((out / name).read_bytes() for name in versioned)).hexdigest()[:8]


def write_about(
    saved: dict[str, Any], out: Path, precision: str, versioned: Sequence[str], own: dict[str, Any]
) -> dict[str, Any]:
    """Write model.json, not calibrated yet: what all models say, this one's ``own``, a version by some files."""
    about: dict[str, Any] = {
        **own,
        "version": version(out, versioned),
        "precision": precision,
        "shape": saved["shape"],
        "threshold": 0.4,
        "relation_threshold": 0.5,
        "calibration": {},
    }
    (out / "model.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", "utf-8")
    return about


def options(doc: str | None) -> argparse.ArgumentParser:
    """The command line that both exports share."""
    args = argparse.ArgumentParser(description=doc)
    args.add_argument("--checkpoint", type=Path, nargs="+", required=True, help="one, or several to average")
    args.add_argument("--vocabulary", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--precision", choices=("int8", "float"), default="int8")
    return args


def told(about: dict[str, Any], out: Path) -> str:
    """One line on what was written."""
    size = sum(p.stat().st_size for p in out.iterdir())
    return f"{about['version']} {size / 1e6:.1f} MB in {out}"


def main() -> None:
    """Command line."""
    args = options(__doc__)
    args.add_argument("--beside", help="a model whose probabilities of spans are averaged with this one's: fast")
    given = args.parse_args()
    about = export(given.checkpoint, given.vocabulary, given.out, given.precision, given.beside)
    print(told(about, given.out))


if __name__ == "__main__":
    main()
