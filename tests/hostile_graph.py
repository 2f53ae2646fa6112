"""A knowledge graph whose texts try to break out of every format."""

from citeweave.graph.knowledge import KnowledgeGraph, LinkedMention
from citeweave.model import Entity, Evidence, Mention, Name, Paper, PartialDate, Source, Statement

NASTY = (
    '=HYPERLINK("https://x.example") \\u0027 \\\' "q" \'a\' `b` <b>&amp;</b> ]]> --> [[x|y]] {z} $1 100% #t a_b^c~d\\\\'
)
"""What ends a string, an element or a link in one format or another; printable."""
CONTROLS = "tab\tfeed\nnull\x00bell\x07half\ud800non\uffffend"


def hostile_graph() -> KnowledgeGraph:
    """A graph whose every text is made to break out of the format it is written in."""
    papers = [
        Paper(
            "doi:10.1000/a<b>\"c'&;x\\",
            title=NASTY,
            abstract=f"{CONTROLS} {NASTY} 𝔘nicode é ünd 中文 @article{{x, }}",
            identifiers={"doi": "10.1000/a<b>\"c'&;x\\"},
            authors=(Name('O"Neil and Sons', "A, B"), Name("'); DROP", "{"), Name("éß")),
            date=PartialDate(2020),
            venue=NASTY,
            links=("https://example.org/?a=1&b=<2>",),
            sources=(Source(NASTY, 1, ("title",)),),
        ),
        Paper("title:2", title="CON", date=PartialDate(2021, 5, 6), sources=(Source("x", 2),)),
        Paper("title:3", title="con", sources=(Source("x", 3),)),
        Paper("title:4", title="con ", date=PartialDate(None, 2, 21), sources=(Source("x", 4),)),
        Paper("title:5", title="../../etc/x" * 40, sources=(Source("x", 5),)),
        Paper("abstract:6", abstract="No title.", sources=(Source("x", 6),)),
        Paper("doi:10.1000/stub", title=NASTY, identifiers={"doi": "10.1000/stub"}),
    ]
    entities = [
        Entity("method/nasty", "Method", NASTY, (CONTROLS, NASTY)),
        Entity("task/con", "Task", "CON", ()),
    ]
    first = papers[0].id
    proof = Evidence(first, 0, 5, NASTY + CONTROLS, "entities/1", 0.5)
    statements = [
        Statement(first, "uses", "method/nasty", 0.5, (proof,)),
        Statement(first, "uses", "task/con", 1 / 3, (proof,)),
        Statement(first, "mentions", "task/con", 0.5, (proof,)),
        Statement(first, "cites", "doi:10.1000/stub", 1.0),
        Statement("method/nasty", "used_for", "task/con", 0.5, (proof,)),
        Statement("method/nasty", "part_of", "method/nasty", 0.5, (proof,)),
    ]
    return KnowledgeGraph(
        {p.id: p for p in sorted(papers, key=lambda p: p.id)},
        {e.id: e for e in entities},
        tuple(sorted(statements, key=lambda s: (s.subject, s.predicate, s.object))),
        {first: (LinkedMention(Mention(0, 5, "=HYPE", "Method", 0.5, "entities/1"), "method/nasty"),)},
    )
