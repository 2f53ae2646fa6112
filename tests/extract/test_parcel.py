"""Findings packed in a worker are the same where they are unpacked."""

import dataclasses
from typing import get_args, get_type_hints

from citeweave import model
from citeweave.extract import extract, parcel
from citeweave.model import Findings, Paper, Problem

ABSTRACT = (
    "We propose GraphNet (GN), which may help parsing. On ImageNet, GN reaches 88.4% accuracy, 2.1 points above ResNet"
    " (He et al., 2016, doi:10.1109/CVPR.2016.90). Code: https://github.com/example/gn."
)


def test_nothing_is_lost_on_the_way() -> None:
    papers = [Paper(id="a", title="GraphNet for image classification", abstract=ABSTRACT), Problem("x.bib", 3, "none")]
    outcomes = list(extract(papers, model="fast"))
    found = outcomes[0]
    assert isinstance(found, Findings)
    assert all(getattr(found, field.name) for field in dataclasses.fields(found))
    assert parcel.unpacked(parcel.packed(outcomes)) == outcomes
    assert parcel.unpacked(parcel.packed([])) == []


def test_every_part_of_findings_goes_by_its_fields() -> None:
    parts = {part for hint in get_type_hints(Findings).values() for part in get_args(hint)}
    kinds = {part for part in parts if dataclasses.is_dataclass(part)}
    assert len(kinds) >= 6
    assert kinds <= parcel._BY_FIELDS.keys()
    assert all(getattr(model, kind.__name__) is kind for kind in parcel._BY_FIELDS)
