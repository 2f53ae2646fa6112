"""Terms as text: what Oxigraph writes for the same value, in Turtle's notation and as N-Triples."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citeweave.graph import iris
from citeweave.graph.terms import decimal, escaped, expanded, literal, plain, short
from citeweave.graph.vocabulary import PREFIXES

XML = st.characters(exclude_categories=("Cs",), exclude_characters="\ufffe\uffff", min_codepoint=0x20)
CARRIED = st.text(st.one_of(XML, st.sampled_from("\t\n\r\\\"'^\x7f\x85\u2028")))


def read(term: str) -> ox.NamedNode | ox.Literal:
    """A term as Oxigraph reads it from Turtle."""
    declared = "".join(f"@prefix {prefix}: <{name}> .\n" for prefix, name in PREFIXES.items())
    [quad] = ox.parse(f"{declared} <urn:s> <urn:p> {term} .".encode(), format=ox.RdfFormat.TURTLE)
    assert isinstance(quad.object, ox.NamedNode | ox.Literal)
    return quad.object


@given(CARRIED)
def test_a_literal_is_written_as_oxigraph_writes_it(text: str) -> None:
    assert literal(text) == str(ox.Literal(text))
    assert read(literal(text)) == ox.Literal(text)


@given(st.text(st.characters(codec="utf-8")), st.sampled_from(["", "xsd:date", "xsd:gYear", "xsd:nonNegativeInteger"]))
def test_a_literal_expands_to_what_turtle_means(text: str, datatype: str) -> None:
    term = literal(text, datatype)
    assert expanded(term) == str(read(term))


def test_what_xml_has_no_character_for_is_replaced_one_by_one() -> None:
    assert literal("a\x00b\x1fc\ud800d\uffffe\nf") == '"a\ufffdb\ufffdc\ufffdd\ufffde\\nf"'


@given(st.text(st.characters(codec="utf-8")))
def test_names_are_the_same_iri_short_and_in_full(text: str) -> None:
    for identifier in (f"doi:10.1/{text}", f"arxiv:{text}", f"method/{text}", text):
        assert read(iris.name(identifier)) == iris.iri(identifier)
        assert expanded(iris.name(identifier)) == str(iris.iri(identifier))
    for term in (iris.text(text), iris.span(text, 3, 14), iris.source(text, 7), iris.source(text), iris.agent(text)):
        assert expanded(term) == str(read(term))
    assert expanded(iris.span(text, 3, 14)) == f"{expanded(escaped('text', iris.encode(text)))[:-1]}#offset_3_14>"


@pytest.mark.parametrize(
    ("iri", "term"),
    [
        ("https://arxiv.org/abs/2001.00001", "arxiv:2001.00001"),
        ("https://arxiv.org/abs/cs/9901001", "<https://arxiv.org/abs/cs/9901001>"),
        ("https://arxiv.org/abs/2001.", "<https://arxiv.org/abs/2001.>"),
        (PREFIXES["model"], f"<{PREFIXES['model']}>"),
        # not a prefix that every file declares
        (f"{PREFIXES['run']}1", f"<{PREFIXES['run']}1>"),
    ],
)
def test_what_has_a_prefix_and_what_has_none(iri: str, term: str) -> None:
    assert short(iri) == term


def test_prefixed_names_of_other_kinds() -> None:
    assert plain("source", "papers.bib") == "source:papers.bib"
    assert plain("source", "papers.bib#line=1") == f"<{PREFIXES['source']}papers.bib#line=1>"
    assert escaped("text", "title:a#offset_1_2") == r"text:title:a\#offset_1_2"
    assert expanded(r"text:title:a\#offset_1_2") == f"<{PREFIXES['text']}title:a#offset_1_2>"
    assert escaped("text", "a%3") == f"<{PREFIXES['text']}a%3>"


@pytest.mark.parametrize(
    ("value", "term"), [(0.5, "0.5"), (1.0, "1.0"), (1 / 3, "0.3333"), (0.00001, "0.0"), (float("nan"), None)]
)
def test_decimals_are_short_and_numbers(value: float, term: str | None) -> None:
    assert decimal(value) == term
    if term:
        assert read(term) == ox.Literal(term, datatype=ox.NamedNode(f"{PREFIXES['xsd']}decimal"))
        assert expanded(term) == f'"{term}"^^<{PREFIXES["xsd"]}decimal>'
    assert expanded(literal(12, "xsd:integer")) == f'"12"^^<{PREFIXES["xsd"]}integer>'
