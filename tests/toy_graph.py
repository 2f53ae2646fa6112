"""A small knowledge graph, made by hand, that has one of everything the graph can hold."""

from citeweave.graph.knowledge import KnowledgeGraph, LinkedMention
from citeweave.model import (
    Entity,
    EntityType,
    Evidence,
    Mention,
    Name,
    Paper,
    PartialDate,
    Reference,
    Source,
    Statement,
)

SICI = "doi:10.1002/(sici)1097-0258(199808)17:15<1661::aid-sim968>3.0.co;2-2"


def _papers() -> dict[str, Paper]:
    found = [
        Paper(
            id="arxiv:2001.00001",
            title='PondNet: Counting Frogs with "Lily Pads"',
            abstract="We introduce PondNet, a network for frog counting. On FrogBench it reaches 91.2 F1.",
            identifiers={"arxiv": "2001.00001", "doi": "10.1000/pond"},
            authors=(Name("Reed", "Marsha", "0000-0002-1825-0097"), Name("Ångström", "Jörg")),
            date=PartialDate(2020, 1, 2),
            venue="Journal of Ponds",
            references=(Reference(identifiers={"doi": SICI[4:]}),),
            links=("https://github.com/example/pondnet", "https://example.org/pond?x=1&y=<2>"),
            sources=(Source("pages.txt", 1, ("title", "abstract")), Source("refs.bib", 7, ("references",))),
        ),
        Paper(
            id="title:00000000000000aa",
            title="Frogs 🐸 without Labels \\ Backslashes",
            abstract="Unlike PondNet (Reed and Ångström, 2020), we need no labels for counting.",
            authors=(Name("Consortium"),),
            date=PartialDate(2021, 3),
            sources=(Source("pages.txt", 9, ("title", "abstract")),),
        ),
        Paper(
            id="abstract:00000000000000bb",
            abstract="FrogBench has a thousand ponds.",
            author_count=4,
            date=PartialDate(None, 2, 21),
            sources=(Source("pages.txt", 12, ("abstract",)),),
        ),
        Paper(id=SICI, title="A Cited Study", identifiers={"doi": SICI[4:]}, date=PartialDate(1998)),
    ]
    return {paper.id: paper for paper in sorted(found, key=lambda p: p.id)}


def toy_graph() -> KnowledgeGraph:
    """The graph itself; built anew on each call, as values are immutable but caches are not."""
    papers = _papers()
    entities = [
        Entity("model/pondnet", "Model", "PondNet", ("PondNet", "pond network")),
        Entity("model/neural-network", "Model", "neural network", ("network",)),
        Entity("task/frog-counting", "Task", "frog counting", ("counting",)),
        Entity("dataset/frogbench", "Dataset", "FrogBench", ("Frog Bench",)),
        Entity("metric/f1", "Metric", "F1", ()),
    ]

    def quote(paper: str, words: str, by: str = "entities/1", score: float = 0.9) -> Evidence:
        start = papers[paper].text.index(words)
        return Evidence(paper, start, start + len(words), words, by, score)

    def mention(paper: str, words: str, type_: EntityType, entity: str) -> LinkedMention:
        start = papers[paper].text.index(words)
        return LinkedMention(Mention(start, start + len(words), words, type_, 0.95, "entities/1"), entity)

    pond, free, bare = "arxiv:2001.00001", "title:00000000000000aa", "abstract:00000000000000bb"
    first = "We introduce PondNet, a network for frog counting."
    second = "On FrogBench it reaches 91.2 F1."
    unlike = "Unlike PondNet (Reed and Ångström, 2020), we need no labels for counting."
    statements = [
        Statement(pond, "introduces", "model/pondnet", 0.97, (quote(pond, first),)),
        Statement(pond, "addresses", "task/frog-counting", 0.9, (quote(pond, first),)),
        Statement(pond, "evaluates_on", "dataset/frogbench", 0.9, (quote(pond, second),)),
        Statement(pond, "measures", "metric/f1", 0.8333333, (quote(pond, second),)),
        Statement(free, "compares", "model/pondnet", 0.9, (quote(free, unlike),)),
        Statement(free, "mentions", "task/frog-counting", 0.5, (quote(free, unlike),)),
        Statement(bare, "introduces", "dataset/frogbench", 1.0, (quote(bare, "FrogBench has a thousand ponds."),)),
        Statement(
            "model/pondnet",
            "evaluated_on",
            "dataset/frogbench",
            0.99,
            (quote(pond, second, "relations/2"), quote(bare, "FrogBench has a thousand ponds.", "relations/2", 0.4)),
        ),
        Statement("model/pondnet", "subtype_of", "model/neural-network", 0.8, (quote(pond, first, "relations/2"),)),
        Statement("model/pondnet", "used_for", "task/frog-counting", 0.8, (quote(pond, first, "relations/2"),)),
        Statement(free, "cites_in_text", pond, 1.0, (quote(free, unlike, "citations/1"),)),
        Statement(free, "builds_on", pond, 0.9, (quote(free, unlike),)),
        Statement(pond, "cites", SICI, 1.0),
    ]
    return KnowledgeGraph(
        papers=papers,
        entities={e.id: e for e in sorted(entities, key=lambda e: e.id)},
        statements=tuple(sorted(statements, key=lambda s: (s.subject, s.predicate, s.object))),
        mentions={
            bare: (mention(bare, "FrogBench", "Dataset", "dataset/frogbench"),),
            pond: (
                mention(pond, "PondNet", "Model", "model/pondnet"),
                mention(pond, "frog counting", "Task", "task/frog-counting"),
                mention(pond, "FrogBench", "Dataset", "dataset/frogbench"),
                mention(pond, "F1", "Metric", "metric/f1"),
            ),
            free: (
                mention(free, "PondNet", "Model", "model/pondnet"),
                mention(free, "counting", "Task", "task/frog-counting"),
            ),
        },
    )
