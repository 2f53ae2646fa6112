"""Readable text of HTML, JATS and MathML markup, in an XML element or in a string."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, TypeAlias

from lxml import etree

from citeweave.extract.readers import _latex

_SUPER = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_SUB = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_BLOCK_NAMES = (
    "p sec div br li item list list-item title head label td th tr row blockquote disp-quote def disp-formula "
    "abstracttext h1 h2 h3 h4 h5 h6 ul ol break speech"
)
_INLINE_NAMES = (
    "i b em strong sub sup u s tt code span small big font scp sc italic bold underline monospace roman strike "
    "sans-serif inline-formula ext-link a xref uri url email named-content styled-content fixed-case tex-math "
    "math mml alternatives ref formula jats nlm inf mn mi mo mrow msup msub mtext abbr q cite"
)
_DROPPED_NAMES = "annotation annotation-xml script style fn graphic inline-graphic table-wrap fig object-id"
_BLOCKS, _DROPPED = frozenset(_BLOCK_NAMES.split()), frozenset(_DROPPED_NAMES.split())
_TAGS = _BLOCKS | frozenset(_INLINE_NAMES.split())
_TAG = re.compile(r"</?(?:\w+:)?([a-zA-Z][\w-]*)(?:\s[^<>]{0,2000})?/?>")
_BODY = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_HEADING = re.compile(r"(?:abstract|summary)\s*[.:]?\s+", re.IGNORECASE)
_PARSER_SETTINGS = {"resolve_entities": False, "no_network": True, "load_dtd": False, "remove_comments": True}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAX_PARSED = 2_000_000
_PLAIN = re.compile(r"\\[a-zA-Z'\"`^~=.&%$#_{}-]")

Element: TypeAlias = Any
"""An lxml element; the library has no types of its own."""


def local(element: Element) -> str:
    """An element's name without namespace or prefix, in lower case."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def inner(element: Element | None) -> str:
    """The text in an element, with spaces between its blocks and mathematics as one can type it."""
    return "" if element is None else " ".join("".join(_pieces(element)).split())


def _pieces(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from _child(child)
        yield child.tail or ""


def _child(child: Element) -> Iterator[str]:
    name = local(child)
    if name in _DROPPED or not name:
        return
    if name == "alternatives":
        tex = next((c for c in child if local(c) == "tex-math"), None)
        yield from _child(tex) if tex is not None else _pieces(child)
    elif name == "tex-math":
        yield _tex(inner(child))
    elif name == "math":
        yield _math(child)
    elif name in ("sup", "sub", "inf"):
        yield _raised(inner(child), "^" if name == "sup" else "_")
    elif name in _BLOCKS:
        yield " "
        yield from _pieces(child)
        yield " "
    else:
        yield from _pieces(child)


def _tex(text: str) -> str:
    found = _BODY.search(text)
    bare = (found.group(1) if found else text).strip().strip("$").strip()
    bare = bare.removeprefix(r"\(").removesuffix(r"\)").strip()
    return f"${bare}$" if bare else ""


def _raised(text: str, mark: str) -> str:
    """Text raised or lowered: with Unicode's digits where they are enough, else behind ``^`` or ``_``."""
    table = _SUPER if mark == "^" else _SUB
    if text and all(ord(letter) in table for letter in text):
        return text.translate(table)
    return "" if not text else f"{mark}{text}" if len(text) == 1 else f"{mark}{{{text}}}"


def _math(element: Element) -> str:
    """MathML on one line; its TeX annotation where it has one, which says the same better."""
    for note in element.iter():
        if local(note) == "annotation" and "tex" in (note.get("encoding") or "").lower():
            return _tex(note.text or "")
    return " ".join(_linear(element).split())


def _linear(element: Element) -> str:
    name = local(element)
    if name in _DROPPED:
        return ""
    parts = [_linear(child) for child in element]
    if name in ("msup", "mover") and len(parts) == 2:
        return f"{parts[0]}{_raised(parts[1], '^')}"
    if name in ("msub", "munder") and len(parts) == 2:
        return f"{parts[0]}{_raised(parts[1], '_')}"
    if name in ("msubsup", "munderover") and len(parts) == 3:
        return f"{parts[0]}{_raised(parts[1], '_')}{_raised(parts[2], '^')}"
    if name == "mfrac" and len(parts) == 2:
        return "/".join(f"({part})" if len(part) > 1 and not part.isalnum() else part for part in parts)
    if name == "msqrt":
        return f"√({''.join(parts)})"
    return (element.text or "").strip() + "".join(parts)


def from_markup(text: str) -> str:
    """The readable text of a string that may hold HTML or JATS tags, character references and LaTeX.

    A ``<`` that opens no known tag is text. References that were escaped twice are resolved, too.
    """
    if "&" in text:
        text = unescape(unescape(text)) if "&amp;" in text else unescape(text)
    if "<" in text and any(_known(tag) for tag in _TAG.finditer(text)):
        text = _without_tags(text)
    return plain(text)


def plain(text: str) -> str:
    """Text with its LaTeX commands resolved where it has any; braces of other text stay."""
    return _latex.plain(text) if _PLAIN.search(text) else text


def without_heading(text: str) -> str:
    """An abstract without the word ``Abstract`` that a publisher put before it."""
    found = _HEADING.match(text)
    return text[found.end() :] if found and text[found.end() : found.end() + 1].isupper() else text


def _known(tag: re.Match[str]) -> bool:
    return tag.group(1).lower() in _TAGS


def _without_tags(text: str) -> str:
    escaped: list[str] = []
    done = 0
    for tag in _TAG.finditer(text):
        if _known(tag):
            escaped += _escape(text[done : tag.start()]), re.sub(r"(?<=[</])\w+:|\s[^>]*(?=/?>)", "", tag.group())
            done = tag.end()
    escaped.append(_escape(text[done:]))
    root = _parsed("".join(escaped)) if len(text) <= _MAX_PARSED else None
    return inner(root) if root is not None else _TAG.sub(_spaced, text)


def _spaced(tag: re.Match[str]) -> str:
    return tag.group() if not _known(tag) else " " if tag.group(1).lower() in _BLOCKS else ""


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _parsed(text: str) -> Element | None:
    try:
        parser = etree.XMLParser(recover=True, **_PARSER_SETTINGS)
        return etree.fromstring(f"<r>{legal(text)}</r>", parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def legal(text: str) -> str:
    """Text in which what XML forbids became U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def strict_parser() -> etree.XMLParser:
    """A parser that fetches nothing, expands nothing and refuses depth and size beyond reason."""
    return etree.XMLParser(**_PARSER_SETTINGS, remove_pis=True)
