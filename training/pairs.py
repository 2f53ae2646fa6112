"""Stage `pairs`: train the pair reader, a small encoder that sees the entities marked and tells roles and relations.

Marking the entities in the input follows PURE (Zhong and Chen 2021). The texts are the annotated ones, with marks as
wrong now and then as those it will meet in use, SciERC's, and those of `pair_labels` with what the accurate model says
of them. `python -m training.pairs --help`.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from citeweave.extract.layout import Place, pairs, standing
from citeweave.extract.marks import MARKED_SIZES, marked
from citeweave.model import ENTITY_TYPES, ROLES
from training.corpora import RELATIONS, Example, from_annotation, ours, scierc, shingles
from training.encoder import pretrained
from training.heldout import is_held_out
from training.network import Batch, EntityHead, Reader
from training.train import Batcher, parameter_groups

WORD, HEAD = 256, 192
"""Sizes of a unit's vector and of the heads, below those of the accurate model."""
DROPPED, RETYPED = 0.1, 0.08
"""How often an entity stays unmarked, or is marked as of another type, in a text that is marked amiss."""


@dataclass(slots=True)
class Lesson:
    """One text with the entities that are marked in it and what is to be said of them.

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


def lesson(x: Example, doubtful: list[tuple[int, int, int, float]] | None = None) -> Lesson:
    """An annotated text, or one of SciERC."""
    places = [[x.spans[i][:2] for i in held] for held in x.entities]
    roles = torch.zeros(len(places), len(ROLES))
    for i, role in enumerate(x.roles):
        if role >= 0:
            roles[i, role] = 1.0
    count = len(RELATIONS[x.corpus]) + 1
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


def amiss(one: Lesson, rng: random.Random) -> Lesson:
    """A lesson whose marks are wrong here and there: entities left out, others added, types confused."""
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


def marked_example(one: Lesson) -> Example:
    """The lesson's text with its marks."""
    return replace(one.example, units=marked(one.example.units, one.places, one.types))


def losses(head: EntityHead, words: Tensor, n: int, one: Lesson) -> tuple[Tensor, float, Tensor, float]:
    """Summed cross-entropy of the roles, how many there are, of the relations, and how many there are."""
    kept = [i for i, held in enumerate(one.places) if held and all(end <= n for _, end in held)]
    none = words.new_zeros(())
    if not kept:
        return none, 0.0, none, 0.0
    places, types = [one.places[i] for i in kept], [one.types[i] for i in kept]
    vectors = head.entities(words[:n], places, types, [standing(one.example.units, p) for p in places])
    wanted = one.roles[kept]
    role = -(wanted * torch.log_softmax(head.role(vectors), 1)).sum() * one.weight
    rows = pairs(places)
    if not len(rows):
        return role, float(wanted.sum()) * one.weight, none, 0.0
    scores = head.pairs(words[:n], vectors, types, rows, one.example.corpus)
    target = torch.zeros_like(scores)
    target[:, 0] = 1.0
    for row, (s, o) in enumerate(rows[:, :2].tolist()):
        likely = one.relations.get((kept[s], kept[o]))
        if likely is not None:
            target[row] = likely
    relation = -(target * torch.log_softmax(scores, 1)).sum() * one.weight
    return role, float(wanted.sum()) * one.weight, relation, max(1.0, float(target[:, 1:].sum())) * one.weight


def batch_loss(network: Reader, batch: Batch, lessons: list[Lesson]) -> tuple[Tensor, Tensor]:
    """Mean losses over the entities with a role, and over the true relations."""
    words = network.words(batch)
    told = [losses(network.entity, words[k], int(batch.lengths[k]), one) for k, one in enumerate(lessons)]
    role = torch.stack([t[0] for t in told]).sum() / max(1.0, sum(t[1] for t in told))
    relation = torch.stack([t[2] for t in told]).sum() / max(1.0, sum(t[3] for t in told))
    return role, relation


def told_of(head: EntityHead, words: Tensor, one: Lesson) -> tuple[int, list[tuple[float, bool]]]:
    """How many roles are right; for each pair of true entities how likely its best relation is, and whether true."""
    vectors = head.entities(words, one.places, one.types, [standing(one.example.units, p) for p in one.places])
    right = int((head.role(vectors).argmax(1) == one.roles.argmax(1)).sum())
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


@torch.no_grad()
def figures(network: Reader, batcher: Batcher, lessons: list[Lesson]) -> tuple[float, float]:
    """Role accuracy and the best relation F1 over all thresholds, given the true entities."""
    network.eval()
    read = ((one, network.words(batcher.batch([marked_example(one)]))[0]) for one in lessons)
    made = [told_of(network.entity, words, one) for one, words in read]
    right, count = sum(m[0] for m in made), sum(len(one.places) for one in lessons)
    return right / max(count, 1), best_f1([p for m in made for p in m[1]], sum(len(one.relations) for one in lessons))


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--shared", type=Path, required=True, help="folder with annotations/ and corpora/")
    args.add_argument("--encoder", type=Path, required=True, help="unpacked pretrained encoder (MiniLM)")
    args.add_argument("--vocabulary", type=Path, required=True, help="folder made by training.vocabulary")
    args.add_argument("--labels", type=Path, required=True, help="folder made by training.pair_labels")
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--layers", type=int, default=5)
    args.add_argument("--epochs", type=int, default=8, help="over the annotated texts")
    args.add_argument(
        "--pool", type=int, default=2000, help="how many of the labelled texts to see, in the first epochs"
    )
    args.add_argument("--pool-epochs", type=int, default=2)
    args.add_argument("--pool-weight", type=float, default=0.5)
    args.add_argument("--rate", type=float, default=1.5e-4)
    args.add_argument("--head-rate", type=float, default=8e-4)
    args.add_argument("--decay", type=float, default=0.95, help="learning rate factor from one layer to the one below")
    args.add_argument("--budget", type=int, default=2048, help="pieces a batch")
    args.add_argument("--held-out", type=float, default=0.06, help="share of the training documents kept back")
    args.add_argument("--documents", type=int, help="train on so many annotated documents, picked by seed")
    args.add_argument("--limit", type=int, default=0, help="use only so many documents of each kind (smoke runs)")
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--threads", type=int, default=1)
    run(args.parse_args())


def read(args: argparse.Namespace) -> tuple[list[Lesson], list[Lesson], list[Lesson], list[Lesson]]:
    """Annotated lessons, held-out ones, SciERC's and the labelled ones."""
    with (args.labels / "doubtful.jsonl").open(encoding="utf-8") as lines:
        doubtful = {r["id"]: [tuple(d) for d in r["doubtful"]] for r in map(json.loads, lines)}
    everything = [lesson(x, doubtful.get(x.key)) for x in ours(args.shared, "train")]
    held_out = [x for x in everything if is_held_out(x.example.key, args.held_out)]
    train = [x for x in everything if not is_held_out(x.example.key, args.held_out)]
    if args.documents is not None:
        train = random.Random(args.seed).sample(train, args.documents)
    avoided = set().union(*(shingles(x.units.text) for x in ours(args.shared, "dev")))
    extra = [lesson(x) for x in scierc(args.shared) if not shingles(x.units.text) & avoided]
    pool = list(taught(args.labels / "pool.jsonl", args.pool_weight))[: args.pool]
    if args.limit:
        train, held_out, extra, pool = (x[: args.limit] for x in (train, held_out, extra, pool))
    return train, held_out, extra, pool


def run(args: argparse.Namespace) -> None:
    """Train, write a checkpoint after each epoch and log a line each."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    keep = json.loads((args.vocabulary / "keep.json").read_text("utf-8"))
    batcher = Batcher(Tokenizer.from_file(str(args.vocabulary / "tokenizer.json")), MARKED_SIZES)
    encoder = pretrained(args.encoder, args.layers, keep, sizes=MARKED_SIZES)
    network = Reader(encoder, MARKED_SIZES, WORD, HEAD)
    train, held_out, extra, pool = read(args)
    owner: dict[int, Lesson] = {}
    epochs: list[list[list[Lesson]]] = []
    for e in range(args.epochs):
        seen = list(train)
        if e < args.pool_epochs:
            part = len(pool) // args.pool_epochs
            seen += pool[e * part : (e + 1) * part] + extra
        owner |= {id(one.example): one for one in seen}
        made = batcher.epoch([one.example for one in seen], args.budget, rng)
        epochs.append([[owner[id(x)] for x in held] for held in made])
    steps = sum(map(len, epochs))
    groups = parameter_groups(network, args)
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6, fused=True)
    warmup = max(1, steps // 12)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / warmup, max(0.02, (steps - s) / max(1, steps - warmup)))
    )
    print(
        f"{len(train)} train, {len(held_out)} held out, {len(extra)} SciERC, {len(pool)} labelled, {steps} steps",
        flush=True,
    )
    with (args.out / "log.jsonl").open("a", encoding="utf-8") as log:
        for e, batches in enumerate(epochs):
            network.train()
            began, sums = time.time(), np.zeros(2)
            for b, held in enumerate(batches):
                told = [
                    amiss(one, rng) if one.example.corpus == "ours" and rng.random() < 0.75 else one for one in held
                ]
                role, relation = batch_loss(network, batcher.batch([marked_example(one) for one in told]), told)
                sums += float(role.detach()), float(relation.detach())
                optimiser.zero_grad(set_to_none=True)
                (0.7 * role + relation).backward()
                torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimiser.step()
                schedule.step()
                if b % 20 == 0:
                    print(
                        f"  {e + 1} {b}/{len(batches)} {np.round(sums / (b + 1), 3)} {time.time() - began:.0f}s",
                        flush=True,
                    )
            torch.save({"network": network.state_dict(), "shape": vars(encoder.shape)}, args.out / "last.pt")
            line: dict[str, Any] = {"epoch": e + 1, "seconds": round(time.time() - began)}
            line["loss"] = (sums / max(len(batches), 1)).round(4).tolist()
            line["held_out"] = [round(v, 4) for v in figures(network, batcher, held_out)]
            print(json.dumps(line), flush=True)
            log.write(json.dumps(line) + "\n")
            log.flush()


if __name__ == "__main__":
    main()
