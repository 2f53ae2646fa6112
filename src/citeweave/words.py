"""Singular forms of English words, by rule and with the irregular plurals of technical prose."""

from __future__ import annotations

from functools import lru_cache

_IRREGULAR = {
    "matrices": "matrix", "vertices": "vertex", "indices": "index", "hypotheses": "hypothesis", "bases": "basis",
    "analyses": "analysis", "corpora": "corpus", "criteria": "criterion", "phenomena": "phenomenon", "axes": "axis",
    "spectra": "spectrum", "automata": "automaton", "optima": "optimum", "minima": "minimum", "maxima": "maximum",
    "schemata": "schema", "syntheses": "synthesis", "parentheses": "parenthesis", "movies": "movie",
    "cookies": "cookie", "biases": "bias", "viruses": "virus", "stimuli": "stimulus", "radii": "radius",
    "nuclei": "nucleus", "loci": "locus", "media": "medium", "quanta": "quantum",
    "series": "series", "species": "species", "news": "news", "lens": "lens", "texas": "texas", "kansas": "kansas",
}  # fmt: skip
_NO_PLURAL = ("ss", "us", "is", "ics", "ias", "os", "as")


@lru_cache(maxsize=50_000)
def singular(word: str) -> str:
    """A word's singular: ``networks``, ``RNNs``, ``strategies``, ``losses``, ``matrices``; other words stay.

    >>> [singular(w) for w in ("RNNs", "strategies", "losses", "analysis", "bias", "Matrices")]
    ['RNN', 'strategy', 'loss', 'analysis', 'bias', 'Matrix']
    """
    if irregular := _IRREGULAR.get(word.lower()):
        return irregular.capitalize() if word[0].isupper() else irregular
    if len(word) < 3 or not word.endswith("s") or word.endswith(_NO_PLURAL) or word.isupper():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]
