"""People's names, split into given and family names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

from citeweave.model import Name
from citeweave.text import clean

_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV", re.IGNORECASE)
_PARTICLE = re.compile(r"(?:Von|De|Della|Di|Van(?= (?:De|Den|Der)\b))(?= )(?: (?:La|Den|Der|De))?")
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dXx]")
_MAX = 400
_NAME_LIKE = re.compile(r"[^\W\d_][^\d@/\\|:;!?]{0,60}")


@lru_cache(maxsize=20_000)
def split_name(text: str) -> Name:
    """``Given von Family``, ``von Family, Given`` or ``von Family, Jr, Given`` as a Name (BibTeX's rules).

    Besides lower-case particles, capital ones that are never a given name (``Marvin Von Hagen``) go
    with the family name; a suffix such as ``Jr.`` follows it.
    """
    text = clean(text)[:_MAX].strip(" ,;")
    if not text:
        return Name("")
    words = text.split()
    if "," not in text and len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        text = f"{' '.join(words[:-1])}"
        return _with_suffix(split_name(text), words[-1])
    try:
        parts = parse_single_name_into_parts(_suffix_second(text), strict=False)
    except (InvalidNameError, ValueError, IndexError, RecursionError):
        return Name(text)
    given, family = " ".join(parts.first), " ".join((*parts.von, *parts.last))
    for at in (m.start() for m in re.finditer(r"(?<= )(?=[VD])", given + " ")):
        if _PARTICLE.match(f"{given[at:]} {family}"):
            given, family = given[:at], f"{given[at:]} {family}"
            break
    name = Name(_bare(family), _bare(given)) if _bare(family) else Name(_bare(given) or text)
    return _with_suffix(name, " ".join(parts.jr)) if parts.jr else name


def _suffix_second(text: str) -> str:
    """``Family, Given, Jr.``, the order of RIS, in BibTeX's order."""
    parts = [part.strip() for part in text.split(",")]
    turned = len(parts) == 3 and _SUFFIX.fullmatch(parts[2]) and parts[1] and not _SUFFIX.fullmatch(parts[1])
    return ", ".join((parts[0], parts[2], parts[1])) if turned else text


def person(family: str, given: str = "", suffix: str = "", orcid: str = "") -> Name:
    """A Name of parts that a source gives apart; where it gives one string only, that is split."""
    family, given, suffix = clean(family)[:_MAX], clean(given)[:_MAX], clean(suffix)[:40]
    name = Name(family, given) if family and given else split_name(family or given)
    number = _ORCID.search(orcid)
    name = _with_suffix(name, suffix) if suffix and name.family else name
    return Name(name.family, name.given, number.group().upper() if number else "")


def _with_suffix(name: Name, suffix: str) -> Name:
    return Name(f"{name.family} {suffix}", name.given, name.orcid)


def _bare(text: str) -> str:
    return text.replace("{", "").replace("}", "").strip()


def is_nobody(name: str) -> bool:
    """Whether a name only says that there are further ones (``et al.``), or is empty."""
    return clean(name).lower().rstrip(".") in ("", "others", "et al")


def split_names(names: Iterable[str]) -> tuple[Name, ...]:
    """The names that are not empty, split, in order; ``others`` and ``et al.`` are nobody's name."""
    split = (split_name(n) for n in names if not is_nobody(n))
    return tuple(name for name in split if name.family)


def name_list(line: str) -> tuple[Name, ...]:
    """The people of a line ``Given Family, Given Family and Given Family``; empty where it is no such line.

    A name has one to six words, starts with a letter, has no digits and, particles aside, capital
    initials (or letters of a script without case).
    """
    parts = [p.strip() for p in re.split(r",\s*(?:and\s+)?|\s+and\s+", line.strip().rstrip(".,")) if p.strip()]
    if not parts or (len(parts) == 1 and not 2 <= len(parts[0].split()) <= 4):
        return ()
    odd = sum(not _is_name(part) for part in parts)
    return split_names(parts) if odd * 8 <= len(parts) else ()


def _is_name(text: str) -> bool:
    words = text.split()
    if not (1 <= len(words) <= 6 and _NAME_LIKE.fullmatch(text)):
        return False
    return not words[-1][0].islower() and 2 * sum(word[0].islower() for word in words) <= len(words)
