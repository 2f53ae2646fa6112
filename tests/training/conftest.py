"""Toy annotations and abstracts for the recipes of both models."""

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

PAPERS = [
    ("Nets for sorting", "We train nets for sorting on ListSet. Nets beat trees.", "nets", "sorting", "ListSet"),
    ("Trees for parsing", "We grow trees for parsing on TreeSet. Trees beat nets.", "trees", "parsing", "TreeSet"),
]


@pytest.fixture
def papers() -> list[tuple[str, str, str, str, str]]:
    """Title, abstract, model, task and dataset of each toy paper."""
    return PAPERS


@pytest.fixture
def corpora(tmp_path: Path) -> Callable[[int], Path]:
    """Writes eight toy records in the layout of the shared material, so many of them as dev; the folder."""

    def write(dev: int) -> Path:
        folder = tmp_path / "shared"
        (folder / "annotations").mkdir(parents=True)
        (folder / "corpora/abstracts").mkdir(parents=True)
        records = []
        for i, (title, abstract, model, task, data) in enumerate(PAPERS * 4):
            entities = [
                {"name": model[:-1], "type": "Model", "role": "introduces", "mentions": [model, model.capitalize()]},
                {"name": task, "type": "Task", "role": "addresses", "mentions": [task]},
                {"name": data, "type": "Dataset", "role": "evaluates_on", "mentions": [data]},
            ]
            relations = [[model[:-1], "used_for", task], [model[:-1], "evaluated_on", data]]
            record = {"id": f"toy-{i}", "title": title, "abstract": abstract}
            records.append({**record, "entities": entities, "relations": relations})
        train = len(records) - dev
        for part, held in (("train", records[:train]), ("dev", records[train:])):
            lines = "".join(json.dumps(r) + "\n" for r in held)
            (folder / f"annotations/{part}.jsonl").write_text(lines, "utf-8")
            (folder / f"annotations/{part}_texts.json").write_text(json.dumps(held), "utf-8")
        with gzip.open(folder / "corpora/abstracts/abstracts.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(r) + "\n" for r in records)
        return folder

    return write


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """Our own annotation of a toy abstract of the pool."""
    title, abstract, model, task, _ = PAPERS[0]
    key = hashlib.sha256(f"{title}\n{abstract}".encode()).hexdigest()[:12]
    entities = [
        {"name": model[:-1], "type": "Model", "role": "introduces", "mentions": [model, model.capitalize()]},
        {"name": task, "type": "Task", "role": "addresses", "mentions": [task]},
        {"name": "tree", "type": "Model", "role": "compares", "mentions": ["trees"]},
    ]
    record = {"id": key, "entities": entities, "relations": [[model[:-1], "used_for", task]]}
    path = tmp_path / "fresh.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.write(json.dumps(record) + "\n")
    return path
