"""Links in running text: found whole, without the sentence's punctuation, and written one way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from citeweave.extract.wordset import word_set

_HOSTS = r"(?:github|gitlab|gitee|bitbucket|huggingface|zenodo|kaggle|figshare|osf|youtu)"
_BARE = rf"(?:www\.[\w-]+\.[\w.-]+|{_HOSTS}\.(?:com|org|co|io|be)(?=/)|[\w-]+\.(?:github|gitlab)\.(?:io|com)\b)"
_LINK = re.compile(
    rf"(?:https?://[^\s<>\"{{}}|\\^`]{{3,2000}}|(?<![\w./@-]){_BARE}[^\s<>\"{{}}|\\^`]{{0,2000}})", re.IGNORECASE
)
_TORN = re.compile(rf"(?:https?://)?(?:www\.)?{_HOSTS}\.(?:com|org|co|io|be)/?", re.IGNORECASE)
"""What a line break in a PDF leaves of a link to a project: the bare host says nothing."""
_OPENING = {")": "(", "]": "["}
_TRAILING = ".,;:!?'\"*_~’”»…"
_HTTPS = word_set(
    """github.com gitlab.com gitee.com bitbucket.org huggingface.co zenodo.org kaggle.com figshare.com osf.io youtu.be
    youtube.com doi.org arxiv.org aclanthology.org openreview.net"""
)
"""Hosts known to serve everything over https, so that one page does not become two nodes."""


def find(text: str) -> Iterator[tuple[int, int]]:
    """The (start, end) of every link that stands in the text, as it stands there."""
    lower = text.lower()
    if "/" not in text and "www." not in lower and ".git" not in lower:
        return  # few abstracts have a link, and looking for one takes as long as for all citations
    for found in _LINK.finditer(text):
        end = found.start() + len(_trim(found.group()))
        link = text[found.start() : end]
        if "." in link and not _TORN.fullmatch(link):
            yield found.start(), end


def normalise(link: str) -> str:
    """One spelling of a link: with its scheme, host in lower case, without a bare trailing slash or ``.git``.

    ``http`` becomes ``https`` only for hosts known to serve it. The path is left as it is, because
    paths may be case-sensitive. A text that is no link comes back unchanged.
    """
    with_scheme = link if re.match(r"https?://", link, re.IGNORECASE) else f"https://{link}"
    try:
        parts = urlsplit(with_scheme)
    except ValueError:
        return link
    host = parts.netloc.lower()
    bare = host.removeprefix("www.")
    known = bare in _HTTPS or bare.endswith((".github.io", ".gitlab.io"))
    if known:
        host = bare
    scheme = "https" if known else parts.scheme.lower()
    path = parts.path.rstrip("/")
    if bare in ("github.com", "gitlab.com", "gitee.com"):
        path = path.removesuffix(".git")
    return urlunsplit((scheme, host, path, parts.query, parts.fragment))


def _trim(link: str) -> str:
    """The link without punctuation of the sentence around it, and without a bracket that it does not open."""
    while link:
        last = link[-1]
        if last in _TRAILING or (last in _OPENING and link.count(last) > link.count(_OPENING[last])):
            link = link[:-1]
        else:
            break
    return link
