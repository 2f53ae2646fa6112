"""Stage `calibrate`: thresholds and confidence maps from the training documents that were held out.

Works on an exported folder, which the environment variable CITEWEAVE_MODEL must name where it is not the
package's own, and writes thresholds and maps into its model.json.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.evaluation.evaluate import from_doc, load
from benchmarks.evaluation.scoring import Scores, add, match, mention_spans
from numpy.typing import NDArray

from citeweave.extract import chances, encoder
from citeweave.extract.decode import decode
from citeweave.extract.pipeline import build
from citeweave.extract.weights import MODEL
from citeweave.model import ENTITY_TYPES
from training.corpora import fresh_records
from training.heldout import is_held_out

Pairs = list[tuple[float, bool]]


def isotonic(points: Pairs, least: int = 40) -> list[list[float]]:
    """Knots of a rising map from raw score to share right: pools of adjacent violators over bins of ``least``."""
    ordered = sorted(points)
    count = max(len(ordered) // least, 1)
    pools: list[list[float]] = []  # raw score, share right, weight
    for part in np.array_split(np.array(ordered, dtype=float), count):
        pools.append([part[:, 0].mean(), part[:, 1].mean(), len(part)])
        while len(pools) > 1 and pools[-2][1] >= pools[-1][1]:
            (a, p, m), (b, q, n) = pools.pop(-2), pools.pop()
            pools.append([(a * m + b * n) / (m + n), (p * m + q * n) / (m + n), m + n])
    xs = [0.0, *(round(p[0], 4) for p in pools), 1.0]
    # A bin of some tens that are all right proves no certainty.
    ys = [0.0, *(round(min(p[1], 0.99), 4) for p in pools), 0.99]
    return [xs, ys]


def smoothed(values: list[float], reach: int = 2) -> list[float]:
    """Each value's mean with its neighbours: a peak that stands alone is chance."""
    padded = np.pad(values, reach, mode="edge")
    return np.convolve(padded, np.ones(2 * reach + 1) / (2 * reach + 1), mode="valid").tolist()


def choose_threshold(records: list[dict[str, Any]]) -> float:
    """The mention threshold of the best typed exact F1."""
    made = chances.read(MODEL, [record["text"] for record in records])
    held = [(record, reading.units, likely) for record, (reading, likely) in zip(records, made, strict=True)]
    tried = [round(t, 2) for t in np.arange(0.24, 0.66, 0.03).tolist()]
    figures = []
    for threshold in tried:
        right = said = true = 0
        for record, cut, spans in held:
            gold = mention_spans(record["text"], record["entities"])
            found = {
                (int(cut.offsets[s.first, 0]), int(cut.offsets[s.end - 1, 1])): ENTITY_TYPES[s.type]
                for s in decode(cut, spans, threshold)
            }
            right += sum(gold.get(k) == v for k, v in found.items())
            said += len(found)
            true += len(gold)
        f1 = 2 * right / max(said + true, 1)
        print(f"  mentions at {threshold:.2f}: F1 {f1:.4f} ({said} made, {true} true)")
        figures.append(f1)
    return tried[int(np.argmax(smoothed(figures)))]


def relation_points(record: dict[str, Any], doc: Any) -> tuple[Pairs, int]:
    """Scores of the predicted relations with whether each is right, and how many are true."""
    made = from_doc(doc)
    names = {
        made["entities"][i]["name"]: record["entities"][k]["name"]
        for i, k in match(record["entities"], made["entities"]).items()
    }
    stated = {tuple(r) for r in record["relations"]}
    points = [(r.score, (names.get(r.subject), r.predicate, names.get(r.object)) in stated) for r in doc._.relations]
    return points, len(stated)


def logistic(points: Pairs, steps: int = 25) -> tuple[float, float]:
    """Offset and slope over a score's logit of the chance that it is right, by Newton's method."""
    scores, right = np.array(points, dtype=float).T
    rows = np.stack([np.ones_like(scores), _logit(scores)], axis=1)
    weights = np.array([0.0, 1.0])
    for _ in range(steps):
        likely = 1 / (1 + np.exp(-rows @ weights))
        bend = (rows * (likely * (1 - likely))[:, None]).T @ rows + 1e-6 * np.eye(2)
        weights += np.linalg.solve(bend, rows.T @ (right - likely))
    return float(weights[0]), float(weights[1])


def _logit(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    held = np.clip(scores, 1e-6, 1 - 1e-6)
    made: NDArray[np.float64] = np.log(held / (1 - held))
    return made


def choose_relation_threshold(points: Pairs, true: int) -> float:
    """The threshold of the best expected F1 of relations, given all predictions with whether each is right.

    Each prediction counts as right by as much as predictions of its score are, on the whole: so the threshold depends
    on two numbers that all predictions settle, and not on the few hits about it.
    """
    offset, slope = logistic(points)
    scores, right = np.array(points, dtype=float).T
    likely = 1 / (1 + np.exp(-offset - slope * _logit(scores)))
    tried = [round(t, 2) for t in np.arange(0.06, 0.7, 0.01).tolist()]
    expected = [2 * likely[scores >= t].sum() / max((scores >= t).sum() + true, 1) for t in tried]
    best = tried[int(np.argmax(expected))]
    f1 = 2 * right[scores >= best].sum() / max((scores >= best).sum() + true, 1)
    print(f"  relations at {best:.2f}: F1 {f1:.4f}, expected {max(expected):.4f}")
    return best


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--shared", type=Path, required=True)
    args.add_argument("--held-out", type=float, default=0.06, help="as given to training.train")
    args.add_argument("--fresh", type=Path, nargs="*", default=[], help="annotated texts that no stage learnt from")
    args.add_argument("--choose", type=Path, nargs="*", default=[], help="such texts for choosing thresholds only")
    given = args.parse_args()
    everything = load(given.shared / "annotations/train.jsonl", None)
    records = [r for r in everything if is_held_out(r["id"], given.held_out)]
    records += [r for path in given.fresh for r in fresh_records(given.shared, path)]
    others = [r for path in given.choose for r in fresh_records(given.shared, path)]
    path = MODEL / "model.json"
    about = json.loads(path.read_text("utf-8"))
    model = encoder.shared(MODEL)
    model.calibration.clear()
    model.threshold = choose_threshold([*records, *others])
    model.relation_threshold = 0.02
    nlp = build()
    scores = Scores()
    for record, doc in zip(records, nlp.pipe(r["text"] for r in records), strict=True):
        add(scores, record["text"], record, from_doc(doc))
    # Relations take part in their entities' scores, so these are calibrated first.
    model.calibration["mention"] = isotonic(scores.confidences)
    relations: Pairs = []
    roles: Pairs = []
    true = 0
    for record, doc in zip(records, nlp.pipe(r["text"] for r in records), strict=True):
        points, count = relation_points(record, doc)
        relations += points
        true += count
        for i, k in match(record["entities"], from_doc(doc)["entities"]).items():
            entity = doc._.entities[i]
            roles.append((entity.role_score, entity.role == record["entities"][k]["role"]))
    more: Pairs = []
    for record, doc in zip(others, nlp.pipe(r["text"] for r in others), strict=True):
        points, count = relation_points(record, doc)
        more += points
        true += count
    about["threshold"] = model.threshold
    about["relation_threshold"] = choose_relation_threshold([*relations, *more], true)
    about["calibration"] = {
        "mention": model.calibration["mention"],
        "role": isotonic(roles),
        "relation": isotonic([p for p in relations if p[0] >= about["relation_threshold"]], 25),
    }
    path.write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", "utf-8")
    chosen = f"threshold {model.threshold}, relations {about['relation_threshold']}"
    print(f"{chosen}, on {len(records) + len(others)} documents")


if __name__ == "__main__":
    main()
