"""Entities parted in two, from which the encoder learns which things of a text are one.

The recogniser finds `shift-invariant kernels` and, later in the text, `kernels`. The annotators have both under one
entity; parted again, it says what the coreference judges are to find out.
"""

from __future__ import annotations

import random

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from citeweave.extract.forms import normal_form
from citeweave.extract.layout import Place, pairs, standing
from training.corpora import Example
from training.network import Batch, Network

PARTED = 0.7
"""How often an entity of several spellings is parted."""


def parted(x: Example, length: int, rng: random.Random) -> tuple[list[list[Place]], list[int]]:
    """Places of a text's entities within ``length`` units, some in two parts, and which entity each is."""
    places: list[list[Place]] = []
    owners: list[int] = []
    for index, held in enumerate(x.entities):
        by_form: dict[str, list[Place]] = {}
        for first, end, _ in (x.spans[i] for i in held):
            if end <= length:
                by_form.setdefault(normal_form(x.units.part(first, end)), []).append((first, end))
        forms = list(by_form.values())
        cut = len(forms)
        if len(forms) > 1 and rng.random() < PARTED:
            rng.shuffle(forms)
            cut = rng.randrange(1, len(forms))
        for part in (forms[:cut], forms[cut:]):
            if part:
                places.append(sorted(place for of_form in part for place in of_form))
                owners.append(index)
    return places, owners


def sameness_loss(network: Network, words: Tensor, batch: Batch, rng: random.Random) -> Tensor:
    """Cross-entropy of which pairs are one entity, over the texts that have such pairs, a mean over these pairs."""
    loss, count = words.new_zeros(()), 0
    for k, x in enumerate(batch.examples):
        n = int(batch.lengths[k])
        places, owners = parted(x, n, rng)
        if len(set(owners)) == len(owners):
            continue
        types = [x.types[i] for i in owners]
        vectors = network.entity.entities(words[k, :n], places, types, [standing(x.units, p) for p in places])
        rows = pairs(places)
        target = torch.tensor([float(owners[s] == owners[o]) for s, o in rows[:, :2].tolist()])
        scores = network.entity.alike(words[k, :n], vectors, types, rows)
        loss = loss + F.binary_cross_entropy_with_logits(scores, target, reduction="sum")
        count += int(target.sum())
    return loss / max(count, 1)
