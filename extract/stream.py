"""Running the pipeline over any number of papers: in order, in flat memory, past whatever goes wrong."""

from __future__ import annotations

import gc
import multiprocessing
import re
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any

from spacy.tokens import Doc

from citeweave.extract import encoder, parcel, sentences, weights
from citeweave.extract import findings as to_findings
from citeweave.extract.heads import one_thread
from citeweave.extract.pipeline import COMPONENTS, build
from citeweave.model import Findings, Paper, Problem

LONGEST_TEXT = 20_000
"""Characters of title and abstract that are read; the rest is cut off at a sentence, with a Problem."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DEATHS = 3
_MADE = 20_000
"""Objects that a worker makes, some hundred a paper, before it looks for those that hold each other."""

Item = Paper | Problem | None
Outcome = Findings | Problem


def extract(papers: Iterable[Item], jobs: int = 1, batch_size: int = 32, model: str = "accurate") -> Iterator[Outcome]:
    """What each paper says, in the order of the papers.

    A paper's Findings carry its id. A Problem takes their place where a paper could not be read, and
    comes just before them where a text was cut at the limit; Problems among the papers are
    handed through. ``jobs`` worker processes share the work, ``batch_size`` papers at a time; neither
    changes what comes out. When a worker process dies, the papers it may have died of are tried
    once more, one at a time, and reported if it dies again.

    Raises ValueError on an unknown model, or jobs or batch size below one.
    """
    if jobs < 1 or batch_size < 1:
        raise ValueError("jobs and batch size must be at least 1")
    batches = _batches(papers, batch_size)
    if jobs == 1:
        reader = Reader(model)
        for batch in batches:
            yield from reader(batch)
    else:
        yield from _in_workers(batches, jobs, model)


def _batches(papers: Iterable[Item], size: int) -> Iterator[list[Item]]:
    source = iter(papers)
    while batch := list(islice(source, size)):
        yield batch


class Reader:
    """A pipeline with the memory it may keep: papers in, findings and problems out."""

    def __init__(self, model: str, threads: int | None = None) -> None:
        self.nlp = build(model, threads, only=[name for name in COMPONENTS if name != "spans"])
        self.nlp("Ready\nThe weights are loaded here, so that a broken installation fails before the first paper.")
        # Of its words, the pipeline uses nothing but the letters; spaCy would work out a dozen attributes of each
        # word that is new to the batch, which takes longer than all else it does with tokens.
        vocab: Any = self.nlp.vocab
        vocab.lex_attr_getters = {}
        # Words that are known before need not be made anew, and given back, with each batch.
        for word in encoder.shared(weights.folder(model)).common_words():
            vocab[word]

    def __call__(self, batch: list[Item]) -> list[Outcome]:
        """One batch through the pipeline. Its strings and arrays are given back before the next."""
        prepared = [_prepare(item) for item in batch]
        texts = [(text, index) for index, (text, _) in enumerate(prepared) if text is not None]
        with self.nlp.memory_zone(), one_thread():
            found = dict(self._findings(texts, batch))
        outcomes: list[Outcome] = []
        for index, (_, problem) in enumerate(prepared):
            if problem is not None:
                outcomes.append(problem)
            if index in found:
                outcomes.append(found[index])
        return outcomes

    def _findings(self, texts: list[tuple[str, int]], batch: list[Item]) -> list[tuple[int, Outcome]]:
        """What the texts say, by their place in the batch; if a component fails, one by one."""
        try:
            docs = self._processed([text for text, _ in texts])
            return [
                (index, to_findings.from_doc(doc, _paper(batch[index]).id))
                for doc, (_, index) in zip(docs, texts, strict=True)
            ]
        except Exception:
            return [(index, self._alone(text, _paper(batch[index]))) for text, index in texts]

    def _processed(self, texts: list[str]) -> list[Doc]:
        """As ``nlp.pipe``, but all texts through one component before the next, whose weights then stay at hand."""
        docs = [self.nlp.make_doc(text) for text in texts]
        for _, component in self.nlp.pipeline:
            if hasattr(component, "pipe"):
                docs = list(component.pipe(docs, batch_size=len(docs) or 1))
            else:
                docs = [component(doc) for doc in docs]
        return docs

    def _alone(self, text: str, paper: Paper) -> Outcome:
        """One paper of a batch that failed, so that only the one at fault is lost."""
        try:
            return to_findings.from_doc(self.nlp(text), paper.id)
        except Exception as error:
            return _problem(paper, f"could not be processed: {type(error).__name__}: {error}")


def _prepare(item: Item) -> tuple[str | None, Problem | None]:
    """The text to process, if there is one, and what is wrong with it, if anything."""
    if isinstance(item, Problem):
        return None, item
    if item is None:
        return None, Problem("", 0, "no paper")
    if not isinstance(item.title, str) or not isinstance(item.abstract, str):
        return None, _problem(item, "title or abstract is not text")
    text = _SURROGATE.sub("\ufffd", item.text)
    if len(text) <= LONGEST_TEXT:
        return text, None
    kept = sentences.cut(text, LONGEST_TEXT)
    return kept, _problem(item, f"text of {len(text):,} characters, only the first {len(kept):,} are read")


def _problem(paper: Paper, message: str) -> Problem:
    source = paper.sources[0] if paper.sources else None
    where = (source.file, source.line) if source else (paper.id, 0)
    return Problem(*where, message, str(paper.title or "")[:80])


def _paper(item: Item) -> Paper:
    if not isinstance(item, Paper):
        raise TypeError("only papers are processed")
    return item


_worker: Reader | None = None


def _start_worker(model: str) -> None:
    """In a worker process: load the pipeline once, with one thread, as the processes share the cores."""
    global _worker
    _worker = Reader(model, threads=1)
    # What is loaded stays: the search for garbage need not go through it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MADE)


def _work(batch: list[Item]) -> bytes:
    if _worker is None:
        raise RuntimeError("the worker was not started")
    return parcel.packed(_worker(batch))


def _pool(jobs: int, model: str) -> ProcessPoolExecutor:
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_start_worker, initargs=(model,))


def _in_workers(batches: Iterator[list[Item]], jobs: int, model: str) -> Iterator[Outcome]:
    pool = _pool(jobs, model)
    under_way: deque[tuple[list[Item], Future[bytes] | None]] = deque()
    try:
        while True:
            while len(under_way) < 2 * jobs and (batch := next(batches, None)) is not None:
                under_way.append((batch, _submit(pool, batch)))
            if not under_way:
                return
            batch, future = under_way.popleft()
            outcomes = _result(future)
            if outcomes is not None:
                yield from outcomes
                continue
            pool.shutdown(wait=False, cancel_futures=True)
            yield from _retry(batch, model)
            for batch, future in under_way:
                outcomes = _result(future)
                yield from _retry(batch, model) if outcomes is None else outcomes
            under_way.clear()
            pool = _pool(jobs, model)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, batch: list[Item]) -> Future[bytes] | None:
    """Hand a batch to the pool; None when a worker's death has already closed it."""
    try:
        return pool.submit(_work, batch)
    except BrokenProcessPool:
        return None


def _result(future: Future[bytes] | None) -> list[Outcome] | None:
    """What became of a batch; None when a worker died over it or beside it."""
    try:
        return parcel.unpacked(future.result()) if future else None
    except (BrokenProcessPool, CancelledError):
        return None


def _retry(batch: list[Item], model: str) -> Iterator[Outcome]:
    """Try the papers of a batch that broke the pool again, each alone, so that only the deadly one is lost.

    After three deaths the rest of the batch is reported untried: starting workers takes seconds.
    Raises RuntimeError when no worker can be started at all.
    """
    pool, deaths = None, 0
    try:
        for item in batch:
            outcomes = None
            if deaths < _DEATHS:
                if pool is None:
                    pool = _pool(1, model)
                    if _result(pool.submit(_work, [])) is None:
                        raise RuntimeError("worker processes cannot be started")
                outcomes = _result(_submit(pool, [item]))
            if outcomes is not None:
                yield from outcomes
                continue
            if deaths < _DEATHS and pool is not None:
                pool.shutdown(wait=False, cancel_futures=True)
                pool, deaths = None, deaths + 1
            message = "the process that read it died, twice" if deaths < _DEATHS else "the processes that read it died"
            yield _problem(item, message) if isinstance(item, Paper) else Problem("", 0, message)
    finally:
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
