"""Stage `coreference`: train the judges of which entities of a text are one thing.

Works on an exported folder, which the environment variable CITEWEAVE_MODEL must name where it is not the package's own,
and writes coreference.npz into it. The pairs are those of the entities that the model itself finds in the annotated
texts: one thing where the annotators have both under one entity.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from benchmarks.evaluation.evaluate import load
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from citeweave.extract.coreference import Judge, compared
from citeweave.extract.pipeline import build
from citeweave.extract.weights import MODEL
from training.corpora import fresh_records
from training.heldout import is_held_out
from training.lessons import annotated_as

Pairs = tuple[NDArray[np.float32], NDArray[np.float32]]
HIDDEN = 24


class Judges(nn.Module):
    """Some networks of one hidden layer, trained side by side from different starts."""

    def __init__(self, features: int, count: int) -> None:
        super().__init__()
        self.hidden = nn.Parameter(torch.randn(count, HIDDEN, features) * features**-0.5)
        self.hidden_bias = nn.Parameter(torch.zeros(count, HIDDEN))
        self.out = nn.Parameter(torch.randn(count, HIDDEN) * HIDDEN**-0.5)
        self.out_bias = nn.Parameter(torch.full((count,), -3.0))
        self.dropout = nn.Dropout(0.2)

    def forward(self, x: Tensor) -> Tensor:
        """Scores (count, pairs)."""
        hidden = torch.relu(torch.einsum("pf,nhf->nph", x, self.hidden) + self.hidden_bias[:, None])
        return torch.einsum("nph,nh->np", self.dropout(hidden), self.out) + self.out_bias[:, None]


def pairs(records: list[dict[str, Any]]) -> Pairs:
    """Features of all candidate pairs, and whether each is one thing."""
    nlp = build(only=("sentences", "entities", "abbreviations", "grouping"))
    rows: list[list[float]] = []
    same: list[bool] = []
    for record, doc in zip(records, nlp.pipe((r["text"] for r in records), batch_size=1), strict=True):
        true = annotated_as(doc._.entities, record["entities"])
        known, told = compared(doc, MODEL)
        rows += [row for _, _, row in told]
        same += [true[known[i]] == true[known[j]] >= 0 for i, j, _ in told]
    return np.array(rows, dtype=np.float32), np.array(same, dtype=np.float32)


def fit(x: NDArray[np.float32], y: NDArray[np.float32], count: int, epochs: int, seed: int) -> dict[str, Any]:
    """The weights of some judges."""
    torch.manual_seed(seed)
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-3
    inputs, targets = torch.from_numpy((x - mean) / spread), torch.from_numpy(y)
    judges = Judges(x.shape[1], count)
    size = min(512, len(x))
    steps = epochs * (len(x) // size)
    optimiser = torch.optim.AdamW(judges.parameters(), lr=6e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=steps + 1)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(size)[: len(x) // size]:
            scores = judges(inputs[rows])
            loss = F.binary_cross_entropy_with_logits(scores, targets[rows].expand_as(scores))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    held = {name.replace("_bias", ".bias"): value.detach().numpy() for name, value in judges.named_parameters()}
    for name in ("hidden", "out"):
        held[f"{name}.weight"] = held.pop(name)
    return {**held, "mean": mean, "spread": spread}


def told(name: str, judge: Judge, of: Pairs) -> None:
    """Print how many pairs are joined rightly at some thresholds."""
    x, y = of
    likely = judge.chances(x.tolist()) if len(x) else np.zeros(0)
    for threshold in (0.3, 0.4, 0.5, 0.6):
        made = likely >= threshold
        print(
            f"  {name} at {threshold}: {int(made.sum())} joined, {int(y[made].sum())} rightly, {int(y.sum())} are one"
        )


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--shared", type=Path, required=True)
    args.add_argument("--held-out", type=float, default=0.06, help="as given to training.train")
    args.add_argument("--fresh", type=Path, nargs="*", default=[], help="annotated texts new to the encoder")
    args.add_argument("--fresh-only", action="store_true", help="leave out the texts that the encoder knows by heart")
    args.add_argument("--judges", type=int, default=5)
    args.add_argument("--epochs", type=int, default=40)
    args.add_argument("--threshold", type=float, default=0.5)
    args.add_argument("--seed", type=int, default=1)
    given = args.parse_args()
    torch.set_num_threads(1)
    records = load(given.shared / "annotations/train.jsonl", None)
    fresh = [r for path in given.fresh for r in fresh_records(given.shared, path)]
    known = [] if given.fresh_only else [r for r in records if not is_held_out(r["id"], given.held_out)]
    x, y = pairs(known + fresh)
    print(f"{len(y)} pairs, {int(y.sum())} of them one thing")
    weights = fit(x, y, given.judges, given.epochs, given.seed)
    path = MODEL / "coreference.npz"
    np.savez(path, threshold=np.array(given.threshold), **{k: v.astype(np.float32) for k, v in weights.items()})
    told("held out", Judge(path), pairs([r for r in records if is_held_out(r["id"], given.held_out)]))


if __name__ == "__main__":
    main()
