from citeweave.extract import tokens
from citeweave.extract.spans import Spans
from citeweave.model import Mention


def test_mentions_are_spans_of_whole_tokens():
    doc = tokens.blank()("Graph nets\nOn ImageNet-C graph nets win.")
    text = doc.text
    places = [(0, 10, "Model"), (14, 24, "Dataset"), (16, 24, "Dataset")]
    doc._.mentions = [Mention(start, end, text[start:end], kind, 0.9, "test") for start, end, kind in places]
    spans = Spans()(doc).spans["entities"]
    assert [(span.text, span.label_) for span in spans] == [
        ("Graph nets", "Model"),
        ("ImageNet-C", "Dataset"),
        ("ImageNet-C", "Dataset"),
    ]
