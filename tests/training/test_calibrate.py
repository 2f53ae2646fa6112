"""How thresholds and confidences are chosen, on scores whose worth is known."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from training.calibrate import choose_relation_threshold, isotonic, logistic


def drawn(offset: float, slope: float, count: int = 20_000) -> list[tuple[float, bool]]:
    draw = np.random.default_rng(2)
    scores = draw.beta(0.5, 1.5, count)
    logits = np.log(scores / (1 - scores))
    right = draw.random(count) < 1 / (1 + np.exp(-offset - slope * logits))
    return list(zip(scores.tolist(), right.tolist(), strict=True))


@pytest.mark.parametrize(("offset", "slope"), [(0.0, 1.0), (-0.6, 0.8), (0.4, 1.5)])
def test_the_chance_of_being_right_is_found_again(offset, slope):
    assert logistic(drawn(offset, slope)) == pytest.approx((offset, slope), abs=0.1)


def test_the_threshold_is_half_of_the_best_f1_where_scores_are_chances():
    points = drawn(0.0, 1.0)
    true = int(1.3 * sum(right for _, right in points))
    chosen = choose_relation_threshold(points, true)

    def f1(threshold: float) -> float:
        kept = [right for score, right in points if score >= threshold]
        return 2 * sum(kept) / (len(kept) + true)

    assert chosen == pytest.approx(f1(chosen) / 2, abs=0.02)
    assert f1(chosen) > max(f1(t / 100) for t in range(5, 70)) - 0.003


def test_the_threshold_does_not_follow_a_few_hits(capsys):
    few = drawn(0.0, 1.0, 400)
    before = choose_relation_threshold(few, 200)
    lucky = [(score, right or 0.30 < score < 0.33) for score, right in few]
    assert choose_relation_threshold(lucky, 200) == pytest.approx(before, abs=0.05)
    assert "expected" in capsys.readouterr().out


def test_confidences_rise_with_scores_and_are_never_certain():
    xs, ys = isotonic(drawn(-0.6, 0.8))
    assert xs == sorted(xs)
    assert ys == sorted(ys)
    assert ys[-1] == 0.99
    assert np.interp(0.5, xs, ys) == pytest.approx(1 / (1 + np.exp(0.6)), abs=0.06)
