"""Whether a paper asserts, denies or only supposes what it says of a thing.

Rules after the scope of cues in NegEx (Chapman et al. 2001) and BioScope (Vincze et al. 2008): a negation
reaches the noun phrase after it and what is listed with it, a supposition the rest of its clause. The
subject of a modal verb stays asserted: in ``GANs may collapse`` the collapse is supposed, not the GANs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from citeweave.model import Mention, Role, Stance

_FUNCTION = (
    r"(?:a|an|the|any|all|some|no|not|its?|our|their|this|these|those|that|which|who|whether|if|when|where|while|as|at|by"
    r"|for|from|in|into|of|on|onto|over|than|to|under|upon|via|with|within|without|and|or|nor|but|because|since|though"
    r"|is|are|was|were|be|been|being|do|does|did|can|could|may|might|will|would|has|have|had|we|they|it|one|only|also)"
)
_DETERMINER = r"(?:(?:a|an|the|any|its?|our|their|such|all|of|both|either)\s)*"
_MODIFIERS = rf"(?:(?!{_FUNCTION}\s)[\w’'-]+\s){{0,2}}"
_ITEM = rf"(?:(?!{_FUNCTION}\b)[\w’'-]+)(?:\s(?!{_FUNCTION}\b)[\w’'-]+){{0,2}}"
_GOVERNS = (
    r"(?:(?:rely|relying|relies|relied|depend|depends|depending|based)\s(?:heavily\s|only\s)?(?:up)?on"
    r"|suffer(?:s|ed|ing)?\sfrom|resort(?:s|ing)?\sto|belong\sto|subject\sto|make\suse\sof|making\suse\sof|access\sto"
    rf"|in\sneed\sof|(?!{_FUNCTION}\s)[\w-]+(?:\s(?:use|using|the\suse\sof))?)"
)
_NEGATED_VERB = (
    r"(?:(?:do|does|did|is|are|was|were|can|could|need|needs|has|have|should|will)(?:\snot|n['’]t)(?!\sonly)"
    rf"(?:\s\w+ly)?\s{_GOVERNS}"
    rf"|cannot\s{_GOVERNS}|no\slonger\s(?:needs?|requires?|uses?|relies\son|depends\son)"
    r"|never\s(?:uses?|requires?|needs?)|lacks?)"
)
_NEGATION = (
    r"(?:(?<!\bor )without(?:\s(?:explicit\s|direct\s|prior\s)?(?:using|needing|requiring|relying\son|resorting\sto"
    r"|(?:having\s)?access\sto|knowledge\sof|(?:the\s)?need(?:ing)?\s(?:for|of)|(?:the\s)?use\sof))?"
    r"|(?:instead\sof|rather\sthan|in\splace\sof)(?:\s(?:using|relying\son|the|training|learning))?"
    r"|(?:[Ii]n\scontrast\sto|[Aa]s\sopposed\sto|[Cc]ontrary\sto|[Uu]nlike)(?:\s(?:using|with|in|the|existing|previous"
    r"|prior|other|standard|traditional|conventional|most))*"
    r"|in\s(?:the\s)?absence\sof|free\s(?:of|from)|lack\sof|lacking|dispens(?:es?|ing)\swith|get(?:s|ting)?\srid\sof"
    r"|(?:eliminat|remov|obviat|avoid|alleviat|reduc|circumvent|bypass)(?:e|es|s|ed|ing)?\s(?:the\s)?(?:need|necessity)"
    r"\s(?:for|of)|avoid(?:s|ing)?(?:\s(?:using|the\suse\sof))?|no(?!\s(?:longer|matter|more|less|better|worse|later))|nor|neither)"
)
_LISTED = rf"{_ITEM}(?:(?:,\s{_ITEM})*(?:,?\s(?:or|nor)|\sand)|(?:,\s{_ITEM})+,\sand)\s{_MODIFIERS}"
_OBJECT = rf"\s{_DETERMINER}{_MODIFIERS}(?:{_LISTED})?$"
_NEGATED = re.compile(rf"\b(?i:{_NEGATION}){_OBJECT}")
_NOT_DONE = re.compile(rf"\b(?i:{_NEGATED_VERB}){_OBJECT}")
_KEPT = re.compile(
    r"\b(?i:without|not|no|avoid(?:s|ing)?|instead\sof|rather\sthan)(?:\s[\w-]+){0,2}\s(?i:sacrific|compromis|los[st]|losing"
    r"|hurt|harm|degrad|damag|deteriorat|impair|reduc|decreas|affect|trad)[\w-]*\b[^,;.]*$"
)
"""What is not lost is there."""
_NOT_ONLY = re.compile(r"\b(?i:not\s(?:only|just|merely|necessarily)|no\slonger\s(?:only|just))\b[^,;.]*$")
_SUPPOSED = re.compile(
    r"(?<!\w)(?:(?P<modal>may(?!\sor\b)|might|(?<![Ww]e )(?<!also )could(?!\s(?:not|only))|would(?!\slike))"
    r"|should\sbe\sable|perhaps|presumably|(?:can|to)\s(?:possibly|potentially)"
    r"|[Ww]e\s(?:also\s|further\s|therefore\s|thus\s|then\s)?(?:hypothesi[sz]e|conjecture|speculate|suspect|plan\sto|intend\sto)"
    r"|(?:hypothesi[sz]|speculat)(?:e|es|ed|ing)\sthat|hypothesis\sthat|conjecture\sthat"
    r"|[Ff]uture\s(?:work|research|studies|directions?)\s(?:will|could|should|may|might|can|is|are|includes?|involves?)"
    r"|[Ii]n\s(?:our\s)?future\s(?:work|research)|[Ii]n\sthe\s(?:near\s)?future"
    r"|(?:remains?|is)\s(?:still\s)?(?:open|unclear|unknown|to\sbe\sseen)\s(?:whether|if|how|why))(?!\w)"
)
_FACTUAL = re.compile(
    r"\b(?:results|experiments|evaluations?|findings)\b[^.;]*\b(?:show|demonstrate|confirm|prove|verify)s?\b"
    r"|\bhope\b|\bhow\b[^,;]*$|\bwhat\swe\s$"
)
"""Before a modal verb: what experiments show `could` be done was done, and a hope supposes nothing of its object."""
_READ_AS = re.compile(
    r"\sbe\s(?:\w+ly\s)?(?:understood|seen|viewed|regarded|interpreted|thought\sof|considered|used|applied)\b"
)
"""After a modal verb: a way of looking at a thing, or of using it."""
_OTHERS = re.compile(
    r"\b(?i:existing|previous|prior|current|other|traditional|conventional|most|recent|earlier|past|many|state-of-the-art"
    r"|others|they|these|those)\b"
)
"""Before a negated verb: what others do not do is a gap that the paper may fill."""
_LEFT = re.compile(r"(?i:\bleav(?:e|es|ing)\b[^.;]*?\b(?:for|to)\sfuture\s(?:work|research|studies))")
_CLAUSE_ENDS = re.compile(
    r"[;:]|[)\]]|\s[–—-]{1,3}\s|,?\s(?:but|while|whereas|although|though|however|because|since|when|if|unless|which)\b"
    r"|,\s(?:and|so|thus|hence|therefore|thereby|as|with|we|they|it|this|these|our|the|their|yet|making|leading|resulting)\b"
    r"|(?<!\bbe)\s(?:due\sto|because\sof)\b"
    r"|\sand\s(?:we|they|it|this|thus|therefore|hence|our|propose|show|present|introduce)\b"
)
_CUES = (
    "without instead rather place contrast oppos contrary unlike absence free lack dispens rid eliminat remov obviat"
    " avoid alleviat reduc circumvent bypass neither never n't n’t"
).split()
_NO = re.compile(r"no[rt]?\b")
"""One of these stands wherever something is negated: they spare most words the long patterns."""
_HEDGES = (
    "may might could would should perhaps presumably possibly potentially hypothes speculat conjecture suspect plan"
    " intend uture open unclear unknown seen leav Leav LEAV"
).split()
"""One of these stands wherever something is supposed."""
_REACH = 110
"""Characters before a mention in which a negation may stand."""
_FAR = 500
"""Characters around a mention that are looked at, so that a sentence without end takes no quadratic time."""


def stance(
    text: str, mentions: Sequence[Mention], sentences: Sequence[tuple[int, int]], role: Role = "mentions"
) -> Stance:
    """``negated`` or ``speculative`` where every mention stands under such a cue.

    What the title names or the paper introduces is asserted. What the paper uses, evaluates on or addresses is not
    made speculative by a modal verb alone: ``it could sample segments by diffusion`` says what it does.

    Args:
        text: title, line feed, abstract.
        mentions: all mentions of one entity.
        sentences: offsets of the text's sentences.
        role: what the paper does with the entity.
    """
    title_end = text.find("\n")
    if not mentions or role == "introduces" or any(m.start < title_end for m in mentions):
        return "asserted"
    around = []
    for m in mentions:
        start, end = next(((a, b) for a, b in sentences if a <= m.start < b), (m.start, m.end))
        around.append((max(start, m.start - _FAR), min(end, m.end + _FAR)))
    if all(_negated(text[a : m.start]) for (a, _), m in zip(around, mentions, strict=True)):
        return "negated"
    own = role in ("uses", "evaluates_on", "addresses")
    if all(_supposed(text, a, b, m, own) for (a, b), m in zip(around, mentions, strict=True)):
        return "speculative"
    return "asserted"


def _negated(sentence: str) -> bool:
    """Whether the words of the sentence before a mention negate it."""
    before = sentence[-_REACH:]
    lower = before.lower()
    if not any(cue in lower for cue in _CUES) and not _NO.search(lower):
        return False
    if _NOT_ONLY.search(before) or _KEPT.search(before):
        return False
    done = _NOT_DONE.search(before)
    others = done and _OTHERS.search(sentence[: len(sentence) - len(before) + done.start()])
    return bool(_NEGATED.search(before)) or (done is not None and not others)


def _supposed(text: str, start: int, end: int, mention: Mention, own: bool) -> bool:
    """Whether a cue of the sentence stands before the mention with no end of a clause between them."""
    sentence = text[start:end]
    if not any(hedge in sentence for hedge in _HEDGES):
        return False
    if any(found.start() < mention.start < found.end() for found in _LEFT.finditer(text, start, end)):
        return True
    cues = list(_SUPPOSED.finditer(text, start, mention.start))
    if not cues or _CLAUSE_ENDS.search(text, cues[-1].end(), mention.start):
        return False
    cue = cues[-1]
    if cue["modal"] and (own or _READ_AS.match(text, cue.end())):
        return False
    return not _FACTUAL.search(text, start, cue.start())
