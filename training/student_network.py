"""The fast model's network: words by spelling, four gated convolutions, and the heads of the accurate model.

Not spaCy's own tok2vec: thinc has no 8-bit matrix product, and a window of one word on either side, four times, never
sees that a name stands elsewhere in the text, which :class:`Echo` adds for the price of one small layer, nor what the
text says farther away, which :class:`Attention` adds for another.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from citeweave.extract.lexicon import BUCKETS
from citeweave.extract.units import FEATURE_SIZES
from citeweave.model import ENTITY_TYPES
from training.network import HALF, HEAD, WORD, EntityHead, _SemiMarkov

WIDEST = 8
"""Units of the longest span that is scored: 99.7 % of the annotated mentions are no longer."""


LOOK, SEEN = 16, 32
"""Widths of a query and a key, and of a value, of one head of attention."""


@dataclass(frozen=True)
class StudentShape:
    """Sizes of the student."""

    words: int
    hidden: int = 256
    span: int = 64
    distances: tuple[int, ...] = (1, 1, 2, 4)
    echo_after: int = 2
    attention: int = 0
    """Heads of the layer in which each unit looks at all others; 0 for no such layer."""
    word: int = WORD
    """Of a unit's vector."""
    head: int = HEAD
    """Of the vectors of entities and of pairs."""


@dataclass(slots=True)
class StudentBatch:
    """Padded tensors of some texts; ``targets`` are rows (text, first, width - 1, type) with a ``weights`` each.

    ``vectors`` are the teacher's, (b, n, WORD), where ``taught``, (b), is true.
    """

    numbers: Tensor
    features: Tensor
    lengths: Tensor
    targets: Tensor
    weights: Tensor
    importance: Tensor
    examples: list[Any]
    vectors: Tensor
    taught: Tensor

    @property
    def mask(self) -> Tensor:
        """True where there is a unit."""
        return torch.arange(self.numbers.shape[1])[None] < self.lengths[:, None]


class Convolution(nn.Module):
    """A gated convolution over a unit and its neighbours at one distance (Dauphin et al. 2017), residual and norm."""

    def __init__(self, size: int, distance: int, dropout: float) -> None:
        super().__init__()
        self.distance = distance
        self.linear = nn.Linear(3 * size, 2 * size)
        self.norm = nn.LayerNorm(size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        low = x * mask[..., None]
        if torch.is_autocast_enabled("cpu"):  # before it is laid side by side three times
            low = low.bfloat16()
        padded = F.pad(low, (0, 0, self.distance, self.distance))
        window = torch.cat([padded[:, : x.shape[1]], low, padded[:, 2 * self.distance :]], 2)
        return self.norm(x + self.dropout(F.glu(self.linear(window), 2)))


class Echo(nn.Module):
    """Adds to a unit the mean of all units that are the same word, and the mean of the text."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.linear = nn.Linear(2 * size, size)
        self.norm = nn.LayerNorm(size)

    def forward(self, x: Tensor, numbers: Tensor, mask: Tensor) -> Tensor:
        word = numbers[..., 0]
        for i, buckets in enumerate(BUCKETS, 1):
            word = word * buckets + numbers[..., i]
        same = ((word[:, :, None] == word[:, None, :]) & mask[:, None, :]).float()
        same = same / same.sum(2, keepdim=True).clamp(min=1)
        text = (x * mask[..., None]).sum(1, keepdim=True) / mask.sum(1)[:, None, None]
        return self.norm(x + self.linear(torch.cat([same.to(x.dtype) @ x, text.expand_as(x)], 2)))


class Attention(nn.Module):
    """Each unit looks at all units of the text; changes nothing at first, so that it can join a trained network."""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.look = nn.Linear(size, heads * (2 * LOOK + SEEN))
        self.out = nn.Linear(heads * SEEN, size)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        parts = self.look(x).split([self.heads * width for width in (LOOK, LOOK, SEEN)], 2)
        apart = (part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in parts)
        seen = F.scaled_dot_product_attention(*apart, attn_mask=mask[:, None, None, :])
        result: Tensor = x + self.out(seen.transpose(1, 2).flatten(2))
        return result


class StudentSpans(nn.Module):
    """Scores of all spans up to a width, as SpanHead's but narrower."""

    def __init__(self, word: int, size: int) -> None:
        super().__init__()
        self.ends = nn.Linear(word, 3 * size)
        self.width = nn.Embedding(WIDEST, size)
        self.types = nn.Linear(size, len(ENTITY_TYPES))
        nn.init.constant_(self.types.bias, -3.0)

    def forward(self, words: Tensor) -> Tensor:
        """words (b, n, word) to scores (b, n, WIDEST, types)."""
        n = words.shape[1]
        starts, ends, inner = self.ends(words).float().chunk(3, 2)
        sums = F.pad(inner.cumsum(1), (0, 0, 1, WIDEST - 1))
        ends = F.pad(ends, (0, 0, 0, WIDEST - 1))
        rows = [
            starts + ends[:, w : w + n] + (sums[:, w + 1 : w + 1 + n] - sums[:, :n]) / (w + 1) + self.width.weight[w]
            for w in range(WIDEST)
        ]
        result: Tensor = self.types(F.relu(torch.stack(rows, 2)))
        return result


class Student(nn.Module):
    """Encoder, span head and entity head; ``words`` and ``entity`` are as those of ``training.network.Network``."""

    def __init__(self, shape: StudentShape, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        size = shape.hidden
        sizes = (shape.words, *BUCKETS, *(n + 1 for n in FEATURE_SIZES))
        self.tables = nn.ModuleList(nn.Embedding(n, size) for n in sizes)
        for table in self.tables:
            nn.init.normal_(table.weight, std=0.3)
        self.norm = nn.LayerNorm(size)
        self.layers = nn.ModuleList(Convolution(size, d, dropout) for d in shape.distances)
        self.echo = Echo(size)
        self.attention = Attention(size, shape.attention) if shape.attention else None
        self.out = nn.Linear(size, shape.word)
        self.out_norm = nn.LayerNorm(shape.word)
        self.dropout = nn.Dropout(dropout)
        self.spans = StudentSpans(shape.word, shape.span)
        self.entity = EntityHead(word=shape.word, head=shape.head)
        self.taught = nn.Linear(shape.word, WORD) if shape.word != WORD else nn.Identity()

    def words(self, batch: StudentBatch, forget: float = 0.0) -> Tensor:
        """Unit vectors (b, n, word); ``forget`` is the share of words whose place in the list is not told."""
        numbers, mask = batch.numbers, batch.mask
        listed = numbers[..., 0]
        if forget:
            listed = listed * (torch.rand(listed.shape) >= forget)
        columns = [listed, *numbers[..., 1:].unbind(2), *batch.features.unbind(2)]
        x: Tensor = sum(table(column) for table, column in zip(self.tables, columns, strict=True))  # type: ignore[assignment]
        with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
            x = self.norm(x)
            for i, layer in enumerate(self.layers):
                if i == self.shape.echo_after:
                    x = self.echo(x, numbers, mask)
                x = layer(x, mask)
            if self.attention:
                x = self.attention(x, mask)
            x = self.out_norm(self.out(x))
        return self.dropout(F.gelu(x.float()))

    def scores(self, words: Tensor, batch: StudentBatch) -> Tensor:
        """Typed span scores with impossible spans at -1e9."""
        with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
            scores = self.spans(words)
        n = words.shape[1]
        ends = torch.arange(n)[:, None] + torch.arange(1, WIDEST + 1)[None, :]
        return scores.float().masked_fill((ends[None] > batch.lengths[:, None, None])[..., None], -1e9)

    def mention_loss(self, scores: Tensor, batch: StudentBatch) -> Tensor:
        """Cross entropy between the teacher's segmentations and the student's, summed over the texts.

        The semi-Markov model's log-likelihood is linear in the spans' scores, so its mean over the teacher's
        segmentations needs only the teacher's probability of each span; for true spans these are one.
        """
        log_z = (_SemiMarkov.apply(torch.logsumexp(scores, 3), batch.lengths) * batch.importance).sum()
        k, first, width, kind = batch.targets.T
        loss: Tensor = log_z - (scores[k, first, width, kind] * batch.weights * batch.importance[k]).sum()
        return loss

    def vector_loss(self, words: Tensor, batch: StudentBatch) -> Tensor:
        """Squared distance to the teacher's unit vectors, a mean over the numbers of the texts that have them."""
        known = batch.mask & batch.taught[:, None]
        if not known.any():
            return words.new_zeros(())
        return F.mse_loss(self.taught(words[known]), batch.vectors[known])


def save(student: Student, path: Any) -> None:
    """Write a checkpoint."""
    torch.save({"network": student.state_dict(), "shape": asdict(student.shape)}, path)


def restore(path: Any, dropout: float = 0.0, **larger: int) -> Student:
    """A student from a checkpoint; parts that it has not, or has in another shape than ``larger`` says, are new."""
    saved = torch.load(path, weights_only=True)
    shape = saved["shape"] | {"distances": tuple(saved["shape"]["distances"])} | larger
    student = Student(StudentShape(**shape), dropout)
    own = student.state_dict()
    kept = {k: v for k, v in saved["network"].items() if k in own and own[k].shape == v.shape}
    student.load_state_dict(kept, strict=False)
    return student
