"""Text as citeweave stores it, and the forms in which two texts count as the same."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SOFT_HYPHEN = re.compile("\u00ad\n?")
# Normalisation sorts the marks on one letter in time quadratic in their number.
_PILED_MARKS = re.compile(r"[^\w\s\x00-\x7f]{17,}")
_LIGATURES = str.maketrans({"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"})
_PLAIN = str.maketrans(dict(zip("øłđðıħŧæœþ", ("o", "l", "d", "d", "i", "h", "t", "ae", "oe", "th"), strict=True)))
"""Letters of Latin alphabets that Unicode does not take apart."""
_LATEX = re.compile(r"\\[a-zA-Z]+\s?|[${}^_~\\]")
_NOT_WORD = re.compile(r"[\W_]+")


def clean(text: str) -> str:
    """One line of storable text: NFC, single spaces, lone surrogates as U+FFFD.

    Control characters, soft hyphens (with the line break after them) and all but sixteen of the marks
    piled on one letter are dropped; the ligatures that PDF text is full of are written out.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = _CONTROL.sub("", _SOFT_HYPHEN.sub("", _SURROGATE.sub("\ufffd", text)))
    if not text.isascii():
        text = unicodedata.normalize("NFC", _PILED_MARKS.sub(_fewer_marks, text).translate(_LIGATURES))
    return " ".join(text.split())


def _fewer_marks(run: re.Match[str]) -> str:
    piled = any(unicodedata.combining(c) for c in run.group())
    return run.group()[:16] if piled else run.group()


def normal_title(title: str) -> str:
    """The form in which two titles are the same: letters and digits only, folded, without LaTeX and accents."""
    folded = unicodedata.normalize("NFKD", _LATEX.sub(" ", title)).casefold()
    return _NOT_WORD.sub("", "".join(c for c in folded if not unicodedata.combining(c)))


def fingerprint(text: str, length: int = 16) -> str:
    """A short, stable hexadecimal digest (SHA-256) of a text, for ids and cache keys."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:length]


def slug(text: str) -> str:
    """A readable id part: lower-case ASCII letters and digits joined by hyphens; never empty."""
    folded = unicodedata.normalize("NFKD", re.sub(r"['’]", "", text)).casefold()
    ascii_only = _bare(folded)
    made = re.sub(r"[^a-z0-9]+", "-", ascii_only.encode("ascii", "ignore").decode()).strip("-")
    return made[:80].strip("-") or f"x{fingerprint(text, 8)}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Up to three of the names there are that come close to one there is not, for the end of a message; or nothing."""
    close = get_close_matches(name, known, 3, 0.6)
    return f" (did you mean {', '.join(close)}?)" if close else ""


def distinct_slug(text: str) -> str:
    """A slug that no other text shares for want of ASCII letters: ``Wei 张`` and ``Wei 李`` differ by a digest."""
    made = slug(text)
    if text.isascii():
        return made
    folded = unicodedata.normalize("NFKD", text).casefold()
    lost = any(c.isalpha() and not c.isascii() for c in _bare(folded))
    return f"{made}-{fingerprint(folded, 8)}" if lost and any(c.isascii() and c.isalnum() for c in folded) else made


def _bare(folded: str) -> str:
    """Folded text without accents, and with the letters that Unicode does not take apart written plainly."""
    return "".join(c for c in folded.translate(_PLAIN) if not unicodedata.combining(c))
