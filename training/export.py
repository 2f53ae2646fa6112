"""Stage `export`: a checkpoint to the shipped files encoder.onnx, heads.npz, tokenizer.json, model.json."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from citeweave.extract.units import FEATURE_SIZES
from training.corpora import MAX_WIDTH, Example, ours
from training.encoder import Encoder, Shape
from training.graph import build
from training.network import Network
from training.train import Batcher


@torch.no_grad()
def activation_peaks(network: Network, batcher: Batcher, examples: list[Example]) -> dict[str, NDArray[np.float32]]:
    """The largest absolute input of each column of the encoder's linear layers over some texts."""
    peaks: dict[str, torch.Tensor] = {}

    def watch(name: str) -> Callable[[nn.Module, tuple[torch.Tensor]], None]:
        def hook(_: nn.Module, inputs: tuple[torch.Tensor]) -> None:
            seen = inputs[0].detach().float().abs().flatten(0, -2).amax(0)
            peaks[name] = torch.maximum(peaks.get(name, seen), seen)

        return hook

    hooks = [
        part.register_forward_pre_hook(watch(name))
        for name, part in network.named_modules()
        if isinstance(part, nn.Linear) and name.startswith("encoder.layers.")
    ]
    network.eval()
    for example in examples:
        network.words(batcher.batch([example]))
    for hook in hooks:
        hook.remove()
    return {name: value.numpy() for name, value in peaks.items()}


def average(checkpoints: list[Path]) -> dict[str, Any]:
    """One checkpoint, or the mean of the weights of several (a model soup, Wortsman et al. 2022)."""
    saved = [torch.load(path, weights_only=True, map_location="cpu") for path in checkpoints]
    mean = {k: sum(s["network"][k].float() for s in saved) / len(saved) for k in saved[0]["network"]}
    return {"network": mean, "shape": saved[0]["shape"]}


def export(
    checkpoints: list[Path], vocabulary: Path, out: Path, shared: Path | None, precision: str = "dynamic"
) -> dict[str, Any]:
    """Write the model folder; what model.json says. ``shared`` gives the texts to measure activations on."""
    saved = average(checkpoints)
    weights = {name: value.numpy() for name, value in saved["network"].items()}
    peaks = None
    if shared is not None and precision == "dynamic":
        network = Network(Encoder(Shape(**saved["shape"])))
        network.load_state_dict(saved["network"], strict=False)
        batcher = Batcher(Tokenizer.from_file(str(vocabulary / "tokenizer.json")))
        peaks = activation_peaks(network, batcher, ours(shared, "train")[:24])
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(build(weights, saved["shape"], precision, peaks), str(out / "encoder.onnx"))
    heads = {
        k.removeprefix("entity."): v.astype(np.float16)
        for k, v in weights.items()
        if k.startswith("entity.") and "scierc" not in k
    }
    np.savez(out / "heads.npz", **heads)  # type: ignore[arg-type]
    shutil.copyfile(vocabulary / "tokenizer.json", out / "tokenizer.json")
    relative = saved["shape"]["relative"]
    digest = hashlib.sha256((out / "encoder.onnx").read_bytes() + (out / "heads.npz").read_bytes()).hexdigest()
    about: dict[str, Any] = {
        "version": digest[:8],
        "width": MAX_WIDTH,
        "features": list(FEATURE_SIZES),
        "begin": "<s>" if relative else "[CLS]",
        "end": "</s>" if relative else "[SEP]",
        "unknown": "[UNK]",
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
    args.add_argument("--shared", type=Path, help="folder with annotations/, to measure activations on")
    args.add_argument("--vocabulary", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--precision", choices=("int8", "dynamic", "float"), default="dynamic")
    given = args.parse_args()
    about = export(given.checkpoint, given.vocabulary, given.out, given.shared, given.precision)
    size = sum(p.stat().st_size for p in given.out.iterdir())
    print(f"{about['version']} {size / 1e6:.1f} MB in {given.out}")


if __name__ == "__main__":
    main()
