from __future__ import annotations

from citeweave.extract.markup import html
from citeweave.model import Findings, Mention, Paper, PaperEntity, Relation, Result

PAPER = Paper("t:1", "Nets <b>", "We train nets & avoid trees. Nets reach 2% more accuracy.")


def page(**fields) -> str:
    return "".join(html([(PAPER, Findings("t:1", **fields))]))


def test_mentions_are_marked_and_text_stays_text() -> None:
    made = page(mentions=(Mention(0, 4, "Nets", "Model", 0.9, "test"),))
    assert '<mark class="Model" title="Model 0.90">Nets<small>Model</small></mark> &lt;b&gt;' in made
    assert "nets &amp; avoid trees" in made
    assert "<b>" not in made


def test_entities_stand_by_role_and_say_only_what_is_not_plain() -> None:
    made = page(
        entities=(
            PaperEntity("tree", "Model", ("trees",), "compares", stance="negated"),
            PaperEntity("nets", "Model", ("nets",), "introduces"),
        )
    )
    assert made.index(">introduces<") < made.index(">compares<")
    assert "negated" in made
    assert "asserted" not in made
    assert "stance" not in page(entities=(PaperEntity("nets", "Model", ("nets",), "introduces"),))


def test_relations_stand_by_score_with_the_words_that_say_so() -> None:
    weak = Relation("nets", "used_for", "a", 0.2, 0, 12, "test")
    sure = Relation("nets", "used_for", "b", 0.9, 9, 37, "test")
    made = page(relations=(weak, sure))
    assert made.index(">b<") < made.index(">a<")
    assert "Nets &lt;b&gt; / We" in made


def test_a_change_carries_its_sign() -> None:
    made = page(results=(Result("nets", "", "accuracy", 2.0, "%", 38, 65, "change"),))
    assert "+2% (change)" in made
    assert "dataset" not in made
