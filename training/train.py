"""Stage `train`: fine-tune the encoder with all heads. `python -m training.train --help`."""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from citeweave.extract.decode import Span, decode, marginals
from citeweave.extract.layout import pairs, standing
from citeweave.extract.units import FEATURE_SIZES
from training.averaging import Meeting
from training.corpora import RELATIONS, Example, auxiliary, fresh, from_annotation, ours, unmarked
from training.encoder import Encoder, Shape, pretrained
from training.export import average
from training.heldout import is_held_out
from training.network import Batch, Network
from training.parted import sameness_loss

MAX_PIECES = 510


class Batcher:
    """Pieces of each example once, then padded batches under a budget of pieces."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        vocabulary = tokenizer.get_vocab()
        self.begin = vocabulary.get("<s>", vocabulary.get("[CLS]", 0))
        self.end = vocabulary.get("</s>", vocabulary.get("[SEP]", 0))
        self.unknown = vocabulary["[UNK]"]
        self.kept: dict[int, tuple[list[int], list[int]]] = {}

    def pieces(self, example: Example) -> tuple[list[int], list[int]]:
        """Piece ids and the unit of each piece."""
        if id(example) not in self.kept:
            ids: list[int] = []
            owner: list[int] = []
            for i, made in enumerate(
                self.tokenizer.encode_batch([w[:64] for w in example.units.words()], add_special_tokens=False)
            ):
                new = made.ids or [self.unknown]
                ids += new
                owner += [i] * len(new)
            if len(ids) > MAX_PIECES:
                cut = owner[MAX_PIECES]
                keep = owner.index(cut)
                ids, owner = ids[:keep], owner[:keep]
            self.kept[id(example)] = (ids, owner)
        return self.kept[id(example)]

    def batch(self, examples: list[Example], drop_title: float = 0.0, rng: random.Random | None = None) -> Batch:
        made = [self.pieces(x) for x in examples]
        longest = max(len(ids) for ids, _ in made) + 2
        counts = [owner[-1] + 1 if owner else 0 for _, owner in made]
        n, size = max(counts), len(examples)
        ids = torch.zeros(size, longest, dtype=torch.long)
        none = torch.tensor(FEATURE_SIZES)
        piece_features = none.repeat(size, longest, 1)
        mask = torch.zeros(size, longest, dtype=torch.bool)
        first = torch.zeros(size, n, dtype=torch.long)
        last = torch.zeros(size, n, dtype=torch.long)
        features = none.repeat(size, n, 1)
        for k, ((own, owner), example) in enumerate(zip(made, examples, strict=True)):
            ids[k, : len(own) + 2] = torch.tensor([self.begin, *own, self.end])
            mask[k, : len(own) + 2] = True
            of_units = torch.from_numpy(example.units.features)
            at = torch.tensor(owner)
            piece_features[k, 1 : len(own) + 1] = of_units[at]
            features[k, : counts[k]] = of_units[: counts[k]]
            place = torch.arange(1, len(own) + 1)
            last[k].scatter_(0, at, place)
            first[k].scatter_(0, at.flip(0), place.flip(0))
        return Batch(
            examples[0].corpus, ids, piece_features, mask, first, last, features, torch.tensor(counts), examples
        )

    def epoch(self, examples: list[Example], budget: int, rng: random.Random) -> list[list[Example]]:
        """Shuffled batches of examples of one corpus and like length."""
        groups: dict[str, list[Example]] = {}
        for x in examples:
            groups.setdefault(x.corpus, []).append(x)
        batches: list[list[Example]] = []
        for held in groups.values():
            held = sorted(held, key=lambda x: len(self.pieces(x)[0]) * rng.uniform(0.85, 1.15))
            current: list[Example] = []
            widest = 0
            for x in held:
                length = len(self.pieces(x)[0]) + 2
                if current and max(widest, length) * (len(current) + 1) > budget:
                    batches.append(current)
                    current, widest = [], 0
                current.append(x)
                widest = max(widest, length)
            batches.append(current)
        rng.shuffle(batches)
        return batches


def entity_losses(
    network: Network, words: Tensor, batch: Batch, scores: Tensor | None = None
) -> tuple[Tensor, Tensor, list[tuple[int, int]]]:
    """Role and relation losses (means over entities and over true relations), and (true, predicted) roles.

    With span ``scores`` the heads also see what they will meet in use: entities that are none, which no relation
    joins, and for every other text the types that the network itself gives.
    """
    role_loss, role_count = words.new_zeros(()), 0
    relation_loss, relation_count = words.new_zeros(()), 0
    seen: list[tuple[int, int]] = []
    for k, x in enumerate(batch.examples):
        n = int(batch.lengths[k])
        places = [[x.spans[i][:2] for i in held if x.spans[i][1] <= n] for held in x.entities]
        index = [i for i, held in enumerate(places) if held]
        if not index:
            continue
        places = [places[i] for i in index]
        types = [x.types[i] for i in index]
        role_ids = [x.roles[i] for i in index]
        if scores is not None and x.corpus == "ours":
            own = scores[k, :n].detach()
            for first, end, kind, _ in unmarked(x, marginals(own.double().numpy()), 0.2, 4):
                places.append([(first, end)])
                types.append(kind)
                role_ids.append(-1)
            if k % 2:
                types = [int(own[held[0][0], held[0][1] - held[0][0] - 1].argmax()) for held in places]
        vectors = network.entity.entities(words[k, :n], places, types, [standing(x.units, p) for p in places])
        roles = torch.tensor(role_ids)
        if (roles >= 0).any():
            logits = network.entity.roles(vectors, x.style)
            role_loss = role_loss + x.weight * F.cross_entropy(logits, roles, ignore_index=-1, reduction="sum")
            role_count += int((roles >= 0).sum())
            seen += list(zip(roles.tolist(), logits.argmax(1).tolist(), strict=True))
        all_pairs = pairs(places)
        if x.weight == 1.0 and len(all_pairs):
            renumbered = {old: new for new, old in enumerate(index)}
            true = {
                (renumbered[s], renumbered[o]): r + 1 for s, o, r in x.relations if s in renumbered and o in renumbered
            }
            target = torch.tensor([true.get((p[0], p[1]), 0) for p in all_pairs])
            logits = network.entity.pairs(words[k, :n], vectors, types, all_pairs, x.corpus, x.style)
            relation_loss = relation_loss + F.cross_entropy(logits, target, reduction="sum")
            relation_count += max(len(true), 1)
    return role_loss / max(role_count, 1), relation_loss / max(relation_count, 1), seen


@torch.no_grad()
def predict(network: Network, batcher: Batcher, examples: list[Example], threshold: float = 0.4) -> list[list[Span]]:
    """Decoded mentions of each example, in order."""
    network.eval()
    result: dict[int, list[Span]] = {}
    ordered = sorted(range(len(examples)), key=lambda i: len(batcher.pieces(examples[i])[0]))
    for at in range(0, len(ordered), 8):
        held = ordered[at : at + 8]
        batch = batcher.batch([examples[i] for i in held])
        scores = network.scores(network.words(batch), batch)
        for k, i in enumerate(held):
            n = int(batch.lengths[k])
            spans = marginals(scores[k, :n].double().numpy())
            if n < len(examples[i].units):
                spans = np.concatenate([spans, np.zeros((len(examples[i].units) - n, *spans.shape[1:]))])
            result[i] = decode(examples[i].units, spans, threshold)
    return [result[i] for i in range(len(examples))]


def f1(predicted: list[list[Span]], examples: list[Example]) -> tuple[float, float, float]:
    """Precision, recall and F1 of typed, exact mentions."""
    found = sum(len(p) for p in predicted)
    gold = sum(len(x.spans) for x in examples)
    right = sum(
        len({(s.first, s.end, s.type) for s in p} & set(x.spans)) for p, x in zip(predicted, examples, strict=True)
    )
    p, r = right / max(found, 1), right / max(gold, 1)
    return p, r, 2 * p * r / max(p + r, 1e-9)


@torch.no_grad()
def entity_figures(network: Network, batcher: Batcher, examples: list[Example]) -> tuple[float, float]:
    """Role accuracy and relation F1 given the true entities."""
    network.eval()
    right = count = hit = made = gold = 0
    for x in examples:
        batch = batcher.batch([x])
        words = network.words(batch)
        _, _, seen = entity_losses(network, words, batch)
        right += sum(a == b for a, b in seen)
        count += len(seen)
        n = int(batch.lengths[0])
        places = [[x.spans[i][:2] for i in held if x.spans[i][1] <= n] for held in x.entities]
        if len(places) < 2 or not all(places):
            gold += len(x.relations)
            continue
        vectors = network.entity.entities(words[0, :n], places, x.types, [standing(x.units, p) for p in places])
        all_pairs = pairs(places)
        best = network.entity.pairs(words[0, :n], vectors, x.types, all_pairs).argmax(1).tolist()
        said = {(p[0], p[1], r - 1) for p, r in zip(all_pairs, best, strict=True) if r}
        hit += len(said & set(x.relations))
        made += len(said)
        gold += len(x.relations)
    return right / max(count, 1), 2 * hit / max(made + gold, 1)


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--shared", type=Path, required=True, help="folder with annotations/ and corpora/")
    args.add_argument("--encoder", type=Path, help="unpacked pretrained encoder; without, --start alone says all")
    args.add_argument("--vocabulary", type=Path, required=True, help="folder made by training.vocabulary")
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--layers", type=int, default=8)
    args.add_argument("--epochs", type=int, default=8)
    args.add_argument("--warm", type=int, default=1, help="first epochs that also see the auxiliary corpora")
    args.add_argument("--auxiliary-share", type=float, default=1.0)
    args.add_argument("--auxiliary", nargs="+", default=["scierc", "scier", "tdmsci", "gsap"], help="which corpora")
    args.add_argument("--pseudo", type=Path, help="JSON Lines of teacher-labelled texts (title, abstract, entities)")
    args.add_argument("--pseudo-weight", type=float, default=0.5)
    args.add_argument(
        "--pseudo-epochs", type=int, default=2, help="first epochs that also see the pseudo-labelled texts"
    )
    args.add_argument("--start", type=Path, nargs="+", help="checkpoint to start from; of several, their mean")
    args.add_argument("--frozen", type=int, default=0, help="leave so many lower layers as they are, without dropout")
    args.add_argument("--fresh", type=Path, nargs="*", default=[], help="more annotated texts, of the pool")
    args.add_argument("--fresh-documents", type=int, help="use so many of them, picked by seed")
    args.add_argument("--relation-weight", type=float, default=0.15)
    args.add_argument("--same-weight", type=float, default=0.1, help="of the loss of which parts are one entity")
    args.add_argument(
        "--trusting", type=int, default=1, help="first epochs whose relations see only true entities and types"
    )
    args.add_argument("--rate", type=float, default=6e-5)
    args.add_argument("--head-rate", type=float, default=6e-4)
    args.add_argument("--decay", type=float, default=0.9, help="learning rate factor from one layer to the one below")
    args.add_argument("--budget", type=int, default=2048, help="pieces a batch")
    args.add_argument("--held-out", type=float, default=0.06, help="share of the training documents kept back")
    args.add_argument("--limit", type=int, default=0, help="use only so many documents (smoke runs, learning curves)")
    args.add_argument(
        "--documents", type=int, help="train on so many annotated documents, picked by seed (learning curves; 0: none)"
    )
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--threads", type=int, default=2)
    args.add_argument("--rank", type=int, default=0, help="number of this process, where several train together")
    args.add_argument("--world", type=int, default=1, help="how many processes train together")
    args.add_argument("--meet", type=int, default=20, help="steps between two averagings of their weights")
    run(args.parse_args())


def begun(args: argparse.Namespace) -> Network:
    """The network as it is before training."""
    saved = average(args.start) if args.start else None
    if args.encoder:
        keep = json.loads((args.vocabulary / "keep.json").read_text("utf-8"))
        network = Network(pretrained(args.encoder, args.layers, keep))
    elif saved:
        network = Network(Encoder(Shape(**saved["shape"])))
    else:
        raise SystemExit("train: give --encoder, --start or both")
    if saved:
        network.load_state_dict(saved["network"], strict=False)
    if args.frozen:
        network.freeze(args.frozen)
    return network


def run(args: argparse.Namespace) -> None:
    """Train, write a checkpoint after each epoch and log a line each."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    batcher = Batcher(Tokenizer.from_file(str(args.vocabulary / "tokenizer.json")))
    network = begun(args)
    train = ours(args.shared, "train")
    held_out = [x for x in train if is_held_out(x.key, args.held_out)]
    train = [x for x in train if not is_held_out(x.key, args.held_out)]
    dev = ours(args.shared, "dev")
    if args.documents is not None:
        train = random.Random(args.seed).sample(train, args.documents)
    added = fresh(args.shared, args.fresh)
    if args.fresh_documents is not None:
        added = random.Random(args.seed).sample(added, args.fresh_documents)
    train += added
    if args.limit:
        train, held_out, dev = train[: args.limit], held_out[: args.limit], dev[: args.limit]
    extra = [x for x in auxiliary(args.shared, 500) if x.corpus in args.auxiliary] if args.warm else []
    if args.limit:
        extra = extra[:: max(1, len(extra) // args.limit)]
    pseudo = []
    if args.pseudo:
        with args.pseudo.open(encoding="utf-8") as lines:
            pseudo = [from_annotation(r, r["title"], r["abstract"], args.pseudo_weight) for r in map(json.loads, lines)]
    epochs: list[list[list[Example]]] = []
    for e in range(args.epochs):
        seen = list(train)
        if e < args.warm:
            seen += rng.sample(extra, int(len(extra) * args.auxiliary_share))
        if e < args.pseudo_epochs and pseudo:
            part = len(pseudo) // args.pseudo_epochs
            seen += pseudo[e * part : (e + 1) * part]
        epochs.append(batcher.epoch(seen, args.budget, rng))
    shares = [batches[args.rank :: args.world][: len(batches) // args.world] for batches in epochs]
    steps = sum(map(len, shares))
    meeting = Meeting(args.out / "meeting", args.rank, args.world)
    groups = parameter_groups(network, args)
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6, fused=True)
    warmup = max(1, steps // 12)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / warmup, max(0.02, (steps - s) / max(1, steps - warmup)))
    )
    log = (args.out / "log.jsonl").open("a", encoding="utf-8")
    print(
        f"{len(train)} train, {len(held_out)} held out, {len(extra)} auxiliary, {len(pseudo)} pseudo, {steps} steps",
        flush=True,
    )
    for e, batches in enumerate(shares):
        network.train()
        began, sums = time.time(), np.zeros(4)
        for b, held in enumerate(batches):
            batch = batcher.batch(held)
            words = network.words(batch)
            scores = network.scores(words, batch)
            loss = network.mention_loss(scores, batch) / max(20, sum(len(x.spans) for x in held))
            sums[0] += float(loss.detach())
            if batch.corpus in RELATIONS:
                role, relation, _ = entity_losses(network, words, batch, scores if e >= args.trusting else None)
                sums[1:3] += float(role.detach()), float(relation.detach())
                loss = loss + 0.4 * role + args.relation_weight * relation
            if batch.corpus == "ours" and args.same_weight:
                same = sameness_loss(network, words, batch, rng)
                sums[3] += float(same.detach())
                loss = loss + args.same_weight * same
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            if (b + 1) % args.meet == 0 or b + 1 == len(batches):
                meeting.average(network)
            if b % 20 == 0:
                print(
                    f"  {e + 1} {b}/{len(batches)} {np.round(sums / (b + 1), 3)} {time.time() - began:.0f}s", flush=True
                )
        spent = time.time() - began
        if args.rank:
            continue
        torch.save({"network": network.state_dict(), "shape": vars(network.encoder.shape)}, args.out / "last.pt")
        line = {"epoch": e + 1, "seconds": round(spent), "loss": (sums / len(batches)).round(4).tolist()}
        if e + 1 == args.epochs or e % 2 == 1:
            for name, part in (("held_out", held_out), ("dev", dev if e + 1 == args.epochs else [])):
                if not part:
                    continue
                made = predict(network, batcher, part)
                line[name] = [round(v, 4) for v in (*f1(made, part), *entity_figures(network, batcher, part))]
        print(json.dumps(line), flush=True)
        log.write(json.dumps(line) + "\n")
        log.flush()


def parameter_groups(network: Network, args: argparse.Namespace) -> list[dict[str, object]]:
    """Layer-wise learning rates: heads fastest, then the encoder from its top layer down."""
    groups: dict[tuple[float, float], list[Tensor]] = {}
    top = network.encoder.shape.layers
    for name, value in network.named_parameters():
        if name.startswith("encoder.layers."):
            rate = args.rate * args.decay ** (top - 1 - int(name.split(".")[2]))
        elif name.startswith("encoder.features"):
            rate = args.head_rate
        elif name.startswith("encoder."):
            rate = args.rate * args.decay**top
        else:
            rate = args.head_rate
        weight_decay = 0.01 if value.dim() > 1 and "features" not in name else 0.0
        if value.requires_grad:
            groups.setdefault((rate, weight_decay), []).append(value)
    return [{"params": held, "lr": rate, "weight_decay": wd} for (rate, wd), held in groups.items()]


if __name__ == "__main__":
    main()
