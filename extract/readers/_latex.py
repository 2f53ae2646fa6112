"""Plain text of LaTeX as bibliographies contain it: accents and braces resolved, mathematics kept."""

from __future__ import annotations

import re
from functools import cache

from pylatexenc.latex2text import LatexNodes2Text

_MAX = 20_000
"""Characters beyond which a text is not parsed as LaTeX: the parser slows down faster than its input grows."""
_MATH = re.compile(r"(\$[^$]*\$)")


@cache
def _converter() -> LatexNodes2Text:
    return LatexNodes2Text(keep_comments=True, math_mode="verbatim", strict_latex_spaces="macros")


def plain(text: str) -> str:
    """Text without LaTeX commands for accents and fonts; ``$...$`` stays as written, and so does bare text.

    Text without a backslash only loses its braces. What cannot be parsed is kept, without its braces.
    """
    if "\\" in text and len(text) <= _MAX:
        try:
            return str(_converter().latex_to_text(text))
        except (RecursionError, ValueError, IndexError, AttributeError, TypeError, KeyError):
            pass
    parts = _MATH.split(text)
    return "".join(p if i % 2 else p.replace("{", "").replace("}", "") for i, p in enumerate(parts))


def plain_link(text: str) -> str:
    """A link as it is typed into a browser: without ``\\url{}`` and escapes of ``_ % & # ~``."""
    found = re.search(r"\\(?:url|href)\{([^{}]*)\}", text)
    link = re.sub(r"\\([_%&#~{}])", r"\1", found.group(1) if found else text)
    return link.replace("{", "").replace("}", "").strip()
