import numpy as np
import pytest

from citeweave.extract import calibration


@pytest.mark.parametrize(("raw", "expected"), [(0.0, 0.0), (0.5, 0.3), (0.75, 0.6), (1.0, 0.9), (2.0, 0.9)])
def test_the_map_is_linear_between_its_knots(raw, expected):
    assert calibration.apply([[0.0, 0.5, 1.0], [0.0, 0.3, 0.9]], raw) == pytest.approx(expected)


def test_without_a_map_the_score_stays_and_is_rounded():
    assert calibration.apply(None, 0.123456) == 0.1235
    assert calibration.apply(None, 1.5) == 1.0


def test_it_is_linear_between_the_knots():
    knots = [[0.0, 0.3, 0.30001, 0.9], [0.1, 0.2, 0.6, 0.85]]
    for score in np.linspace(-0.1, 1.1, 97).tolist():
        assert calibration.apply(knots, score) == pytest.approx(np.interp(score, *knots), abs=1e-4)
