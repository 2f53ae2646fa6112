"""From spaCy documents to findings, and from findings to what is printed; :mod:`citeweave.codec` stores them."""

from __future__ import annotations

from typing import Any

from spacy.tokens import Doc

from citeweave.extract import attributes, sentences
from citeweave.model import Findings, Paper

attributes.declare()


def from_doc(doc: Doc, paper: str) -> Findings:
    """What a processed document says of the paper with this id; nothing of the document is kept alive."""
    return Findings(
        paper=paper,
        sentences=tuple(sentences.of(doc)),
        mentions=tuple(doc._.mentions),
        abbreviations=tuple(doc._.abbreviations),
        entities=tuple(doc._.entities),
        relations=tuple(doc._.relations),
        citations=tuple(doc._.citations),
        links=tuple(doc._.links),
        results=tuple(doc._.results),
    )


def to_record(paper: Paper, findings: Findings) -> dict[str, Any]:
    """One line of ``extract --to jsonl``: every field is always there, in this order.

    The id is the one that the record came with, where it had one that is no known identifier, so that what
    is printed can be joined with what was read; else the paper's own.
    """
    return {
        "id": paper.extra.get("id") or paper.id,
        "title": paper.title,
        "text": paper.text,
        "mentions": [
            {"start": m.start, "end": m.end, "text": m.text, "type": m.type, "score": m.score}
            for m in findings.mentions
        ],
        "entities": [
            {
                "name": e.name,
                "type": e.type,
                "role": e.role,
                "role_score": e.role_score,
                "stance": e.stance,
                "mentions": list(e.mentions),
            }
            for e in findings.entities
        ],
        "relations": [
            {
                "subject": r.subject,
                "predicate": r.predicate,
                "object": r.object,
                "score": r.score,
                "start": r.start,
                "end": r.end,
            }
            for r in findings.relations
        ],
        "citations": [
            {"text": c.text, "start": c.start, "end": c.end, "identifiers": dict(c.identifiers)}
            for c in findings.citations
        ],
        "links": list(findings.links),
        "results": [
            {
                "entity": r.entity,
                "dataset": r.dataset,
                "metric": r.metric,
                "value": r.value,
                "unit": r.unit,
                "kind": r.kind,
                "start": r.start,
                "end": r.end,
            }
            for r in findings.results
        ],
    }
