from __future__ import annotations

import time

import pytest

from citeweave.extract import sentences
from citeweave.extract.occurrences import whole_words
from citeweave.extract.stance import stance
from citeweave.model import Mention, Role

NEGATED = """
Our method works without using [labelled data].
Our method works without any costly [labelled data] at all.
It parses speech without the need for [phone alignments].
It reaches this without access to [source images] or [depth maps].
Unlike [GANs], we train one network.
Unlike earlier [diffusion models], ours takes one step.
In contrast to [beam search], our search is exact.
As opposed to [global pooling], we keep all places.
We do not use [attention].
The sampler does not require [gradients].
The sampler does not rely on [gradients] or on luck.
Our proof doesn't need [convexity].
The loss is used instead of [cross entropy].
We learn features rather than [hand-crafted descriptors].
Convolutions stand in place of [self-attention].
There is no [weight decay] in our runs.
The model has neither [recurrence] nor [convolution].
The new layer no longer needs [batch normalisation].
It is free of [hyper-parameters].
This eliminates the need for [manual labels].
This avoids [overfitting] on small sets.
The encoder lacks [positional information].
In the absence of [noise], both agree.
Our tagger never requires [gazetteers].
The decoder cannot exploit [future context].
The approach dispenses with [recurrence] entirely.
"""

SPECULATIVE = """
This may improve [machine translation].
Larger steps might cause [divergence].
We hypothesise that [sparse features] explain the gap.
We conjecture that the bound holds for [deep networks].
We plan to add [coreference resolution].
Future work will look at [low-resource languages].
In future work we study [speech].
We leave [object detection] to future work.
We leave the case of [continuous actions] for future research.
It remains unclear whether [scaling laws] hold here.
Pruning would harm [calibration].
The gap may be due to [label noise].
We suspect that [memorisation] is at play.
"""

ASSERTED = """
We use [attention] and do not use recurrence.
Without recurrence, the [Transformer] wins.
We do not use attention. Then [attention] is added.
The results are not only better in [accuracy] but also in speed.
It halves the time without sacrificing [accuracy].
It is faster with no loss of [precision].
Existing works do not consider [label noise].
Previous models cannot handle [long documents].
[GANs] may collapse.
The loss may be high, but [dropout] helps.
Steps may fail because [gradients] vanish here.
Our results demonstrate that it could raise [recall].
We hope that this would help [summarisation].
We could train [decision trees] in a minute.
The kernel may be seen as a [random feature map].
It is trained with or without [augmentation].
We show how users may edit [outlines].
We train on [ImageNet].
No doubt remains, and [boosting] is shown to work.
Rather than guess, we measure with [word error rate].
"""


def cases(block: str, expected: str) -> list[tuple[str, str, str]]:
    """One case for each bracketed thing of each line: sentence, thing, stance."""
    made = []
    for line in block.strip().splitlines():
        sentence = line.replace("[", "").replace("]", "")
        made += [(sentence, part.split("]")[0], expected) for part in line.split("[")[1:]]
    return made


def judged(text: str, string: str, role: Role = "mentions") -> str:
    mentions = [Mention(a, b, string, "Method", 1.0, "test") for a, b in whole_words(text, string)]
    assert mentions
    return stance(text, mentions, sentences.split(text), role)


@pytest.mark.parametrize(
    ("sentence", "string", "expected"),
    cases(NEGATED, "negated") + cases(SPECULATIVE, "speculative") + cases(ASSERTED, "asserted"),
)
def test_stance(sentence: str, string: str, expected: str) -> None:
    assert judged(f"A title\n{sentence}", string) == expected


def test_what_the_title_names_or_the_paper_introduces_is_asserted() -> None:
    assert judged("Attention\nWe do not use Attention.", "Attention") == "asserted"
    assert judged("A title\nThis may yield ZetaNet.", "ZetaNet", "introduces") == "asserted"


def test_a_modal_verb_alone_does_not_make_what_is_used_speculative() -> None:
    text = "A title\nIt could sample segments by diffusion. We plan to add boosting."
    assert judged(text, "diffusion", "uses") == "asserted"
    assert judged(text, "boosting", "uses") == "speculative"


@pytest.mark.parametrize("filler", ["results show ", "without a, ", "may, and ", "we leave ", "not no nor "])
def test_hostile_text_takes_no_quadratic_time(filler: str) -> None:
    text = "A title\n" + f"{filler}net " * 1500
    begun = time.process_time()
    judged(text, "net")
    assert time.process_time() - begun < 20
