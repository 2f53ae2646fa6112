"""Two or more training processes that average their weights now and then (local SGD, Stich 2019).

On a shared machine with few cores this wastes less than splitting each matrix product between threads, since
the processes wait for each other only at the meetings. Files in a folder are all the communication.
"""

from __future__ import annotations

import time
from pathlib import Path

import torch
from torch import nn


class Meeting:
    """Averages the weights of ``size`` processes whenever each has called :meth:`average` once more."""

    def __init__(self, folder: Path, rank: int, size: int, patience: float = 900.0) -> None:
        self.folder, self.rank, self.size, self.patience = folder, rank, size, patience
        self.round = 0
        folder.mkdir(parents=True, exist_ok=True)

    def _path(self, rank: int, number: int) -> Path:
        return self.folder / f"{number}.{rank}.pt"

    @torch.no_grad()
    def average(self, network: nn.Module) -> None:
        """Replace the weights by the mean over the processes; go on alone after ``patience`` seconds."""
        if self.size == 1:
            return
        own = [p for p in network.parameters() if p.requires_grad]
        flat = torch.cat([p.flatten() for p in own])
        target = self._path(self.rank, self.round)
        torch.save(flat, target.with_suffix(".part"))
        target.with_suffix(".part").rename(target)
        total, count, began = flat, 1, time.time()
        for rank in range(self.size):
            path = self._path(rank, self.round)
            while rank != self.rank and not path.exists() and time.time() - began < self.patience:
                time.sleep(0.2)
            if rank != self.rank and path.exists():
                total = total + torch.load(path, weights_only=True)
                count += 1
        at = 0
        for p in own:
            p.copy_((total[at : at + p.numel()] / count).view_as(p))
            at += p.numel()
        self._path(self.rank, self.round - 2).unlink(missing_ok=True)
        self.round += 1
