"""Where the trained weights are: in the package, or in the folder that CITEWEAVE_MODEL names."""

from __future__ import annotations

import os
from pathlib import Path

MODEL = Path(os.environ.get("CITEWEAVE_MODEL") or Path(__file__).parent / "model")
"""Holds encoder.onnx, heads.npz, tokenizer.json and model.json, as ``training/export.py`` writes them."""
