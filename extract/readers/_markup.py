"""Readable text of HTML, JATS and MathML markup, in an XML element or in a string."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
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
_ANY_TAG = re.compile(r"<[^<>]{0,2000}>")
_PREFIXED = re.compile(r"[<\s/](\w{1,20}):[A-Za-z]")
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
    """By pieces and not through a parser, since what people paste into abstracts is seldom well formed."""
    text = _replaced(text, "alternatives", _preferred)
    text = _replaced(text, "tex-math", lambda content, _: _tex(content))
    text = _replaced(text, "math", _parsed_math)
    text = _replaced(text, "sup", lambda content, _: _raised(_bare(content).strip(), "^"))
    for name in ("sub", "inf"):
        text = _replaced(text, name, lambda content, _: _raised(_bare(content).strip(), "_"))
    return _bare(text)


def _replaced(text: str, name: str, made: Callable[[str, str], str]) -> str:
    """The text with ``made(content, whole)`` in place of each element of a name; elements are not nested."""
    opener, closer = _element(name)
    parts: list[str] = []
    done = 0
    for start in opener.finditer(text):
        if start.start() < done:
            continue
        end = closer.search(text, start.end())
        if end is None:
            break
        parts += text[done : start.start()], made(text[start.end() : end.start()], text[start.start() : end.end()])
        done = end.end()
    return "".join((*parts, text[done:]))


@cache
def _element(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return (
        re.compile(rf"<(?:\w{{1,10}}:)?{name}(?:\s[^<>]{{0,2000}})?>", re.IGNORECASE),
        re.compile(rf"</(?:\w{{1,10}}:)?{name}\s*>", re.IGNORECASE),
    )


def _preferred(content: str, whole: str) -> str:
    opener, closer = _element("tex-math")
    start = opener.search(content)
    end = closer.search(content, start.end()) if start else None
    return content[start.start() : end.end()] if start and end else content


def _parsed_math(content: str, whole: str) -> str:
    prefixes = "".join(f' xmlns:{p}="{p}"' for p in sorted(set(_PREFIXED.findall(whole))) if p not in ("xml", "xmlns"))
    escaped = re.sub(r"<(?![/a-zA-Z])", "&lt;", legal(whole).replace("&", "&amp;"))
    try:
        return _math(etree.fromstring(f"<r{prefixes}>{escaped}</r>", strict_parser())[0])
    except (etree.XMLSyntaxError, ValueError, IndexError):
        return _ANY_TAG.sub("", content)


def _bare(text: str) -> str:
    return _TAG.sub(_spaced, text)


def _spaced(tag: re.Match[str]) -> str:
    return tag.group() if not _known(tag) else " " if tag.group(1).lower() in _BLOCKS else ""


def legal(text: str) -> str:
    """Text in which what XML forbids became U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def strict_parser() -> etree.XMLParser:
    """A parser that fetches nothing, expands nothing and refuses depth and size beyond reason."""
    return etree.XMLParser(**_PARSER_SETTINGS, remove_pis=True)
