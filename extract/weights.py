"""Where the trained weights are: in the package, or in the folder that CITEWEAVE_MODEL names."""

from __future__ import annotations

import json
import os
from pathlib import Path

_HERE = Path(__file__).parent
_FOLDERS = {"accurate": _HERE / "model", "fast": _HERE / "model_fast"}
MODELS = tuple(_FOLDERS)
"""The recogniser's sizes, the default first."""


def folder(model: str = "accurate") -> Path:
    """The folder of a model: encoder.onnx, heads.npz, model.json, and its word pieces, or its words and their tables.

    CITEWEAVE_MODEL, where it is set, stands for every model. Raises ValueError on a model that there is not.
    """
    if model not in MODELS:
        raise ValueError(f"no such model: {model}; there are: {', '.join(MODELS)}")
    return Path(os.environ.get("CITEWEAVE_MODEL") or _FOLDERS[model])


def involved(model: str = "accurate") -> list[Path]:
    """The folders of all weights that take part when a model reads: its own, and that of the model beside it."""
    own = folder(model)
    about = own / "model.json"
    beside = json.loads(about.read_text("utf-8")).get("beside") if about.is_file() else None
    return [own, folder(beside)] if beside else [own]


MODEL = folder()
"""The default model's folder."""
