"""Toy annotations and abstracts for the recipes of both models."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

HIDDEN = 64
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
def pretrained(tmp_path: Path) -> Path:
    """A BERT of one layer and random weights, with its tokenizer, as a hub would hand it out."""
    torch = pytest.importorskip("torch", reason="training needs torch, which running citeweave does not")
    save_file = pytest.importorskip("safetensors.torch", reason="training needs safetensors").save_file
    folder = tmp_path / "encoder"
    folder.mkdir()
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-.,"
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{c}" for c in letters), "nets", "trees", "unheard"]
    tokenizer = Tokenizer(models.WordPiece({t: i for i, t in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"model_type": "bert", "hidden_size": HIDDEN, "num_attention_heads": 2, "intermediate_size": 128}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    torch.manual_seed(0)
    sizes = {
        "embeddings.word_embeddings.weight": (len(tokens), HIDDEN),
        "embeddings.position_embeddings.weight": (512, HIDDEN),
        "embeddings.token_type_embeddings.weight": (2, HIDDEN),
    }
    layer = "encoder.layer.0."
    for name in ("query", "key", "value"):
        sizes[f"{layer}attention.self.{name}.weight"] = (HIDDEN, HIDDEN)
    sizes[f"{layer}attention.output.dense.weight"] = (HIDDEN, HIDDEN)
    sizes[f"{layer}intermediate.dense.weight"] = (128, HIDDEN)
    sizes[f"{layer}output.dense.weight"] = (HIDDEN, 128)
    weights = {name: torch.randn(size) * 0.05 for name, size in sizes.items()}
    biases = {n.replace("weight", "bias"): torch.zeros(v.shape[0]) for n, v in weights.items() if n.startswith(layer)}
    norms = ("embeddings.LayerNorm", f"{layer}attention.output.LayerNorm", f"{layer}output.LayerNorm")
    for name in norms:
        weights[f"{name}.weight"], weights[f"{name}.bias"] = torch.ones(HIDDEN), torch.zeros(HIDDEN)
    save_file({**weights, **biases}, folder / "model.safetensors")
    return folder
