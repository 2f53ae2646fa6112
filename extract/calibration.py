"""From a model's raw probability to one that means what it says, by a stored piecewise linear map.

The map is fitted by isotonic regression on training documents that were held out (stage ``calibrate``
of ``training/``) and stored in ``model.json``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

Knots = Sequence[Sequence[float]]


def apply(knots: Knots | None, score: float) -> float:
    """The calibrated score, to four decimals; the raw one where no map is given.

    Args:
        knots: (raw scores, ascending; calibrated scores).
        score: the raw probability.
    """
    value = _interpolated(knots[0], knots[1], score) if knots else score
    return round(min(max(value, 0.0), 1.0), 4)


def _interpolated(raw: Sequence[float], calibrated: Sequence[float], score: float) -> float:
    """As ``numpy.interp``, which takes twenty times as long for one number."""
    if score >= raw[-1]:
        return calibrated[-1]
    at = bisect_right(raw, score)
    if at == 0:
        return calibrated[0]
    slope = (calibrated[at] - calibrated[at - 1]) / (raw[at] - raw[at - 1])
    return slope * (score - raw[at - 1]) + calibrated[at - 1]
