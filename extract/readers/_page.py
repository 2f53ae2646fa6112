"""What saved listing pages have in common: their furniture, and how titles and prose look."""

from __future__ import annotations

import re

from citeweave.extract.readers._dates import DAY
from citeweave.extract.readers._source import Line

AUTHOR_COUNT = r"(?P<authors>\d{1,3}(?:,\d{3})+|\d{1,6}) authors?"
"""``3 authors``, as the source of a regular expression with the group ``authors``."""
WHEN = rf"(?P<date>{DAY})(?:\s+(?P<comments>\d+))?"
"""A day and the number of comments after it, as the source of a regular expression."""

# The site's own words, recognised by what they say. Each must match the whole line.
_FURNITURE = re.compile(
    r"""
      (?:get|receive)\b.{0,80}\b(?:your\ (?:e-?mail\ )?inbox|our\ (?:free\ )?(?:extension|newsletter|app)\b).{0,200}
    | .{0,120}\bfree\ (?:browser\ )?(?:extension|add-on|plugin)(?::|\ to\ see)\ .{0,160}
    | subscribe(?:\ now|\ to\ (?:our|the)\b.{0,60})? | (?:log\ ?in|sign\ (?:up|in|out))(?:\ (?:or|to)\b.{0,60})?
    | join\ the\ (?:discussion|community)\b.{0,60} | new | trending | upvotes? | comments?
    | (?:daily|trending|latest|related|similar|all|new)?\ ?papers? | by\ ?AK\b.{0,60} | submitted\ by\b.{0,60}
    | \W*(?:previous|next|back(?:\ to\ (?:top|papers))?|home|menu|search)\W*
    | (?:load|show|view|see)\ (?:more|all)(?:\ (?:papers|results|comments))?
    | sort\ by\b.{0,40} | page\ \d+(?:\ of\ \d+)? | access\ paper\ or\ ask\ questions | paper\ and\ code
    | (?:accept|this\ site\ uses|we\ use)\b.{0,60}\bcookies?\b.{0,120}
    | (?:privacy|terms)(?:\ (?:policy|of\ (?:use|service)))? | (?:©|copyright\ (?:©|\(c\)|\d{4})).{0,100} | [\W_]+
    """,
    re.IGNORECASE | re.VERBOSE,
)
MAX_BLOCK = 4 * 1024 * 1024
"""Characters of one record of a page beyond which further lines are left out."""
_LONE_DATE = re.compile(DAY)
# A button's label glued to what followed it on the page, but not the words that merely begin with it.
_GLUED = re.compile(r"Subscribe(?![\s:;,.!?-]|(?:r|rs|d|s)\b)(?=\S)")
_CLOSED = re.compile(r"[.…!。！][)\]}\"'”’*]*$")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def content(line: str) -> str:
    """What of a line belongs to a paper: without surrounding space, a glued button label, or page furniture."""
    line = line.strip()
    if line.startswith("Subscribe"):
        line = _GLUED.sub("", line, count=1)
    if len(line) <= 320 and (_FURNITURE.fullmatch(line) or _LONE_DATE.fullmatch(line)):
        return ""
    return line


def is_prose(line: str, words: int = 12) -> bool:
    """Whether a line reads as running text and not as a title: long, or at least ``words`` closed by a full stop."""
    count = len(line.split())
    if count < 40 and not line.isascii():
        count += len(_UNSPACED.findall(line)) // 2  # no spaces between the words of these scripts
    return count >= 40 or len(line) > 400 or (count >= words and bool(_CLOSED.search(line)))


class Block(list[Line]):
    """The lines of a record that is not at its end yet; those beyond ``MAX_BLOCK`` characters are left out."""

    def __init__(self) -> None:
        self._size = 0

    def add(self, line: Line) -> None:
        """Take a line, while there is room."""
        self._size += len(line[1]) + 100
        if self._size <= MAX_BLOCK:
            self.append(line)
