"""Stage `narrow`: a narrower start for the fast model, of the channels of a trained one that matter most.

What a channel is worth is the mean square of what the loss would change by, to first order, if it were zero (as in
Molchanov et al. 2017), over annotated texts. All layers add to the same channels, so these are chosen once for all of
them; the vectors of units, of entities and of pairs each have a choice of their own. What attention's products between
entities and words come to is kept as far as so few channels can. The outcome is no finished model: `training.student
--start` goes on from it.
"""

from __future__ import annotations

import argparse
import random
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from citeweave.extract.lexicon import Lexicon
from training.corpora import ours
from training.student import Item, item, step
from training.student_network import Student, StudentShape, restore, save

STREAM, WORDS, ENTITIES, PAIRS = "stream", "words", "entities", "pairs"
"""What has channels to choose from: what the layers add to, and the vectors of units, entities and pairs."""


def worth(student: Student, items: list[Item]) -> dict[str, Tensor]:
    """For each of the four, how much each of its channels matters to the loss of some texts."""
    sums: dict[str, Tensor] = {}
    seen: list[tuple[str, Tensor]] = []

    def watch(name: str, module: nn.Module, output: bool = True) -> None:
        def after(_: nn.Module, inputs: tuple[Tensor, ...], made: Tensor) -> None:
            told = made if output else inputs[0]
            told.retain_grad()
            seen.append((name, told))

        module.register_forward_hook(after)  # type: ignore[arg-type]

    student = _copy(student)
    for module in (student.norm, student.echo, *student.layers, *([student.attention] if student.attention else [])):
        watch(STREAM, module)
    watch(WORDS, student.dropout)
    watch(ENTITIES, student.entity.role, output=False)
    watch(PAIRS, student.entity.relation, output=False)
    given = Namespace(forget=0.0, vector_weight=0.0, relation_weight=0.4)
    for one in items:
        seen.clear()
        student.zero_grad(set_to_none=True)
        step(student, [one], given, with_entities=True)[0].backward()
        for name, told in seen:
            if told.grad is not None:
                made = (told.detach() * told.grad).square().flatten(0, -2).sum(0)
                sums[name] = sums[name] + made if name in sums else made
    sums[ENTITIES] = sums[ENTITIES].view(2, -1).sum(0)  # means, then maxima, of the same channels
    return sums


def _copy(student: Student) -> Student:
    made = Student(student.shape)
    made.load_state_dict(student.state_dict())
    return made.train()


def narrowed(student: Student, worths: dict[str, Tensor], hidden: int, word: int, head: int) -> Student:
    """The student with so many channels of the stream, of unit vectors, and of entities and pairs."""
    sizes = {STREAM: hidden, WORDS: word, ENTITIES: head, PAIRS: head}
    kept = {name: worths[name].topk(size).indices.sort().values for name, size in sizes.items()}
    stream, words, pairs = kept[STREAM], kept[WORDS], kept[PAIRS]
    both = torch.cat([kept[ENTITIES], kept[ENTITIES] + student.shape.head])
    wide = student.shape.hidden
    w = {name: value.clone() for name, value in student.state_dict().items()}
    made = Student(replace(student.shape, hidden=hidden, word=word, head=head))

    def take(name: str, rows: Tensor | None = None, columns: Tensor | None = None) -> None:
        value = w[name]
        value = value if rows is None else value[rows]
        w[name] = value if columns is None else value[:, columns]

    def beside(count: int) -> Tensor:
        return torch.cat([stream + k * wide for k in range(count)])

    for name in list(w):
        if name.startswith("tables."):
            take(name, columns=stream)
        elif name.startswith(("norm.", "echo.norm.")) or (name.startswith("layers.") and ".norm." in name):
            take(name, stream)
    for i in range(len(student.layers)):
        take(f"layers.{i}.linear.weight", beside(2), beside(3))
        take(f"layers.{i}.linear.bias", beside(2))
    take("echo.linear.weight", stream, beside(2))
    take("echo.linear.bias", stream)
    if student.attention:
        take("attention.look.weight", columns=stream)
        take("attention.out.weight", stream)
        take("attention.out.bias", stream)
    take("out.weight", words, stream)
    for name in ("out.bias", "out_norm.weight", "out_norm.bias"):
        take(name, words)
    take("spans.ends.weight", columns=words)
    _queries(w, student.shape, head)
    for name in ("start", "end", "inside", "text"):
        take(f"entity.{name}.weight", kept[ENTITIES], words)
    take("entity.start.bias", kept[ENTITIES])
    for name in ("types", "where"):
        take(f"entity.{name}.weight", columns=kept[ENTITIES])
    take("entity.role.weight", columns=both)
    for name in ("subject", "object", "left", "right"):
        take(f"entity.{name}.weight", pairs, both)
        if f"entity.{name}.bias" in w:
            take(f"entity.{name}.bias", pairs)
    take("entity.query.weight", columns=both)
    take("entity.key.weight", columns=words)
    for name in ("context", "between"):
        take(f"entity.{name}.weight", pairs, words)
    take("entity.role_pairs.weight", pairs)
    for name in ("distance", "pair_types", "styles"):
        take(f"entity.{name}.weight", columns=pairs)
    for name in ("relation", "relation_scierc", "relation_scier"):
        take(f"entity.{name}.weight", columns=pairs)
    made.load_state_dict({k: v for k, v in w.items() if not k.startswith("taught.")}, strict=False)
    with torch.no_grad():  # the teacher's vectors, which the wider student learnt to have, from what is left of them
        if isinstance(made.taught, nn.Linear):
            made.taught.weight.zero_()
            made.taught.weight[words, torch.arange(word)] = 1.0
            made.taught.bias.zero_()
    return made


def _queries(w: dict[str, Tensor], shape: StudentShape, head: int) -> None:
    """Queries and keys of fewer channels, whose products are the nearest to what they were."""
    query = torch.cat([w["entity.query.weight"], w["entity.query.bias"][:, None]], 1)
    left, sizes, right = torch.linalg.svd(query.T @ w["entity.key.weight"], full_matrices=False)
    root = sizes[:head].sqrt()
    again = (head / shape.head) ** 0.5  # a product is divided by the root of the number of channels
    made = (left[:, :head] * root).T * again
    w["entity.query.weight"], w["entity.query.bias"] = made[:, :-1].contiguous(), made[:, -1].contiguous()
    w["entity.key.weight"] = right[:head] * root[:, None]


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--shared", type=Path, required=True)
    args.add_argument("--start", type=Path, required=True, help="checkpoint of the wider student")
    args.add_argument("--vocabulary", type=Path, required=True, help="folder with its words.txt")
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--hidden", type=int, default=160)
    args.add_argument("--word", type=int, default=192)
    args.add_argument("--head", type=int, default=128)
    args.add_argument("--texts", type=int, default=300, help="annotated texts by which channels are judged")
    args.add_argument("--seed", type=int, default=1)
    given = args.parse_args()
    lexicon = Lexicon((given.vocabulary / "words.txt").read_text("utf-8").split("\n"))
    torch.manual_seed(given.seed)
    examples = random.Random(given.seed).sample(ours(given.shared, "train"), given.texts)
    student = restore(given.start)
    made = narrowed(student, worth(student, [item(x, lexicon) for x in examples]), given.hidden, given.word, given.head)
    given.out.mkdir(parents=True, exist_ok=True)
    save(made, given.out / "last.pt")


if __name__ == "__main__":
    main()
