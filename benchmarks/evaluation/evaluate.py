"""How well the pipeline extracts, on any file in the annotation format.

    python benchmarks/evaluation/evaluate.py GOLD.jsonl [--texts TEXTS.json] [--train TRAIN.jsonl] [--cnn]

Prints mentions (exact and overlapping) and paper entities by type, role accuracy, relations given predicted
entities, calibration, speed; with --train also a baseline that knows all strings of those annotations,
with --cnn a spaCy CNN recogniser trained on them (minutes); with --errors N a sample of mistakes.
A line of GOLD holds id, entities, relations, and title and abstract unless TEXTS (a JSON list) has them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc
from spacy.training import Example

sys.path.insert(0, str(Path(__file__).parent))
from scoring import TYPES, Scores, add, calibration_error, mention_spans, reliability

from citeweave.extract.pipeline import build

Record = dict[str, Any]


def load(gold: Path, texts: Path | None) -> list[Record]:
    """Gold records with their ``text``."""
    known = {t["id"]: t for t in json.loads(texts.read_text("utf-8"))} if texts else {}
    records = [json.loads(line) for line in gold.read_text("utf-8").splitlines() if line.strip()]
    for record in records:
        source = known.get(record["id"], record)
        record["text"] = f"{source['title']}\n{source['abstract']}"
    return records


def from_doc(doc: Doc) -> Record:
    """A processed document in the annotation format."""
    return {
        "entities": [
            {"name": e.name, "type": e.type, "role": e.role, "mentions": list(e.mentions)} for e in doc._.entities
        ],
        "relations": [[r.subject, r.predicate, r.object] for r in doc._.relations],
        "scores": {(m.start, m.end): m.score for m in doc._.mentions},
    }


def pipeline(records: list[Record], batch_size: int = 32) -> tuple[list[Record], float]:
    """Predictions of citeweave's pipeline, and papers a second once it is loaded."""
    nlp = build()
    nlp("Warm up\nLoad the weights.")
    began = time.perf_counter()
    made = [from_doc(doc) for doc in nlp.pipe((r["text"] for r in records), batch_size=batch_size)]
    return made, len(records) / (time.perf_counter() - began)


def memory(train: list[Record]) -> Callable[[str], Record]:
    """A baseline that marks every string that the training annotations marked, with its most frequent type."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for record in train:
        for entity in record["entities"]:
            for string in set(entity["mentions"]):
                votes[string][entity["type"]] += 1
    known = [
        {"name": s, "type": c.most_common(1)[0][0], "mentions": [s]} for s, c in sorted(votes.items()) if len(s) > 1
    ]
    return lambda text: {"entities": [e for e in known if e["mentions"][0] in text]}


def cnn(train: list[Record], epochs: int = 15) -> Callable[[str], Record]:
    """A baseline: spaCy's own CNN recogniser, from scratch, on the same annotations."""
    nlp = spacy.blank("en")
    nlp.add_pipe("ner")
    examples = []
    for record in train:
        doc = nlp.make_doc(record["text"])
        spans = (
            doc.char_span(s, e, label=t) for (s, e), t in mention_spans(record["text"], record["entities"]).items()
        )
        held = spacy.util.filter_spans([s for s in spans if s is not None])
        examples.append(Example.from_dict(doc, {"entities": [(s.start_char, s.end_char, s.label_) for s in held]}))
    spacy.util.fix_random_seed(1)
    optimizer = nlp.initialize(lambda: examples)
    rng = random.Random(1)
    for _ in range(epochs):
        rng.shuffle(examples)
        for batch in spacy.util.minibatch(examples, 16):
            nlp.update(batch, sgd=optimizer, drop=0.2)

    def predict(text: str) -> Record:
        held: defaultdict[tuple[str, str], None] = defaultdict(None)
        for span in nlp(text).ents:
            held[span.text, span.label_] = None
        return {"entities": [{"name": s, "type": t, "mentions": [s]} for s, t in held]}

    return predict


def score(records: list[Record], predicted: list[Record]) -> Scores:
    """Counts over all papers."""
    scores = Scores()
    for record, made in zip(records, predicted, strict=True):
        add(scores, record["text"], record, made)
    return scores


def report(name: str, scores: Scores) -> None:
    """Print one system's figures."""
    row = "{:<26} {:.3f}  {:.3f}  {:.3f}".format
    print(f"\n{name}\n{'':<26} P      R      F1")
    print(row("mentions exact untyped", *scores.untyped.figures()))
    print(row("mentions exact typed", *scores.all(scores.exact.values()).figures()))
    print(row("mentions overlap typed", *scores.all(scores.overlap.values()).figures()))
    print(row("paper entities untyped", *scores.papers_untyped.figures()))
    print(row("paper entities typed", *scores.all(scores.papers.values()).figures()))
    print(f"{'by type (F1)':<26} exact  overlap  paper  true")
    for kind in TYPES:
        exact = scores.exact[kind]
        print(
            f"  {kind:<24} {exact.f1:.3f}  {scores.overlap[kind].f1:.3f}    {scores.papers[kind].f1:.3f}  {exact.true}"
        )
    if scores.roles.predicted:
        roles = scores.roles
        print(f"role accuracy              {roles.right / roles.predicted:.3f} of {roles.predicted} shared entities")
        print("  confused (true, said):  ", *(f"{a}>{b} {n}" for (a, b), n in scores.role_confusions.most_common(6)))
    if any(t.predicted for t in scores.relations.values()):
        print(row("relations (pred. entities)", *scores.all(scores.relations.values()).figures()))
        for predicate, tally in sorted(scores.relations.items(), key=lambda x: -x[1].true):
            print(f"  {predicate:<24} {tally.f1:.3f}  true {tally.true} said {tally.predicted}")
    if scores.confidences:
        print(f"expected calibration error {calibration_error(scores.confidences):.3f}")
        for confidence, right, count in reliability(scores.confidences):
            print(f"  said {confidence:.2f}  right {right:.2f}  {'#' * round(40 * right):<40} {count}")
        sure = [right for confidence, right in scores.confidences if confidence >= 0.8]
        print(f"  of {len(sure)} with a score of 0.8 or more, {sum(sure) / max(len(sure), 1):.2f} are right")


def errors(records: list[Record], predicted: list[Record], count: int) -> None:
    """Print some mistakes: what was true and not said, what was said and not true."""
    made = []
    for record, prediction in zip(records, predicted, strict=True):
        true = mention_spans(record["text"], record["entities"])
        said = mention_spans(record["text"], prediction["entities"])
        wrong = [span for span in sorted(set(true) | set(said)) if true.get(span) != said.get(span)]
        made += [(record["id"], record["text"][slice(*s)], true.get(s), said.get(s)) for s in wrong]
    print("\nsome mistakes (paper, words, true, said)")
    for row in random.Random(1).sample(made, min(count, len(made))):
        print(" ", *row, sep="  ")


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("gold", type=Path)
    args.add_argument("--texts", type=Path)
    args.add_argument("--train", type=Path, help="annotations (with title and abstract) for the baselines")
    args.add_argument("--cnn", action="store_true", help="also train and score spaCy's CNN recogniser")
    args.add_argument("--errors", type=int, default=0)
    given = args.parse_args()
    records = load(given.gold, given.texts)
    predicted, speed = pipeline(records)
    print(f"{len(records)} papers, {speed:.1f} a second")
    report("citeweave", score(records, predicted))
    if given.train:
        train = load(given.train, None)
        known = memory(train)
        report("baseline: strings of the training annotations", score(records, [known(r["text"]) for r in records]))
        if given.cnn:
            learnt = cnn(train)
            report("baseline: spaCy CNN, same annotations", score(records, [learnt(r["text"]) for r in records]))
    if given.errors:
        errors(records, predicted, given.errors)


if __name__ == "__main__":
    main()
