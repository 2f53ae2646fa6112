"""A still layout, computed once: force-directed placement of a few hundred to many thousand nodes in a disc.

Fruchterman and Reingold's forces (1991) in numpy. Above :data:`EXACT` nodes, repulsion is estimated from a
random sample with a fixed seed, which keeps the work linear in the number of nodes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
EXACT = 700
SAMPLE = 96
_GOLDEN = np.pi * (3 - 5**0.5)


def sunflower(count: int) -> Points:
    """Evenly filled unit disc: seeds of a sunflower head, the first in the middle."""
    i = np.arange(count, dtype=np.float64)
    r = np.sqrt((i + 0.5) / max(count, 1))
    return np.stack([r * np.cos(i * _GOLDEN), r * np.sin(i * _GOLDEN)], axis=1)


def in_disc(sizes: Points, ends: npt.NDArray[np.int64], weights: Points, pad: float = 9.0) -> tuple[Points, float]:
    """Positions around the origin and the radius of the disc they fill.

    Args:
        sizes: radius of each node.
        ends: one row a link, the indices of its two nodes.
        weights: how strongly each link pulls.
        pad: free space around a node.
    """
    count = len(sizes)
    radius = float(np.sqrt(np.sum((sizes + pad) ** 2) / 0.62)) if count else 0.0
    if count == 1:
        return np.zeros((1, 2)), radius
    at = _relax(count, ends, weights)
    return _separate(_fill(at) * radius, sizes + pad * 0.5, radius), radius


def _relax(count: int, ends: npt.NDArray[np.int64], weights: Points) -> Points:
    random = np.random.default_rng(count)
    at = sunflower(count)[random.permutation(count)] * np.sqrt(count)
    rounds = 220 if count <= EXACT else 90
    pull = weights / max(float(weights.mean()), 1e-9) if len(weights) else weights
    for step in range(rounds):
        heat = 0.12 * np.sqrt(count) * (1 - step / rounds) + 0.01
        others = at if count <= EXACT else at[random.integers(0, count, SAMPLE)]
        away = at[:, None, :] - others[None, :, :]
        square = np.einsum("ijk,ijk->ij", away, away) + 0.01
        force = np.einsum("ijk,ij->ik", away, 1.0 / square) * (count / len(others))
        if len(ends):
            along = at[ends[:, 1]] - at[ends[:, 0]]
            stretch = along * (np.sqrt(np.einsum("ij,ij->i", along, along)) * pull)[:, None] * 0.6
            for axis in (0, 1):
                force[:, axis] += np.bincount(ends[:, 0], stretch[:, axis], count)
                force[:, axis] -= np.bincount(ends[:, 1], stretch[:, axis], count)
        force -= at * 0.25
        length = np.sqrt(np.einsum("ij,ij->i", force, force)) + 1e-9
        at = at + force * (np.minimum(length, heat) / length)[:, None]
    centred: Points = at - at.mean(axis=0)
    return centred


def _fill(at: Points) -> Points:
    """Stretch the distances from the middle so that the unit disc is evenly filled, directions kept."""
    distance = np.hypot(at[:, 0], at[:, 1])
    order = np.argsort(distance, kind="stable")
    wanted = np.empty(len(at))
    wanted[order] = np.sqrt((np.arange(len(at)) + 0.5) / len(at))
    blend = 0.75 * wanted + 0.25 * distance / max(float(distance.max()), 1e-9)
    return at * (blend / np.maximum(distance, 1e-9))[:, None]


def _separate(at: Points, sizes: Points, radius: float) -> Points:
    """Push overlapping nodes apart, keeping all of them in the disc."""
    if len(at) > 3 * EXACT:
        return at  # drawn only in part, and at a scale where overlaps do not show
    limit = np.maximum(radius - sizes, 0.0)
    need = sizes[:, None] + sizes[None, :]
    np.fill_diagonal(need, 0.0)
    for _ in range(60 if len(at) <= EXACT else 12):
        away = at[:, None, :] - at[None, :, :]
        distance = np.sqrt(np.einsum("ijk,ijk->ij", away, away)) + 1e-6
        overlap = np.maximum(need - distance, 0.0)
        if not overlap.any():
            break
        at = at + np.einsum("ijk,ij->ik", away, overlap / distance) * 0.35
        far = np.hypot(at[:, 0], at[:, 1])
        at = at * np.minimum(1.0, limit / np.maximum(far, 1e-9))[:, None]
    return at
