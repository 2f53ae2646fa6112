"""From findings to statements with evidence."""

from citeweave.graph.assemble import Assembled, assemble
from citeweave.graph.knowledge import KnowledgeGraph
from citeweave.graph.papers import merge
from citeweave.model import (
    EntityType,
    Findings,
    Mention,
    Name,
    Paper,
    PaperEntity,
    PartialDate,
    Reference,
    Relation,
    Role,
    Source,
    Stance,
    Statement,
    TextCitation,
)


def paper(id_: str, title: str, abstract: str = "", year: int | None = None, **more: object) -> Paper:
    return Paper(
        id_,
        title,
        abstract,
        date=PartialDate(year) if year else None,
        sources=(Source("toy.jsonl", 1, ("title", *more)),),
        **more,  # type: ignore[arg-type]
    )


def says(paper: Paper, *named: tuple[str, EntityType, Role], **more: object) -> Findings:
    """Findings that mention every occurrence of the given surfaces, sentences ending at full stops."""
    text = paper.text
    mentions = []
    for surface, type_, _ in named:
        start = text.find(surface)
        while start >= 0:
            mentions.append(Mention(start, start + len(surface), surface, type_, 0.9, "toy/1"))
            start = text.find(surface, start + 1)
    bounds, start = [], 0
    for end in [i + 1 for i, c in enumerate(text) if c in ".\n"] + [len(text)]:
        if text[start:end].strip():
            bounds.append((start, end))
        start = end
    entities = tuple(PaperEntity(s, t, (s,), r, 0.8) for s, t, r in named)
    return Findings(paper.id, tuple(bounds), tuple(mentions), entities=entities, **more)  # type: ignore[arg-type]


def graph(*pairs: tuple[Paper, Findings], **options: float) -> KnowledgeGraph:
    return result(*pairs, **options).graph


def result(*pairs: tuple[Paper, Findings], **options: float) -> Assembled:
    return assemble([p for p, _ in pairs], {f.paper: f for _, f in pairs}, **options)


def only(kg: KnowledgeGraph, predicate: str) -> Statement:
    (statement,) = (s for s in kg.statements if s.predicate == predicate)
    return statement


GARDEN = paper("p1", "GardenNet", "Weeds are hard. We introduce GardenNet for weeding. GardenNet is fast.", 2020)


def test_a_role_has_its_sentence_as_evidence_and_the_telling_sentence_comes_first() -> None:
    kg = graph((GARDEN, says(GARDEN, ("GardenNet", "Model", "introduces"))))
    statement = only(kg, "introduces")
    assert (statement.subject, statement.object) == ("p1", "model/gardennet")
    assert statement.confidence == round(0.9 * 0.8, 4)
    first = statement.evidence[0]
    assert first.quote.strip() == "We introduce GardenNet for weeding."
    for e in statement.evidence:
        assert GARDEN.text[e.start : e.end] == e.quote
    assert len(statement.evidence) == 3  # the title, and two sentences


def test_mentions_are_linked_to_entities() -> None:
    kg = graph((GARDEN, says(GARDEN, ("GardenNet", "Model", "introduces"))))
    assert [m.entity for m in kg.mentions["p1"]] == ["model/gardennet"] * 3
    assert kg.papers_of == {"model/gardennet": ("p1",)}


def test_papers_are_independent_witnesses_of_a_relation() -> None:
    def pair(id_: str, score: float) -> tuple[Paper, Findings]:
        made = paper(id_, f"Paper {id_}", "GardenNet is used for weeding.")
        relation = Relation("GardenNet", "used_for", "weeding", score, 10, 20, "rel/1")
        named = (("GardenNet", "Model", "uses"), ("weeding", "Task", "addresses"))
        return made, says(made, *named, relations=(relation,))

    kg = graph(pair("p1", 0.5), pair("p2", 0.8))
    statement = only(kg, "used_for")
    assert (statement.subject, statement.object) == ("model/gardennet", "task/weeding")
    assert statement.confidence == 0.9
    assert [e.paper for e in statement.evidence] == ["p2", "p1"]


def test_low_confidence_is_left_out_on_request() -> None:
    pairs = (GARDEN, says(GARDEN, ("GardenNet", "Model", "introduces")))
    assert graph(pairs, min_confidence=0.95).statements == ()
    assert graph(pairs, min_confidence=0.5).statements


def test_what_a_paper_says_it_does_not_use_is_only_mentioned() -> None:
    negated: Stance = "negated"
    found = Findings("p1", ((0, 9),), (Mention(0, 9, "GardenNet", "Model", 0.9, "toy/1"),))
    entity = PaperEntity("GardenNet", "Model", ("GardenNet",), "uses", 0.8, negated)
    kg = graph((GARDEN, Findings("p1", found.sentences, found.mentions, entities=(entity,))))
    assert [s.predicate for s in kg.statements] == ["mentions"]


def test_references_link_by_identifier_title_and_printed_text_or_become_stubs() -> None:
    cited = [
        paper("arxiv:2001.00001", "First Steps in Gardening", identifiers={"arxiv": "2001.00001"}),
        paper("title:2", "Second Steps in Neural Gardening"),
        paper("title:3", "Third Steps in Recurrent Gardening"),
    ]
    citing = paper(
        "p9",
        "All Steps",
        references=(
            Reference(identifiers={"arxiv": "2001.00001"}),
            Reference(title="Second steps in neural gardening."),
            Reference(raw="[3] F. Moss. Third Steps in Recurrent Gardening. In Proc. of Lawns, 2019."),
            Reference(identifiers={"doi": "10.1/unknown"}, title="Something Never Read Here"),
            Reference(raw="unreadable"),
        ),
    )
    kg = graph(*((p, Findings(p.id)) for p in [*cited, citing]))
    cites = [s.object for s in kg.statements if s.predicate == "cites"]
    assert cites == ["arxiv:2001.00001", "doi:10.1/unknown", "title:2", "title:3"]
    assert not kg.papers["doi:10.1/unknown"].sources
    assert kg.network().nodes["doi:10.1/unknown"]["kind"] == "CitedPaper"


def test_two_references_to_one_unknown_paper_make_one_stub() -> None:
    one = Reference(identifiers={"doi": "10.1/u"}, title="Something Never Read Here")
    other = Reference(title="Something never read here")
    pairs = [
        (p, Findings(p.id)) for p in (paper("a", "Paper A", references=(one,)), paper("b", "B", references=(other,)))
    ]
    kg = graph(*pairs)
    assert {s.object for s in kg.statements} == {"doi:10.1/u"}
    assert set(kg.papers) == {"a", "b", "doi:10.1/u"}


def test_citations_in_the_text_are_typed_apart_and_quoted() -> None:
    known = paper("title:m", "On Moss", "", 2019, authors=(Name("Moss", "Fern"),))
    citing = paper("p2", "Title", "As Moss et al. (2019) say, moss is soft. See arXiv:2001.00009.", 2020)
    text = citing.text
    at = text.index("Moss et al")
    by_author = TextCitation("Moss et al. (2019)", at, at + 18, authors=("Moss",), year=2019, by="citations/1")
    at = text.index("arXiv:")
    by_id = TextCitation("arXiv:2001.00009", at, at + 16, {"arxiv": "2001.00009"}, by="citations/1")
    kg = graph((known, Findings("title:m")), (citing, says(citing, citations=(by_author, by_id))))
    found = {s.object: s for s in kg.statements if s.predicate == "cites_in_text"}
    assert set(found) == {"title:m", "arxiv:2001.00009"}
    assert found["title:m"].evidence[0].quote.strip().startswith("As Moss et al.")


def test_builds_on_needs_exactly_one_earlier_introducer() -> None:
    later = paper("p2", "Later", "We use GardenNet.", 2022)
    user = (later, says(later, ("GardenNet", "Model", "uses")))
    origin = (GARDEN, says(GARDEN, ("GardenNet", "Model", "introduces")))
    assert only(graph(origin, user), "builds_on").object == "p1"
    rival = paper("p3", "Rival", "We introduce GardenNet.", 2021)
    other = (rival, says(rival, ("GardenNet", "Model", "introduces")))
    assert not [s for s in graph(origin, user, other).statements if s.predicate == "builds_on"]
    early = paper("p0", "Early", "We use GardenNet.", 2019)
    before = (early, says(early, ("GardenNet", "Model", "uses")))
    assert not [s for s in graph(origin, before).statements if s.predicate == "builds_on"]


def test_the_network_view_carries_only_plain_values_and_unique_keys() -> None:
    authored = paper("p1", "T", "GardenNet.", 2020, authors=(Name("Moss", "Fern"),), links=("https://x.org/y",))
    net = graph((authored, says(authored, ("GardenNet", "Model", "uses")))).network()
    assert {d["kind"] for _, d in net.nodes(data=True)} == {"Paper", "Model", "Author", "Link"}
    keys = [k for _, _, k in net.edges(keys=True)]
    assert len(keys) == len(set(keys)) == 3
    for _, _, data in net.edges(data=True):
        assert all(type(v) in (str, int, float) for v in data.values())
        assert data["by"]


def test_links_of_the_text_join_those_of_the_record() -> None:
    linked = paper("p1", "T", "Code at https://b.org/c.", links=("https://a.org",))
    found = Findings("p1", links=("https://b.org/c",))
    assert graph((linked, found)).papers["p1"].links == ("https://a.org", "https://b.org/c")


def test_a_reference_finds_a_merged_paper_by_the_title_and_the_identifier_it_no_longer_goes_by() -> None:
    abstract = "We water small gardens of neurons and find that weeds appear whenever nobody looks at the beds. " * 2
    records = [
        Paper("a", "Gardens of Neurons", abstract, {"doi": "10.1/a"}, sources=(Source("a", 1),)),
        Paper("b", "Published at Lawns: Gardens of Neurons", abstract, {"doi": "10.1/b"}, sources=(Source("b", 1),)),
        *(
            Paper(f"citing:{n}", f"Citing Gardens {n}", references=(reference,), sources=(Source("c", n),))
            for n, reference in enumerate(
                (
                    Reference(title="Gardens of neurons"),
                    Reference(title="Published at lawns: gardens of neurons"),
                    Reference(identifiers={"doi": "10.1/a"}),
                    Reference(identifiers={"doi": "10.1/b"}),
                    Reference(raw="Moss, F.: Published at Lawns: Gardens of Neurons. Proceedings (2020)"),
                )
            )
        ),
    ]
    merged = merge(records)
    assert len(merged.papers) == 6
    graph = assemble(merged.papers, {}, records=merged.records).graph
    assert {s.object for s in graph.statements} == {"doi:10.1/a"}
    assert (len(graph.statements), len(graph.papers)) == (5, 6)
