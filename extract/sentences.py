"""Sentence borders in titles and abstracts, by rules made for scientific English.

spaCy's ``sentencizer`` ends a sentence at every full stop. Evidence is quoted by sentence, so the
stops of ``et al.``, ``w.r.t.``, ``Fig. 2``, ``J. Smith``, of decimals, enumerations, formulas and
asides in brackets must not end one, and the title line is a sentence of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from citeweave.extract import attributes
from citeweave.extract.wordset import word_set

VERSION = "sentences/1"

_STOP = re.compile(
    r"(?<![.?!…。！？])(?P<mark>[.?!…。！？]++)(?P<close>[\"'”’)\]}]*+)(?=\s|$)"
    r"|(?<=[a-z]{3})(?P<note>\.\d{1,2})(?=\s+[A-Z])"
    r"|(?<=[a-z)\]\d%][a-z)\]])(?P<glued>[.?!])(?=[A-Z][a-z]{0,20} )"
)
"""Where a sentence may end: at a mark before a space, or (words glued by a PDF) before a capital."""

_NEVER = word_set(
    """e.g eg i.e ie cf vs w.r.t wrt viz s.t fig figs eq eqs eqn eqns sec secs sect tab tabs ref refs no nos vol pp p
    dr mr mrs ms prof st mt approx ca thm prop def lem cor alg ch chap app appx ex resp proc conf int trans univ
    dept jan feb mar apr jun jul aug sep sept oct nov dec w.l.o.g wlog a.k.a aka incl esp ver"""
)
"""Abbreviations after which a sentence goes on (compared in lower case, without the last stop)."""

_SOMETIMES = word_set("al i.i.d iid a.s a.e p.d.f c.d.f inc ltd corp co jr sr yahoo jeopardy")
"""Abbreviations that may also be a sentence's last word."""

_STARTERS = word_set(
    """we our this these those the it its they their he she there here in on at to for from with without by as if when
    while where whereas although though since because after before during over under across among between however
    moreover furthermore additionally also finally first firstly second secondly third thirdly then next last lastly
    thus therefore hence consequently accordingly instead meanwhile nevertheless nonetheless specifically
    particularly similarly likewise conversely recently currently previously unfortunately interestingly
    surprisingly importantly notably experiments experimental extensive empirical results code both each every many
    most some several such all one two three given using based despite due unlike like compared motivated inspired
    building not no what why how which does do is are can yet but and so"""
)
"""Words that, capitalised, open sentences rather than names."""

_LOWER_STARTERS = word_set("we our this these however moreover furthermore additionally")
"""Words that open a sentence even in lower case (whole corpora are lower-cased)."""

_WORD_BEFORE = re.compile(r"(?:[^\W\d_]\.)*[\w'’-]+$|\)$")
_NEXT_WORD = re.compile(r"[\"'“‘(\[{]*([\w-]*)")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]$")
_ENUMERATOR = re.compile(r"(?:^|[\s(])\(?(?:\d{1,2}|[ivx]{1,4}|[a-hA-H])$")
_MATH = re.compile(r"\$[^$\s](?:[^$]{0,200}?[^$\s])?\$(?!\d)")
_BRACKETS = {"(": ")", "[": "]"}
_LONGEST_ASIDE = 400
_KEPT = "citeweave_sentences"
"""Where a document's sentences lie among its ``user_data``: five components ask for them."""


def split(text: str) -> list[tuple[int, int]]:
    """The sentences of a paper's text as (start, end) offsets, without the space around them.

    What stands before the first line feed is the title, and one sentence whatever is in it.
    """
    title_end = text.find("\n")
    borders = [0]
    if title_end >= 0:
        borders.append(title_end + 1)
    begin = title_end + 1
    closed = _closed_spans(text)
    starts = [span[0] for span in closed]
    sentence = begin
    for found in _STOP.finditer(text, begin):
        end = found.end()
        inside = bisect_right(starts, found.start()) - 1
        if inside >= 0 and found.end() < closed[inside][1]:
            continue
        if _ends(text, found, sentence):
            borders.append(end)
            sentence = end
    borders.append(len(text))
    spans = []
    for start, end in pairwise(borders):
        piece = text[start:end]
        if stripped := piece.strip():
            first = start + len(piece) - len(piece.lstrip())
            spans.append((first, first + len(stripped)))
    return spans


def cut(text: str, limit: int) -> str:
    """The text up to its last whole sentence within ``limit`` characters (or to ``limit`` if there is none)."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    ends = [end for _, end in split(head)[:-1]]
    return head[: ends[-1]] if ends and ends[-1] > limit // 2 else head


@Language.factory("citeweave_sentences", assigns=["token.is_sent_start", "doc.sents"])
def make_sentences(nlp: Language, name: str) -> Sentences:
    """Register the component with spaCy."""
    return Sentences()


class Sentences:
    """spaCy component: marks the first token of every sentence."""

    def __call__(self, doc: Doc) -> Doc:
        """Set the sentence starts of one document, all at once: one by one takes quadratic time."""
        if not len(doc):
            return doc
        offsets = doc.to_array(["IDX"]).ravel()
        starts = np.array([start for start, _ in split(attributes.text_of(doc))], dtype=offsets.dtype)
        marks = np.full(len(offsets), -1, dtype=np.int64)
        first = np.searchsorted(offsets, starts)
        marks[first[first < len(offsets)]] = 1
        marks[0] = 1
        doc.user_data.pop(_KEPT, None)
        column: Any = marks.astype(np.uint64)
        marked: Doc = doc.from_array(["SENT_START"], column)
        return marked


def of(doc: Doc) -> list[tuple[int, int]]:
    """A document's sentences as offsets without the space around them; none where no component has set any."""
    kept = doc.user_data.get(_KEPT)
    if isinstance(kept, list):
        return kept
    if not len(doc) or not doc.has_annotation("SENT_START"):
        return []
    text = attributes.text_of(doc)
    # Going through doc.sents makes an object of every token.
    columns = doc.to_array(["IDX", "SENT_START"])
    starts = columns[columns[:, 1] == 1, 0].tolist()
    spans = []
    for start, end in pairwise([*starts, len(text)]):
        words = text[start:end]
        if stripped := words.strip():
            first = start + len(words) - len(words.lstrip())
            spans.append((first, first + len(stripped)))
    doc.user_data[_KEPT] = spans
    return spans


def _ends(text: str, found: re.Match[str], sentence: int) -> bool:
    """Whether a sentence ends at this mark, judged by the words around it."""
    rest = text[found.end() : found.end() + 60].lstrip()
    if not rest:
        return True
    following = _NEXT_WORD.match(rest)
    word = following.group(1) if following else ""
    opens = word.lower() in _STARTERS and word[:1].isupper()
    if found["glued"] or found["note"]:
        return opens
    capital = _looks_like_start(rest, word)
    if found["mark"][0] != ".":
        return capital
    if len(found["mark"]) > 1:
        return capital
    before = text[max(sentence, found.start() - 40) : found.start()].rstrip()
    last = _WORD_BEFORE.search(before)
    token = last.group() if last else ""
    lower = token.lower()
    if word in _LOWER_STARTERS and len(token) > 3 and lower not in _NEVER:
        return True
    if not capital or (found["close"][:1] in (")", "]") and word[:1].islower()):
        return False
    if lower == "etc" or (token.isupper() and len(token) > 1 and "." not in token):
        return True
    if lower in _NEVER:
        return opens and lower in ("no", "ex", "app", "int", "ref", "prop") and len(before) > len(token)
    if lower in _SOMETIMES or _DOTTED.search(token):
        return opens
    if _ENUMERATOR.search(before) and _is_enumerator(text, sentence, found.start(), token):
        return False
    if len(token) == 1 and token.isupper():
        return opens and word != "A"
    return not (token.isdigit() and word.isdigit())


def _looks_like_start(rest: str, word: str) -> bool:
    """Whether what follows can open a sentence: a capital, a figure, a sign, or a name like ``mBERT``."""
    if not word:
        return rest[0] not in ",;:)]}.%&=+<>/"
    return not word[0].islower() or any(c.isupper() or c.isdigit() for c in word)


def _is_enumerator(text: str, sentence: int, at: int, token: str) -> bool:
    """Whether a number or letter counts a list's items: alone since the sentence began, or after a colon."""
    before = text[sentence : at - len(token)].rstrip("( \t\n")
    if not before.strip() or before[-1] in ":;,":
        return True
    return token.isdigit() and before.endswith((" and", " or")) and f" {int(token) - 1}. " in before


def _closed_spans(text: str) -> list[tuple[int, int]]:
    """Formulas and bracketed asides (outermost, closed within reason), in order: no sentence ends inside."""
    spans: list[tuple[int, int]] = [found.span() for found in _MATH.finditer(text)]
    open_: list[tuple[str, int]] = []
    for found in re.finditer(r"[()\[\]]", text):
        sign, at = found.group(), found.start()
        if sign in _BRACKETS:
            open_.append((_BRACKETS[sign], at))
        elif open_ and open_[-1][0] == sign:
            start = open_.pop()[1]
            if at - start <= _LONGEST_ASIDE:
                spans.append((start, at + 1))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
