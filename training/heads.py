"""Stage `heads`: train the role and relation heads of an exported model further, its encoder as it is.

The texts are the annotated ones, those that the encoder has not learnt from (`--fresh`) also with the entities that the
model finds in them, and what the accurate model says of unlabelled ones. Each is read once, so this takes minutes.
Writes heads.npz into --out, and with --adopt into the model, whose thresholds and coreference are then to be made anew;
`python -m training.heads --help`.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from citeweave.extract import encoder
from training.export import heads_file, version
from training.lessons import Lesson, amiss, best_f1, losses, read, told_of
from training.network import EntityHead
from training.student_export import VERSIONED

Numbers = NDArray[np.float64]
OF_RELATIONS = ("entity.relation.", "entity.others.", "entity.style")
"""How the names of the weights begin on which relations alone depend."""


class Heads(nn.Module):
    """The heads of a model folder, over vectors that do not change."""

    def __init__(self, folder: Path, forget: float, others: bool = False) -> None:
        """``others``: whether to begin judging pairs by each other, where the model does not yet."""
        super().__init__()
        with np.load(folder / "heads.npz") as stored:
            held = {name: torch.from_numpy(stored[name].astype(np.float32)) for name in stored.files}
        word, head = held["key.weight"].shape[1], held["key.weight"].shape[0]
        others = others or "others.told.weight" in held
        self.entity = EntityHead("same.weight" in held, word, head, others)
        self.entity.load_state_dict(held, strict=False)
        self.forget = nn.Dropout(forget)


@torch.no_grad()
def figures(network: Heads, texts: list[tuple[Lesson, Tensor]]) -> tuple[float, float]:
    """Role accuracy and the best relation F1 over all thresholds, given the texts' entities."""
    network.eval()
    made = [told_of(network.entity, words, one) for one, words in texts]
    right, count = sum(m[0] for m in made), sum(int(one.roles.sum()) for one, _ in texts)
    true = sum(len(one.relations) + one.beyond for one, _ in texts)
    return right / max(count, 1), best_f1([p for m in made for p in m[1]], true)


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--shared", type=Path, required=True)
    args.add_argument("--labels", type=Path, required=True, help="folder made by training.pair_labels")
    args.add_argument("--model", type=Path, required=True, help="the exported model whose heads are trained")
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--adopt", action="store_true", help="put the heads into the model")
    args.add_argument(
        "--beside", type=Path, nargs="*", default=[], help="folders of other runs from the same heads: adopt the mean"
    )
    args.add_argument("--fresh", type=Path, nargs="*", default=[], help="annotated texts new to the encoder")
    args.add_argument("--others", action="store_true", help="relations are to depend on the text's other pairs too")
    args.add_argument(
        "--only-relations", action="store_true", help="leave all that roles and coreference depend on as it is"
    )
    args.add_argument("--epochs", type=int, default=8)
    args.add_argument("--pool", type=int, default=100_000, help="how many labelled texts to see, each epoch")
    args.add_argument("--pool-weight", type=float, default=0.5)
    args.add_argument("--gold-times", type=int, default=1, help="how often an epoch sees each annotated text")
    args.add_argument("--rate", type=float, default=6e-4)
    args.add_argument("--forget", type=float, default=0.1, help="dropout of the units' vectors")
    args.add_argument("--batch", type=int, default=8)
    args.add_argument("--held-out", type=float, default=0.06)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--threads", type=int, default=1)
    given = args.parse_args()
    run(given)
    if given.adopt:
        adopt([given.out, *given.beside], given.model)


def adopt(outs: Sequence[Path], model: Path) -> None:
    """Put trained heads into a model's folder, which then is of another version; of several folders, their mean."""
    held: dict[str, list[NDArray[np.float32]]] = {}
    for out in outs:
        with np.load(out / "heads.npz") as stored:
            for name in stored.files:
                held.setdefault(name, []).append(stored[name].astype(np.float32))
    heads_file({f"entity.{name}": np.mean(values, axis=0) for name, values in held.items()}, model)
    about = json.loads((model / "model.json").read_text("utf-8"))
    about["version"] = version(model, [name for name in VERSIONED if (model / name).exists()])
    (model / "model.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", "utf-8")


def run(args: argparse.Namespace) -> None:
    """Read the texts and train."""
    train, pool, held_out = read(args)
    model = encoder.load(args.model)
    gold = [one for one in train if not one.fresh]
    texts = [*gold * args.gold_times, *(one for one in train if one.fresh), *pool]
    fit(args, list(with_words(model, texts)), list(with_words(model, held_out)))


def with_words(model: encoder.Encoder, lessons: list[Lesson]) -> Iterator[tuple[Lesson, Tensor]]:
    """Each lesson with the vectors of its units."""
    made: dict[int, Tensor] = {}
    for one in lessons:
        if id(one) not in made:
            words = model.read_units(one.example.units).words if one.words is None else one.words
            made[id(one)] = torch.from_numpy(words)
        yield one, made[id(one)]


def fit(args: argparse.Namespace, texts: list[tuple[Lesson, Tensor]], kept_back: list[tuple[Lesson, Tensor]]) -> None:
    """Train, write heads.npz and log a line each epoch."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    network = Heads(args.model, args.forget, args.others)
    if args.only_relations:
        for name, weight in network.named_parameters():
            weight.requires_grad_(name.startswith(OF_RELATIONS))
    print(f"{len(texts)} to learn from, {len(kept_back)} held out; as it is", figures(network, kept_back))
    steps = args.epochs * (len(texts) // args.batch)
    optimiser = torch.optim.AdamW(network.parameters(), lr=args.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, total_steps=steps + 1, pct_start=0.1)
    with (args.out / "log.jsonl").open("a", encoding="utf-8") as log:
        for e in range(args.epochs):
            network.train()
            rng.shuffle(texts)
            began, sums = time.time(), np.zeros(2)
            for at in range(0, len(texts) - args.batch + 1, args.batch):
                loss, parts = batch_loss(network, texts[at : at + args.batch], rng)
                optimiser.zero_grad(set_to_none=True)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimiser.step()
                schedule.step()
                sums += parts
            line = {"epoch": e + 1, "seconds": round(time.time() - began)}
            line |= {"loss": (sums * args.batch / len(texts)).round(4).tolist()}
            line |= {"held_out": [round(v, 4) for v in figures(network, kept_back)]}
            print(json.dumps(line), flush=True)
            log.write(json.dumps(line) + "\n")
    heads_file({f"entity.{k}": v.numpy() for k, v in network.entity.state_dict().items()}, args.out)


def batch_loss(network: Heads, texts: list[tuple[Lesson, Tensor]], rng: random.Random) -> tuple[Tensor, Numbers]:
    """The loss of some texts, and its two parts for the log."""
    made = []
    for one, words in texts:
        marks = one if one.found or rng.random() < 0.25 else amiss(one, rng)
        made.append(losses(network.entity, network.forget(words), len(words), marks))
    role = torch.stack([p[0] for p in made]).sum() / max(1.0, sum(p[1] for p in made))
    relation = torch.stack([p[2] for p in made]).sum() / max(1.0, sum(p[3] for p in made))
    return 0.7 * role + relation, np.array([float(role.detach()), float(relation.detach())])


if __name__ == "__main__":
    main()
