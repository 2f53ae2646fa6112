"""Every merge and every refusal in doubt, with the rule and the reason that decided it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """One row of the ledger: that two records (or names) are the same thing, or are kept apart.

    ``left`` and ``right`` are places (``file:line``) for papers and names with their type for
    entities; ``rule`` is the short name of what decided, ``reason`` says it in words.
    """

    kind: Literal["paper", "entity"]
    verdict: Literal["merged", "refused"]
    left: str
    right: str
    rule: str
    reason: str
