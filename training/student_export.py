"""Stage `student_export`: checkpoints of the fast model to encoder.onnx, heads.npz, words.txt, model.json."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from training.export import average, options, told, write_about, write_weights
from training.student_graph import build
from training.student_network import WIDEST

VERSIONED = ("encoder.onnx", "heads.npz", "words.txt")


def export(checkpoints: list[Path], vocabulary: Path, out: Path, precision: str = "int8") -> dict[str, Any]:
    """Write the model folder from the mean of some checkpoints; what model.json says."""
    saved = average(checkpoints)
    write_weights(saved, build, out, precision)
    shutil.copyfile(vocabulary / "words.txt", out / "words.txt")
    return write_about(saved, out, precision, VERSIONED, {"width": WIDEST})


def main() -> None:
    """Command line."""
    given = options(__doc__).parse_args()
    print(told(export(given.checkpoint, given.vocabulary, given.out, given.precision), given.out))


if __name__ == "__main__":
    main()
