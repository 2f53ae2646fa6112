"""Stage `student_export`: checkpoints of the fast model to the shipped files, words.npz and words.txt among them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from training.export import average, options, told, write_about, write_weights
from training.student_graph import build, tables
from training.student_network import WIDEST

VERSIONED = ("encoder.onnx", "heads.npz", "words.npz", "words.txt")


def export(checkpoints: list[Path], vocabulary: Path, out: Path, precision: str = "int8") -> dict[str, Any]:
    """Write the model folder from the mean of some checkpoints; what model.json says."""
    saved = average(checkpoints)
    write_weights(saved, build, out, precision)
    np.savez(out / "words.npz", **tables({k: v.numpy() for k, v in saved["network"].items()}))  # type: ignore[arg-type]
    shutil.copyfile(vocabulary / "words.txt", out / "words.txt")
    return write_about(saved, out, precision, VERSIONED, {"width": WIDEST})


def main() -> None:
    """Command line."""
    given = options(__doc__).parse_args()
    print(told(export(given.checkpoint, given.vocabulary, given.out, given.precision), given.out))


if __name__ == "__main__":
    main()
