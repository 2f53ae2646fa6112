"""Stage `pair_export`: checkpoints of the pair reader to encoder.onnx, heads.npz, tokenizer.json, model.json.

The folder goes into that of the accurate model, as ``pairs``; ``--share`` is the weight of what it says of roles and
relations beside the recogniser's own view.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from citeweave.extract.marks import MARKED_SIZES
from training.export import average, options, signs, told, write_about, write_weights
from training.graph import build


def export(
    checkpoints: list[Path], vocabulary: Path, out: Path, precision: str = "int8", share: float = 0.5
) -> dict[str, Any]:
    """Write the pair reader's folder from the mean of some checkpoints; what model.json says."""
    saved = average(checkpoints)
    write_weights(saved, build, out, precision)
    shutil.copyfile(vocabulary / "tokenizer.json", out / "tokenizer.json")
    about = {"width": 0, "features": list(MARKED_SIZES), "share": share, **signs(saved["shape"])}
    return write_about(saved, out, precision, ("encoder.onnx", "heads.npz"), about)


def main() -> None:
    """Command line."""
    args = options(__doc__)
    args.add_argument("--share", type=float, default=0.5)
    given = args.parse_args()
    about = export(given.checkpoint, given.vocabulary, given.out, given.precision, given.share)
    print(told(about, given.out))


if __name__ == "__main__":
    main()
