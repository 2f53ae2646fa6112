"""The one spaCy pipeline that reads papers: which components it has, in which order, in which version."""

from __future__ import annotations

import importlib
import os
from collections.abc import Collection
from functools import cache
from hashlib import sha256
from types import ModuleType

from spacy.language import Language

from citeweave.extract import tokens
from citeweave.extract.weights import involved

COMPONENTS = (
    "sentences",
    "entities",
    "abbreviations",
    "grouping",
    "coreference",
    "roles",
    "relations",
    "citations",
    "results",
    "spans",
)
"""Modules of this room in the order they run; module ``x`` registers the spaCy factory ``citeweave_x``."""


def build(model: str = "accurate", threads: int | None = None, only: Collection[str] | None = None) -> Language:
    """The pipeline over a blank English one whose tokens are words and signs.

    ``model`` is the recogniser's size (``accurate`` or ``fast``). ``threads`` limits the model's
    threads (default: the environment variable CITEWEAVE_THREADS, else all cores). ``only`` names
    the components wanted, for looking at some of them alone. Raises ValueError on an unknown model
    or component.
    """
    if only is not None and (unknown := set(only) - set(COMPONENTS)):
        raise ValueError(f"no such component: {', '.join(sorted(unknown))}")
    offered = {"model": model, "threads": threads or int(os.environ.get("CITEWEAVE_THREADS") or 0)}
    nlp = tokens.blank()
    for name in COMPONENTS:
        if only is not None and name not in only:
            continue
        _module(name)
        factory = f"citeweave_{name}"
        takes = nlp.get_factory_meta(factory).default_config or {}
        nlp.add_pipe(factory, config={k: v for k, v in offered.items() if k in takes})
    return nlp


@cache
def pipeline_version(model: str = "accurate") -> str:
    """A key that changes whenever the findings may: every component's version, and the weights' checksum.

    Raises ValueError on an unknown model.
    """
    versions = [_module(name).VERSION for name in COMPONENTS]
    digest = sha256()
    for weights in involved(model):
        for path in sorted(weights.rglob("*")) if weights.is_dir() else ():
            if path.is_file() and path.suffix not in (".md", ".py"):
                digest.update(path.relative_to(weights).as_posix().encode())
                digest.update(sha256(path.read_bytes()).digest())
    return " ".join((*versions, f"model={model}", f"weights={digest.hexdigest()[:12]}"))


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__package__}.{name}")
