"""The mentions as spaCy spans, for those who use the pipeline from spaCy: nothing of citeweave reads them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from citeweave.extract import attributes

VERSION = "spans/1"


@Language.factory("citeweave_spans", requires=["doc._.mentions"], assigns=["doc.spans"])
def make_spans(nlp: Language, name: str) -> Spans:
    """Register the component with spaCy."""
    return Spans()


class Spans:
    """spaCy component: sets ``doc.spans["entities"]``, with borders moved out to tokens where they fall inside."""

    def __init__(self) -> None:
        attributes.declare()

    def __call__(self, doc: Doc) -> Doc:
        """Give one document its spans."""
        # Doc.char_span looks through the whole document each time, so the tokens' places are looked up here.
        starts = doc.to_array("IDX").tolist()
        spans = []
        for mention in doc._.mentions:
            first, end = bisect_right(starts, mention.start) - 1, bisect_left(starts, mention.end)
            spans.append(Span(doc, max(first, 0), end, label=mention.type))
        doc.spans["entities"] = SpanGroup(doc, name="entities", spans=spans)
        return doc
