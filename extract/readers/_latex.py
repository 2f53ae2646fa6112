"""Plain text of LaTeX as bibliographies contain it: accents and braces resolved, mathematics kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

_MAX = 2000
"""Characters beyond which a piece is not parsed as LaTeX: the parser slows down faster than its input grows."""
_MATH = re.compile(r"((?<!\\)\$[^$]*\$)")
_TOKEN = re.compile(r"\\.|[{}]|\s+|[^\\{}\s]+|\\", re.DOTALL)
_OPEN_MACRO = re.compile(r"\\(?:[a-zA-Z]+|\W)$")
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda nu xi omikron pi rho varsigma sigma tau "
    "upsilon phi chi psi omega"
)
_SIGNS = {
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textbardbl": "‖",
    "textunderscore": "_",
    "textbraceleft": "{",
    "textbraceright": "}",
    "lbrack": "[",
    "rbrack": "]",
    "textlbrackdbl": "⟦",
    "textrbrackdbl": "⟧",
    "slash": "/",
    "textquotedbl": '"',
    "textquotestraightbase": "‚",
    "textquotestraightdblbase": "„",
    "guillemetleft": "«",
    "guillemetright": "»",
    "textminus": "−",
    "textsurd": "√",
    "textperiodcentered": "·",
    "textpilcrow": "¶",
    "textdblhyphen": "⹀",
    "textthreequartersemdash": "—",
    "texttwelveudash": "—",
    "ddag": "‡",
    "S": "§",
    "P": "¶",
    "SS": "SS",
    "copyright": "©",
    "pounds": "£",
    "euro": "€",
    "degree": "°",
    "TeX": "TeX",
    "LaTeX": "LaTeX",
    "LaTeXe": "LaTeX2e",
    "BibTeX": "BibTeX",
    **{f"text{name}": letter for name, letter in zip(_GREEK.split(), "αβγδεζηθικλνξοπρςστυφχψω", strict=True)},
    **{f"text{name.title()}": letter for name, letter in zip(_GREEK.split(), "ΑΒΓΔΕΖΗΘΙΚΛΝΞΟΠΡΣΣΤΥΦΧΨΩ", strict=True)},
}
"""Commands for signs of running text that pylatexenc has not, or has for another sign."""


@cache
def _converter() -> LatexNodes2Text:
    known = get_default_latex_context_db()
    signs = [MacroTextSpec(name, simplify_repl=sign) for name, sign in _SIGNS.items()]
    known.add_context_category("signs", prepend=True, macros=signs)
    return LatexNodes2Text(known, keep_comments=True, math_mode="verbatim", strict_latex_spaces="macros")


def plain(text: str) -> str:
    """Text without LaTeX commands for accents and fonts and without braces; ``$...$`` stays as written.

    What cannot be parsed is kept, without its braces.
    """
    parts = _MATH.split(text)
    return "".join(part if i % 2 else _plain_text(part) for i, part in enumerate(parts))


def _plain_text(text: str) -> str:
    """Only the pieces with a backslash go through the parser, which takes milliseconds for a sentence."""
    if "\\" not in text:
        return _without_braces(text)
    return "".join(_converted(piece) if "\\" in piece else _without_braces(piece) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """The text cut at white space that is in no braces and does not belong to a command before it."""
    depth, piece = 0, ""
    for token in _TOKEN.findall(text):
        if token.isspace() and depth <= 0 and not _OPEN_MACRO.search(piece[-40:]):
            yield piece
            yield token
            piece = ""
            continue
        depth += (token == "{") - (token == "}")
        piece += token
    yield piece


def _converted(piece: str) -> str:
    if len(piece) <= _MAX:
        try:
            return str(_converter().latex_to_text(piece)).replace("\u02c6", "^")  # what \textasciicircum is for
        except (RecursionError, ValueError, IndexError, AttributeError, TypeError, KeyError):
            pass
    return _without_braces(piece)


def _without_braces(text: str) -> str:
    return text.replace("{", "").replace("}", "")


def plain_link(text: str) -> str:
    """A link as it is typed into a browser: without ``\\url{}`` and escapes of ``_ % & # ~``."""
    found = re.search(r"\\(?:url|href)\{([^{}]*)\}", text)
    link = re.sub(r"\\([_%&#~{}])", r"\1", found.group(1) if found else text)
    return link.replace("{", "").replace("}", "").strip()
