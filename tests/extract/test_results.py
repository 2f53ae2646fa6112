from __future__ import annotations

import re
import time

import pytest

from citeweave.extract import results, sentences
from citeweave.model import EntityType, Mention, PaperEntity, Result, Role

KNOWN: dict[str, EntityType] = {
    **dict.fromkeys(["perplexity", "BLEU", "accuracy", "average accuracy", "F1", "word error rate", "FID"], "Metric"),
    **dict.fromkeys(["latency", "speed-up", "parameters", "test error"], "Metric"),
    **dict.fromkeys(["WikiText-103", "WMT14 En-De", "XNLI", "MNIST", "CIFAR-10", "SQuAD", "Switchboard"], "Dataset"),
    **dict.fromkeys(["CallHome", "SVHN"], "Dataset"),
    **dict.fromkeys(["ZetaNet", "LSTM", "BERT"], "Model"),
}


def read(sentence: str, own: str = "ZetaNet") -> list[Result]:
    text = f"A title\n{sentence}"
    mentions: list[Mention] = []
    for name in sorted(KNOWN, key=len, reverse=True):
        for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            if not any(m.start < found.end() and found.start() < m.end for m in mentions):
                mentions.append(Mention(*found.span(), name, KNOWN[name], 1.0, "test"))
    roles: dict[str, Role] = {own: "introduces", "LSTM": "compares", "BERT": "compares"}
    entities = [PaperEntity(n, t, (n,), roles.get(n, "mentions")) for n, t in KNOWN.items()]
    mentions.sort(key=lambda m: m.start)
    found_results = results.find(text, sentences.split(text), mentions, entities)
    for r in found_results:
        assert 8 <= r.start < r.end <= len(text)
        assert r.by == results.VERSION
    return found_results


def rows(sentence: str) -> list[tuple[str, str, str, float, str, str]]:
    return [(r.entity, r.dataset, r.metric, r.value, r.unit, r.kind) for r in read(sentence)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "ZetaNet reduces perplexity from 20.5 to 18.3 on WikiText-103.",
            [("ZetaNet", "WikiText-103", "perplexity", 18.3, "", "absolute")],
        ),
        (
            "It reaches 88.4 BLEU on WMT14 En-De.",
            [("ZetaNet", "WMT14 En-De", "BLEU", 88.4, "BLEU", "absolute")],
        ),
        (
            "ZetaNet gives +14.6% average accuracy on XNLI.",
            [("ZetaNet", "XNLI", "average accuracy", 14.6, "%", "change")],
        ),
        (
            "We obtain 99.1% accuracy on MNIST and 92.7\\% on CIFAR-10.",
            [
                ("ZetaNet", "MNIST", "accuracy", 99.1, "%", "absolute"),
                ("ZetaNet", "CIFAR-10", "accuracy", 92.7, "%", "absolute"),
            ],
        ),
        (
            "ZetaNet reaches 6.4% and 12.5% word error rate on Switchboard and CallHome, respectively.",
            [
                ("ZetaNet", "Switchboard", "word error rate", 6.4, "%", "absolute"),
                ("ZetaNet", "CallHome", "word error rate", 12.5, "%", "absolute"),
            ],
        ),
        (
            "On SQuAD, ZetaNet has an F1 of 0.91, beating BERT.",
            [("ZetaNet", "SQuAD", "F1", 0.91, "", "absolute")],
        ),
        (
            "ZetaNet lowers latency by 40%.",
            [("ZetaNet", "", "latency", -40.0, "%", "change")],
        ),
        (
            "ZetaNet improves accuracy by 2.5 points on SVHN over LSTM.",
            [("ZetaNet", "SVHN", "accuracy", 2.5, "points", "change")],
        ),
        (
            "Closing the gap, ZetaNet narrows test error by 20% and by 5% on MNIST.",
            [
                ("ZetaNet", "", "test error", -20.0, "%", "change"),
                ("ZetaNet", "MNIST", "test error", -5.0, "%", "change"),
            ],
        ),
        (
            "ZetaNet is 3.5x faster than LSTM.",
            [("ZetaNet", "", "speed", 3.5, "x", "ratio")],
        ),
        (
            "ZetaNet gives a 14$\\times$ speed-up.",
            [("ZetaNet", "", "speed-up", 14.0, "x", "ratio")],
        ),
        (
            "Our gains are large (F1 = 88%, FID = 2.34).",
            [("ZetaNet", "", "F1", 88.0, "%", "absolute"), ("ZetaNet", "", "FID", 2.34, "", "absolute")],
        ),
        (
            "We see accuracy gains of 2.6% and 4.0% on MNIST and SVHN.",
            [
                ("ZetaNet", "MNIST", "accuracy", 2.6, "%", "change"),
                ("ZetaNet", "SVHN", "accuracy", 4.0, "%", "change"),
            ],
        ),
        (
            "LSTM obtains a test error of 2.46% for CIFAR-10.",
            [("", "CIFAR-10", "test error", 2.46, "%", "absolute")],
        ),
        (
            "ZetaNet outperforms LSTM by 0.06 in accuracy, and 0.11 in F1.",
            [("ZetaNet", "", "accuracy", 0.06, "", "change"), ("ZetaNet", "", "F1", 0.11, "", "change")],
        ),
        (
            "ZetaNet reaches F1 and BLEU scores of 0.23 and 0.63 here.",
            [("ZetaNet", "", "F1", 0.23, "", "absolute"), ("ZetaNet", "", "BLEU", 0.63, "", "absolute")],
        ),
        (
            "ZetaNet gains 12.7\\% and 14.4\\% in the metrics of accuracy and F1, respectively.",
            [("ZetaNet", "", "accuracy", 12.7, "%", "change"), ("ZetaNet", "", "F1", 14.4, "%", "change")],
        ),
        (
            "ZetaNet surpasses LSTM by over 13% on MNIST.",
            [("ZetaNet", "MNIST", "", 13.0, "%", "change")],
        ),
        (
            "ZetaNet has fine accuracy (52.7 in terms of BLEU).",
            [("ZetaNet", "", "BLEU", 52.7, "", "absolute")],
        ),
        (
            "ZetaNet has an accuracy (F1) of 0.9.",
            [("ZetaNet", "", "F1", 0.9, "", "absolute")],
        ),
        (
            "ZetaNet has gains of up to 1.3 BLEU and up to 9.2 accuracy points.",
            [("ZetaNet", "", "BLEU", 1.3, "BLEU", "change"), ("ZetaNet", "", "accuracy", 9.2, "points", "change")],
        ),
        (
            "ZetaNet improves accuracy across 13 tasks by more than 2%.",
            [("ZetaNet", "", "accuracy", 2.0, "%", "change")],
        ),
        (
            "ZetaNet speeds up training by ~3x and has an F1 of 0,475.",
            [("ZetaNet", "", "speed", 3.0, "x", "ratio"), ("ZetaNet", "", "F1", 0.475, "", "absolute")],
        ),
        (
            "ZetaNet brings 2.5%/2.6% accuracy gains.",
            [("ZetaNet", "", "accuracy", 2.5, "%", "change"), ("ZetaNet", "", "accuracy", 2.6, "%", "change")],
        ),
        (
            "ZetaNet reaches 4.7 FID in 10 parameters and 2.8 FID in 20 parameters on MNIST.",
            [("ZetaNet", "MNIST", "FID", 4.7, "FID", "absolute"), ("ZetaNet", "MNIST", "FID", 2.8, "FID", "absolute")],
        ),
        (
            "ZetaNet increases the accuracy of the system by 6.15%, with a latency of 15 ms.",
            [("ZetaNet", "", "accuracy", 6.15, "%", "change"), ("ZetaNet", "", "latency", 15.0, "ms", "absolute")],
        ),
        (
            "ZetaNet obtains 56% accuracy, below human performance, which is 89%.",
            [("ZetaNet", "", "accuracy", 56.0, "%", "absolute"), ("", "", "accuracy", 89.0, "%", "absolute")],
        ),
        (
            "On SQuAD we gain +4.3% (LSTM) and +2.6% (BERT) in terms of F1.",
            [("LSTM", "SQuAD", "F1", 4.3, "%", "change"), ("BERT", "SQuAD", "F1", 2.6, "%", "change")],
        ),
        (
            "Trained with MNIST, ZetaNet beats LSTM by 2%.",
            [("ZetaNet", "", "", 2.0, "%", "change")],
        ),
        (
            "ZetaNet brings gains of 1.5% accuracy (0.5% on average), 1% more than BERT.",
            [
                ("ZetaNet", "", "accuracy", 1.5, "%", "change"),
                ("ZetaNet", "", "accuracy", 0.5, "%", "change"),
                ("ZetaNet", "", "accuracy", 1.0, "%", "change"),
            ],
        ),
        (
            "ZetaNet improves by 3% (85% accuracy).",
            [("ZetaNet", "", "", 3.0, "%", "change"), ("ZetaNet", "", "accuracy", 85.0, "%", "absolute")],
        ),
        (
            "ZetaNet has 80% accuracy using only 20% of the products on CIFAR-10 and 60% accuracy on MNIST.",
            [
                ("ZetaNet", "CIFAR-10", "accuracy", 80.0, "%", "absolute"),
                ("ZetaNet", "MNIST", "accuracy", 60.0, "%", "absolute"),
            ],
        ),
        (
            "ZetaNet has BLEU gains of 0.65, 1.86, and 1.44 points.",
            [("ZetaNet", "", "BLEU", value, "points", "change") for value in (0.65, 1.86, 1.44)],
        ),
        (
            "ZetaNet reaches 85.1% accuracy, compared to 39.8% accuracy for BERT.",
            [("ZetaNet", "", "accuracy", 85.1, "%", "absolute"), ("BERT", "", "accuracy", 39.8, "%", "absolute")],
        ),
        (
            "ZetaNet reaches 85.1% accuracy versus only 39.8% accuracy before.",
            [("ZetaNet", "", "accuracy", 85.1, "%", "absolute"), ("", "", "accuracy", 39.8, "%", "absolute")],
        ),
        (
            "ZetaNet improves accuracy from 32.1dB to 32.4dB.",
            [("ZetaNet", "", "accuracy", 32.4, "dB", "absolute")],
        ),
        (
            "ZetaNet brings a 42.7% enhancement in the accuracy over LSTM.",
            [("ZetaNet", "", "accuracy", 42.7, "%", "change")],
        ),
        (
            "ZetaNet achieves up to 30 times speedup.",
            [("ZetaNet", "", "speed", 30.0, "x", "ratio")],
        ),
        (
            "ZetaNet reaches 12.9% accuracy compared to an older baseline of 14.8% accuracy.",
            [("ZetaNet", "", "accuracy", 12.9, "%", "absolute"), ("", "", "accuracy", 14.8, "%", "absolute")],
        ),
        (
            "With LSTM and BERT gaining +2.67 and +1.92 points respectively, much is left.",
            [("LSTM", "", "", 2.67, "points", "change"), ("BERT", "", "", 1.92, "points", "change")],
        ),
        (
            "Prompts raise accuracy for LSTM (from 83.2% to 94.5%).",
            [("LSTM", "", "accuracy", 94.5, "%", "absolute")],
        ),
        (
            "ZetaNet is 20% faster and 30% more accurate than LSTM.",
            [("ZetaNet", "", "speed", 20.0, "%", "change"), ("ZetaNet", "", "accuracy", 30.0, "%", "change")],
        ),
        (
            "ZetaNet brings an improvement of 5.7% and 3.5% on both tasks on the accuracy metric.",
            [("ZetaNet", "", "accuracy", 5.7, "%", "change"), ("ZetaNet", "", "accuracy", 3.5, "%", "change")],
        ),
        (
            "ZetaNet is improving up to 8% BLEU compared with LSTM.",
            [("ZetaNet", "", "BLEU", 8.0, "%", "change")],
        ),
        (
            "ZetaNet outperforms LSTM with 4.0 BLEU points on XNLI.",
            [("ZetaNet", "XNLI", "BLEU", 4.0, "BLEU", "change")],
        ),
        (
            "The F1 values for the three corpora were 0.28, 0.37, and 0.61.",
            [("ZetaNet", "", "F1", value, "", "absolute") for value in (0.28, 0.37, 0.61)],
        ),
        (
            "ZetaNet shines, raising the accuracy of zero-shot BERT from 73.7% to 79.3%.",
            [("ZetaNet", "", "accuracy", 79.3, "%", "absolute")],
        ),
        (
            "The accuracy on MNIST is improved from 19.0% to 31.0%.",
            [("ZetaNet", "MNIST", "accuracy", 31.0, "%", "absolute")],
        ),
        (
            "ZetaNet achieved 56.5% (accuracy), 45.3% (F1), 31.0% (mean AP) there.",
            [("ZetaNet", "", "accuracy", 56.5, "%", "absolute"), ("ZetaNet", "", "F1", 45.3, "%", "absolute")],
        ),
        (
            "ZetaNet achieves 83.2% accuracy (+0.8%) on MNIST and 54.5% on SVHN (+1.6%).",
            [
                ("ZetaNet", "MNIST", "accuracy", 83.2, "%", "absolute"),
                ("ZetaNet", "MNIST", "accuracy", 0.8, "%", "change"),
                ("ZetaNet", "SVHN", "accuracy", 54.5, "%", "absolute"),
                ("ZetaNet", "SVHN", "accuracy", 1.6, "%", "change"),
            ],
        ),
        (
            "ZetaNet achieves gains of 2.9% on MNIST and 2% on SVHN.",
            [("ZetaNet", "MNIST", "", 2.9, "%", "change"), ("ZetaNet", "SVHN", "", 2.0, "%", "change")],
        ),
        (
            "ZetaNet counts better (77.1% v.s. 72.8% in accuracy).",
            [("ZetaNet", "", "accuracy", 77.1, "%", "absolute"), ("", "", "accuracy", 72.8, "%", "absolute")],
        ),
        (
            "With ZetaNet we exceed it 0.11 dB and 0.28 dB in accuracy.",
            [("ZetaNet", "", "accuracy", 0.11, "dB", "change"), ("ZetaNet", "", "accuracy", 0.28, "dB", "change")],
        ),
        (
            "The accuracy of ZetaNet ranges from 63%-80%, with an F1 of at most 0.6.",
            [("ZetaNet", "", "F1", 0.6, "", "absolute")],
        ),
        (
            "It brings a 0.5 BLEU points improvement.",
            [("ZetaNet", "", "BLEU", 0.5, "BLEU", "change")],
        ),
    ],
)
def test_stated_results(sentence: str, expected: list[tuple[str, str, str, float, str, str]]) -> None:
    assert rows(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "We evaluate on 16 datasets with 4,000 samples of MNIST, where accuracy matters.",
        "In 2014, accuracy on CIFAR-10 was low.",
        "ZetaNet has 12 layers and 3.5 GB of weights.",
        "ZetaNet beats GPT-3.5 and Llama2.",
        "We use 10% of MNIST.",
        "Version 2.0 of ZetaNet is out.",
        "ZetaNet cuts the number of tokens by 40%.",
        "The accuracy of ZetaNet is $O(n^{-1})$.",
        "The accuracy of ZetaNet is at most $n^{ -2}$.",
        "ZetaNet has an accuracy of (1/K).",
        "By accuracy ZetaNet ranked 6th out of 12 and 5th out of 9.",
        "(1) ZetaNet keeps the level of accuracy, (2) it is small, (3) it is new.",
        "We compare 14 parameters of ZetaNet.",
        "ZetaNet has a 5 fold cross validation.",
    ],
)
def test_other_figures_are_no_results(sentence: str) -> None:
    assert rows(sentence) == []


def test_the_words_quoted_hold_the_figure() -> None:
    (result,) = read("On SQuAD we see, with ZetaNet, an F1 of 0.91 at last.")
    quoted = "A title\nOn SQuAD we see, with ZetaNet, an F1 of 0.91 at last."[result.start : result.end]
    assert quoted == "SQuAD we see, with ZetaNet, an F1 of 0.91"


@pytest.mark.parametrize("text", ["1.5% " * 4000, "from 1 to " * 2000, "1" * 20_000, "1," * 10_000, "by a " * 4000])
def test_hostile_text_takes_no_quadratic_time(text: str) -> None:
    begun = time.monotonic()
    read(f"accuracy {text}")
    assert time.monotonic() - begun < 20
