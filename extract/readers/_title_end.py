"""Where a title ends and its abstract begins, in a line that joins them with nothing but a space.

Every gap between two words of the line's start is a candidate. Each is described by a few features of
both sides - words in title case against words in lower case, words that open or close sentences and
titles, finite verbs, length - and a log-linear model picks the likeliest gap: the probability of a gap
is the softmax, over the line's gaps, of the summed weights of its features. The weights beside this
module are made by ``training/title_end.py``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice, pairwise
from pathlib import Path

MAX_TITLE = 45
"""Words among which the end of the title is looked for."""
_WINDOW = 14
_WORD = 64

_SMALL_WORDS = """
a an the of for and or in on to with from by via at as is are be its into over under through using
without within between beyond not but vs versus against towards toward per than that does do can we
it you your their our this these those how what when why where which who if all need
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_FINITE_WORDS = """
is are was were has have had can could may might will would should must do does did remains remain
suffers suffer requires require shows show becomes become plays play aims aim achieves achieve
provides provide presents introduces proposes describes explores investigates we it there i
"""
_FINITE = frozenset(_FINITE_WORDS.split())
_STRIP = "\"'“”‘’()[]{},;:.!?`*~"
_SENTENCE_STOP = re.compile(r"[.!?][)\]\"'”’]*$")


@cache
def _weights() -> Mapping[str, float]:
    path = Path(__file__).with_name("_title_end.json")
    return {str(k): float(v) for k, v in json.loads(path.read_text(encoding="utf-8")).items()}


def title_end(line: str) -> int:
    """The offset in ``line`` at which its title ends; the abstract begins after the space that follows.

    The whole line's length where it has a single word.
    """
    found = list(islice(re.finditer(r"\S+", line), MAX_TITLE + _WINDOW))
    words = [word.group()[:_WORD] for word in found]
    gaps = candidates(words)
    if not gaps:
        return len(line)
    weights = _weights()
    scores = [sum(weights.get(name, 0.0) * value for name, value in features(words, gap).items()) for gap in gaps]
    best = gaps[max(range(len(gaps)), key=scores.__getitem__)]
    return found[best - 1].end()


def candidates(words: Sequence[str]) -> list[int]:
    """The numbers of words after which a title may end: before any word but those in plain lower case."""
    gaps = [i for i in range(1, min(len(words), MAX_TITLE + 1)) if _shape(words[i]) != "x"]
    return gaps or list(range(1, min(len(words), 2)))


def _shape(word: str) -> str:
    """X capitalised, H and h so with a capital or a small letter after a hyphen, U capitals only, x lower case,

    m capitals elsewhere, 9 a number, - anything else.
    """
    letters = [c for c in word if c.isalpha()]
    if not letters:
        return "9" if any(c.isdigit() for c in word) else "-"
    first = next(c for c in word if c.isalnum())
    upper = sum(c.isupper() for c in letters)
    if upper == len(letters):
        return "U" if len(letters) > 1 else "X"
    if upper == 0:
        return "9" if first.isdigit() else "x"
    if first.isupper() and "-" in word:
        parts = [p for p in word.split("-")[1:] if p[:1].isalpha() and p not in _SMALL]
        return "h" if parts and parts[0][0].islower() else "H" if parts else "X"
    return "X" if first.isupper() and upper == 1 else "m"


def _bare(word: str) -> str:
    return word.strip(_STRIP).lower()


def features(words: Sequence[str], gap: int) -> dict[str, float]:
    """What speaks for and against the title being ``words[:gap]``; names to values."""
    title, after = words[:gap], words[gap : gap + _WINDOW]
    sentence: list[str] = []
    for word in after:
        sentence.append(word)
        if _SENTENCE_STOP.search(word):
            break
    shapes = [_shape(w) for w in title]
    next_shapes = [_shape(w) for w in after]
    last, first = _bare(title[-1]), _bare(after[0])
    second = _bare(after[1]) if len(after) > 1 else ""
    third = _bare(after[2]) if len(after) > 2 else ""
    plain = [w for w, s in zip(title[1:], shapes[1:], strict=True) if s == "x" and _bare(w) not in _SMALL]
    capital = [s for s in shapes[1:] if s in "XUmH"]
    titled = len(capital) / max(len(capital) + len(plain), 1)
    case = "T" if titled >= 0.75 else "S" if titled <= 0.4 else "M"
    tail = [s for w, s in zip(after[1:8], next_shapes[1:8], strict=True) if not (s == "x" and _bare(w) in _SMALL)]
    found = {
        f"words:{min(gap, 24) if gap < 6 else min(gap // 2 * 2, 26)}": 1.0,
        f"last:{last}": 1.0,
        f"first:{first}": 1.0,
        f"first2:{first} {second}": 1.0,
        f"first3:{first} {second} {third}": 1.0,
        f"last2:{_bare(title[-2]) if gap > 1 else '^'} {last}": 1.0,
        f"shapes:{case}{shapes[-1]}|{''.join(next_shapes[:4])}": 1.0,
        f"next:{''.join(next_shapes[:3])}": 1.0,
        f"case:{case}": 1.0,
        f"case:{case}:last:{shapes[-1]}": 1.0,
        f"case:{case}:first:{next_shapes[0]}": 1.0,
        f"end:{title[-1][-1] if not title[-1][-1].isalnum() else 'w'}": 1.0,
        "plain": min(len(plain), 8) / 4,
        f"plain:{case}": min(len(plain), 8) / 4,
        "tail lower": sum(s == "x" for s in tail) / max(len(tail), 1),
        f"tail lower:{case}": sum(s == "x" for s in tail) / max(len(tail), 1),
        "finite before": float(min(sum(_bare(w) in _FINITE for w in title), 3)),
        f"finite after:{next((i for i, w in enumerate(sentence) if _bare(w) in _FINITE), 'none')}": 1.0,
        f"stops before:{min(sum(bool(_SENTENCE_STOP.search(w)) for w in title[:-1]), 2)}": 1.0,
        f"second:{second}:{next_shapes[0]}": 1.0,
        f"ends:{last[-3:]}|{case}{shapes[-1]}": 1.0,
        f"begins:{first[-3:]}|{case}{next_shapes[0]}{''.join(next_shapes[1:2])}": 1.0,
    }
    if any(":" in w[-1:] for w in title[:-1]):
        found["colon before"] = 1.0
        found[f"colon before:{case}"] = 1.0
    if any(":" in w[-1:] for w in after[:6]):
        found["colon soon"] = 1.0
    if len(sentence) < len(after):
        found[f"sentence:{len(sentence)}"] = 1.0
    if len(after) > 1 and after[1].startswith("("):
        found["bracket second"] = 1.0
    if (open_brackets := sum(w.count("(") - w.count(")") for w in title)) > 0:
        found[f"in brackets:{min(open_brackets, 2)}"] = 1.0
    heads = {_bare(w) for w in title if len(w) > 3}
    if first in heads:
        found["first in title"] = 1.0
    bare = [_bare(w) for w in title]
    if second and any(pair == (first, second) for pair in pairwise(bare)):
        found["first two in title"] = 1.0
    if last in bare[:-1]:
        found["last before"] = 1.0
        if gap > 2 and any(pair == (bare[-2], last) for pair in pairwise(bare[:-1])):
            found["last two before"] = 1.0
    return found
