"""How well citations in the text and links are found, by exact string, on an annotated file.

python benchmarks/evaluation/citations.py TEXTS.json GOLD.jsonl [--errors]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from citeweave.extract import citations, links


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--errors", action="store_true", help="list every string that differs")
    options = parser.parse_args()
    texts = {t["id"]: f"{t['title']}\n{t['abstract']}" for t in json.loads(options.texts.read_text("utf-8"))}
    gold = [json.loads(line) for line in options.gold.read_text("utf-8").splitlines() if line.strip()]
    for what in ("citations", "urls"):
        right = found_all = wanted_all = 0
        for record in gold:
            text = texts[record["id"]]
            if what == "citations":
                found = {c.text for c in citations.find(text)}
            else:
                found = {text[start:end] for start, end in links.find(text)}
            wanted = set(record.get(what, []))
            right += len(found & wanted)
            found_all += len(found)
            wanted_all += len(wanted)
            if options.errors and found != wanted:
                print(f"  {record['id']} missed {sorted(wanted - found)} extra {sorted(found - wanted)}")
        precision, recall = right / max(found_all, 1), right / max(wanted_all, 1)
        print(f"{what:10} {wanted_all} annotated, {found_all} found: precision {precision:.3f} recall {recall:.3f}")


if __name__ == "__main__":
    main()
