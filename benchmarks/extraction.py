"""How fast papers are read beside spaCy's own CNN pipeline, and whether memory stays flat.

    python benchmarks/extraction.py ../shared/corpora/abstracts/abstracts.jsonl.gz
    python benchmarks/extraction.py ../shared/corpora/abstracts/abstracts.jsonl.gz --memory 100000 --models fast

The whole pipeline of each model reads the same abstracts as a tagger, a parser and a recogniser of the size of
spaCy's small English models (a shared tok2vec of width 96 and depth 4; 50 tags, 45 arcs, 18 entity types), which
are trained for a moment on made-up annotations, as speed does not depend on what they have learnt. Every
run is a process of its own with as many workers as given; runs alternate, so that what else the machine does
meets all alike. Rates are those after the first batches, loading is told apart. Processor time is that of all
processes; on a busy machine it says more than the clock.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from citeweave.extract import extract
from citeweave.extract.stream import Reader
from citeweave.model import Paper

SPACY = "spacy"
BATCH = 32
TAGS, ARCS, KINDS = 50, 44, 18


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("abstracts", type=Path, help="JSON Lines with title and abstract, may be gzipped")
    parser.add_argument("--count", type=int, default=2000, help="abstracts a run")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, alternating")
    parser.add_argument("--models", default="fast,accurate", help="models to compare with spaCy's pipeline")
    parser.add_argument("--memory", type=int, metavar="N", help="read N abstracts with one model, watch the memory")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--spacy", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    models = arguments.models.split(",")
    if arguments.memory:
        watch(arguments.abstracts, arguments.memory, models[0])
    elif arguments.one:
        print(json.dumps(measure(arguments)))
    else:
        compare(arguments, models)


def papers(path: Path) -> Iterator[Paper]:
    """The abstracts of a file as papers."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            record = json.loads(line)
            yield Paper(id=str(number), title=record["title"], abstract=record["abstract"])


def sample(path: Path, count: int) -> list[Paper]:
    """Abstracts from all over the file, always the same ones; all of them where there are no more."""
    held = list(papers(path))
    return random.Random(7).sample(held, min(count, len(held)))


def compare(arguments: argparse.Namespace, models: list[str]) -> None:
    """Alternating runs of spaCy's pipeline and of the models, and how they relate."""
    names = [SPACY, *models]
    figures: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        texts = [paper.text for paper in sample(arguments.abstracts, 60)]
        spacy_pipeline(texts).to_disk(folder)
        for run in range(arguments.runs):
            for name in names:
                command = [sys.executable, __file__, str(arguments.abstracts), "--one", name, "--spacy", folder]
                command += ["--count", str(arguments.count), "--jobs", str(arguments.jobs)]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode:
                    sys.exit(f"{name}: {done.stderr.strip().splitlines()[-1]}")
                made = json.loads(done.stdout)
                figures[name].append(made)
                told = ", ".join(f"{key} {value:.2f}" for key, value in made.items())
                print(f"run {run + 1}, {name}: {told}", file=sys.stderr, flush=True)
    middle = {
        name: {key: median(run[key] for run in runs) for key in runs[0]} for name, runs in figures.items() if runs
    }
    print(f"{arguments.count:,} abstracts, {arguments.jobs} workers, median of {arguments.runs} runs\n")
    print("| pipeline | abstracts/s | beside spaCy | processor ms each | beside spaCy | loading s | peak MB |")
    print("|---|---|---|---|---|---|---|")
    base = middle[SPACY]
    for name, made in middle.items():
        print(
            f"| {name} | {made['rate']:.1f} | {made['rate'] / base['rate']:.2f} | {made['each']:.1f} |"
            f" {base['each'] / made['each']:.2f} | {made['load']:.1f} | {made['peak']:.0f} |"
        )


def measure(arguments: argparse.Namespace) -> dict[str, float]:
    """One run in this process and its workers."""
    some = sample(arguments.abstracts, arguments.count)
    begun = time.perf_counter()
    if arguments.one == SPACY:
        import spacy

        nlp = spacy.load(arguments.spacy)
        load = time.perf_counter() - begun
        outcomes: Iterable[Any] = nlp.pipe((p.text for p in some), n_process=arguments.jobs, batch_size=BATCH)
    else:
        Reader(arguments.one, threads=1)
        load = time.perf_counter() - begun
        outcomes = extract(some, jobs=arguments.jobs, batch_size=BATCH, model=arguments.one)
    # Workers load while the first batches wait; with few abstracts there is nothing to skip, and loading counts.
    skipped = 2 * arguments.jobs * BATCH if len(some) >= 4 * arguments.jobs * BATCH else 0
    begun, used = time.perf_counter(), _processor_seconds()
    for number, _ in enumerate(outcomes, 1):
        if number == skipped:
            begun, used = time.perf_counter(), _processor_seconds()
        if number == len(some):
            seconds, used = time.perf_counter() - begun, _processor_seconds() - used
            peak = _peak_megabytes()
    read = len(some) - skipped
    return {"rate": read / seconds, "each": 1000 * used / read, "load": load, "peak": peak}


def spacy_pipeline(texts: list[str]) -> Any:
    """A tagger, a parser and a recogniser over one tok2vec, taught tags, trees and entities drawn by lot."""
    import spacy
    from spacy.tokens import Doc
    from spacy.training import Example

    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec")
    for name in ("tagger", "parser", "ner"):
        listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96}
        nlp.add_pipe(name, config={"model": {"tok2vec": listener}})
    draw = random.Random(7)
    examples = []
    for text in texts:
        doc = nlp.make_doc(text)
        heads = _trees(len(doc), draw)
        deps = ["ROOT" if heads[i] == i else f"arc{draw.randrange(ARCS)}" for i in range(len(doc))]
        kinds = [f"B-kind{draw.randrange(KINDS)}" if t.is_alpha and not draw.randrange(9) else "O" for t in doc]
        gold = Doc(
            nlp.vocab,
            words=[t.text for t in doc],
            spaces=[bool(t.whitespace_) for t in doc],
            tags=[f"tag{draw.randrange(TAGS)}" for _ in doc],
            heads=heads,
            deps=deps,
            ents=kinds,
        )
        examples.append(Example(doc, gold))
    optimizer = nlp.initialize(lambda: examples)
    for start in range(0, len(examples), 10):
        nlp.update(examples[start : start + 10], sgd=optimizer)
    return nlp


def _trees(count: int, draw: random.Random) -> list[int]:
    """The heads of a row of random projective trees over sentences of 15 to 30 tokens; roots head themselves."""
    heads = [0] * count
    start = 0
    while start < count:
        end = min(count, start + draw.randrange(15, 30))
        open_ = [(start, end, -1)]
        while open_:
            low, high, above = open_.pop()
            if low < high:
                root = draw.randrange(low, high)
                heads[root] = root if above < 0 else above
                open_ += [(low, root, root), (root + 1, high, root)]
        start = end
    return heads


def watch(path: Path, count: int, model: str) -> None:
    """Memory and the size of the StringStore while one process reads, every 5,000 abstracts."""
    reader = Reader(model, threads=1)
    source = _endless(path)
    begun, read = time.process_time(), 0
    print("| abstracts | resident MB | strings | processor s |\n|---|---|---|---|")
    while read < count:
        reader(list(islice(source, BATCH)))
        if (read + BATCH) // 5000 > read // 5000 or read == 0 or read + BATCH >= count:
            strings, seconds = len(reader.nlp.vocab.strings), time.process_time() - begun
            resident = _status(os.getpid(), "VmRSS")
            print(f"| {read + BATCH:,} | {resident:.0f} | {strings:,} | {seconds:.0f} |", flush=True)
        read += BATCH


def _endless(path: Path) -> Iterator[Paper]:
    while True:
        yield from papers(path)


def _processor_seconds() -> float:
    """Processor time of this process and its living workers."""
    total = time.process_time()
    for worker in multiprocessing.active_children():
        fields = Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _peak_megabytes() -> float:
    """The peaks of this process and its workers together; what forked processes share is counted more than once."""
    return sum(_status(pid, "VmHWM") for pid in (os.getpid(), *(w.pid for w in multiprocessing.active_children())))


def _status(pid: int | None, field: str) -> float:
    """A size that Linux tells of a process, in megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


if __name__ == "__main__":
    main()
