"""Text that a format can carry: without what its readers choke on."""

from __future__ import annotations

import re
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA = re.compile(r"\s*[=+\-@|%＝＋－＠]|[\t\r]")


def utf8(value: Any) -> Any:
    """A value; if it is text, then with U+FFFD for lone surrogates, which UTF-8 cannot carry."""
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value


def xml(value: Any) -> Any:
    """A value; if it is text, then with U+FFFD for the characters that XML 1.0 cannot carry, escaped or not."""
    return _NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value


def inert(text: str) -> str:
    """A table cell that no spreadsheet takes for a formula: an apostrophe stands before what looks like one.

    See the OWASP notes on CSV injection. NUL, at which some readers end a cell, becomes U+FFFD.
    """
    text = utf8(text).replace("\0", "\ufffd")
    return f"'{text}" if _FORMULA.match(text) else text
