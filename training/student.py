"""Stage `student`: train the fast model on what the accurate one says, then on the annotated documents.

`python -m training.student --help`. Texts come from `student_labels` and from the annotations.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from citeweave.extract.decode import Span, decode, marginals
from citeweave.extract.lexicon import Lexicon
from citeweave.extract.units import FEATURE_SIZES
from training.corpora import Example, fresh, ours
from training.heldout import is_held_out
from training.network import WORD
from training.student_labels import lessons
from training.student_network import WIDEST, Student, StudentBatch, StudentShape, restore, save
from training.train import entity_losses, f1

Numbers = NDArray[np.int64]
SHAPE: dict[str, int] = {}
"""What differs from the sizes of StudentShape; a smoke run makes them small."""


@dataclass(slots=True)
class Item:
    """One text to learn from: spans (first, last + 1, type) with how surely each is one."""

    example: Example
    numbers: NDArray[np.int32]
    spans: Numbers
    chances: NDArray[np.float32]
    importance: float = 1.0
    vectors: NDArray[np.int8] | None = None
    scales: NDArray[np.float32] | None = None


def item(example: Example, lexicon: Lexicon) -> Item:
    """An example whose spans are certain."""
    kept = [s for s in example.spans if s[1] - s[0] <= WIDEST]
    return Item(
        example,
        lexicon.numbers(example.units.words()).astype(np.int32),
        np.array(kept, dtype=np.int64).reshape(-1, 3),
        np.ones(len(kept), dtype=np.float32),
        example.weight,
    )


def taught(folder: Path, lexicon: Lexicon) -> Iterator[Item]:
    """The texts of `student_labels`."""
    for number, lesson in enumerate(lessons(folder)):
        rows = lesson.spans[lesson.spans[:, 1] - lesson.spans[:, 0] <= WIDEST]
        example = Example(f"{folder.name}-{number}", "ours", lesson.units, [], weight=0.5)
        entities: dict[int, int] = {}
        for first, end, kind, entity, role in rows.tolist():
            if entity >= 0:
                if entity not in entities:
                    entities[entity] = len(example.entities)
                    example.entities.append([])
                    example.types.append(kind)
                    example.roles.append(role)
                example.entities[entities[entity]].append(len(example.spans))
            example.spans.append((first, end, kind))
        made = item(example, lexicon)
        made.importance = 1.0
        made.chances = lesson.chances[lesson.spans[:, 1] - lesson.spans[:, 0] <= WIDEST]
        if lesson.vectors.size:
            made.vectors, made.scales = lesson.vectors, lesson.scales
        yield made


def batch_of(items: list[Item]) -> StudentBatch:
    """Padded tensors."""
    lengths = [len(x.numbers) for x in items]
    n, size = max(lengths), len(items)
    numbers = torch.zeros(size, n, 4, dtype=torch.long)
    features = torch.tensor(FEATURE_SIZES).repeat(size, n, 1)
    taught = torch.tensor([x.vectors is not None for x in items])
    vectors = torch.zeros(size, n, WORD) if taught.any() else torch.zeros(0)
    rows: list[Numbers] = []
    for k, x in enumerate(items):
        numbers[k, : lengths[k]] = torch.from_numpy(x.numbers.astype(np.int64))
        features[k, : lengths[k]] = torch.from_numpy(x.example.units.features)
        if x.vectors is not None and x.scales is not None:
            vectors[k, : lengths[k]] = torch.from_numpy(x.vectors) * torch.from_numpy(x.scales)[:, None]
        first, end, kind = x.spans.T
        rows.append(np.stack([np.full(len(x.spans), k), first, end - first - 1, kind], axis=1))
    return StudentBatch(
        numbers,
        features,
        torch.tensor(lengths),
        torch.from_numpy(np.concatenate(rows)),
        torch.from_numpy(np.concatenate([x.chances for x in items])),
        torch.tensor([x.importance for x in items]),
        [x.example for x in items],
        vectors,
        taught,
    )


def epoch(items: list[Item], budget: int, rng: random.Random) -> list[list[Item]]:
    """Shuffled batches of texts of like length, at most ``budget`` units each with the padding."""
    ordered = sorted(items, key=lambda x: len(x.numbers) * rng.uniform(0.9, 1.1))
    batches: list[list[Item]] = [[]]
    widest = 0
    for x in ordered:
        widest = max(widest, len(x.numbers))
        if batches[-1] and widest * (len(batches[-1]) + 1) > budget:
            batches.append([])
            widest = len(x.numbers)
        batches[-1].append(x)
    rng.shuffle(batches)
    return batches


@torch.no_grad()
def predict(student: Student, items: list[Item], threshold: float) -> list[list[Span]]:
    """Decoded mentions of each text, in order."""
    student.eval()
    made = []
    for x in items:
        batch = batch_of([x])
        scores = student.scores(student.words(batch), batch)[0].double().numpy()
        made.append(decode(x.example.units, marginals(scores), threshold))
    student.train()
    return made


def best_f1(student: Student, items: list[Item]) -> tuple[float, float]:
    """The best typed exact F1 over some thresholds, and that threshold."""
    tried = (0.3, 0.36, 0.42, 0.48)
    return max((f1(predict(student, items, t), [x.example for x in items])[2], t) for t in tried)


def step(student: Student, items: list[Item], args: argparse.Namespace, with_entities: bool) -> tuple[Tensor, Any]:
    """The loss of one batch, and its parts for the log."""
    batch = batch_of(items)
    words = student.words(batch, args.forget)
    scores = student.scores(words, batch)
    mention = student.mention_loss(scores, batch) / max(20.0, float(batch.weights.sum()))
    vector = student.vector_loss(words, batch)
    parts = [float(mention.detach()), float(vector.detach()), 0.0, 0.0]
    loss = mention + args.vector_weight * vector
    if with_entities:
        padded = F.pad(scores, (0, 0, 0, 10 - WIDEST), value=-1e9)
        role, relation, _ = entity_losses(student, words, batch, padded)  # type: ignore[arg-type]
        parts[2:] = float(role.detach()), float(relation.detach())
        loss = loss + 0.4 * role + args.relation_weight * relation
    return loss, np.array(parts)


def apart(examples: list[Example], lexicon: Lexicon, share: float) -> tuple[list[Item], list[Item]]:
    """The texts to learn from, and those that are kept back."""
    parts: tuple[list[Item], list[Item]] = ([], [])
    for x in examples:
        parts[is_held_out(x.key, share)].append(item(x, lexicon))
    return parts


def run(args: argparse.Namespace) -> float:
    """Train; write last.pt after each epoch and log a line; the held-out F1 of the last."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    words = (args.vocabulary / "words.txt").read_text("utf-8").split("\n")
    lexicon = Lexicon(words)
    gold, kept_back = apart(ours(args.shared, "train"), lexicon, args.held_out)
    more, more_back = apart(fresh(args.shared, args.fresh), lexicon, args.held_out)
    lectures = [x for folder in args.labels for x in taught(folder, lexicon)]
    larger = {"attention": args.attention} if args.attention else {}
    if args.start:
        student = restore(args.start, args.dropout, **larger)
    else:
        student = Student(StudentShape(len(lexicon), **larger | SHAPE), args.dropout)
        with torch.no_grad():
            known = torch.from_numpy(np.load(args.vocabulary / "words.npy"))
            student.tables[0].weight[1:] = known[:, : student.shape.hidden] * 0.5
    epochs = []
    for _ in range(args.epochs):
        rng.shuffle(lectures)
        seen = lectures[: args.texts] if args.texts else lectures
        epochs.append(epoch([*seen, *gold * args.gold_times, *more], args.budget, rng))
    steps = sum(map(len, epochs))
    print(f"{len(gold)} + {len(more)} annotated, {len(kept_back)} + {len(more_back)} held out,", end=" ")
    print(f"{len(lectures)} taught, {steps} steps", flush=True)
    optimiser = torch.optim.AdamW(student.parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    warm = max(1, min(100, steps // 10))
    done, began = 0, time.time()
    figure = 0.0
    for e, batches in enumerate(epochs):
        sums, seen_batches = np.zeros(4), 0
        for b, held in enumerate(batches):
            spent = (time.time() - began) / 60 / args.minutes if args.minutes else 0.0
            left = 1 - max(done / steps, spent)
            if left <= 0:
                break
            for group in optimiser.param_groups:
                group["lr"] = args.rate * min((done + 1) / warm, max(args.end, left))
            loss, parts = step(student, held, args, args.entities_every and b % args.entities_every == 0)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
            optimiser.step()
            sums += parts
            done, seen_batches = done + 1, seen_batches + 1
            if b % 50 == 0:
                shown = (sums / (b + 1)).round(4)
                print(f"  {e + 1} {b}/{len(batches)} {shown} {time.time() - began:.0f}s", flush=True)
        save(student, args.out / "last.pt")
        figure, threshold = best_f1(student, kept_back)
        line = {
            "epoch": e + 1,
            "seconds": round(time.time() - began),
            "steps": done,
            "loss": (sums / max(1, seen_batches)).round(4).tolist(),
            "held_out": round(figure, 4),
            "threshold": threshold,
        }
        if more_back:  # apart, as they are annotated by others: the figure above stays comparable
            line["fresh_held_out"] = round(best_f1(student, more_back)[0], 4)
        print(json.dumps(line), flush=True)
        with (args.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        if seen_batches < len(batches):
            break
    return figure


def arguments(given: Iterable[str] | None = None) -> argparse.Namespace:
    """The command line's options."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--shared", type=Path, required=True, help="folder with annotations/ and corpora/")
    args.add_argument("--vocabulary", type=Path, required=True, help="folder made by training.student_vocabulary")
    args.add_argument("--labels", type=Path, nargs="*", default=[], help="folders made by training.student_labels")
    args.add_argument("--fresh", type=Path, nargs="*", default=[], help="more annotated texts, of the pool")
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--start", type=Path, help="checkpoint to go on from")
    args.add_argument("--attention", type=int, default=0, help="heads of a layer of attention; joins a --start without")
    args.add_argument("--epochs", type=int, default=4)
    args.add_argument("--texts", type=int, default=0, help="taught texts an epoch, drawn anew for each; 0 for all")
    args.add_argument("--gold-times", type=int, default=1, help="how often an epoch sees each text of SHARED")
    args.add_argument("--budget", type=int, default=5000, help="units a batch")
    args.add_argument("--rate", type=float, default=2e-3)
    args.add_argument("--end", type=float, default=0.02, help="share of the rate below which it does not fall")
    args.add_argument("--dropout", type=float, default=0.0)
    args.add_argument("--forget", type=float, default=0.05, help="share of words known by their spelling only")
    args.add_argument("--vector-weight", type=float, default=1.0)
    args.add_argument("--relation-weight", type=float, default=0.15)
    args.add_argument("--entities-every", type=int, default=0, help="every so many batches train roles and relations")
    args.add_argument(
        "--minutes", type=float, default=0, help="end early, with the rate falling as if this were all (not repeatable)"
    )
    args.add_argument("--held-out", type=float, default=0.06, help="share of the training documents kept back")
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--threads", type=int, default=1)
    return args.parse_args(None if given is None else list(given))


if __name__ == "__main__":
    run(arguments())
