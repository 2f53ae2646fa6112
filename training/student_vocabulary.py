"""Stage `student_vocabulary`: the words that the fast model knows, and what a pretrained encoder knows of them.

Writes words.txt (the most frequent words of the unlabelled abstracts, lower-cased) and words.npy (a vector each: the
mean of the word's pieces in the encoder's input table, turned to its principal axes), with which the student starts.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from citeweave.extract.units import units


def frequent(abstracts: Path, every: int, most: int, least: int) -> list[str]:
    """Words by falling frequency in every ``every``-th abstract, equal ones in order of spelling."""
    seen: Counter[str] = Counter()
    with gzip.open(abstracts, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % every == 0:
                record = json.loads(line)
                seen.update(w.lower() for w in units(f"{record['title']}\n{record['abstract']}").words())
    ordered = sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    return [word for word, count in ordered[:most] if count >= least and len(word) <= 40]


def vectors(encoder: Path, words: list[str], size: int) -> NDArray[np.float32]:
    """Vectors of unit variance along the first ``size`` principal axes of the pieces' mean vectors."""
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    held = load_file(encoder / "model.safetensors")
    table = next(v for k, v in sorted(held.items()) if k.endswith("embeddings.word_embeddings.weight"))
    rows = [table[made.ids or [0]].mean(0) for made in tokenizer.encode_batch(words, add_special_tokens=False)]
    x = np.stack(rows).astype(np.float64)
    x -= x.mean(0)
    _, axes = np.linalg.eigh(x.T @ x)
    axes = axes[:, ::-1][:, :size]
    # The sign of an axis is arbitrary: fixed, so that every run starts alike.
    axes *= np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
    made = x @ axes
    result: NDArray[np.float32] = (made / made.std()).astype(np.float32)
    return result


def main() -> None:
    """Command line."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--shared", type=Path, required=True)
    args.add_argument("--encoder", type=Path, required=True, help="unpacked pretrained encoder")
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--every", type=int, default=6)
    args.add_argument("--most", type=int, default=20000)
    args.add_argument("--least", type=int, default=3)
    args.add_argument("--size", type=int, default=256)
    given = args.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    words = frequent(given.shared / "corpora/abstracts/abstracts.jsonl.gz", given.every, given.most, given.least)
    (given.out / "words.txt").write_text("\n".join(words), "utf-8")
    np.save(given.out / "words.npy", vectors(given.encoder, words, given.size))
    print(len(words), "words")


if __name__ == "__main__":
    main()
