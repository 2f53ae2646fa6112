"""References to other works inside running text: identifiers, authors with years, BibTeX keys, numbers.

The forms are those that abstracts really use: ``arXiv:2203.15556``, ``10.1000/x``, ``Li et al.
[2020]``, ``(Graves et al., 2014; 2016)``, ``Zimmert and Seldin (2020)``, ``\\cite{hermans2017defense}``,
``Sohn et al.``, ``[12]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from citeweave import identifiers
from citeweave.extract import attributes, links
from citeweave.extract.wordset import word_set
from citeweave.model import TextCitation

VERSION = "citations/1"

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽ"
_ACCENT = r"\\[\"'`^~=.vcHukrb]\s?\{?\\?\w\}?"
_PART = rf"(?:\{{?(?:{_ACCENT})\}}?|[^\W\d_]|\{{[^\W\d_]{{1,3}}\}})"
_FAMILY = rf"(?:[{_UPPER}]|\{{?\\[\"'`^~=.vcHukrb]\s?\{{?[A-Z]\}}?\}}?){_PART}{{0,30}}(?:['’-]{_PART}{{1,30}}){{0,3}}"
_PARTICLE = (
    r"(?:(?:[vV]an|[vV]on|[dD]e|[dD]er|den|[dD]el|della"
    r"|[dD]i|[dD]a|dos|du|[lL]a|[lL]e|[eE]l|[aA]l|bin|ben|ter|ten|zu|af)[ -])"
)
_INITIALS = rf"(?:[{_UPPER}]\.[ ~-]?){{0,4}}"
_NAME = rf"{_INITIALS}{_PARTICLE}{{0,3}}{_FAMILY}"
_ET_AL = r"(?:,?[ ~]et\.?[ ~]al\b\.?|,? and (?:colleagues|co-?workers)\b)"
_AND = r"(?:,? and |,? ?& ?|,? \\& )"
_LIST = rf"{_NAME}(?:, {_NAME}){{0,6}}{_AND}{_NAME}"
_YEAR = r"(?:1[89]|20)\d{2}[a-z]?"
_YEARS = rf"{_YEAR}(?:(?:, ?|; ?| and ){_YEAR}){{0,4}}(?!\d|[-–]\d)"
_AUTHORS = rf"(?:(?P<several>{_NAME}(?:, {_NAME}){{0,3}}{_ET_AL})|(?P<list>{_LIST})|(?P<one>{_NAME}))"
_VENUE = rf"[ ~]?[(\[](?:[^()\[\]]{{0,50}}?\b)?{_YEARS}(?:,[^()\[\]]{{0,50}})?[)\]]"

_AUTHOR_YEAR = re.compile(rf"(?:(?<![\w\\{{-])|(?<=\bby))(?:{_AUTHORS})(?P<when>{_VENUE}|,? {_YEARS}|,? in {_YEARS})?")
_NAMED_LAST = rf"{_INITIALS}{_PARTICLE}?[{_UPPER}\\{{][^\W\d_]*(?=[\s,.~]) ?"
_SIGNS = tuple(
    map(
        re.compile,
        (
            r"et(?<!\wet)\.?[ ~]al\b",
            r"co(?<!\wco)(?:lleagues|-?workers)\b",
            rf"{_YEAR}(?!\d)(?<!\d{{5}})(?<!\d{{5}}[a-z])",
            rf" and {_NAMED_LAST}",
            rf"& ?{_NAMED_LAST}",
        ),
    )
)
"""Each begins with a letter or sign that is searched for fast; all in one would be tried at every place."""
_ARXIV = re.compile(
    r"(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/[\w./-]{4,30}"
    r"|\barxiv(?:\s?:\s?|\s+(?:preprint\s+)?(?:arxiv:)?)(?:\d{4}\.\d{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?"
    r"|\b(?:hep-(?:th|ph|lat|ex)|gr-qc|quant-ph|cond-mat|astro-ph|math-ph|nucl-th|cmp-lg|cs|math|stat)"
    r"(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?\b",
    re.IGNORECASE,
)
_OLD_ARXIV = re.compile(r"/\d{7}")
_DOI = re.compile(
    r"(?:https?://(?:dx\.)?doi\.org/|\bdoi:\s?|(?<![\w./]))10\.\d{4,9}/[^\s\"<>{}|\\^`]{1,200}", re.IGNORECASE
)
_CITE = re.compile(
    r"\\?\b(?:cite|citep|citet|citealp|citealt|parencite|textcite)[*]?(?:\[[^\]]{0,60}\]){0,2}"
    r"(?:\{(?P<keys>[^{}]{1,300})\}| (?P<bare>[\w:+.-]{1,60})(?= ?[.,\n]))"
)
_KEY = re.compile(
    r"(?<![\w/.@#-])(?:[a-z]{2,20}(?:19|20)\d{2}[a-z]{3,20}"
    r"|[A-Z][a-z]{2,20}(?:19|20)\d{2}[A-Z][A-Za-z-]{3,30})(?![\w/.@-]*\w)"
)
_NUMBERS = re.compile(r"(?<=[\w)\].,;~ ])\[(?:[1-9]\d{0,2})(?:(?:, ?| ?[-–] ?)[1-9]\d{0,2}){0,15}\]")

_NOT_NAMES = word_set(
    """in on at of the a an for from by with since until during before after between see e.g i.e cf also both as to
    january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec spring summer autumn fall winter monday friday early late mid year years version task
    table figure section chapter equation theorem lemma appendix algorithm workshop conference proceedings challenge
    track edition copyright ieee acm springer elsevier shared open round phase our we this these here and or but
    however recently previously although while when where kaggle olympics covid windows world cup system dataset
    benchmark corpus model data and release published established founded circa season"""
)
_SAYS = re.compile(
    r",? (?:\[\d|\(?\d{4}|(?:have |has |recently |first |also )?(?:propos|show|demonstrat|introduc|prov|stud|present"
    r"|describ|develop|argu|report|observ|obtain|suggest|investigat|establish|conjectur|ask|gave|give|found|use)(?:e|es|ed|d|n|s|ied|y|ies)?\b)"
)
_OF = re.compile(
    r"(?:algorithms?|methods?|works?|approach(?:es)?|results?|questions?|problems?|theorems?|bounds?|conditions?|"
    r"technique|framework|construction|conjecture|analysis|lemma|paper|papers|sort|procedure|ideas?|sense|"
    r"introduced|proposed|developed|presented|studied|obtained|shown|given|posed|proved|proven|asked|suggested|"
    r"initiated|pioneered|described|established|considered)[ ~](?:of|by|due to|from|in)[ ~]$"
)


def find(text: str) -> list[TextCitation]:
    """All references in a text, in order and without overlaps; identifiers win over looser forms."""
    taken: list[TextCitation] = []
    for candidate in (*_identified(text), *_keys(text), *_by_authors(text), *_numbered(text)):
        if not any(candidate.start < t.end and t.start < candidate.end for t in taken):
            taken.append(candidate)
    return sorted(taken, key=lambda c: c.start)


@Language.factory("citeweave_citations", assigns=["doc._.citations", "doc._.links"])
def make_citations(nlp: Language, name: str) -> Citations:
    """Register the component with spaCy."""
    return Citations()


class Citations:
    """spaCy component: sets ``doc._.citations`` and ``doc._.links``.

    A link that is itself an identifier (a DOI or arXiv page) is a citation, not a link.
    """

    def __init__(self) -> None:
        attributes.declare()

    def __call__(self, doc: Doc) -> Doc:
        """Find the references and links of one document."""
        text = attributes.text_of(doc)
        doc._.citations = find(text)
        doc._.links = list(dict.fromkeys(find_links(text)))
        return doc


def find_links(text: str) -> Iterator[str]:
    """The normalised links of a text, save those that are identifiers of papers."""
    for start, end in links.find(text):
        known = identifiers.recognise(text[start:end])
        if known is None or known[0] == "url":
            yield links.normalise(text[start:end])


def _identified(text: str) -> Iterator[TextCitation]:
    # Few abstracts have any, and looking for one takes as long as for all other references.
    patterns = []
    if "arxiv" in text.lower() or _OLD_ARXIV.search(text):
        patterns.append(_ARXIV)
    if "10." in text:
        patterns.append(_DOI)
    for pattern in patterns:
        for found in pattern.finditer(text):
            words = found.group().rstrip(".,;:!?'\"*_~’”»")
            while (
                words
                and words[-1] in ")]"
                and words.count(")") + words.count("]") > words.count("(") + words.count("[")
            ):
                words = words[:-1].rstrip(".,;:")
            known = identifiers.recognise(
                re.sub(r"^arxiv\W*(?:preprint\W*)?(?:arxiv\W*)?(?=[\w-])(?!org)", "arxiv:", words, flags=re.IGNORECASE)
            )
            if known and known[0] in ("arxiv", "doi"):
                yield _citation(found.start(), words, {known[0]: known[1]})


def _keys(text: str) -> Iterator[TextCitation]:
    for command in _CITE.finditer(text) if "cite" in text else ():
        group = "keys" if command["keys"] else "bare"
        for key in re.finditer(r"[^\s,]+", command[group]):
            yield _citation(command.start(group) + key.start(), key.group())
    for key in _KEY.finditer(text) if "19" in text or "20" in text else ():
        yield _citation(key.start(), key.group())


def _numbered(text: str) -> Iterator[TextCitation]:
    for found in _NUMBERS.finditer(text) if "[" in text else ():
        yield _citation(found.start(), found.group())


def _by_authors(text: str) -> Iterator[TextCitation]:
    """References by name, looked for only where a year, ``et al.`` or two joined names give them away."""
    windows: list[tuple[int, int]] = []
    signs = [found for sign in _SIGNS for found in sign.finditer(text)]
    for sign in sorted(signs, key=re.Match.start):
        start, end = max(0, text.rfind(" ", 0, max(0, sign.start() - 150)) + 1), sign.end() + 100
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    for start, end in windows:
        yield from _named(text, start, end)


def _named(text: str, at: int, until: int) -> Iterator[TextCitation]:
    """References by name in a part of a text."""
    while found := _AUTHOR_YEAR.search(text, at, until):
        at = found.end()
        start = found.start()
        when = found["when"] or ""
        names = found.group()[: len(found.group()) - len(when)]
        # A sentence's first word or a list's earlier item may stand before the names.
        while (lead := re.match(r"([\w-]+)(?:, | and | )", names)) and lead.group(1).lower() in _NOT_NAMES:
            names = names[lead.end() :]
            start += lead.end()
        authors = _families(names)
        if not authors or any(a.lower() in _NOT_NAMES for a in authors):
            at = start + len(re.split(r"[ ~(\[]", names)[0])
            continue
        inside = _in_brackets(text, start)
        bracketed = when.lstrip(" ~")[:1] in ("(", "[")
        if found["several"]:
            sure = True
        elif found["list"]:
            before, after = text[max(0, start - 30) : start], text[found.end() : found.end() + 30]
            sure = (
                bool(when)
                or bool(_OF.search(before))
                or (all(map(_plain_name, authors)) and bool(_SAYS.match(after)) and len(authors) < 4)
            )
            if when and not bracketed and not inside and not when.startswith(", "):
                sure = " in " in when
        else:
            alone = re.fullmatch(rf"[ ~]?[(\[]{_YEARS}[)\]]", when) or (inside and when.startswith(","))
            sure = _plain_name(authors[0]) and bool(alone)
        if not sure:
            at = start + len(re.split(r"[ ~(\[]", names)[0])
            continue
        end = found.end()
        if inside and (more := re.compile(rf"(?:; ?{_YEARS})+").match(text, end)) and when:
            end = more.end()
        if not when and found["several"] and text[end - 1] != "." and text[end : end + 1] == ".":
            end += 1
        year = re.search(r"(?:1[89]|20)\d{2}", when)
        yield _citation(start, text[start:end], authors=authors, year=int(year.group()) if year else None)
        at = end


def _families(names: str) -> tuple[str, ...]:
    """The family names in a list of authors, in order, as they are printed."""
    names = re.sub(_ET_AL, "", names)
    found = []
    for name in re.split(r",? and |,? ?\\?& ?|, ", names):
        family = re.sub(rf"^{_INITIALS}", "", name.strip(" ,~"))
        if family:
            found.append(family)
    return tuple(found)


def _plain_name(name: str) -> bool:
    """Whether a lone capitalised word is spelt like a person's name: no ``ImageNet``, no ``CVPR``."""
    last = name.split(" ")[-1]
    rest = re.sub(r"^(?:Mc|Mac|De|Di|La|Le|Van|O['’])(?=[A-Z])", "", last)
    parts = [p for p in re.split(r"['’-]", rest) if p]
    return len(last) > 1 and all(p[0].isalpha() and not any(c.isupper() for c in p[1:]) for p in parts)


def _in_brackets(text: str, at: int) -> bool:
    """Whether an offset lies in brackets that were opened shortly before it."""
    before = text[max(0, at - 300) : at]
    return before.count("(") > before.count(")") or before.count("[") > before.count("]")


def _citation(
    start: int,
    words: str,
    known: dict[str, str] | None = None,
    authors: tuple[str, ...] = (),
    year: int | None = None,
) -> TextCitation:
    return TextCitation(words, start, start + len(words), known or {}, authors, year, VERSION)
