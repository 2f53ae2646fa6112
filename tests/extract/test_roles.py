import pytest

from citeweave.extract import sentences
from citeweave.extract.occurrences import whole_words
from citeweave.extract.roles import stance
from citeweave.model import Mention


@pytest.mark.parametrize(
    ("abstract", "string", "expected"),
    [
        ("Our method works without using labelled data.", "labelled data", "negated"),
        ("Unlike GANs, we train one network.", "GANs", "negated"),
        ("We do not use attention.", "attention", "negated"),
        ("This may improve machine translation.", "machine translation", "speculative"),
        ("We leave object detection to future work.", "object detection", "speculative"),
        ("We use attention and do not use recurrence.", "attention", "asserted"),
        ("Without recurrence, the Transformer wins.", "Transformer", "asserted"),
        ("We do not use attention. Then attention is added.", "attention", "asserted"),
    ],
)
def test_stance(abstract, string, expected):
    text = f"A title\n{abstract}"
    mentions = [Mention(a, b, string, "Method", 1.0, "test") for a, b in whole_words(text, string)]
    assert mentions
    assert stance(text, mentions, sentences.split(text)) == expected


def test_what_the_title_names_is_asserted():
    text = "Attention\nWe do not use Attention."
    mentions = [Mention(a, b, "Attention", "Method", 1.0, "test") for a, b in whole_words(text, "Attention")]
    assert stance(text, mentions, sentences.split(text)) == "asserted"
