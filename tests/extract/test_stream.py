from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from citeweave import codec
from citeweave.extract import extract, findings, pipeline_version, stream
from citeweave.extract.markup import html
from citeweave.model import (
    Abbreviation,
    Findings,
    Mention,
    Paper,
    PaperEntity,
    Problem,
    Relation,
    Result,
    Source,
    TextCitation,
)

TOPICS = ["graph neural network (GNN)", "hidden Markov model (HMM)", "support vector machine (SVM)"]


def papers(count: int) -> list[Paper]:
    return [
        Paper(
            id=f"p{n}",
            title=f"On the {TOPICS[n % 3]}, part {n}",
            abstract=(
                f"We train a {TOPICS[n % 3]} in {n} ways, e.g. as Lin et al. ({1990 + n}) do. "
                f"It reaches {n}.5% accuracy on MNIST."
            ),
        )
        for n in range(count)
    ]


def found(outcomes: list[Findings | Problem]) -> list[Findings]:
    assert all(isinstance(o, Findings) for o in outcomes), outcomes
    return [o for o in outcomes if isinstance(o, Findings)]


def test_order_and_content() -> None:
    some = papers(5)
    outcomes = found(list(extract(iter(some))))
    assert [o.paper for o in outcomes] == [p.id for p in some]
    for paper, o in zip(some, outcomes, strict=True):
        assert len(o.sentences) == 3
        assert [c.text for c in o.citations] == [f"Lin et al. ({1990 + some.index(paper)})"]
        assert o.abbreviations
        for m in o.mentions:
            assert paper.text[m.start : m.end] == m.text


def test_batches_and_jobs_change_nothing() -> None:
    some = papers(7)
    whole = list(extract(some, batch_size=7))
    assert list(extract(some, batch_size=1)) == whole
    assert list(extract(some, batch_size=3)) == whole
    assert list(extract(some, jobs=2, batch_size=2)) == whole


def test_what_is_wrong_is_reported_and_the_rest_goes_through() -> None:
    good = papers(3)
    odd: list[Paper | Problem | None] = [
        good[0],
        None,
        Problem("x.txt", 3, "cut off"),
        Paper(id="empty"),
        replace(good[1], abstract=None),  # type: ignore[arg-type]
        Paper(id="surrogate", title="A \ud800 title", abstract="We \udfff use it."),
        Paper(id="brackets", title="x", abstract="(" * 8000),
        Paper(id="long", title="x", abstract="y" * 1_000_000, sources=(Source("f.txt", 7),)),
        Paper(id="control", title="\x00", abstract="\x01 \u202e \x7f"),
        good[2],
    ]
    begun = time.monotonic()
    outcomes = list(extract(odd))
    assert time.monotonic() - begun < 120
    ids = [o.paper if isinstance(o, Findings) else str(o).split(",")[0] for o in outcomes]
    assert ids == [
        "p0",
        ":0: no paper",
        "x.txt:3: cut off",
        "empty",
        "p1:0: title or abstract is not text",
        "surrogate",
        "brackets",
        "f.txt:7: text of 1",
        "long",
        "control",
        "p2",
    ]
    assert outcomes[0] == found(list(extract([good[0]])))[0]


def test_a_long_text_is_cut_at_a_sentence() -> None:
    abstract = "We study the cutting of long texts. " * 1000
    problem, kept = extract([Paper(id="a", title="T", abstract=abstract)])
    assert isinstance(problem, Problem)
    assert isinstance(kept, Findings)
    assert stream.LONGEST_TEXT - 100 < kept.sentences[-1][1] <= stream.LONGEST_TEXT
    assert abstract[: kept.sentences[-1][1] - 2].endswith("texts.")


@pytest.mark.parametrize("options", [{"jobs": 0}, {"batch_size": 0}, {"model": "no such"}])
def test_wrong_options(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"at least 1|no such model"):
        list(extract(papers(1), **options))  # type: ignore[arg-type]


@Language.component("citeweave_test_breaker")
def breaker(doc: Doc) -> Doc:
    if "break here" in doc.text:
        raise RuntimeError("broken on purpose")
    return doc


def test_a_failing_component_costs_one_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    built = stream.build

    def with_breaker(*given: Any, **options: Any) -> Language:
        nlp = built(*given, **options)
        nlp.add_pipe("citeweave_test_breaker")
        return nlp

    monkeypatch.setattr(stream, "build", with_breaker)
    some = papers(4)
    some[2] = replace(some[2], abstract="Please break here.")
    outcomes = list(extract(some, batch_size=4))
    assert [isinstance(o, Findings) for o in outcomes] == [True, True, False, True]
    assert "broken on purpose" in str(outcomes[2])


class Deadly:
    """Kills the process that receives it, like a text on which the system runs out of memory."""

    def __reduce__(self) -> tuple[object, tuple[int, int]]:
        return _die, (os.getpid(), 0)


def _die(parent: int, _: int) -> str:
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return ""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_worker_that_dies_costs_one_paper_and_never_hangs() -> None:
    some = papers(9)
    alive = list(extract(some, batch_size=3))
    some[4] = replace(some[4], extra={"x": Deadly()})  # type: ignore[dict-item]
    begun = time.monotonic()
    outcomes = list(extract(some, jobs=2, batch_size=3))
    assert time.monotonic() - begun < 300
    assert isinstance(outcomes[4], Problem)
    assert "died" in outcomes[4].message
    assert outcomes[:4] + outcomes[5:] == alive[:4] + alive[5:]


def test_memory_stays_flat() -> None:
    reader = stream.Reader("accurate")
    reader(papers(2))
    before = len(reader.nlp.vocab.strings)
    for n in range(20):
        reader([Paper(id=str(n), title="T", abstract=" ".join(f"word{n}x{k}" for k in range(50)))])
    assert len(reader.nlp.vocab.strings) == before


def test_version_names_every_component() -> None:
    version = pipeline_version()
    assert version == pipeline_version()
    assert all(part in version for part in ("sentences/", "abbreviations/", "citations/", "weights="))


FULL = Findings(
    paper="doi:10.1/x",
    sentences=((0, 3), (4, 30)),
    mentions=(Mention(4, 7, "GNN", "Model", 0.875, "entities/1"),),
    abbreviations=(Abbreviation("GNN", "graph neural network", 4, 10),),
    entities=(PaperEntity("graph <b>network</b>", "Model", ("GNN",), "uses", 0.5, "negated"),),
    relations=(Relation("a", "used_for", "b", 0.25, 4, 9, "relations/1"),),
    citations=(TextCitation("arXiv:2203.15556", 0, 3, {"arxiv": "2203.15556"}, ("Lin",), 2020, "citations/1"),),
    links=("https://github.com/a/b",),
    results=(Result("a", "b", "BLEU", 88.4, "", 4, 9),),
)


@pytest.mark.parametrize("value", [FULL, Findings(paper="x")])
def test_findings_survive_json(value: Findings) -> None:
    assert codec.loads(Findings, codec.dumps(value)) == value


def test_record_has_every_field_of_the_contract() -> None:
    record = findings.to_record(Paper(id="doi:10.1/x", title="T", abstract="GNN it is"), FULL)
    assert list(record) == ["id", "title", "text", "mentions", "entities", "relations", "citations", "links", "results"]
    assert record["text"] == "T\nGNN it is"
    assert record["mentions"] == [{"start": 4, "end": 7, "text": "GNN", "type": "Model", "score": 0.875}]
    assert record["entities"][0]["stance"] == "negated"
    assert record["citations"][0]["identifiers"] == {"arxiv": "2203.15556"}
    assert record["results"][0]["kind"] == "absolute"
    assert json.loads(json.dumps(record)) == record
    empty = findings.to_record(Paper(id="x"), Findings(paper="x"))
    assert list(empty) == list(record)


def test_page_is_whole_escaped_and_alone(tmp_path: Path) -> None:
    paper = Paper(id='x"><script>', title="<T>", abstract='& GNN <img src="http://x">')
    at = paper.text.index("GNN")
    value = replace(
        FULL, mentions=(Mention(at, at + 3, "GNN", "Model", 0.9, "x"), Mention(0, 99, "", "Task", 1.0, "x"))
    )
    page = "".join(html([(paper, value), (Paper(id="y", title="Y"), Findings(paper="y"))]))
    assert page.startswith("<!DOCTYPE html>")
    assert page.rstrip().endswith("</html>")
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page
    assert "src=" not in page.replace("src=&quot;", "")
    assert '<mark class="Model" title="Model 0.90">GNN<small>Model</small></mark>' in page
    assert "&lt;T&gt;" in page
    assert page.count("<article") == 2
    assert "used for" in page
    assert "uses" in page
