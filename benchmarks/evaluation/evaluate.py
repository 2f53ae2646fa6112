"""How well the pipeline extracts, on any file in the annotation format, beside baselines.

    python benchmarks/evaluation/evaluate.py GOLD.jsonl [--texts TEXTS.json] [--train TRAIN.jsonl] [--cnn]

Prints, side by side for citeweave's models and the baselines: mentions (exact and overlapping) and paper entities
by type, roles, relations given predicted and given true entities, abbreviations, citations, calibration, each main
figure with the middle 95 % of a bootstrap over the papers. A line of GOLD holds id, entities, relations, and title
and abstract unless TEXTS (a JSON list) has them. --train adds a baseline that knows all strings of those
annotations, --cnn a spaCy CNN recogniser trained on them (minutes), --chunks the noun chunks of a spaCy pipeline.
--predicted scores a file, such as `citeweave extract GOLD.jsonl --to jsonl` or one that --save wrote.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import systems
from diagram import svg
from intervals import FIGURES, calibration_interval, interval, value
from mistakes import sample
from scoring import TYPES, Scores, add, calibration_error, reliability
from systems import from_doc, load

Record = dict[str, Any]
__all__ = ["from_doc", "load"]


class System:
    """One system's predictions on the annotated papers, and their scores paper by paper."""

    def __init__(self, name: str, records: list[Record], predicted: list[Record], seconds: float | None = None) -> None:
        self.name, self.predicted, self.seconds = name, predicted, seconds
        self.papers: list[Scores] = []
        self.scores = Scores()
        for record, made in zip(records, predicted, strict=True):
            paper = Scores()
            add(paper, record["text"], record, made)
            self.papers.append(paper)
            self.scores.count(paper)


def gather(given: argparse.Namespace, records: list[Record]) -> list[System]:
    """All systems asked for; a model that is not there is said to be missing."""
    found = []
    for model in given.model:
        try:
            found.append(System(model, records, *systems.citeweave(records, model)))
        except (ValueError, FileNotFoundError) as error:
            print(f"left out: the model {model} ({error})", file=sys.stderr)
    for part in given.predicted:
        name, _, path = part.rpartition("=")
        found.append(System(name or Path(path).stem, records, systems.stored(records, Path(path))))
    if given.train:
        train = load(given.train)
        baselines = {"known strings": systems.known_strings(train)}
        if given.chunks:
            baselines["noun chunks"] = systems.noun_chunks(given.chunks, train)
        if given.cnn:
            baselines["spaCy CNN"] = systems.cnn(train)
        for name, predict in baselines.items():
            made = [{"id": r["id"], **predict(r["text"])} for r in records]
            found.append(System(name, records, made))
    return found


def main_figures(columns: list[System]) -> Iterator[tuple[str, list[tuple[float, float, float] | None]]]:
    """Each main figure that any system has: for each system the figure and its interval, or None."""
    for name, pick in FIGURES.items():
        figures: list[tuple[float, float, float] | None] = []
        for system in columns:
            here = value(name, pick(system.scores))
            figures.append(None if here is None else (here, *interval(name, system.papers)))
        if any(figures):
            yield name, figures


def table(columns: list[System]) -> None:
    """The main figures side by side, then the figures by type."""
    wide = 23
    print(f"\n{'F1 (95 % by papers)':<30}" + "".join(f"{s.name:<{wide}}" for s in columns))
    for name, figures in main_figures(columns):
        cells = ["-" if f is None else "{:.3f} [{:.3f} {:.3f}]".format(*f) for f in figures]
        print(f"{name:<30}" + "".join(f"{cell:<{wide}}" for cell in cells))
    print(f"{'calibration error':<30}" + "".join(f"{_calibration(s):<{wide}}" for s in columns))
    print(f"{'processor seconds a paper':<30}" + "".join(f"{_seconds(s):<{wide}}" for s in columns))
    print(f"\n{'precision and recall':<30}" + "".join(f"{s.name:<{wide}}" for s in columns))
    for name, pick in FIGURES.items():
        pairs = [pick(s.scores) for s in columns]
        if not name.startswith("role") and any(t.predicted for t in pairs):
            cells = [f"{t.figures()[0]:.3f}  {t.figures()[1]:.3f}" if t.predicted else "-" for t in pairs]
            print(f"{name:<30}" + "".join(f"{cell:<{wide}}" for cell in cells))
    print(f"\n{'exact, overlap, paper F1':<30}" + "".join(f"{s.name:<{wide}}" for s in columns))
    for kind in TYPES:
        rows = [(s.scores.exact[kind], s.scores.overlap[kind], s.scores.papers[kind]) for s in columns]
        print(
            f"{kind + f' ({rows[0][0].true} true)':<30}"
            + "".join(f"{'  '.join(f'{t.f1:.3f}' for t in row):<{wide}}" for row in rows)
        )


def relations(columns: list[System]) -> None:
    """Relations by type: F1 given predicted entities, and given the true ones."""
    told = [s for s in columns if any(t.predicted for t in s.scores.relations.values())]
    if not told:
        return
    print(f"\n{'relations: F1, given true ones':<32}" + "".join(f"{s.name:<32}" for s in told))
    kinds = sorted(told[0].scores.relations, key=lambda k: (-told[0].scores.relations[k].true, k))
    for kind in kinds:
        cells = []
        for system in told:
            one, two = (d.get(kind) for d in (system.scores.relations, system.scores.given_relations))
            counts = f" (said {one.predicted})" if one else ""
            cells.append(f"{one.f1 if one else 0:.3f}  {f'{two.f1:.3f}' if two else '-'}{counts}")
        print(f"{kind + f' ({told[0].scores.relations[kind].true} true)':<32}" + "".join(f"{c:<32}" for c in cells))


def calibration(system: System) -> None:
    """The reliability diagram in letters, and the most frequent confusions of roles."""
    scores = system.scores
    if scores.role_confusions:
        confused = (f"{a}>{b} {n}" for (a, b), n in sorted(scores.role_confusions.items(), key=lambda x: (-x[1], x[0])))
        print(f"\n{system.name}: roles confused (true>said)", *list(confused)[:8])
    if scores.confidences:
        print(f"\n{system.name}: expected calibration error {calibration_error(scores.confidences):.3f}")
        for confidence, right, count in reliability(scores.confidences):
            print(f"  said {confidence:.2f}  right {right:.2f}  {'#' * round(40 * right):<40} {count}")
        sure = [right for confidence, right in scores.confidences if confidence >= 0.8]
        print(f"  of {len(sure)} with a score of 0.8 or more, {sum(sure) / max(len(sure), 1):.2f} are right")


def _calibration(system: System) -> str:
    if not system.scores.confidences:
        return "-"
    low, high = calibration_interval(system.papers)
    return f"{calibration_error(system.scores.confidences):.3f} [{low:.3f} {high:.3f}]"


def _seconds(system: System) -> str:
    return "-" if system.seconds is None else f"{system.seconds:.3f}"


def markdown(columns: list[System]) -> None:
    """The main figures as a Markdown table, for the README and the model card."""
    print("| what | " + " | ".join(s.name for s in columns) + " |\n|---" + "|---" * len(columns) + "|")
    for name, figures in main_figures(columns):
        cells = ["" if f is None else "{:.3f} ({:.3f} to {:.3f})".format(*f) for f in figures]
        print(f"| {name} | " + " | ".join(cells) + " |")
    print("| expected calibration error | " + " | ".join(_calibration(s).strip("-") for s in columns) + " |")


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("gold", type=Path)
    args.add_argument("--texts", type=Path)
    args.add_argument("--model", nargs="*", default=["accurate", "fast"], help="which of citeweave's models")
    args.add_argument("--train", type=Path, help="annotations (with title and abstract) for the baselines")
    args.add_argument("--cnn", action="store_true", help="also train and score spaCy's CNN recogniser")
    args.add_argument("--chunks", metavar="PIPELINE", help="also score the noun chunks of this spaCy pipeline")
    args.add_argument("--predicted", action="append", default=[], metavar="NAME=FILE", help="also score this file")
    args.add_argument("--save", type=Path, metavar="DIR", help="write all predictions, for --predicted")
    args.add_argument("--diagram", type=Path, metavar="FILE.svg", help="write a reliability diagram")
    args.add_argument("--errors", type=int, default=0, metavar="N", help="show N mistakes of each kind")
    args.add_argument("--markdown", action="store_true", help="print the main figures as a Markdown table only")
    given = args.parse_args()
    records = load(given.gold, given.texts)
    try:
        columns = gather(given, records)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    if not columns:
        sys.exit("nothing to evaluate")
    if given.markdown:
        markdown(columns)
    else:
        print(f"{len(records)} papers")
        table(columns)
        relations(columns)
        for system in columns:
            calibration(system)
    if given.diagram:
        points = {s.name: s.scores.confidences for s in columns if s.scores.confidences}
        given.diagram.write_text(svg(points), "utf-8")
    if given.save:
        given.save.mkdir(parents=True, exist_ok=True)
        for system in columns:
            systems.save(system.predicted, given.save / f"{system.name.replace(' ', '-')}.jsonl")
    if given.errors:
        for system in columns[:1]:
            print(f"\nmistakes of {system.name}")
            print("\n".join(sample(records, system.predicted, given.errors)))


if __name__ == "__main__":
    main()
