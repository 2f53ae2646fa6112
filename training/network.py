"""The network that is trained: one encoder, heads for mentions, roles and relations, and their losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils.rnn import pad_sequence

from citeweave.extract.units import FEATURE_SIZES
from citeweave.model import ENTITY_TYPES, RELATION_TYPES, ROLES
from training.corpora import LABELS, MAX_WIDTH, RELATIONS
from training.encoder import Encoder

WORD = 320
"""Size of a unit's vector, the output of the exported encoder."""
HEAD = 256
STYLES = 12
"""How many styles of annotation can be told apart, in training only."""
HALF = any(torch.cpu.get_capabilities().get(name) for name in ("avx512_bf16", "amx_bf16"))
"""Whether to run the encoder in bfloat16: on processors without such products it takes far longer."""


class _SemiMarkov(torch.autograd.Function):
    """log Z of the semi-Markov model for span totals (b, n, w) with -inf where a span is impossible."""

    @staticmethod
    def forward(ctx: Any, totals: Tensor, lengths: Tensor) -> Tensor:
        size, n, widest = totals.shape
        by_end = totals.new_full((size, n + 1, widest), -1e9)
        for w in range(min(widest, n)):
            by_end[:, w + 1 :, w] = totals[:, : n - w, w]
        alpha = totals.new_full((size, n + 1 + widest), -1e9)
        alpha[:, widest] = 0
        for t in range(1, n + 1):
            before = alpha[:, t : t + widest].flip(1) + by_end[:, t]
            alpha[:, t + widest] = torch.logsumexp(torch.cat([alpha[:, t + widest - 1 : t + widest], before], 1), 1)
        # Past a text's end all spans are impossible, so log Z just carries over to the padded end.
        beta = totals.new_full((size, n + 1 + widest), -1e9)
        beta[:, n] = 0
        for t in range(n - 1, -1, -1):
            after = beta[:, t + 1 : t + 1 + widest] + totals[:, t]
            beta[:, t] = torch.logsumexp(torch.cat([beta[:, t + 1 : t + 2], after], 1), 1)
        ends = torch.arange(n)[:, None] + torch.arange(1, widest + 1)[None, :]
        log = alpha[:, widest : widest + n, None] + totals + beta[:, ends] - beta[:, :1, None]
        ctx.save_for_backward(log.clamp(max=0).exp())
        return beta[:, 0]

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        (marginal,) = ctx.saved_tensors
        return grad[:, None, None] * marginal, None


@dataclass(slots=True)
class Batch:
    """Padded tensors of some examples of one corpus; units after padding are masked by ``lengths``."""

    corpus: str
    ids: Tensor
    piece_features: Tensor
    mask: Tensor
    first: Tensor
    last: Tensor
    features: Tensor
    lengths: Tensor
    examples: list[Any]


class SpanHead(nn.Module):
    """Scores of all spans up to a width: from both ends, the mean inside and the width."""

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Linear(WORD, HEAD)
        self.end = nn.Linear(WORD, HEAD, bias=False)
        self.inside = nn.Linear(WORD, HEAD, bias=False)
        self.width = nn.Embedding(MAX_WIDTH, HEAD)
        self.dropout = nn.Dropout(0.15)
        self.types = nn.ModuleDict({corpus: nn.Linear(HEAD, len(labels)) for corpus, labels in LABELS.items()})
        self.styles = nn.Embedding(STYLES, WORD, padding_idx=0)
        nn.init.zeros_(self.styles.weight)
        for layer in self.types.values():
            nn.init.constant_(layer.bias, -4.0)

    def forward(self, words: Tensor, corpus: str, styles: Tensor) -> Tensor:
        """words (b, n, WORD) and whose annotation each text is to be like (b,), to scores (b, n, MAX_WIDTH, types)."""
        n = words.shape[1]
        words = words + self.styles(styles)[:, None]
        starts, ends, inner = self.start(words), self.end(words), self.inside(words)
        sums = F.pad(inner.cumsum(1), (0, 0, 1, 0))
        place = torch.arange(n)
        stacked = []
        for w in range(MAX_WIDTH):
            to = (place + w).clamp(max=n - 1)
            mean = (sums[:, to + 1] - sums[:, :-1]) / (w + 1)
            stacked.append(starts + ends[:, to] + mean + self.width.weight[w])
        return self.types[corpus](self.dropout(F.gelu(torch.stack(stacked, 2))))


class OtherPairs(nn.Module):
    """What the other pairs of a text say of a pair: scores to be added to its own, none as long as it is untrained.

    A pair sees itself and its reverse, the most of what all pairs of its subject and all pairs of its object have,
    and the ways from one to the other over a third entity (the triangles of AlphaFold, Jumper et al. 2021).
    """

    def __init__(self, head: int) -> None:
        super().__init__()
        self.wide, self.narrow = 3 * head // 8, head // 8
        self.norm = nn.LayerNorm(head)
        self.told = nn.Linear(head, 4 * self.wide + 4 * self.narrow)
        self.mixed = nn.Linear(4 * self.wide + 2 * self.narrow, head)
        self.dropout = nn.Dropout(0.2)
        self.relation = nn.Linear(head, len(RELATION_TYPES) + 1)
        nn.init.zeros_(self.relation.weight)
        nn.init.zeros_(self.relation.bias)

    def forward(self, pairs: Tensor, subjects: Tensor, objects: Tensor, count: int) -> Tensor:
        """Pairs (p, head) of ``count`` entities, with their numbers, to scores (p, 1 + relations)."""
        made = self.told(self.norm(pairs))
        known = torch.zeros(count, count, dtype=torch.bool).index_put((subjects, objects), torch.tensor(True))
        square = made.new_zeros(count, count, made.shape[1]).index_put((subjects, objects), made)
        wide, narrow = square.split([4 * self.wide, 4 * self.narrow], 2)
        own, reverse, of_subject, of_object = F.gelu(wide).chunk(4, 2)
        least = torch.finfo(made.dtype).min
        most_of_subject = of_subject.masked_fill(~known[..., None], least).amax(1)
        most_of_object = of_object.masked_fill(~known[..., None], least).amax(0)
        legs, gates = narrow.chunk(2, 2)
        first, second = (legs * torch.sigmoid(gates) * known[..., None]).chunk(2, 2)
        root = count**0.5
        onward = torch.einsum("ikc,kjc->ijc", first, second) / root
        together = torch.einsum("ikc,jkc->ijc", first, second) / root
        parts = [own[subjects, objects], reverse[objects, subjects], most_of_subject[subjects], most_of_object[objects]]
        parts += [onward[subjects, objects], together[subjects, objects]]
        return self.relation(self.dropout(F.gelu(self.mixed(torch.cat(parts, 1)))))


class EntityHead(nn.Module):
    """A vector for each entity of a text from its mentions; roles from it, relations from pairs.

    A pair sees both entities, their product, the words between them, their types and probable roles, and the
    words that both attend to (localized context pooling, after ATLOP, Zhou et al. 2021).
    """

    def __init__(self, same: bool = False, word: int = WORD, head: int = HEAD, others: bool = False) -> None:
        """``same``: whether pairs are also judged for being one thing; ``others``: whether relations also depend on
        the text's other pairs; ``word`` and ``head`` are sizes."""
        super().__init__()
        self.size = head
        self.start = nn.Linear(word, head)
        self.end = nn.Linear(word, head, bias=False)
        self.inside = nn.Linear(word, head, bias=False)
        self.text = nn.Linear(word, head, bias=False)
        self.types = nn.Embedding(len(ENTITY_TYPES), head)
        self.where = nn.Embedding(8, head)
        self.dropout = nn.Dropout(0.2)
        self.role = nn.Linear(2 * head, len(ROLES))
        self.subject = nn.Linear(2 * head, head)
        self.object = nn.Linear(2 * head, head, bias=False)
        self.left = nn.Linear(2 * head, head)
        self.right = nn.Linear(2 * head, head)
        self.query = nn.Linear(2 * head, head)
        self.key = nn.Linear(word, head, bias=False)
        self.context = nn.Linear(word, head, bias=False)
        self.role_pairs = nn.Linear(len(ROLES) ** 2, head, bias=False)
        self.between = nn.Linear(word, head, bias=False)
        self.distance = nn.Embedding(10, head)
        self.pair_types = nn.Embedding(len(ENTITY_TYPES) ** 2, head)
        self.relation = nn.Linear(head, len(RELATION_TYPES) + 1)
        self.relation_scierc = nn.Linear(head, len(RELATIONS["scierc"]) + 1)
        self.relation_scier = nn.Linear(head, len(RELATIONS["scier"]) + 1)
        self.styles = nn.Embedding(STYLES, head)
        self.style_relations = nn.Embedding(STYLES, len(RELATION_TYPES) + 1)
        self.style_roles = nn.Embedding(STYLES, len(ROLES), padding_idx=0)
        for table in (self.styles, self.style_relations, self.style_roles):
            nn.init.zeros_(table.weight)
        self.others = OtherPairs(head) if others else None
        self.same = nn.Linear(head, 1) if same else None
        if self.same is not None:
            nn.init.constant_(self.same.bias, -4.0)

    def entities(
        self, words: Tensor, mentions: list[list[tuple[int, int]]], types: list[int], where: list[int]
    ) -> Tensor:
        """One text's units (n, word) and entities as (first, end) mentions to vectors (m, 2 * head)."""
        starts, ends, sums = self.start(words), self.end(words), F.pad(self.inside(words).cumsum(0), (0, 0, 1, 0))
        shared = self.text(words.mean(0)) + self.types(torch.tensor(types)) + self.where(torch.tensor(where))
        rows = []
        for k, held in enumerate(mentions):
            a = torch.tensor([f for f, _ in held])
            b = torch.tensor([e for _, e in held])
            mean = (sums[b] - sums[a]) / (b - a)[:, None]
            vectors = F.gelu(starts[a] + ends[b - 1] + mean + shared[k])
            rows.append(torch.cat([vectors.mean(0), vectors.amax(0)]))
        return self.dropout(torch.stack(rows))

    def roles(self, vectors: Tensor, style: int = 0) -> Tensor:
        """Scores (m, roles) of entities, as the annotation of ``style`` would have them."""
        return self.role(vectors) + self.style_roles.weight[style]

    def pairs(
        self,
        words: Tensor,
        vectors: Tensor,
        types: list[int],
        gaps: list[tuple[int, int, int, int, int]],
        corpus: str = "ours",
        style: int = 0,
    ) -> Tensor:
        """Scores (pairs, 1 + relations) for (subject, object, from unit, to unit, distance) rows, all of a text.

        ``style`` says whose annotation they are to be like (:attr:`.corpora.Example.style`).
        """
        head = {"ours": self.relation, "scierc": self.relation_scierc, "scier": self.relation_scier}[corpus]
        beside = self._beside(words, vectors, types, gaps, style)
        scores = head(beside)
        if style:
            scores = scores + self.style_relations.weight[style]
        if self.others is None or corpus != "ours":
            return scores
        subjects, objects = torch.tensor(gaps).T[:2]
        return scores + self.others(beside, subjects, objects, len(types))

    def alike(
        self, words: Tensor, vectors: Tensor, types: list[int], gaps: list[tuple[int, int, int, int, int]]
    ) -> Tensor:
        """For the same rows, scores (pairs,) that both are one thing; raises TypeError where nothing judges that."""
        if self.same is None:
            raise TypeError("these heads do not judge sameness")
        return self.same(self._beside(words, vectors, types, gaps))[:, 0]

    def _beside(
        self,
        words: Tensor,
        vectors: Tensor,
        types: list[int],
        gaps: list[tuple[int, int, int, int, int]],
        style: int = 0,
    ) -> Tensor:
        """What the scores of pairs are made of (pairs, head)."""
        s, o, a, b, d = torch.tensor(gaps).T
        kinds = torch.tensor(types)
        sums = F.pad(self.between(words).cumsum(0), (0, 0, 1, 0))
        between = (sums[b] - sums[a]) / (b - a).clamp(min=1)[:, None]
        attention = self.query(vectors) @ self.key(words).T / self.size**0.5
        context = torch.softmax(attention[s] + attention[o], 1) @ self.context(words)
        roles = torch.softmax(self.role(vectors).detach(), 1)
        role_pairs = self.role_pairs((roles[s][:, :, None] * roles[o][:, None, :]).flatten(1))
        both = self.subject(vectors)[s] + self.object(vectors)[o] + self.left(vectors)[s] * self.right(vectors)[o]
        both = both + between + context + role_pairs + self.distance(d)
        both = both + self.pair_types(kinds[s] * len(ENTITY_TYPES) + kinds[o])
        if style:
            both = both + self.styles.weight[style]
        return self.dropout(F.gelu(both))


class Network(nn.Module):
    """Encoder, unit vectors and heads."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        hidden = encoder.shape.hidden
        self.first = nn.Linear(hidden, WORD)
        self.last = nn.Linear(hidden, WORD, bias=False)
        self.features = nn.ModuleList(nn.Embedding(n + 1, WORD) for n in FEATURE_SIZES)
        for table in self.features:
            nn.init.normal_(table.weight, std=0.05)
        self.norm = nn.LayerNorm(WORD)
        self.dropout = nn.Dropout(0.15)
        self.spans = SpanHead()
        self.entity = EntityHead(same=True, others=True)
        self.frozen = 0
        self._kept: dict[int, Tensor] = {}

    def freeze(self, layers: int) -> None:
        """Leave the embeddings and the first ``layers`` layers as they are from now on."""
        self.frozen = layers
        self.encoder.requires_grad_(False)
        self.encoder.layers[layers:].requires_grad_(True)

    def _below(self, batch: Batch) -> Tensor:
        """What the layers that are trained read: each text goes through the frozen ones once."""
        if not self.frozen:
            return self.encoder.embedded(batch.ids, batch.piece_features)
        new = torch.tensor([k for k, x in enumerate(batch.examples) if id(x) not in self._kept], dtype=torch.long)
        if len(new):
            mode = self.encoder.training
            self.encoder.eval()
            with torch.no_grad():
                made = self.encoder.embedded(batch.ids[new], batch.piece_features[new])
                made = self.encoder.through(made, batch.mask[new], 0, self.frozen)
            self.encoder.train(mode)
            for k, rows in zip(new.tolist(), made, strict=True):
                self._kept[id(batch.examples[k])] = rows[batch.mask[k]]
        return pad_sequence([self._kept[id(x)] for x in batch.examples], batch_first=True)

    def words(self, batch: Batch) -> Tensor:
        """Unit vectors (b, n, WORD); rows past a text's length are meaningless."""
        with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
            pieces = self.encoder.through(self._below(batch), batch.mask, self.frozen, len(self.encoder.layers))
        pieces = pieces.float()
        hidden = pieces.shape[2]
        pick = lambda at: pieces.gather(1, at[..., None].expand(-1, -1, hidden))  # noqa: E731
        x = self.first(pick(batch.first)) + self.last(pick(batch.last))
        for i, table in enumerate(self.features):
            x = x + table(batch.features[..., i])
        return self.dropout(F.gelu(self.norm(x)))

    def scores(self, words: Tensor, batch: Batch) -> Tensor:
        """Typed span scores with impossible spans at -1e9."""
        scores = self.spans(words, batch.corpus, torch.tensor([x.style for x in batch.examples]))
        n = words.shape[1]
        ends = torch.arange(n)[:, None] + torch.arange(1, MAX_WIDTH + 1)[None, :]
        return scores.masked_fill((ends[None] > batch.lengths[:, None, None])[..., None], -1e9)

    def mention_loss(self, scores: Tensor, batch: Batch) -> Tensor:
        """Negative log-likelihood of the marked spans, summed over the batch with the examples' weights."""
        log_z = _SemiMarkov.apply(torch.logsumexp(scores, 3), batch.lengths)
        gold = []
        for k, example in enumerate(batch.examples):
            limit = int(batch.lengths[k])
            kept = [s for s in example.spans if s[1] <= limit]
            if kept:
                a, b, t = torch.tensor(kept).T
                gold.append(scores[k, a, b - a - 1, t].sum())
            else:
                gold.append(scores.new_zeros(()))
        weights = torch.tensor([x.weight for x in batch.examples])
        return ((log_z - torch.stack(gold)) * weights).sum()
