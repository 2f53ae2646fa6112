"""The same network trained and tested as the literature does, on SciERC or SciER alone; prints the dev figures.

    python -m training.protocols scierc --shared SHARED --encoder ENCODER --vocabulary training/work/vocab

Starts from the pretrained encoder, never from our own weights, and sees nothing but the corpus's train part. SciERC
is read abstract by abstract, mentions are told apart by their place, relations join two mentions of one sentence.
SciER gives sentences and strings: eight following sentences are read at once, mentions are told apart by sentence
and string. Mentions are decoded by the best segmentation, without pooling over strings.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from benchmarks.evaluation.protocols import Protocol
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from citeweave.extract.layout import pairs, standing
from citeweave.model import ENTITY_TYPES
from training.corpora import LABELS, RELATIONS, Example, detokenise, from_tokens
from training.encoder import pretrained
from training.network import Batch, Network
from training.train import Batcher, parameter_groups

Key = tuple[int, ...] | tuple[int, str]
_KIND = {"Material": "Dataset", "OtherScientificTerm": "Concept", "Generic": "Software"}
"""Which row of the type table stands for a corpus's label; only that they differ matters."""


@dataclass(slots=True)
class Text:
    """One text of a corpus: what the network sees of it, and what the annotators said, whether it can see it or not."""

    example: Example
    sentences: list[int]
    """The unit that each sentence starts with."""
    tokens: list[str]
    token_starts: list[int]
    token_ends: list[int]
    sentence_tokens: list[int]
    entities: dict[Key, str]
    relations: set[tuple[Key, str, Key]]

    def key(self, first: int, end: int) -> Key:
        """What tells the mention of these units apart."""
        start, stop = int(self.example.units.offsets[first, 0]), int(self.example.units.offsets[end - 1, 1])
        if self.example.corpus == "scierc":
            return start, stop
        a, b = bisect_right(self.token_starts, start) - 1, bisect_right(self.token_starts, stop - 1)
        return bisect_right(self.sentence_tokens, a) - 1, " ".join(self.tokens[a:b])

    def sentence(self, unit: int) -> int:
        """The number of the sentence that a unit stands in."""
        return bisect_right(self.sentences, unit) - 1


def _text(key: str, corpus: str, sentences: list[list[str]], spans: list[tuple[int, int, str]]) -> Text:
    tokens = [t for sentence in sentences for t in sentence]
    first_tokens = np.cumsum([0, *(len(s) for s in sentences[:-1])]).tolist()
    _, starts, ends = detokenise(tokens)
    starts, ends = [s + 2 for s in starts], [e + 2 for e in ends]
    example = from_tokens(key, corpus, tokens, spans)
    unit_starts = example.units.offsets[:, 0].tolist()
    borders = [bisect_right(unit_starts, starts[t] - 1) for t in first_tokens]
    return Text(example, borders, tokens, starts, ends, first_tokens, {}, set())


def scierc(shared: Path, part: str) -> Iterator[Text]:
    """SciERC (Luan et al. 2018), an abstract a text."""
    with (shared / f"corpora/scierc/{part}.json").open(encoding="utf-8") as lines:
        for number, record in enumerate(map(json.loads, lines)):
            spans = [(a, b, label) for sentence in record["ner"] for a, b, label in sentence]
            made = _text(record.get("doc_key", str(number)), "scierc", record["sentences"], spans)
            places = {(a, b): (made.token_starts[a], made.token_ends[b]) for a, b, _ in spans}
            made.entities = {places[a, b]: label for a, b, label in spans}
            made.relations = {
                (places[a, b], label, places[c, d])
                for sentence in record["relations"]
                for a, b, c, d, label in sentence
                if (a, b) in places and (c, d) in places
            }
            yield made


def scier(shared: Path, part: str, together: int = 8) -> Iterator[Text]:
    """SciER (Zhang et al. 2024), some following sentences of a document a text."""
    with (shared / f"corpora/scier/{part}.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    start = 0
    for at in range(1, len(records) + 1):
        if at == len(records) or at - start == together or records[at]["doc_id"] != records[start]["doc_id"]:
            yield _scier_text(f"scier-{part}-{start}", records[start:at])
            start = at


def _scier_text(key: str, records: list[dict[str, Any]]) -> Text:
    sentences = [record["sentence"].split() for record in records]
    spans: list[tuple[int, int, str]] = []
    done = 0
    for words, record in zip(sentences, records, strict=True):
        for name, label in record["ner"]:
            part = name.split()
            found = (i for i in range(len(words) - len(part) + 1) if words[i : i + len(part)] == part)
            spans += [(done + i, done + i + len(part) - 1, label) for i in found]
        done += len(words)
    made = _text(key, "scier", sentences, spans)
    for number, record in enumerate(records):
        made.entities |= {(number, " ".join(name.split())): label for name, label in record["ner"]}
    for number, record in enumerate(records):
        triples = (((number, " ".join(s.split())), p, (number, " ".join(o.split()))) for s, p, o in record["rel"])
        made.relations |= {t for t in triples if t[0] in made.entities and t[2] in made.entities}
    return made


READERS = {"scierc": scierc, "scier": scier}


def kind(corpus: str, label: int) -> int:
    """The row of the type table for a corpus's label."""
    name = LABELS[corpus][label]
    return ENTITY_TYPES.index(_KIND.get(name, name))  # type: ignore[arg-type]


def pair_rows(text: Text, spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int, int, int]]:
    """All ordered pairs of mentions of one sentence, as :func:`citeweave.extract.layout.pairs` lays them out."""
    at = [text.sentence(first) for first, _, _ in spans]
    return [row for row in pairs([[s[:2]] for s in spans]) if at[row[0]] == at[row[1]]]


def pair_scores(
    network: Network, text: Text, words: Tensor, spans: list[tuple[int, int, int]], rows: list[tuple[int, ...]]
) -> Tensor:
    """Scores (pairs, 1 + labels) of pairs of mentions, each mention an entity of its own."""
    corpus = text.example.corpus
    places = [[s[:2]] for s in spans]
    kinds = [kind(corpus, label) for _, _, label in spans]
    where = [standing(text.example.units, held) for held in places]
    vectors = network.entity.entities(words, places, kinds, where)
    return network.entity.pairs(words, vectors, kinds, rows, corpus)  # type: ignore[arg-type]


def relation_loss(network: Network, words: Tensor, batch: Batch, texts: dict[str, Text]) -> Tensor:
    """Cross entropy over the pairs of each sentence's true mentions, as a mean over the true relations."""
    loss, count = words.new_zeros(()), 0
    for k, example in enumerate(batch.examples):
        n = int(batch.lengths[k])
        text = texts[example.key]
        spans = [s for s in example.spans if s[1] <= n]
        if not (rows := pair_rows(text, spans)):
            continue
        labels = {(s, o): RELATIONS[example.corpus].index(p) + 1 for s, p, o in text.relations}
        keys = [text.key(first, end) for first, end, _ in spans]
        target = torch.tensor([labels.get((keys[r[0]], keys[r[1]]), 0) for r in rows])
        loss = loss + F.cross_entropy(pair_scores(network, text, words[k, :n], spans, rows), target, reduction="sum")
        count += int((target > 0).sum())
    return loss / max(count, 1)


def best_spans(scores: NDArray[np.float64]) -> list[tuple[int, int, int]]:
    """The best segmentation of a semi-Markov model (Viterbi), from scores (units, width, types)."""
    n, widest, _ = scores.shape
    top = scores.max(2)
    value, back = np.zeros(n + 1), np.zeros(n + 1, dtype=int)
    for t in range(1, n + 1):
        value[t] = value[t - 1]
        for w in range(1, min(widest, t) + 1):
            if value[t - w] + top[t - w, w - 1] > value[t]:
                value[t], back[t] = value[t - w] + top[t - w, w - 1], w
    made = []
    t = n
    while t:
        if back[t]:
            first = t - back[t]
            made.append((first, t, int(scores[first, back[t] - 1].argmax())))
        t -= max(back[t], 1)
    return made[::-1]


@torch.no_grad()
def evaluate(network: Network, batcher: Batcher, texts: list[Text]) -> tuple[Protocol, Protocol]:
    """The protocol's figures with predicted mentions, and those of the relations given the true mentions."""
    network.eval()
    own, given = Protocol(), Protocol()
    for text in texts:
        batch = batcher.batch([text.example])
        words = network.words(batch)
        n = int(batch.lengths[0])
        spans = best_spans(network.scores(words, batch)[0, :n].double().numpy())
        true = (text.entities, text.relations)
        own.add(true, _said(network, text, words[0, :n], spans))
        given.add(true, _said(network, text, words[0, :n], [s for s in text.example.spans if s[1] <= n]))
    return own, given


def _said(
    network: Network, text: Text, words: Tensor, spans: list[tuple[int, int, int]]
) -> tuple[dict[Key, str], set[tuple[Key, str, Key]]]:
    corpus = text.example.corpus
    keys = [text.key(first, end) for first, end, _ in spans]
    entities = {key: LABELS[corpus][span[2]] for key, span in zip(keys, spans, strict=True)}
    relations: set[tuple[Key, str, Key]] = set()
    if rows := pair_rows(text, spans):
        best = pair_scores(network, text, words, spans, rows).argmax(1).tolist()
        relations = {
            (keys[s], RELATIONS[corpus][label - 1], keys[o])
            for (s, o, *_), label in zip(rows, best, strict=True)
            if label and keys[s] != keys[o]
        }
    return entities, relations


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("corpus", choices=sorted(READERS))
    args.add_argument("--shared", type=Path, required=True)
    args.add_argument("--encoder", type=Path, required=True)
    args.add_argument("--vocabulary", type=Path, required=True)
    args.add_argument("--layers", type=int, default=8)
    args.add_argument("--epochs", type=int, default=10)
    args.add_argument("--rate", type=float, default=1e-4)
    args.add_argument("--head-rate", type=float, default=8e-4)
    args.add_argument("--decay", type=float, default=0.9)
    args.add_argument("--relation-weight", type=float, default=0.3)
    args.add_argument("--budget", type=int, default=2048, help="pieces a batch")
    args.add_argument("--limit", type=int, default=0, help="use only so many texts of each part")
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--threads", type=int, default=1)
    run(args.parse_args())


def run(args: argparse.Namespace) -> None:
    """Read the corpus, train and print the figures."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    keep = json.loads((args.vocabulary / "keep.json").read_text("utf-8"))
    batcher = Batcher(Tokenizer.from_file(str(args.vocabulary / "tokenizer.json")))
    network = Network(pretrained(args.encoder, args.layers, keep))
    parts = [list(READERS[args.corpus](args.shared, part)) for part in ("train", "dev")]
    train, dev = (held[: args.limit] if args.limit else held for held in parts)
    print(f"{args.corpus}: {len(train)} texts to train, {len(dev)} dev", flush=True)
    fit(network, batcher, train, args)
    own, given = evaluate(network, batcher, dev)
    print(f"{args.corpus} dev, {len(dev)} texts, seed {args.seed}")
    print("\n".join(own.lines()))
    print("relations given the true mentions")
    print("\n".join(given.lines()[1:]), flush=True)


def fit(network: Network, batcher: Batcher, train: list[Text], args: argparse.Namespace) -> None:
    """Train for a fixed number of epochs, printing a line each; nothing is chosen on the dev part."""
    rng = random.Random(args.seed)
    by_key = {text.example.key: text for text in train}
    epochs = [batcher.epoch([t.example for t in train], args.budget, rng) for _ in range(args.epochs)]
    steps = sum(map(len, epochs))
    optimiser = torch.optim.AdamW(parameter_groups(network, args), betas=(0.9, 0.98), eps=1e-6, fused=True)
    warmup = max(1, steps // 12)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / warmup, max(0.02, (steps - s) / max(1, steps - warmup)))
    )
    for number, batches in enumerate(epochs, start=1):
        network.train()
        began, sums = time.process_time(), np.zeros(2)
        for held in batches:
            batch = batcher.batch(held)
            words = network.words(batch)
            spans = max(20, sum(len(x.spans) for x in held))
            mention = network.mention_loss(network.scores(words, batch), batch) / spans
            relation = relation_loss(network, words, batch, by_key)
            sums += float(mention.detach()), float(relation.detach())
            optimiser.zero_grad(set_to_none=True)
            (mention + args.relation_weight * relation).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
        spent = time.process_time() - began
        print(f"epoch {number}: losses {np.round(sums / len(batches), 3)}, {spent:.0f} processor seconds", flush=True)


if __name__ == "__main__":
    main()
