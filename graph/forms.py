"""Normal forms of names: when two spellings of a method, model or dataset are the same name.

The form is a key, not for display: case, plural, hyphens, spaces, LaTeX, Greek letters and British
spelling are levelled, word by word, with rules that never turn one word into another known one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from citeweave.model import EntityType
from citeweave.words import singular

_GREEK = {
    chr(code): unicodedata.name(chr(code)).rsplit(" ", 1)[1].lower()
    for code in (*range(0x391, 0x3AA), *range(0x3B1, 0x3CA))
    if unicodedata.name(chr(code), "")
}
_GREEK_TABLE = str.maketrans({letter: f" {name} " for letter, name in _GREEK.items()})
_STYLE = re.compile(r"\\(?:text(?:it|bf|sc|tt|rm|sf)?|emph|math(?:bb|bf|cal|rm|it|sf|frak)|mbox|ensuremath)\b")
_COMMAND = re.compile(r"\\([a-zA-Z]+)")
_WORD = re.compile(r"\d+(?:\.\d+)+|[^\W_]+[+#*]*")
_ACRONYM_PLURAL = re.compile(r"\b([A-Z][A-Za-z0-9-]*[A-Z0-9])s\b")

_BRITISH = {
    "analogue": "analog", "behaviour": "behavior", "behavioural": "behavioral", "colour": "color",
    "colouring": "coloring", "neighbour": "neighbor", "neighbourhood": "neighborhood", "centre": "center",
    "centred": "centered", "fibre": "fiber", "grey": "gray", "greyscale": "grayscale", "defence": "defense",
    "modelling": "modeling", "labelling": "labeling", "labelled": "labeled", "unlabelled": "unlabeled",
    "signalling": "signaling", "travelling": "traveling", "programme": "program", "catalogue": "catalog",
    "dialogue": "dialog", "judgement": "judgment", "analyse": "analyze", "catalyse": "catalyze", "tumour": "tumor",
}  # fmt: skip
_OF_FOR = re.compile(
    r"([^\W\d_][\w-]*(?: [\w-]+)?) (of|for) (?:the |a |an )?((?:(?!of |for |in |with |on )[\w-]+ ?){1,4})"
)
_OTHER_TURNED = frozenset(
    "algorithm bag field fraction function graph lack law machine method model network section system theory tree"
    " use user".split()
)
_SMALL = frozenset("a an and by for from in of on the to via with".split())
_PLURALS = frozenset(
    "antennas areas cameras characteristics critics dramas fabrics formulas generics heuristics ideas lemmas logics"
    " metrics mosaics personas quotas schemas topics".split()
)
"""Plurals whose ending otherwise is that of a singular (``dynamics``, ``bias``)."""
_ISE = re.compile(r"(\w{2,})is(e|es|ed|er|ers|ing|ation|ations|able)")
_NOT_ISE = {
    "no", "deno", "prec", "exerc", "superv", "unsuperv", "ra", "adv", "prom", "conc", "surpr", "enterpr", "expert",
    "disgu", "rev", "compr", "comprom", "prem", "dem", "cru", "r", "po", "dev", "improv", "telev", "pra", "bru",
    "parad", "treat", "exc", "inc", "franch", "merchand", "chast", "gu", "v", "mer", "ar", "apprais", "appra",
}  # fmt: skip
_NOUN_OF_KIND = {
    "Dataset": {"dataset", "benchmark", "corpus", "set"},
    "Model": {"model", "architecture"},
    "Method": {"method", "algorithm", "optimizer", "approach", "technique"},
    "Software": {"library", "toolkit", "framework", "software", "package"},
    "Metric": {"score", "metric"},
}


@lru_cache(maxsize=200_000)
def words(name: str) -> tuple[str, ...]:
    """The levelled words of a name: ``Graph Neural Networks`` gives ``graph``, ``neural``, ``network``."""
    text = unicodedata.normalize("NFKC", name)
    text = _ACRONYM_PLURAL.sub(r"\1", text)
    text = _COMMAND.sub(r" \1 ", _STYLE.sub("", text)).translate(_GREEK_TABLE)
    text = re.sub(r"[${}^_~\\]", "", text)
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(c for c in folded if not unicodedata.combining(c))
    folded = re.sub(r"['’](?:s\b)?", "", folded)
    return tuple(_level(word) for word in _WORD.findall(folded))


def normal_form(name: str, type_: EntityType | None = None) -> str:
    """The key under which spellings of one name meet; empty for a name without letters or digits.

    With the type given, a trailing word that only repeats the type is dropped where what is left is
    a proper name: ``ImageNet dataset`` is ``ImageNet``, ``Adam optimizer`` is ``Adam``.
    """
    found = words(name)
    if len(found) > 1 and found[-1] in _NOUN_OF_KIND.get(type_ or "", ()) and _is_name(name, found[-1]):
        found = found[:-1]
    # "data set" and "dataset", "pre-training" and "pretraining": spaces tell nothing apart,
    # except between two numbers
    return re.sub(r"(?<!\d) | (?!\d)", "", " ".join(found))


def is_abbreviation(surface: str) -> bool:
    """Whether a surface form looks like a short form: few letters, at least two of them capitals."""
    letters = [c for c in surface if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return 2 <= len(surface) <= 10 and " " not in surface and capitals >= 2 and capitals * 2 >= len(letters)


def initials(name: str) -> str:
    """The first letters of a name's words, small words left out: ``learning from feedback`` is ``lf``."""
    return "".join(word[0] for word in words(name) if word not in _SMALL)


@dataclass(frozen=True, slots=True)
class Reordered:
    """A name in the other order: ``estimation of pose`` as ``pose estimation``, with its head.

    ``safe`` where the two mean the same: one word of something (``rate of convergence``), unless the
    head is one that something can have, or can make up (``model of language``, ``language model``).
    """

    name: str
    head: str
    safe: bool


def reordered(name: str) -> Reordered | None:
    """``X of Y`` and ``X for Y`` as ``Y X``; None for a name of any other build."""
    found = _OF_FOR.fullmatch(name)
    if not found:
        return None
    head, preposition, rest = found.groups()
    safe = preposition == "of" and " " not in head and head.lower() not in _OTHER_TURNED
    return Reordered(f"{rest} {head}", head, safe)


def _is_name(phrase: str, kind: str) -> bool:
    """Whether what stands before the last word is a proper name, and not the capitalised start of a sentence."""
    *before, last = phrase.split()
    if not before or last[0].isupper():
        return False
    if len(before) == 1 and not any(c.isupper() or c.isdigit() for c in before[0][1:]):
        return kind == "optimizer" and before[0][0].isupper()  # "Adam optimizer", but "Language model"
    return all(word[0].isupper() or word[0].isdigit() for word in before)


def _level(word: str) -> str:
    """One word in the singular, in American spelling."""
    if word in _PLURALS:
        return word[:-1]
    word = singular(word) if len(word) > 3 else word
    if (found := _ISE.fullmatch(word)) and found[1] not in _NOT_ISE and found[1][-1] != "w":
        word = singular(f"{found[1]}iz{found[2]}")
    return _BRITISH.get(word, word)
