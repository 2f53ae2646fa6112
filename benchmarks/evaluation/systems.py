"""What is evaluated: citeweave's models, and the baselines that they stand beside; each gives predictions."""

from __future__ import annotations

import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import spacy
from scoring import mention_spans
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from citeweave.extract import links
from citeweave.extract.pipeline import build
from citeweave.model import Mention, PaperEntity

Record = dict[str, Any]


def load(gold: Path, texts: Path | None = None) -> list[Record]:
    """Gold records with their ``text``, which is their own title and abstract or those of a JSON list."""
    known = {t["id"]: t for t in json.loads(texts.read_text("utf-8"))} if texts else {}
    records = [json.loads(line) for line in gold.read_text("utf-8").splitlines() if line.strip()]
    for record in records:
        source = known.get(record["id"], record)
        record["text"] = f"{source['title']}\n{source['abstract']}"
    return records


def from_doc(doc: Doc) -> Record:
    """A processed document in the annotation format, with what else is scored."""
    text = doc.text
    return {
        "entities": [
            {"name": e.name, "type": e.type, "role": e.role, "mentions": list(e.mentions)} for e in doc._.entities
        ],
        "relations": [[r.subject, r.predicate, r.object] for r in doc._.relations],
        "scores": {(m.start, m.end): m.score for m in doc._.mentions},
        "abbreviations": [[a.short, a.long] for a in doc._.abbreviations],
        "citations": [c.text for c in doc._.citations],
        "urls": [text[start:end] for start, end in links.find(text)],
    }


def citeweave(records: list[Record], model: str = "accurate") -> tuple[list[Record], float]:
    """Predictions of one of citeweave's models, and the seconds of processor time that a paper took.

    Raises ValueError or FileNotFoundError where the model is not there.
    """
    nlp = build(model)
    nlp("Warm up\nLoad the weights.")
    began = time.process_time()
    made = [from_doc(doc) for doc in nlp.pipe((r["text"] for r in records), batch_size=32)]
    spent = (time.process_time() - began) / len(records)
    for record, prediction in zip(records, made, strict=True):
        prediction["id"] = record["id"]
    for prediction, given in zip(made, given_entities(records, model), strict=True):
        prediction["given"] = given
    return made, spent


def given_entities(records: list[Record], model: str) -> list[Record]:
    """Roles and relations that a model gives to the true entities instead of its own."""
    nlp = build(model, only=("sentences", "entities", "roles", "relations"))
    made = []
    for record in records:
        doc = nlp.make_doc(record["text"])
        for name, component in nlp.pipeline:
            doc = component(doc)
            if name == "citeweave_entities":
                spans = mention_spans(record["text"], record["entities"])
                doc._.mentions = [
                    Mention(s, e, record["text"][s:e], t, 1.0, "annotated")  # type: ignore[arg-type]
                    for (s, e), t in sorted(spans.items())
                ]
                doc._.entities = [PaperEntity(e["name"], e["type"], tuple(e["mentions"])) for e in record["entities"]]
        made.append(
            {
                "entities": [{"role": e.role} for e in doc._.entities],
                "relations": [[r.subject, r.predicate, r.object] for r in doc._.relations],
            }
        )
    return made


def stored(records: list[Record], path: Path) -> list[Record]:
    """Predictions from a file: the annotation format, or what ``citeweave extract --to jsonl`` writes.

    Raises ValueError where none of the papers are in the file.
    """
    with path.open(encoding="utf-8") as lines:
        held = {r["id"]: r for r in map(json.loads, filter(str.strip, lines))}
    if not any(r["id"] in held for r in records):
        raise ValueError(f"{path}: none of the annotated papers' ids is in it")
    made = []
    for record in records:
        prediction = dict(held.get(record["id"], {"entities": []}))
        prediction["scores"] = {(m["start"], m["end"]): m["score"] for m in prediction.get("mentions", ())}
        if prediction.get("relations") and isinstance(prediction["relations"][0], dict):
            prediction["relations"] = [[r["subject"], r["predicate"], r["object"]] for r in prediction["relations"]]
        if prediction.get("citations") and isinstance(prediction["citations"][0], dict):
            prediction["citations"] = [c["text"] for c in prediction["citations"]]
        made.append(prediction)
    return made


def save(predictions: list[Record], path: Path) -> None:
    """Write predictions for ``stored``."""
    kept = ("id", "entities", "relations", "abbreviations", "citations", "urls", "given")
    with path.open("w", encoding="utf-8") as out:
        for made in predictions:
            line = {key: made[key] for key in kept if key in made}
            line["mentions"] = [{"start": s, "end": e, "score": p} for (s, e), p in made.get("scores", {}).items()]
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def known_strings(train: list[Record]) -> Callable[[str], Record]:
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
    return lambda text: _entities((span.text, span.label_) for span in nlp(text).ents)


def noun_chunks(pipeline: str, train: list[Record]) -> Callable[[str], Record]:
    """A baseline: the noun chunks of a spaCy pipeline's parser, without article or possessive, as entities.

    A chunk's type is the most frequent one of its last word in the training annotations, else Concept. Chunks that
    are pronouns, or hold no letter, are left out. Raises OSError where the pipeline is not installed.
    """
    nlp = spacy.load(pipeline, exclude=["ner", "lemmatizer"])
    if "parser" not in nlp.pipe_names:
        raise OSError(f"{pipeline} has no parser, so it knows no noun chunks")
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for record in train:
        for entity in record["entities"]:
            for string in set(entity["mentions"]):
                votes[string.split()[-1].lower()][entity["type"]] += 1
    kinds = {word: counts.most_common(1)[0][0] for word, counts in votes.items()}
    return lambda text: _entities((c, kinds.get(c.split()[-1].lower(), "Concept")) for c in _chunks(nlp, text))


def _chunks(nlp: Language, text: str) -> list[str]:
    made = []
    for chunk in nlp(text).noun_chunks:
        words = list(chunk)
        while words and (words[0].pos_ in ("DET", "PRON", "PUNCT", "SPACE") or words[0].tag_ in ("PRP$", "POS", "CD")):
            words = words[1:]
        if words:
            string = text[words[0].idx : words[-1].idx + len(words[-1])]
            if any(c.isalpha() for c in string) and "\n" not in string:
                made.append(string)
    return made


def _entities(found: Any) -> Record:
    """Strings and types as one entity each."""
    return {"entities": [{"name": s, "type": t, "mentions": [s]} for s, t in dict.fromkeys(found)]}
