"""Markup in strings and elements becomes text that can be read, whatever state it is in."""

from __future__ import annotations

import time

import pytest

from citeweave.extract.readers._markup import from_markup, inner, without_heading
from citeweave.extract.readers._xml import _parsed

MATHML = (
    "<mml:math><mml:msub><mml:mi>a</mml:mi><mml:mrow><mml:mi>i</mml:mi><mml:mi>j</mml:mi></mml:mrow></mml:msub>"
    "{}</mml:math>"
)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("On <i>rolling</i> <b>stones</b>", "On rolling stones"),
        ("CO<sub>2</sub> at 10<sup>-3</sup>, x<sup>T</sup>, y<sup>a+b</sup>", "CO₂ at 10⁻³, x^T, y^{a+b}"),
        ("R&amp;D, R&amp;amp;D, Fr&eacute;chet, a &lt; b", "R&D, R&D, Fréchet, a < b"),
        ("&lt;i&gt;escaped&lt;/i&gt; tags", "escaped tags"),
        ("where p<0.05 and q > 3, x <y and z> w", "where p<0.05 and q > 3, x <y and z> w"),
        ("<jats:p>One.</jats:p><jats:p>Two.</jats:p>", " One.  Two. "),
        ("text </p> after a stray end, <i>and an open one", "text   after a stray end, and an open one"),
        ("a<br>b<br/>c", "a b c"),
        (f"so {MATHML.format('<mml:mo>&lt;</mml:mo><mml:mn>1</mml:mn>')} holds", "so a_{ij}<1 holds"),
        (r"<math><semantics><mi>α</mi><annotation encoding='application/x-tex'>\alpha</annotation></semantics></math>",
         r"$\alpha$"),
        (r"<alternatives><tex-math>$$x^2$$</tex-math><mml:math><mml:mi>x</mml:mi></mml:math></alternatives>", "$x^2$"),
        (r"broken <math><mi>x</math> stays", "broken x stays"),
        (r"Fr\'echet in $\mathbb{R}^d$ and \emph{more}, sets {0, 1}", r"Fréchet in $\mathbb{R}^d$ and more, sets 0, 1"),
        ("sets {0, 1} without LaTeX cost $5 and $10", "sets {0, 1} without LaTeX cost $5 and $10"),
    ],
)  # fmt: skip
def test_strings(given: str, text: str) -> None:
    assert from_markup(given) == text


def test_elements() -> None:
    element = _parsed(
        "<a>In <i>vivo</i>,<p>H<sub>2</sub>O</p><fn>no footnote</fn> "
        "<mml:math><mml:mfrac><mml:mi>a</mml:mi><mml:mn>2</mml:mn></mml:mfrac></mml:math></a>"
    )
    assert inner(element) == "In vivo, H₂O a/2"


def test_headings() -> None:
    assert without_heading("Abstract We roll.") == "We roll."
    assert without_heading("ABSTRACT: We roll.") == "We roll."
    assert without_heading("Abstract stones roll.") == "Abstract stones roll."


@pytest.mark.parametrize(
    "piece", ["<", "<i>", "<sup>", "</p>", "<math>", "&", "&amp;", "<p ", "<math><mi>", "<alternatives>"]
)
def test_time_stays_in_proportion(piece: str) -> None:
    started = time.process_time()
    from_markup(piece * (200_000 // len(piece)) + "<i>x</i>")
    from_markup("<i>" + piece * (100_000 // len(piece)) + "</math></sup></alternatives>")
    assert time.process_time() - started < 5
