"""From a model's raw probability to one that means what it says, by a stored piecewise linear map.

The map is fitted by isotonic regression on training documents that were held out (stage ``calibrate``
of ``training/``) and stored in ``model.json``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Knots = Sequence[Sequence[float]]


def apply(knots: Knots | None, score: float) -> float:
    """The calibrated score, to four decimals; the raw one where no map is given.

    Args:
        knots: (raw scores, ascending; calibrated scores).
        score: the raw probability.
    """
    value = float(np.interp(score, knots[0], knots[1])) if knots else score
    return round(min(max(value, 0.0), 1.0), 4)
