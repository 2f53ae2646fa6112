"""File names and Markdown for notes: names that every file system and Obsidian take, text that stays text."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from citeweave.export._bibliography import one_line
from citeweave.text import fingerprint, slug

_FORBIDDEN = re.compile(r'[\\/:*?"<>|#^\[\]\x00-\x1f\x7f-\x9f\ud800-\udfff]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_LONGEST = 80
_BYTES = 200
_MARKUP = re.compile(r"[\\`*_\[\]<>#|$&^]|==|~~|%%")
_LIST = re.compile(r"(\s*)([-+=]|\d{1,9}(?=[.)]))")


def file_names(labels: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """A file name without suffix for each (folder, id), from its label.

    Two in one folder differ by more than case and accents' encoding: where labels would be the same
    file somewhere, a digest of the id follows each of them, so a name does not depend on who came first.
    """
    plain = {place: _safe(label) or slug(place[1]) for place, label in labels.items()}
    alike: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for place, name in plain.items():
        alike[place[0], _folded(name)].append(place)
    alone = {place for places in alike.values() if len(places) == 1 for place in places}
    taken = {(place[0], _folded(plain[place])) for place in alone}
    found = {}
    for place, name in plain.items():
        length = 8
        while place not in alone:
            name = f"{plain[place]} ({fingerprint(place[1], length)})"
            if (place[0], _folded(name)) not in taken:
                taken.add((place[0], _folded(name)))
                break
            length += 4
        found[place] = name
    return found


def _safe(label: str) -> str:
    name = " ".join(_FORBIDDEN.sub(" ", unicodedata.normalize("NFC", label)).split())
    if len(name) > _LONGEST:
        whole_words = name[: _LONGEST + 1].rpartition(" ")[0]
        name = whole_words if len(whole_words) > _LONGEST // 2 else name[:_LONGEST]
    while len(name.encode()) > _BYTES:
        name = name[:-1]
    name = name.strip(" .")
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def front_matter(fields: Mapping[str, Any]) -> str:
    """YAML front matter of the fields that are not empty; texts in double quotes, as JSON, which is YAML."""
    lines = [f"{name}: {json.dumps(_plain(value), ensure_ascii=False)}\n" for name, value in fields.items() if value]
    return f"---\n{''.join(lines)}---\n"


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    return [one_line(item) for item in value] if isinstance(value, (list, tuple)) else value


def text(value: str) -> str:
    """Text as one line of Markdown that shows it and nothing else: no markup, tag, link, formula or HTML."""
    escaped = _MARKUP.sub(lambda found: "".join(f"\\{c}" for c in found.group()), one_line(value))
    if found := _LIST.match(escaped):
        mark = found.group(2)
        escaped = f"{mark}\\{escaped[found.end() :]}" if mark.isdigit() else f"\\{escaped}"
    return escaped


def bullets(items: Iterable[str]) -> str:
    """A Markdown list."""
    return "".join(f"- {item}\n" for item in items)
