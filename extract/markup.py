"""What papers say, as one HTML page for eyes: each text with its entities marked, roles and relations below.

In the manner of spaCy's displaCy, with a template of our own, because displaCy draws from a live
``Doc`` and citeweave from stored findings. The page needs nothing from any network.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from citeweave.model import ENTITY_TYPES, ROLES, Findings, Mention, Paper, Result

_COLOURS = dict(
    zip(
        ENTITY_TYPES,
        ("#9ecae9", "#b7e1a1", "#ffd38a", "#f3a6a0", "#d8c3ea", "#d9d5cc", "#9edfd6"),
        strict=True,
    )
)

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What the papers say</title>
<style>
body { font: 16px/1.7 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
article { border-top: 1px solid #ccc; padding: 1rem 0; }
h2 { font-size: 1.2rem; line-height: 1.5; }
mark { color: inherit; padding: .1em .3em; border-radius: .3em; }
mark { -webkit-box-decoration-break: clone; box-decoration-break: clone; }
mark small, .legend small { font-size: .65em; text-transform: uppercase; letter-spacing: .04em; margin-left: .4em; }
table { border-collapse: collapse; margin: .6rem 0; font-size: .88rem; }
th, td { text-align: left; vertical-align: top; padding: .15rem .9rem .15rem 0; }
caption { text-align: left; font-weight: 600; }
th { font-weight: 500; color: #666; border-bottom: 1px solid #ddd; }
td:not(.words):not(.role) { min-width: 5.5rem; }
.words { color: #666; font-size: .92em; line-height: 1.45; }
.role { white-space: nowrap; color: #666; }
%s
</style>
</head>
<body>
<p class="legend">%s</p>
"""


def html(pairs: Iterable[tuple[Paper, Findings]]) -> Iterator[str]:
    """One self-contained page, in parts as they come: memory does not grow with the number of papers."""
    styles = "\n".join(f".{kind} {{ background: {colour}; }}" for kind, colour in _COLOURS.items())
    legend = " ".join(f'<mark class="{kind}">{kind}</mark>' for kind in ENTITY_TYPES)
    yield _HEAD % (styles, legend)
    for paper, findings in pairs:
        yield _article(paper, findings)
    yield "</body>\n</html>\n"


def _article(paper: Paper, findings: Findings) -> str:
    text = paper.text
    border = len(paper.title)
    parts = [
        f'<article id="{escape(paper.id)}">',
        f"<h2>{_marked(text, 0, border, findings.mentions) or escape(paper.id)}</h2>",
        f"<p>{_marked(text, border + 1, len(text), findings.mentions)}</p>",
        _table(
            "Entities",
            ("role", "entity", "type", "also spelt", "stance"),
            _entities(findings),
        ),
        _table(
            "Relations",
            ("subject", "", "object", "score", "the words"),
            [
                (r.subject, r.predicate.replace("_", " "), r.object, f"{r.score:.2f}", _quote(text, r.start, r.end))
                for r in sorted(findings.relations, key=lambda r: -r.score)
            ],
        ),
        _table(
            "Results",
            ("entity", "dataset", "metric", "value", "the words"),
            [(r.entity, r.dataset, r.metric, _value(r), _quote(text, r.start, r.end)) for r in findings.results],
        ),
        _table("Abbreviations", ("short", "long"), [(a.short, a.long) for a in findings.abbreviations]),
        _table(
            "Citations",
            ("as printed", "known as"),
            [(c.text, ", ".join(f"{k}:{v}" for k, v in sorted(c.identifiers.items()))) for c in findings.citations],
        ),
        _table("Links", ("address",), [(link,) for link in findings.links]),
        "</article>\n",
    ]
    return "\n".join(part for part in parts if part)


def _marked(text: str, start: int, end: int, mentions: Iterable[Mention]) -> str:
    """A stretch of the text with the mentions that lie wholly in it marked; of overlapping ones the first."""
    parts = []
    done = start
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if mention.start < done or mention.end > end:
            continue
        parts.append(escape(text[done : mention.start]))
        parts.append(
            f'<mark class="{mention.type}" title="{mention.type} {mention.score:.2f}">'
            f"{escape(text[mention.start : mention.end])}<small>{mention.type}</small></mark>"
        )
        done = mention.end
    parts.append(escape(text[done:end]))
    return "".join(parts).strip()


def _entities(findings: Findings) -> list[tuple[str, ...]]:
    """One row an entity, the strongest roles first, each role named once; what goes without saying is left out."""
    rows: list[tuple[str, ...]] = []
    last = ""
    for entity in sorted(findings.entities, key=lambda e: ROLES.index(e.role)):
        others = [m for m in entity.mentions if m != entity.name]
        stance = "" if entity.stance == "asserted" else entity.stance
        role = "" if entity.role == last else entity.role.replace("_", " ")
        rows.append((role, entity.name, entity.type, ", ".join(others), stance))
        last = entity.role
    return rows


def _value(result: Result) -> str:
    sign = "+" if result.kind == "change" and result.value > 0 else ""
    return f"{sign}{result.value:g}{'' if result.unit in ('%', 'x') else ' '}{result.unit} ({result.kind})"


def _quote(text: str, start: int, end: int) -> str:
    return text[start:end].replace("\n", " / ")


def _table(caption: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    # A column without a single entry says nothing.
    kept = [i for i in range(len(columns)) if any(row[i] for row in rows)]
    head = "".join(f"<th>{escape(columns[i])}</th>" for i in kept)
    body = "\n".join("<tr>" + "".join(_cell(columns[i], row[i]) for i in kept) + "</tr>" for row in rows)
    return f"<table><caption>{caption}</caption>\n<tr>{head}</tr>\n{body}\n</table>"


def _cell(column: str, content: str) -> str:
    name = {"the words": "words", "also spelt": "words", "role": "role"}.get(column, "")
    return f"<td{f' class={name}' if name else ''}>{escape(content)}</td>"
