"""Where the trained weights are: in the package, one folder a model, or in the folder that CITEWEAVE_MODEL names."""

from __future__ import annotations

import os
from pathlib import Path

_HERE = Path(__file__).parent
_FOLDERS = {"accurate": _HERE / "model", "fast": _HERE / "model_fast"}
MODELS = ("accurate", *(name for name in ("fast",) if (_FOLDERS[name] / "model.json").is_file()))
"""The recogniser's sizes, the default first; another one where its weights are here."""


def folder(model: str = "accurate") -> Path:
    """The folder of a model: encoder.onnx, heads.npz, model.json, and its word pieces or words.

    CITEWEAVE_MODEL, where it is set, stands for every model. Raises ValueError on a model that there is not.
    """
    if model not in MODELS:
        raise ValueError(f"no such model: {model} (there is: {', '.join(MODELS)})")
    return Path(os.environ.get("CITEWEAVE_MODEL") or _FOLDERS[model])


MODEL = Path(os.environ.get("CITEWEAVE_MODEL") or _FOLDERS["accurate"])
"""The default model's folder."""
