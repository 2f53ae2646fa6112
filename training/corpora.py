"""The corpora as one kind of example: units with typed spans, and for our own also entities and relations."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citeweave.extract.forms import normal_form
from citeweave.extract.occurrences import occurrences
from citeweave.extract.units import Units, units
from citeweave.model import ENTITY_TYPES, RELATION_TYPES, ROLES

LABELS: dict[str, tuple[str, ...]] = {
    "ours": ENTITY_TYPES,
    "scierc": ("Task", "Method", "Metric", "Material", "OtherScientificTerm", "Generic"),
    "scier": ("Dataset", "Method", "Task"),
    "tdmsci": ("TASK", "DATASET", "METRIC"),
    "gsap": ("MLModel", "ModelArchitecture", "Method", "Dataset", "Task", "MLModelGeneric", "DatasetGeneric"),
}
RELATIONS: dict[str, tuple[str, ...]] = {
    "ours": RELATION_TYPES,
    "scierc": ("USED-FOR", "FEATURE-OF", "HYPONYM-OF", "PART-OF", "COMPARE", "CONJUNCTION", "EVALUATE-FOR"),
    "scier": (
        "Benchmark-For",
        "Compare-With",
        "Evaluated-With",
        "Part-Of",
        "SubClass-Of",
        "SubTask-Of",
        "Synonym-Of",
        "Trained-With",
        "Used-For",
    ),
}
_NEAREST = {"Material": "Dataset", "OtherScientificTerm": "Concept", "Generic": "Method"}
"""Our types that come closest to SciERC's, for the pairs' types."""
MAX_WIDTH = 10


@dataclass(slots=True)
class Example:
    """One text: spans are (first unit, last unit + 1, label index); entities hold the indices of their spans."""

    key: str
    corpus: str
    units: Units
    spans: list[tuple[int, int, int]]
    entities: list[list[int]] = field(default_factory=list)
    types: list[int] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)
    relations: list[tuple[int, int, int]] = field(default_factory=list)
    weight: float = 1.0
    style: int = 0
    """Who annotated it: 0 for the corpus's own annotators, else a number for each part of ours."""


def _aligned(cut: Units, spans: dict[tuple[int, int], int]) -> list[tuple[int, int, int]]:
    firsts = {int(s): i for i, s in enumerate(cut.offsets[:, 0])}
    lasts = {int(e): i for i, e in enumerate(cut.offsets[:, 1])}
    made = []
    for (start, end), label in sorted(spans.items()):
        first, last = firsts.get(start), lasts.get(end)
        if first is not None and last is not None and last - first < MAX_WIDTH:
            made.append((first, last + 1, label))
    return made


def from_annotation(record: dict[str, Any], title: str, abstract: str, weight: float = 1.0) -> Example:
    """An example from a line in the annotation format and its text."""
    text = f"{title}\n{abstract}"
    cut = units(text)
    entities = record["entities"]
    owner = occurrences(text, [(m, i) for i, e in enumerate(entities) for m in dict.fromkeys(e["mentions"])])
    example = Example(record["id"], "ours", cut, [], weight=weight)
    places: dict[int, list[int]] = {}
    for first, end, index in _aligned(cut, owner):
        places.setdefault(index, []).append(len(example.spans))
        example.spans.append((first, end, ENTITY_TYPES.index(entities[index]["type"])))
    numbers: dict[str, int] = {}
    for index, held in sorted(places.items()):
        entity = entities[index]
        numbers.setdefault(entity["name"], len(example.entities))
        example.entities.append(held)
        example.types.append(ENTITY_TYPES.index(entity["type"]))
        example.roles.append(ROLES.index(entity["role"]) if "role" in entity else -1)
    for subject, predicate, obj in record.get("relations", ()):
        if subject in numbers and obj in numbers and subject != obj:
            example.relations.append((numbers[subject], numbers[obj], RELATION_TYPES.index(predicate)))
    return example


def records_of(shared: Path, part: str) -> Iterator[dict[str, Any]]:
    """The annotated abstracts of one part, train or dev, as they are."""
    texts = {t["id"]: t for t in json.loads((shared / f"annotations/{part}_texts.json").read_text("utf-8"))}
    with (shared / f"annotations/{part}.jsonl").open(encoding="utf-8") as lines:
        for record in (json.loads(line) for line in lines if line.strip()):
            yield record | {name: texts[record["id"]][name] for name in ("title", "abstract")}


def ours(shared: Path, part: str) -> list[Example]:
    """The same as examples."""
    return [from_annotation(r, r["title"], r["abstract"]) for r in records_of(shared, part)]


def text_key(title: str, abstract: str) -> str:
    """What names a text of the pool, whose own ids are not unique."""
    return hashlib.sha256(f"{title}\n{abstract}".encode("utf-8", "replace")).hexdigest()[:12]


def fresh_records(shared: Path, path: Path) -> Iterator[dict[str, Any]]:
    """Abstracts of the pool that we annotated ourselves: lines in the annotation format, the texts by key."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        records = {r["id"]: r for r in map(json.loads, lines)}
    texts: dict[str, dict[str, str]] = {}
    with gzip.open(shared / "corpora/abstracts/abstracts.jsonl.gz", "rt", encoding="utf-8") as lines:
        for text in map(json.loads, lines):
            key = text_key(text["title"], text["abstract"])
            if key in records:
                whole = f"{text['title']}\n{text['abstract']}"
                texts[key] = {"title": text["title"], "abstract": text["abstract"], "text": whole}
    for key, record in records.items():
        yield record | texts[key]


def fresh(shared: Path, paths: Sequence[Path]) -> list[Example]:
    """The same of several files as examples, each file with a style of its own."""
    return [
        replace(from_annotation(r, r["title"], r["abstract"]), style=style)
        for style, path in enumerate(paths, 1)
        for r in fresh_records(shared, path)
    ]


def detokenise(tokens: list[str]) -> tuple[str, list[int], list[int]]:
    """Running text from tokens, and each token's start and end in it."""
    text, starts, ends = "", [], []
    for i, token in enumerate(tokens):
        token = {"-LRB-": "(", "-RRB-": ")", "``": '"', "''": '"'}.get(token, token)
        joined = not text or text[-1] in "([{" or re.fullmatch(r"[,.;:!?)\]}%]|'s|n't", token) is not None
        hyphen = token in "-/" or (i > 1 and text[-1:] in "-/" and starts[-1] == ends[-2])
        if not (joined or hyphen):
            text += " "
        starts.append(len(text))
        text += token
        ends.append(len(text))
    return text, starts, ends


def from_tokens(key: str, corpus: str, tokens: list[str], spans: list[tuple[int, int, str]]) -> Example:
    text, starts, ends = detokenise(tokens)
    chosen: dict[tuple[int, int], int] = {}
    taken: set[int] = set()
    for first, last, label in sorted(spans, key=lambda s: (s[0] - s[1], s)):
        if label in LABELS[corpus] and not taken.intersection(range(first, last + 1)):
            taken.update(range(first, last + 1))
            chosen[starts[first], ends[last]] = LABELS[corpus].index(label)
    cut = units(" \n" + text)
    shifted = {(s + 2, e + 2): label for (s, e), label in chosen.items()}
    return Example(key, corpus, cut, _aligned(cut, shifted))


def scierc(shared: Path, part: str = "train") -> Iterator[Example]:
    """SciERC abstracts (Luan et al. 2018)."""
    with (shared / f"corpora/scierc/{part}.json").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            record = json.loads(line)
            tokens = [t for sentence in record["sentences"] for t in sentence]
            spans = [(s, e, label) for sentence in record["ner"] for s, e, label in sentence]
            example = from_tokens(record.get("doc_key", f"scierc-{number}"), "scierc", tokens, spans)
            pairs = [
                (" ".join(tokens[a : b + 1]), " ".join(tokens[c : d + 1]), label)
                for sentence in record["relations"]
                for a, b, c, d, label in sentence
            ]
            yield _with_relations(example, pairs)


def _with_relations(example: Example, pairs: list[tuple[str, str, str]]) -> Example:
    """Join an example's mentions that are spelt alike to entities, and add the relations given by strings."""
    numbers: dict[str, int] = {}
    labels = LABELS[example.corpus]
    for i, (first, end, label) in enumerate(example.spans):
        form = normal_form(example.units.part(first, end))
        if form not in numbers:
            numbers[form] = len(example.entities)
            example.entities.append([])
            example.types.append(ENTITY_TYPES.index(_NEAREST.get(labels[label], labels[label])))
            example.roles.append(-1)
        example.entities[numbers[form]].append(i)
    for left, right, label in pairs:
        s, o = numbers.get(normal_form(left)), numbers.get(normal_form(right))
        if s is not None and o is not None and s != o:
            example.relations.append((s, o, RELATIONS[example.corpus].index(label)))
    return example


def scier(shared: Path) -> Iterator[Example]:
    """SciER training sentences (Zhang et al. 2024), eight following ones of a document to a text."""
    pending: list[dict[str, Any]] = []

    def made() -> Example:
        tokens: list[str] = []
        spans: list[tuple[int, int, str]] = []
        pairs = [(s, o, label) for record in pending for s, label, o in record["rel"]]
        for record in pending:
            words = record["sentence"].split()
            for name, label in record["ner"]:
                part = name.split()
                size = len(part)
                starts = [i for i in range(len(words) - size + 1) if words[i : i + size] == part]
                spans += [(len(tokens) + i, len(tokens) + i + size - 1, label) for i in starts]
            tokens += words
        return _with_relations(from_tokens(f"scier-{pending[0]['doc_id']}", "scier", tokens, spans), pairs)

    with (shared / "corpora/scier/train.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if pending and (len(pending) == 8 or pending[0]["doc_id"] != record["doc_id"]):
                yield made()
                pending = []
            pending.append(record)
    if pending:
        yield made()


def tdmsci(shared: Path) -> Iterator[Example]:
    """TDMSci sentences (Hou et al. 2021), six to a text."""
    tokens: list[str] = []
    spans: list[tuple[int, int, str]] = []
    sentences = number = 0
    for line in [*(shared / "corpora/tdmsci/train.conll").read_text("utf-8").splitlines(), ""]:
        if not line.strip():
            sentences += 1
            if sentences == 6 and tokens:
                yield from_tokens(f"tdmsci-{number}", "tdmsci", tokens, spans)
                tokens, spans, sentences, number = [], [], 0, number + 1
            continue
        token, *_, tag = line.split("\t")
        if tag.startswith("B-") or (tag.startswith("I-") and not (spans and spans[-1][1] == len(tokens) - 1)):
            spans.append((len(tokens), len(tokens), tag[2:]))
        elif tag.startswith("I-"):
            spans[-1] = (spans[-1][0], len(tokens), spans[-1][2])
        tokens.append(token)
    if tokens:
        yield from_tokens(f"tdmsci-{number}", "tdmsci", tokens, spans)


def gsap(shared: Path) -> Iterator[Example]:
    """GSAP-NER paragraphs (Otto et al. 2023), the longest of nested mentions."""
    with gzip.open(shared / "corpora/gsap-ner/train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            chosen: dict[tuple[int, int], int] = {}
            taken = bytearray(len(record["text"]))
            for start, end, label in sorted(record["entities"], key=lambda s: (s[0] - s[1], s)):
                if label in LABELS["gsap"] and not any(taken[start:end]):
                    taken[start:end] = b"\1" * (end - start)
                    chosen[start + 1, end + 1] = LABELS["gsap"].index(label)
            cut = units("\n" + record["text"])
            if 40 <= len(cut) <= 400 and chosen:
                yield Example(record["id"], "gsap", cut, _aligned(cut, chosen))


def shingles(text: str, size: int = 10) -> set[str]:
    """Runs of ``size`` lower-cased words, to find texts that recur under another guise."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {" ".join(words[i : i + size]) for i in range(0, max(len(words) - size, 0) + 1)}


def auxiliary(shared: Path, gsap_texts: int, seed: int = 0) -> list[Example]:
    """All auxiliary texts, less those that share ten words in a row with a dev document."""
    held_out = set().union(*(shingles(x.units.text) for x in ours(shared, "dev")))
    paragraphs = list(gsap(shared))
    random.Random(seed).shuffle(paragraphs)
    everything = [*scierc(shared), *scier(shared), *tdmsci(shared), *paragraphs[:gsap_texts]]
    return [x for x in everything if not (shingles(x.units.text) & held_out)]


def checksum(path: Path) -> str:
    """SHA-256 of a file, to say which data a model has seen."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def pool(shared: Path, sampled: int, seed: int) -> Iterator[dict[str, Any]]:
    """Records of a sample of the unlabelled abstracts: those of usual length that share no ten words with dev."""
    held_out = set().union(*(shingles(x.units.text) for x in ours(shared, "dev")))
    with gzip.open(shared / "corpora/abstracts/abstracts.jsonl.gz", "rt", encoding="utf-8") as lines:
        everything = lines.readlines()
    for record in map(json.loads, random.Random(seed).sample(everything, min(sampled, len(everything)))):
        text = f"{record['title']}\n{record['abstract']}"
        if 400 < len(text) < 2200 and not shingles(text) & held_out:
            yield {key: record[key] for key in ("id", "title", "abstract")}


def unmarked(x: Example, spans: NDArray[np.float64], least: float, most: int) -> list[tuple[int, int, int, float]]:
    """Spans that a model takes for mentions and the annotators did not, apart from all true ones, the surest first.

    ``spans`` are the probabilities of spans and types; a row is first unit, last + 1, type, probability of any type.
    """
    free = np.ones(len(spans), dtype=bool)
    for first, end, _ in x.spans:
        free[first:end] = False
    whole = spans.sum(axis=2)
    made: list[tuple[int, int, int, float]] = []
    for first, width in sorted(np.argwhere(whole > least).tolist(), key=lambda p: -whole[p[0], p[1]]):
        end = first + width + 1
        if len(made) < most and free[first:end].all():
            free[first:end] = False
            made.append((first, end, int(spans[first, width].argmax()), float(whole[first, width])))
    return made
