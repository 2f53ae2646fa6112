"""citeweave: from piles of paper abstracts to a citation and knowledge graph."""

from citeweave.model import (
    Entity,
    Evidence,
    Findings,
    Mention,
    Name,
    Paper,
    PartialDate,
    Problem,
    Reference,
    Source,
    Statement,
)

__all__ = [
    "Entity",
    "Evidence",
    "Findings",
    "Mention",
    "Name",
    "Paper",
    "PartialDate",
    "Problem",
    "Reference",
    "Source",
    "Statement",
]
