"""A sample of mistakes for reading: each kind apart, each with the sentence it stands in."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from scoring import match, mention_spans, renamed, stated_relations

from citeweave.extract.sentences import split

Record = dict[str, Any]
KINDS = ("missed", "spurious", "wrong border", "wrong type", "wrong role", "relation missed", "relation spurious")


def sample(records: Sequence[Record], predicted: Sequence[Record], count: int, seed: int = 1) -> Iterator[str]:
    """``count`` lines of each kind, drawn by the seed, after how many there are."""
    held: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for record, made in zip(records, predicted, strict=True):
        for kind, line in (*_mentions(record, made), *_entities(record, made)):
            held[kind].append(f"{record['id']}: {line}")
    rng = random.Random(seed)
    for kind, lines in held.items():
        yield f"\n{kind}: {len(lines)}"
        yield from (f"  {line}" for line in rng.sample(lines, min(count, len(lines))))


def _mentions(record: Record, made: Record) -> Iterator[tuple[str, str]]:
    text = record["text"]
    true, said = mention_spans(text, record["entities"]), mention_spans(text, made["entities"])
    for span, kind in sorted(true.items()):
        if span not in said and not any(_meet(span, other) for other in said):
            yield "missed", f"{kind}: {_quoted(text, span)}"
    for span, kind in sorted(said.items()):
        if span in true:
            if true[span] != kind:
                yield "wrong type", f"{true[span]}, not {kind}: {_quoted(text, span)}"
            continue
        touched = [other for other in sorted(true) if _meet(span, other)]
        if touched:
            words = " | ".join(text[a:b] for a, b in touched)
            yield "wrong border", f"{kind}: {_quoted(text, span)} (true: {words})"
        else:
            yield "spurious", f"{kind}: {_quoted(text, span)}"


def _entities(record: Record, made: Record) -> Iterator[tuple[str, str]]:
    text, true, said = record["text"], record["entities"], made["entities"]
    pairs = match(true, said)
    for i, k in sorted(pairs.items()):
        role = said[i].get("role")
        if role and role != true[k]["role"]:
            yield "wrong role", f"{true[k]['role']}, not {role}: {_first(text, true[k])}"
    if "relations" not in made:
        return
    names = {said[i]["name"]: true[k]["name"] for i, k in pairs.items()}
    by_name = {**{f"?{e['name']}": e for e in said}, **{e["name"]: e for e in true}}
    stated, found = stated_relations(record), renamed(made["relations"], names)
    for s, p, o in sorted(stated - found):
        if s in by_name:
            yield "relation missed", f"{s} {p} {o}: {_first(text, by_name[s])}"
    for s, p, o in sorted(found - stated):
        other = sorted(q for a, q, b in stated if (a, b) in ((s, o), (o, s)))
        note = f" (true between them: {', '.join(other)})" if other else ""
        yield "relation spurious", f"{s} {p} {o}{note}: {_first(text, by_name[s])}"


def _meet(one: tuple[int, int], two: tuple[int, int]) -> bool:
    return one[0] < two[1] and two[0] < one[1]


def _first(text: str, entity: Record) -> str:
    spans = mention_spans(text, [entity])
    return _quoted(text, min(spans)) if spans else entity["name"]


def _quoted(text: str, span: tuple[int, int]) -> str:
    """The sentence around a span, with the span in double brackets."""
    start, end = next(((a, b) for a, b in split(text) if a <= span[0] < b), span)
    quoted = f"{text[start : span[0]]}[[{text[slice(*span)]}]]{text[span[1] : max(end, span[1])]}"
    return quoted.replace("\n", " ")
