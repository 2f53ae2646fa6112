"""Stage `student_export`: checkpoints of the fast model to encoder.onnx, heads.npz, words.txt, model.json."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from training.export import average
from training.student_graph import build
from training.student_network import WIDEST


def export(checkpoints: list[Path], vocabulary: Path, out: Path, precision: str = "int8") -> dict[str, Any]:
    """Write the model folder from the mean of some checkpoints; what model.json says."""
    saved = average(checkpoints)
    weights = {name: value.numpy() for name, value in saved["network"].items()}
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(build(weights, saved["shape"], precision), str(out / "encoder.onnx"))
    heads = {
        k.removeprefix("entity."): v.astype(np.float16)
        for k, v in weights.items()
        if k.startswith("entity.") and "relation_sci" not in k
    }
    np.savez(out / "heads.npz", **heads)  # type: ignore[arg-type]
    shutil.copyfile(vocabulary / "words.txt", out / "words.txt")
    files = [(out / name).read_bytes() for name in ("encoder.onnx", "heads.npz", "words.txt")]
    about: dict[str, Any] = {
        "version": hashlib.sha256(b"".join(files)).hexdigest()[:8],
        "width": WIDEST,
        "precision": precision,
        "shape": saved["shape"],
        "threshold": 0.4,
        "relation_threshold": 0.5,
        "calibration": {},
    }
    (out / "model.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", "utf-8")
    return about


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--checkpoint", type=Path, nargs="+", required=True, help="one, or several to average")
    args.add_argument("--vocabulary", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--precision", choices=("int8", "float"), default="int8")
    given = args.parse_args()
    about = export(given.checkpoint, given.vocabulary, given.out, given.precision)
    size = sum(p.stat().st_size for p in given.out.iterdir())
    print(f"{about['version']} {size / 1e6:.1f} MB in {given.out}")


if __name__ == "__main__":
    main()
