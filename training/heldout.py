"""Which training documents are kept back to choose thresholds and to calibrate."""

from __future__ import annotations

import hashlib


def is_held_out(key: str, share: float) -> bool:
    """Decided by a hash of the document's id, so that every stage agrees."""
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 16**8 < share
