"""Texts from which role and relation heads learn: entities, and what is to be said of them.

They are the annotated texts, with entities as wrong now and then as those that the heads will meet in use, and those of
`pair_labels` with what the accurate model says of them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from benchmarks.evaluation.scoring import forms
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from citeweave.extract.layout import Place, pairs, standing
from citeweave.extract.pipeline import build
from citeweave.extract.roles import seen_entities
from citeweave.extract.weights import folder
from citeweave.model import ENTITY_TYPES, RELATION_TYPES, ROLES, PaperEntity
from training.corpora import Example, fresh_records, from_annotation, ours, records_of
from training.heldout import is_held_out
from training.network import EntityHead

DROPPED, RETYPED = 0.1, 0.08
"""How often an entity is left out, or of another type, in a text that is taken amiss."""


@dataclass(slots=True)
class Lesson:
    """One text with its entities and what is to be said of them.

    ``roles`` has a row an entity, of zeros where none is known; ``relations`` gives for (subject, object) the
    probabilities of no relation and of each, and what it lacks is unrelated.
    """

    example: Example
    places: list[list[Place]]
    types: list[int]
    roles: Tensor
    relations: dict[tuple[int, int], Tensor]
    doubtful: list[tuple[int, int, int, float]] = field(default_factory=list)
    weight: float = 1.0
    beyond: int = 0
    """How many true relations no two of the entities can show."""
    found: bool = False
    """Whether the entities are those that the model found."""
    fresh: bool = False
    """Whether the encoder has not learnt from the text."""
    words: NDArray[np.float32] | None = None
    """The units' vectors, where the text has been read already."""


def lesson(x: Example, doubtful: list[tuple[int, int, int, float]] | None = None) -> Lesson:
    """An annotated text."""
    places = [[x.spans[i][:2] for i in held] for held in x.entities]
    roles = torch.zeros(len(places), len(ROLES))
    for i, role in enumerate(x.roles):
        if role >= 0:
            roles[i, role] = 1.0
    count = len(RELATION_TYPES) + 1
    relations = {(s, o): F.one_hot(torch.tensor(r + 1), count).float() for s, o, r in x.relations}
    return Lesson(x, places, list(x.types), roles, relations, doubtful or [])


def taught(path: Path, weight: float) -> Iterator[Lesson]:
    """The texts of `pair_labels`."""
    with path.open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            names = {e["name"]: i for i, e in enumerate(record["entities"])}
            x = from_annotation(record | {"relations": []}, record["title"], record["abstract"])
            if len(names) != len(record["entities"]) or len(x.entities) != len(names):
                continue  # a string that two entities share: rare
            made = lesson(x)
            made.weight = weight
            made.roles = torch.tensor([e["roles"] for e in record["entities"]]).reshape(-1, len(ROLES))
            made.relations = {(s, o): torch.tensor(likely) for s, o, likely in record["pairs"]}
            yield made


def annotated_as(found: Iterable[PaperEntity], true: Sequence[dict[str, Any]]) -> list[int]:
    """Which annotated entity each found one is, by the forms they share; -1 for none. Two may be the same one."""
    keys = [forms(e) for e in true]
    own = [forms({"name": e.name, "mentions": e.mentions}) for e in found]
    return [next((k for k, key in enumerate(keys) if held & key), -1) for held in own]


def met(model: Path, records: Iterable[dict[str, Any]], style: int = 0) -> Iterator[Lesson]:
    """Annotated texts with the entities that a model itself finds in them, as the heads will meet them in use.

    ``style`` is that of their annotation. Raises ValueError if the model is not the one that the pipeline uses.
    """
    if model.resolve() != folder().resolve():
        raise ValueError(f"set CITEWEAVE_MODEL={model}, so that the pipeline uses that model")
    nlp = build(only=("sentences", "entities", "abbreviations", "grouping", "coreference"))
    for record in records:
        doc = nlp(f"{record['title']}\n{record['abstract']}")
        seen = seen_entities(doc, model)
        true = record["entities"]
        told = annotated_as(doc._.entities, true)
        which = [told[i] for i in seen.placed.known]
        roles = torch.zeros(len(which), len(ROLES))
        for row, k in enumerate(which):
            if k >= 0:
                roles[row, ROLES.index(true[k]["role"])] = 1.0
        names = {e["name"]: k for k, e in enumerate(true)}
        stated = {(names[s], names[o]): RELATION_TYPES.index(p) + 1 for s, p, o in record["relations"]}
        relations = {
            (i, j): F.one_hot(torch.tensor(stated[s, o]), len(RELATION_TYPES) + 1).float()
            for i, s in enumerate(which)
            for j, o in enumerate(which)
            if i != j and (s, o) in stated
        }
        example = Example(record["id"], "ours", seen.units, [], style=style)
        beyond = sum(not (s in which and o in which) for s, o in stated)
        yield Lesson(
            example,
            seen.placed.places,
            seen.placed.kinds,
            roles,
            relations,
            beyond=beyond,
            found=True,
            words=seen.words,
        )


def amiss(one: Lesson, rng: random.Random) -> Lesson:
    """A lesson whose entities are wrong here and there: some left out, others added, types confused."""
    keep = [i for i in range(len(one.places)) if rng.random() >= DROPPED] or list(range(len(one.places)))
    types = [rng.randrange(len(ENTITY_TYPES)) if rng.random() < RETYPED else one.types[i] for i in keep]
    places = [one.places[i] for i in keep]
    roles = one.roles[keep]
    for first, end, kind, sure in one.doubtful:
        if rng.random() < 0.2 + sure:
            places.append([(first, end)])
            types.append(kind)
            roles = torch.cat([roles, torch.zeros(1, roles.shape[1])])
    numbers = {old: new for new, old in enumerate(keep)}
    relations = {(numbers[s], numbers[o]): v for (s, o), v in one.relations.items() if s in numbers and o in numbers}
    return replace(one, places=places, types=types, roles=roles, relations=relations)


def losses(head: EntityHead, words: Tensor, n: int, one: Lesson) -> tuple[Tensor, float, Tensor, float]:
    """Summed cross-entropy of the roles, how many there are, of the relations, and how many there are."""
    kept = [i for i, held in enumerate(one.places) if held and all(end <= n for _, end in held)]
    none = words.new_zeros(())
    if not kept:
        return none, 0.0, none, 0.0
    places, types = [one.places[i] for i in kept], [one.types[i] for i in kept]
    vectors = head.entities(words[:n], places, types, [standing(one.example.units, p) for p in places])
    wanted = one.roles[kept]
    role = -(wanted * torch.log_softmax(head.roles(vectors, one.example.style), 1)).sum() * one.weight
    rows = pairs(places)
    if not len(rows):
        return role, float(wanted.sum()) * one.weight, none, 0.0
    scores = head.pairs(words[:n], vectors, types, rows, style=one.example.style)
    target = torch.zeros_like(scores)
    target[:, 0] = 1.0
    for row, (s, o) in enumerate(rows[:, :2].tolist()):
        likely = one.relations.get((kept[s], kept[o]))
        if likely is not None:
            target[row] = likely
    relation = -(target * torch.log_softmax(scores, 1)).sum() * one.weight
    return role, float(wanted.sum()) * one.weight, relation, max(1.0, float(target[:, 1:].sum())) * one.weight


def told_of(head: EntityHead, words: Tensor, one: Lesson) -> tuple[int, list[tuple[float, bool]]]:
    """How many roles are right; for each pair of true entities how likely its best relation is, and whether true."""
    vectors = head.entities(words, one.places, one.types, [standing(one.example.units, p) for p in one.places])
    known = one.roles.sum(1) > 0
    right = int((head.role(vectors).argmax(1) == one.roles.argmax(1))[known].sum())
    rows = pairs(one.places)
    likely, kinds = torch.softmax(head.pairs(words, vectors, one.types, rows), 1)[:, 1:].max(1)
    told = []
    for (s, o), kind, p in zip(rows[:, :2].tolist(), kinds.tolist(), likely.tolist(), strict=True):
        wanted = one.relations.get((s, o))
        told.append((p, wanted is not None and int(wanted.argmax()) == kind + 1))
    return right, told


def best_f1(told: list[tuple[float, bool]], true: int) -> float:
    """The best F1 over all thresholds."""
    hits = np.cumsum([hit for _, hit in sorted(told, reverse=True)])
    return float((2 * hits / (np.arange(1, len(hits) + 1) + true)).max(initial=0.0))


def read(args: argparse.Namespace) -> tuple[list[Lesson], list[Lesson], list[Lesson]]:
    """Lessons from annotated texts, from labelled ones, and those held out.

    Texts that the encoder has not learnt from are there twice: with the true entities and with those it finds.
    """
    with (args.labels / "doubtful.jsonl").open(encoding="utf-8") as lines:
        doubtful = {r["id"]: [tuple(d) for d in r["doubtful"]] for r in map(json.loads, lines)}
    everything = [lesson(x, doubtful.get(x.key)) for x in ours(args.shared, "train")]
    train = [x for x in everything if not is_held_out(x.example.key, args.held_out)]
    for style, path in enumerate(args.fresh, 1):
        records = list(fresh_records(args.shared, path))
        for record, found in zip(records, met(args.model, records, style), strict=True):
            true = lesson(replace(from_annotation(record, record["title"], record["abstract"]), style=style))
            train += [replace(true, words=found.words, fresh=True), replace(found, fresh=True)]
    records = [r for r in records_of(args.shared, "train") if is_held_out(r["id"], args.held_out)]
    return (
        train,
        list(taught(args.labels / "pool.jsonl", args.pool_weight))[: args.pool],
        list(met(args.model, records)),
    )
