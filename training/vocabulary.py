"""Stage `vocabulary`: count word pieces in the unlabelled abstracts and keep those in use.

Writes tokenizer.json (a WordPiece tokenizer without the rare pieces, which then split further) and
keep.json (the kept pieces' numbers in the pretrained encoder). `python -m training.vocabulary --help`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import string
from collections import Counter
from pathlib import Path

from tokenizers import Tokenizer


def count(tokenizer: Tokenizer, abstracts: Path, every: int) -> Counter[str]:
    """How often each piece occurs in every ``every``-th abstract."""
    seen: Counter[str] = Counter()
    batch: list[str] = []
    with gzip.open(abstracts, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % every == 0:
                record = json.loads(line)
                batch.append(f"{record['title']} {record['abstract']}")
            if len(batch) == 2000:
                for made in tokenizer.encode_batch(batch, add_special_tokens=False):
                    seen.update(made.tokens)
                batch = []
    for made in tokenizer.encode_batch(batch, add_special_tokens=False):
        seen.update(made.tokens)
    return seen


def prune(source: Path, out: Path, seen: Counter[str], least: int) -> int:
    """Write the pruned tokenizer and the kept numbers; the number of pieces kept."""
    made = json.loads((source / "tokenizer.json").read_text("utf-8"))
    vocabulary: dict[str, int] = made["model"]["vocab"]
    special = [t for t in ("<s>", "<pad>", "</s>", "[PAD]", "[CLS]", "[SEP]", "[UNK]") if t in vocabulary]
    single = set(string.digits + string.punctuation + string.ascii_lowercase)
    always = single | {f"##{c}" for c in string.digits + string.ascii_lowercase}
    kept = special + [
        t for t in sorted(vocabulary, key=vocabulary.__getitem__)
        if t not in special and (seen[t] >= least or t in always)
    ]  # fmt: skip
    made["model"]["vocab"] = {t: i for i, t in enumerate(kept)}
    made["added_tokens"] = []
    made["post_processor"] = made["truncation"] = made["padding"] = None
    out.mkdir(parents=True, exist_ok=True)
    (out / "tokenizer.json").write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")), "utf-8")
    (out / "keep.json").write_text(json.dumps([vocabulary[t] for t in kept]), "utf-8")
    return len(kept)


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--shared", type=Path, required=True)
    args.add_argument("--encoder", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--every", type=int, default=3)
    args.add_argument("--least", type=int, default=5)
    given = args.parse_args()
    tokenizer = Tokenizer.from_file(str(given.encoder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    seen = count(tokenizer, given.shared / "corpora/abstracts/abstracts.jsonl.gz", given.every)
    print(prune(given.encoder, given.out, seen, given.least), "pieces kept")


if __name__ == "__main__":
    main()
